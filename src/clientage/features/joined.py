"""Customers of a table, joined with what they bought.

Receives `Customers` of a table and `Customers` of purchases; returns `Customers` that hold both.
"""

from __future__ import annotations

import numpy as np

from clientage.data.facts import sorted_distinct
from clientage.data.quality import Note, QualityReport
from clientage.data.table import Column
from clientage.errors import DataError, counted
from clientage.features.customers import Customers

NEVER_BOUGHT = {"frequency": 0.0, "monetary": 0.0, "breadth": 0.0}  # true of customers without a purchase


def join_transactions(customers: Customers, behaviour: Customers) -> Customers:
    """Add what customers bought to what their table says of them.

    Parameters
    ----------
    customers : Customers
        From the customer table, with ids.
    behaviour : Customers
        From lines of purchases.

    Returns
    -------
    Customers
        The customers of the table, in its order. Those without a purchase have frequency and monetary value
        0 and the longest recency there is, as they bought nothing in all that time; other figures are missing.
        Customers with purchases who are not in the table are left out. Both are counted.

    Raises
    ------
    DataError
        When the table has no ids, or shares none with the lines.

    Examples
    --------
    >>> q = QualityReport({})
    >>> age = Column("age", "number", np.array([30.0, 40.0]))
    >>> people = Customers(2, Column("id", "text", np.array([0, 1], dtype=np.int32), ("a", "b")), (age,), (), (),
    ...                    None, "customers", np.arange(2), {}, {}, q)
    >>> spend = Column("monetary", "number", np.array([9.0]))
    >>> bought = Customers(1, Column("id", "text", np.array([0], dtype=np.int32), ("b",)), (spend,), (), (),
    ...                    "monetary", "transactions", np.arange(1), {}, {}, q)
    >>> join_transactions(people, bought).column("monetary").values.tolist()
    [0.0, 9.0]
    """
    place = _match_ids(customers, behaviour)
    without, unknown = int(np.count_nonzero(place < 0)), behaviour.n - len(sorted_distinct(place[place >= 0]))
    known = {c.name for c in (*customers.features, *customers.profile, *customers.outcome)}
    parts = [
        tuple(_looked_up(c, place, f"{c.name} (lines)" if c.name in known else c.name) for c in part)
        for part in (behaviour.features, behaviour.profile, behaviour.outcome)
    ]
    counts = {**customers.quality.counts, **{k: v for k, v in behaviour.quality.counts.items() if k != "customers"}}
    counts |= {"customers_without_transactions": without, "transaction_customers_not_in_table": unknown}
    quality = QualityReport(
        {**customers.quality.accounts, **behaviour.quality.accounts},
        counts,
        (*customers.quality.notes, *behaviour.quality.notes, *_join_notes(without, unknown)),
    )
    return Customers(
        n=customers.n,
        ids=customers.ids,
        features=(*customers.features, *parts[0]),
        profile=(*customers.profile, *parts[1]),
        outcome=(*customers.outcome, *parts[2]),
        value=customers.value or behaviour.value,
        origin="both",
        row_customer=customers.row_customer,
        units={**behaviour.units, **customers.units},
        titles={**behaviour.titles, **customers.titles},
        quality=quality,
        as_of=behaviour.as_of,
    )


def _match_ids(customers: Customers, behaviour: Customers) -> np.ndarray:
    """Return for every customer of the table the index among those of the lines, −1 where there is none."""
    if customers.ids is None or behaviour.ids is None:
        raise DataError("an id column in the customer table", "none", "Name it in roles.id.")
    texts = {t.strip(): i for i, t in enumerate(behaviour.ids.as_text().tolist())}
    found = (texts.get(t.strip(), -1) for t in customers.ids.as_text().tolist())
    place = np.fromiter(found, dtype=np.int64, count=customers.n)
    if not (place >= 0).any():
        raise DataError(
            "ids that the customer table and the transactions share",
            f"none of {customers.n:,} '{customers.ids.name}' among {behaviour.n:,} '{behaviour.ids.name}'",
            "Check roles.id and roles.customer, and that both write ids alike (leading zeros, prefixes).",
        )
    return place


def _looked_up(column: Column, place: np.ndarray, name: str) -> Column:
    there = place >= 0
    if column.kind == "text":
        values = np.where(there, column.values[place], -1).astype(np.int32)
        return Column(name, "text", values, column.categories)
    if column.kind == "date":
        return Column(name, "date", np.where(there, column.values[place], np.datetime64("NaT", "us")))
    absent = float(np.nanmax(column.values)) if column.name == "recency" else NEVER_BOUGHT.get(column.name, np.nan)
    values = np.where(there, column.values[place], absent)
    return Column(name, "number", values, (), column.is_integer, column.is_boolean)


def _join_notes(without: int, unknown: int) -> list[Note]:
    notes = []
    if without:
        text = (
            f"{counted(without, 'customer of the table has', 'customers of the table have')} no transactions: "
            "frequency and spend are 0 and recency is the longest of all, as they bought nothing in that time; kept."
        )
        notes.append(Note("customers-without-transactions", "warning", text, None, without))
    if unknown:
        what = counted(unknown, "customer with transactions was", "customers with transactions were")
        text = f"{what} left out: not in the customer table."
        notes.append(Note("transactions-without-customer", "warning", text, None, unknown))
    return notes
