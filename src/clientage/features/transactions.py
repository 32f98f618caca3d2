"""Customers from lines of purchases.

Receives a `Table` of lines and its `Roles`; returns `Customers` whose features are what they did: recency,
frequency and monetary value by default, everything else `behaviour.py` measures as profile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from clientage.config import RoleSettings, Settings
from clientage.data.quality import Note, QualityReport
from clientage.data.roles import Roles
from clientage.data.table import Column, Table
from clientage.data.transaction_columns import DERIVED
from clientage.errors import ColumnError, DataError, counted, did_you_mean, listed
from clientage.features.behaviour import DEFAULT_FEATURES, FIGURES, measure_behaviour
from clientage.features.categories import as_categories, merge_spellings
from clientage.features.customers import (
    Customers,
    account_after,
    build_customers,
    customer_of_rows,
)
from clientage.features.joined import join_transactions
from clientage.features.lines import Lines, clean_lines
from clientage.features.rfm import RFM_MAP, rfm_columns

RFM_TITLES = {"rfm_score": "RFM score", "rfm_segment": "RFM segment"}
CONCENTRATED = 0.6  # share of all spend that one customer makes


def build_from_transactions(table: Table, roles: Roles, settings: Settings) -> Customers:
    """Make customers of lines of purchases.

    Parameters
    ----------
    table : Table
        One row per line.
    roles : Roles
        Of kind ``"transactions"``, with a customer and a date column.
    settings : Settings
        `transactions` is the policy for lines; `roles.features`, `profile`, `outcome` and `ignore` may name
        the derived columns of `behaviour.FIGURES` as well as columns of the table.

    Returns
    -------
    Customers
        Sorted by id. `row_customer` has one entry per line.

    Raises
    ------
    DataError
        When no line counts, or all purchases fall on one day.
    ColumnError
        For columns that are neither in the table nor derived, or dates that cannot be read.
    """
    lines = clean_lines(table, roles, settings)
    figures = measure_behaviour(lines)
    if settings.transactions.as_of is None and settings.transactions.as_of_least is None:
        _check_days(lines, table)
    names = (*roles.names("profile"), *roles.names("outcome"))
    described = [_per_customer(table.column(name), lines) for name in names]
    rfm = _rfm(figures, settings.transactions.rfm_map)
    columns = {c.name: c for c in (*figures, *rfm, *(column for column, _ in described))}
    features, profile, outcome = _split(columns, roles, settings.roles, table)
    merged = [note for _, notes in described for note in notes]
    return Customers(
        n=lines.n,
        ids=lines.ids,
        features=features,
        profile=profile,
        outcome=outcome,
        value=settings.roles.value or ("monetary" if "monetary" in columns else None),
        origin="transactions",
        row_customer=_rows_of_input(table, lines),
        units={name: FIGURES[name].unit for name in columns if name in FIGURES and FIGURES[name].unit},
        titles={name: FIGURES[name].title for name in columns if name in FIGURES} | RFM_TITLES,
        quality=QualityReport(
            {"transactions": account_after(table.account, lines.rejected)},
            {**lines.counts, "one_time_customers": int(np.count_nonzero(columns["frequency"].values == 1))},
            (*table.notes, *roles.notes, *lines.notes, *merged, *_doubts(lines, columns)),
        ),
        as_of=str(np.datetime64(lines.as_of, "D")),
    )


def _check_days(lines: Lines, table: Table) -> None:
    day = lines.day[~lines.returned]
    if len(day) and day.min() == day.max():
        raise DataError(
            "purchases on more than one day, so that recency and frequency differ",
            f"all lines of {table.source.name} on {np.datetime64(int(day.min()), 'D')}",
            "Give lines of a longer time, or name another date column in roles.date.",
        )


def _rfm(figures: Sequence[Column], cells: Mapping[str, str]) -> tuple[Column, ...]:
    by_name = {c.name: c.values for c in figures}
    if "monetary" not in by_name:
        return ()
    return rfm_columns(by_name["recency"], by_name["frequency"], by_name["monetary"], cells or RFM_MAP)


def _per_customer(column: Column, lines: Lines) -> tuple[Column, tuple[Note, ...]]:
    """Return one value per customer: the most frequent category of the lines, or the largest number or date."""
    kept = lines.rows >= 0
    customer = lines.rows[kept]
    if column.kind != "text":
        out = np.full(lines.n, np.nan) if column.kind == "number" else np.full(lines.n, np.datetime64("NaT", "us"))
        np.fmax.at(out, customer, column.values[kept])
        return Column(column.name, column.kind, out, (), column.is_integer, column.is_boolean), ()
    texts, notes = merge_spellings(as_categories(column))
    rank = np.argsort(np.argsort(np.array(texts.categories, dtype=object), kind="stable"), kind="stable")
    values = texts.values[kept]
    there = values >= 0
    k = max(1, len(texts.categories))
    pairs, count = np.unique(customer[there].astype(np.int64) * k + rank[values[there]], return_counts=True)
    who, category = pairs // k, pairs % k
    best = np.lexsort((category, -count, who))  # of equally frequent ones the first by alphabet
    first = best[np.flatnonzero(np.diff(who[best], prepend=-1))]
    codes = np.full(lines.n, -1, dtype=np.int32)
    codes[who[first]] = category[first]
    several = int(np.count_nonzero(np.bincount(who, minlength=lines.n) > 1))
    if several:
        what = counted(several, "customer has", "customers have")
        text = f"{what} lines with different '{column.name}'; the most frequent one is used."
        notes = (*notes, Note("several-values", "info", text, column.name, several))
    return Column(column.name, "text", codes, tuple(sorted(texts.categories))), notes


def _doubts(lines: Lines, columns: dict[str, Column]) -> list[Note]:
    notes = []
    frequency = columns["frequency"].values
    once = int(np.count_nonzero(frequency == 1))
    if once:
        text = (
            f"{once:,} of {lines.n:,} customers bought on one day only; the days between their purchases are not "
            "defined and stay missing, so that these columns describe segments and do not make them."
        )
        notes.append(Note("one-time-customers", "info", text, None, once))
    if "monetary" not in columns:
        text = "The lines have no amount and no price: there is no monetary value."
        return [*notes, Note("no-money", "warning", text)]
    spend = np.maximum(columns["monetary"].values, 0.0)
    if spend.sum() > 0 and lines.n > 1 and spend.max() >= CONCENTRATED * spend.sum():
        text = f"One customer makes {spend.max() / spend.sum():.0%} of all spend; averages of segments will follow it."
        notes.append(Note("concentrated-spend", "warning", text, "monetary", 1))
    negative = int(np.count_nonzero(columns["monetary"].values < 0))
    if negative:
        what = counted(negative, "customer")
        text = f"{what} returned more than they bought in this time: their spend is negative."
        notes.append(Note("negative-spend", "warning", text, "monetary", negative))
    return notes


def _split(
    columns: dict[str, Column], roles: Roles, settings: RoleSettings, table: Table
) -> tuple[tuple[Column, ...], tuple[Column, ...], tuple[Column, ...]]:
    """Return features, profile and outcome: the settings' choice, else recency, frequency and monetary value."""
    wanted = _resolve(settings.features, columns, table, optional=False)
    named = {key: _resolve(getattr(settings, key), columns, table) for key in ("profile", "outcome", "ignore")}
    spoken_for = {name for names in named.values() for name in names}
    features = wanted or tuple(n for n in DEFAULT_FEATURES if n in columns and n not in spoken_for)
    outcome = {*named["outcome"], *roles.names("outcome")}
    if settings.value:
        _resolve((settings.value,), columns, table, optional=False)
    described = [n for n in columns if n not in features and n not in outcome and n not in named["ignore"]]
    return (
        tuple(columns[n] for n in features),
        tuple(columns[n] for n in described),
        tuple(columns[n] for n in columns if n in outcome),
    )


