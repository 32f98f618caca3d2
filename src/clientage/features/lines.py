"""Lines of purchases that count: who, when, how much, of what.

Receives a `Table` of lines, its `Roles` and the settings; returns `Lines`, cleaned by the policy of `sieve.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clientage.config import Settings
from clientage.data.facts import sorted_distinct
from clientage.data.quality import Note
from clientage.data.roles import Roles
from clientage.data.table import Column, Table
from clientage.data.text_list import texts_at
from clientage.errors import DataError, counted
from clientage.features.money import Amounts
from clientage.features.sieve import (
    Sieve,
    cut_at_as_of,
    drop_nobody,
    drop_only_returned,
    drop_repeats,
    find_returns,
    read_amounts,
    read_days,
)


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that count, in the order of the table.

    Parameters
    ----------
    customer : ndarray of shape (m,)
        int32 index into `ids`.
    day : ndarray of shape (m,)
        int32 days since 1970-01-01.
    returned : ndarray of shape (m,)
        bool: the line takes back an earlier one.
    amount : Amounts or None
        Money of each line, negative for returns; None where the lines have none.
    quantity : Amounts or None
        Pieces of each line.
    product : ndarray of shape (m,) or None
        int32 code, −1 for services and where missing.
    discounted : ndarray of shape (m,) or None
        bool: something was taken off.
    ids : Column
        One for each customer, sorted.
    as_of : int
        The day that recency is measured from.
    rows : ndarray of shape (n_rows,)
        int32: the customer of every row of the table, −1 where the line does not count.
    rejected, counts : mapping of str to int
        Lines dropped by reason; named counts over the whole file, whatever else dropped a line.
    notes : tuple of Note
        What was done and doubted.
    """

    customer: np.ndarray
    day: np.ndarray
    returned: np.ndarray
    amount: Amounts | None
    quantity: Amounts | None
    product: np.ndarray | None
    discounted: np.ndarray | None
    ids: Column
    as_of: int
    rows: np.ndarray
    rejected: Mapping[str, int]
    counts: Mapping[str, int]
    notes: tuple[Note, ...]

    @property
    def n(self) -> int:
        """Number of customers."""
        return len(self.ids)


def clean_lines(table: Table, roles: Roles, settings: Settings) -> Lines:
    """Return the lines that count.

    Parameters
    ----------
    table : Table
        One row per line.
    roles : Roles
        Of kind ``"transactions"``.
    settings : Settings
        `transactions` is the policy, `read.date_format` settles ambiguous dates.

    Raises
    ------
    DataError
        When no line is left, or the as-of date lies before the first one.
    ColumnError
        When the dates cannot be read.
    """
    sieve = Sieve(table, roles, settings, np.ones(table.n_rows, dtype=bool))
    who = drop_nobody(sieve)
    day = read_days(sieve)
    as_of = cut_at_as_of(sieve, day)
    drop_repeats(sieve)
    amount, quantity = read_amounts(sieve)
    returned = find_returns(sieve, amount, quantity)
    coded = _codes_of(who)
    drop_only_returned(sieve, coded, returned)
    product, discounted = _products(sieve), _discounts(sieve)
    kept = np.flatnonzero(sieve.keep)
    if not len(kept):
        reasons = "; ".join(f"{counted(count, 'line')}: {reason}" for reason, count in sieve.rejected.items())
        raise DataError(
            "lines that count as purchases",
            f"none in {table.source.name} ({reasons or 'no lines'})",
            "Check the roles.",
        )
    ids, customer = _number_customers(who, coded, kept)
    rows = np.full(table.n_rows, -1, dtype=np.int32)
    rows[kept] = customer
    del coded
    # one after the other, so that a column of all lines goes before the next one of the kept lines is made
    day, returned = day[kept], returned[kept]
    amount = None if amount is None else amount.take(kept)
    quantity = None if quantity is None else quantity.take(kept)
    product = None if product is None else product[kept]
    discounted = None if discounted is None else discounted[kept]
    return Lines(
        customer=customer,
        day=day,
        returned=returned,
        amount=amount,
        quantity=quantity,
        product=product,
        discounted=discounted,
        ids=ids,
        as_of=as_of,
        rows=rows,
        rejected=sieve.rejected,
        counts={**sieve.counts, "lines_kept": len(kept), "customers": len(ids)},
        notes=tuple(sieve.notes),
    )


def _codes_of(column: Column) -> np.ndarray:
    """Return an int32 code for every value (a customer, a product), −1 where it is missing."""
    if column.kind == "text":
        return column.values
    there = ~column.missing
    values = column.values[there]
    codes = np.full(len(column), -1, dtype=np.int32)
    low = float(values.min(initial=np.inf)) if column.kind == "number" else 0.0
    if column.is_integer and float(values.max(initial=low)) - low <= 4.0 * len(values) + 1e6:
        codes[there] = values - low  # ids that lie close together are their own codes
    elif len(values):
        codes[there] = np.searchsorted(sorted_distinct(values), values)
    return codes


def _number_customers(who: Column, coded: np.ndarray, kept: np.ndarray) -> tuple[Column, np.ndarray]:
    """Return the ids, sorted, and the index of each kept line's customer: the order of the lines does not matter."""
    codes = coded[kept]
    seen = np.zeros(int(codes.max()) + 1, dtype=bool)
    seen[codes] = True
    used = np.flatnonzero(seen)
    example = np.zeros(int(used[-1]) + 1, dtype=np.int64)
    example[codes] = kept  # some line of each customer, to read the id from
    ids = who.take(example[used])
    if who.kind == "text":
        texts = texts_at(who.categories, used).to_pylist()
        order = sorted(range(len(texts)), key=texts.__getitem__)
        used = used[order]
        ids = Column(who.name, "text", np.arange(len(used), dtype=np.int32), tuple(texts[i] for i in order))
    place = np.zeros(int(used.max()) + 1, dtype=np.int32)
    place[used] = np.arange(len(used), dtype=np.int32)
    return ids, place[codes]


def _products(sieve: Sieve) -> np.ndarray | None:
    """Return a code for every product, −1 for services and missing ones."""
    column = sieve.column("product")
    if column is None:
        return None
    if column.kind == "text":
        services = {s.casefold() for s in sieve.policy.not_products}
        service = [c.strip().casefold() in services for c in column.categories]
        codes = np.where(service, -1, np.arange(len(service))).astype(np.int32)
        is_service: np.ndarray = np.array([*service, False])[column.values]
        sieve.counts["service_lines"] = int(np.count_nonzero(is_service))
        text = "line is a service|lines are services|such as postage: money, but not a product"
        sieve.note("service-lines", "repair", text, int(np.count_nonzero(is_service & sieve.keep)))
        product: np.ndarray = np.append(codes, np.int32(-1))[column.values]
        return product
    return _codes_of(column)


def _discounts(sieve: Sieve) -> np.ndarray | None:
    column = sieve.column("discount")
    if column is None or column.kind != "number":
        return None
    discounted: np.ndarray = np.isfinite(column.values) & (column.values != 0)
    return discounted
