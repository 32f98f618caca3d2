"""Who is who: rows that are one customer, rows without an id, and an account of those that go.

Receives a `Table` and its id column; returns for every row the row that stands for its customer.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from clientage.config import Settings
from clientage.data.facts import rises
from clientage.data.quality import Note
from clientage.data.repeated import count_without_case
from clientage.data.table import Column, Table
from clientage.data.text_list import put_together, those_among
from clientage.errors import DataError, counted
from clientage.features.categories import as_categories
from clientage.features.duplicates import equal_rows, first_equal


@dataclass(slots=True)
class RowKeeper:
    """Which rows become customers; narrowed step by step, with a reason for each row that goes."""

    customer_row: np.ndarray  # for every row the row that stands for its customer, -1 for none
    rejected: dict[str, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def kept(self) -> np.ndarray:
        """Rows that stand for a customer, in order."""
        return np.flatnonzero(self._leads()).astype(self.customer_row.dtype)

    def _leads(self) -> np.ndarray:
        """Whether each row stands for a customer."""
        return np.asarray(self.customer_row == np.arange(len(self.customer_row), dtype=self.customer_row.dtype))

    @property
    def n_kept(self) -> int:
        """How many rows stand for a customer."""
        return int(np.count_nonzero(self._leads()))

    def replace(self, leader: np.ndarray, reason: str) -> None:
        """Let rows be represented by their leader; the count of those that newly are."""
        before = self.n_kept
        there = self.customer_row >= 0
        self.customer_row[there] = leader[self.customer_row[there]]
        self._count(reason, before)

    def reject(self, rows: np.ndarray, reason: str) -> None:
        """Drop the customers of these rows (boolean (n,))."""
        if not rows.any():
            return
        before = self.n_kept
        there = self.customer_row >= 0
        self.customer_row[there & rows[self.customer_row]] = -1
        self._count(reason, before)

    def _count(self, reason: str, before: int) -> None:
        gone = before - self.n_kept
        if gone:
            self.rejected[reason] = self.rejected.get(reason, 0) + gone


def resolve_ids(table: Table, ids: Column, rows: RowKeeper, settings: Settings, *, variants: bool = True) -> None:
    """Let rows of one id be one customer; refuse, or obey the policy, where they differ.

    Parameters
    ----------
    table : Table
        Rows of one id that differ in any of its columns are different.
    ids : Column
        Who the customers are.
    rows : RowKeeper
        Narrowed.
    settings : Settings
        The policy.
    variants : bool, default True
        Look for ids that differ in case or space only, which takes a while for millions.

    Raises
    ------
    DataError
        When rows of one id differ and no policy says which one counts.
    """
    if _each_once(ids):
        rows.counts["duplicate_ids"] = 0
    else:
        _resolve_repeated(table, ids, rows, settings)
    if variants:
        _note_variants(ids, rows)


def _each_once(ids: Column) -> bool:
    """Whether every text is there once; quicker and smaller than looking for the rows that repeat one."""
    if ids.kind != "text":
        return rises(ids.values)
    seen = np.zeros(len(ids.categories) + 1, dtype=bool)
    seen[ids.values] = True  # a missing one finds the last place
    return int(np.count_nonzero(seen[:-1])) == len(ids) - ids.n_missing


def _resolve_repeated(table: Table, ids: Column, rows: RowKeeper, settings: Settings) -> None:
    first = first_equal([ids], table.n_rows)
    first[ids.missing] = np.flatnonzero(ids.missing)  # no id is not a shared id
    again = first != np.arange(table.n_rows, dtype=first.dtype)
    rows.counts["duplicate_ids"] = int(np.count_nonzero(again))
    if again.any():
        later = np.flatnonzero(again)
        alike = np.zeros(table.n_rows, dtype=bool)
        alike[later] = equal_rows(list(table), later, first[later])
        rows.replace(np.where(alike, first, np.arange(table.n_rows, dtype=first.dtype)), "duplicate row")
        if alike.any():
            text = "row was|rows were|left out: every column repeats another row"
            rows.notes.append(_note("duplicate-rows", "repair", text, table, alike, ids.name))
        if (again & ~alike).any():
            _choose_row(table, ids, first, again & ~alike, rows, settings)


def _choose_row(
    table: Table, ids: Column, first: np.ndarray, differ: np.ndarray, rows: RowKeeper, settings: Settings
) -> None:
    policy = settings.features.duplicate_ids
    count = int(np.count_nonzero(differ))
    where = ", ".join(str(i) for i in line_numbers(table, differ))
    if policy == "error":
        raise DataError(
            f"one row for each '{ids.name}' in {table.source.name}",
            f"{counted(count, 'row')} whose id appears further up with other values (first in row {where})",
            "Correct the file, name another id with roles.id, or keep one row of each: features.duplicate_ids=first.",
        )
    leader = first
    if policy == "last":
        last = np.arange(table.n_rows)
        np.maximum.at(last, first, np.arange(table.n_rows))
        leader = last[first]
    rows.replace(leader, "duplicate id")
    text = f"row has|rows have|an id that another row has with other values; the {policy} one was kept"
    rows.notes.append(_note("duplicate-ids", "repair", text, table, differ, ids.name))


def _note_variants(ids: Column, rows: RowKeeper) -> None:
    if ids.kind != "text":
        return
    count = len(ids.categories) - count_without_case(ids.categories)
    if count > 0:
        what = counted(count, "id differs", "ids differ")
        text = f"{what} from another in case or space only; kept as different customers."
        rows.notes.append(Note("id-variants", "warning", text, ids.name, count))


def named_ids(ids: Column, table: Table, rows: RowKeeper) -> Column:
    """Return the ids; customers without one get a made id that says in which row they stand."""
    missing = ids.missing & (rows.customer_row >= 0)
    count = int(np.count_nonzero(missing))
    rows.counts["null_ids"] = count
    if not count:
        return ids
    text = "customer has|customers have|no id: kept, and called 'row N' after the data row"
    rows.notes.append(_note("null-ids", "repair", text, table, missing, ids.name))
    texts = as_categories(ids)
    where = np.flatnonzero(missing)
    numbers = where if table.row_numbers is None else table.row_numbers[where]
    made = [f"row {number}" for number in (numbers + 1).tolist()]
    known = those_among(texts.categories, made)
    named = [f"{name} (no id)" if name in known else name for name in made]
    values = texts.values.copy()
    values[where] = len(texts.categories) + np.arange(count, dtype=np.int32)
    return replace(texts.with_values(values), categories=put_together(texts.categories, named))


def resolve_duplicates(table: Table, id_name: str | None, rows: RowKeeper, settings: Settings) -> None:
    """Count customers that are alike in everything but their id; drop them where that is the policy."""
    kept = rows.kept
    columns = [c for c in table if c.name != id_name]
    everyone = np.arange(len(kept), dtype=kept.dtype)
    among = None if len(kept) == table.n_rows else kept
    first = first_equal(columns, table.n_rows, among) if len(columns) > 1 else everyone
    again = first != everyone
    count = int(np.count_nonzero(again))
    rows.counts["duplicates_apart_from_id"] = count
    if not count:
        return
    mask = np.zeros(table.n_rows, dtype=bool)
    mask[kept[again]] = True
    drop = settings.features.duplicate_rows == "drop"
    if drop:
        leader = np.arange(table.n_rows)
        leader[kept] = kept[first]
        rows.replace(leader, "duplicate apart from the id")
    apart = "other columns" if id_name is None else f"columns but '{id_name}'"
    text = f"customer equals|customers equal|another in all {apart}; {'left out' if drop else 'kept'}"
    rows.notes.append(_note("duplicates-apart-from-id", "repair" if drop else "warning", text, table, mask))


def line_numbers(table: Table, mask: np.ndarray, most: int = 5) -> tuple[int, ...]:
    """Return the first rows of a mask as a person counts them: lines of a file, or rows of a frame.

    Parameters
    ----------
    table : Table
        Knows its lines.
    mask : ndarray of shape (n_rows,)
        Boolean.
    most : int, default 5
        How many at most.
    """
    return table.lines(np.flatnonzero(mask)[:most])


def _note(
    code: str,
    severity: Literal["repair", "warning"],
    text: str,
    table: Table,
    mask: np.ndarray,
    column: str | None = None,
) -> Note:
    count = int(np.count_nonzero(mask))
    one, many, rest = text.split("|")
    return Note(code, severity, f"{counted(count, one, many)} {rest}.", column, count, line_numbers(table, mask))