def _resolve(
    names: Sequence[str], columns: dict[str, Column], table: Table, *, optional: bool = True
) -> tuple[str, ...]:
    """Return names of customer columns; where optional, those that lines do not make are passed over."""
    by_folded = {c.strip().casefold(): c for c in columns}
    found = []
    for name in names:
        key = name.strip().casefold()
        if key in by_folded:
            found.append(by_folded[key])
        elif not (optional and (table.has(name) or name in DERIVED)):
            known = [*columns, *table.names]
            raise ColumnError(
                f"a column '{name}' of the customers made from {table.source.name}",
                f"columns {listed(list(columns), 16)}",
                f"Use one of these names.{did_you_mean(name, known)}",
            )
    return tuple(found)


def build_joined(table: Table, roles: Roles, lines: Table, line_roles: Roles, settings: Settings) -> Customers:
    """Make customers of a customer table and of their purchases.

    Parameters
    ----------
    table, roles
        As for `build_customers`.
    lines, line_roles
        As for `build_from_transactions`.
    settings : Settings
        Columns that `roles` names belong to the table, apart from the features made of lines. Where features
        are given and none is made of lines, purchases describe and do not segment.

    Returns
    -------
    Customers
        The customers of the table; see `join_transactions`.
    """
    given = settings.roles.features
    made = tuple(f for f in given if f in DERIVED and not table.has(f))
    described = DERIVED if given and not made else ()
    wanted = replace(settings.roles, id=None, features=made, profile=described, outcome=(), ignore=(), value=None)
    behaviour = build_from_transactions(lines, line_roles, replace(settings, roles=wanted))
    return join_transactions(build_customers(table, roles, settings, with_transactions=True), behaviour)


def _rows_of_input(table: Table, lines: Lines) -> np.ndarray:
    """Return the customer of every data row of the input, −1 where its line does not count."""
    if table.row_numbers is None:
        return lines.rows
    nobody = np.arange(0)
    out = customer_of_rows(table, np.full(table.n_rows, -1, dtype=np.int64), nobody)
    out[table.row_numbers] = lines.rows
    return out
