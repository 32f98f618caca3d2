"""One row per customer: what every later step receives.

Receives a `Table` of customers and its `Roles`; returns `Customers` with an account of every row.
(Purchases are made into the same type by `transactions.py`.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from clientage.config import Settings
from clientage.data.headers import WORTH, WORTH_OF, header_words, says
from clientage.data.quality import Note, QualityReport, RowAccount
from clientage.data.roles import Roles
from clientage.data.table import Column, Table
from clientage.errors import ColumnError, DataError, listed
from clientage.features.categories import as_categories, merge_spellings
from clientage.features.doubts import doubt_values
from clientage.features.duplicates import first_equal


@dataclass(frozen=True, slots=True)
class Customers:
    """Customers and what is known of them, in original units.

    Parameters
    ----------
    n : int
        Number of customers.
    ids : Column or None
        Their ids; None when there is no id column: customers are then numbered 1..n in input order.
    features : tuple of Column
        What segments are made of; numbers, or texts for nominal features. Missing values as they came.
    profile : tuple of Column
        What segments are described with.
    outcome : tuple of Column
        What segments are compared on.
    value : str or None
        The feature or profile column that says what a customer is worth, where one evidently does.
    origin : {"customers", "transactions", "both"}
        What the input was.
    row_customer : ndarray
        int64, one for each data row of the main table: the customer of that row, −1 where it was rejected.
    units : mapping of str to str
        Units of derived columns, for example ``{"recency": "days"}``.
    titles : mapping of str to str
        Words for derived columns; source columns keep their own names.
    quality : QualityReport
        What was found, repaired and rejected.

    Examples
    --------
    >>> empty = QualityReport({})
    >>> spend = Column("spend", "number", np.array([3.0, 4.0]))
    >>> Customers(2, None, (spend,), (), (), None, "customers", np.arange(2), {}, {}, empty).column("spend").name
    'spend'
    """

    n: int
    ids: Column | None
    features: tuple[Column, ...]
    profile: tuple[Column, ...]
    outcome: tuple[Column, ...]
    value: str | None
    origin: Literal["customers", "transactions", "both"]
    row_customer: np.ndarray
    units: Mapping[str, str]
    titles: Mapping[str, str]
    quality: QualityReport

    def column(self, name: str) -> Column:
        """Return a feature, profile or outcome column.

        Raises
        ------
        ColumnError
            When there is no such column.
        """
        known = {c.name: c for c in (*self.features, *self.profile, *self.outcome)}
        if name not in known:
            raise ColumnError(
                f"a column '{name}' of the customers", f"columns {listed(list(known))}", "Use one of them."
            )
        return known[name]


@dataclass(slots=True)
class _Rows:
    """Which rows become customers; narrowed step by step, with a reason for each row that goes."""

    customer_row: np.ndarray  # for every row the row that stands for its customer, -1 for none
    rejected: dict[str, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def kept(self) -> np.ndarray:
        return np.flatnonzero(self.customer_row == np.arange(len(self.customer_row)))

    def replace(self, leader: np.ndarray, reason: str) -> None:
        """Let rows be represented by their leader; the count of those that newly are."""
        before = len(self.kept)
        there = self.customer_row >= 0
        self.customer_row[there] = leader[self.customer_row[there]]
        self._count(reason, before)

    def reject(self, rows: np.ndarray, reason: str) -> None:
        """Drop the customers of these rows (boolean (n,))."""
        before = len(self.kept)
        there = self.customer_row >= 0
        self.customer_row[there & rows[self.customer_row]] = -1
        self._count(reason, before)

    def _count(self, reason: str, before: int) -> None:
        if before > len(self.kept):
            self.rejected[reason] = self.rejected.get(reason, 0) + before - len(self.kept)


def build_customers(table: Table, roles: Roles, settings: Settings) -> Customers:
    """Make customers of a customer table.

    Parameters
    ----------
    table : Table
        One row per customer, as a reader returned it.
    roles : Roles
        From `assign_roles`.
    settings : Settings
        `features.duplicate_ids`, `features.duplicate_rows` and `features.missing` are the policies.

    Returns
    -------
    Customers
        Rows without an id are kept and get a made one; rows without any feature value are rejected.

    Raises
    ------
    DataError
        When there is no feature, or when one id has different rows and no policy says which one counts.

    Examples
    --------
    >>> from clientage.data.roles import Role
    >>> from clientage.data.table import Source
    >>> table = Table((Column("spend", "number", np.array([1.0, 2.0, 9.0])),), 3,
    ...               Source("a.csv", "csv", "", {}), RowAccount(3, 3))
    >>> build_customers(table, Roles("customers", (Role("spend", "feature", "a number"),)), Settings()).n
    3
    """
    if not roles.names("feature"):
        reasons = "; ".join(f"'{i.column}' is {i.role} because {i.reason}" for i in roles.items[:6])
        raise DataError(
            f"at least one feature column in {table.source.name}", reasons or "no columns", "Name some: roles.features."
        )
    columns, notes = _convert(table, roles)
    features = tuple(columns[n] for n in roles.names("feature"))
    id_name = roles.only("id")
    ids = table.column(id_name) if id_name else None
    rows = _Rows(np.arange(table.n_rows, dtype=np.int64))
    rows.counts["missing_cells"] = sum(c.n_missing for c in table)
    if ids is not None:
        _resolve_ids(table, ids, rows, settings)
    _resolve_duplicates(table, id_name, rows, settings)
    _reject_empty(features, rows, settings)
    return _assemble(table, roles, columns, ids, rows, (*table.notes, *roles.notes, *notes), settings)


def _assemble(
    table: Table,
    roles: Roles,
    columns: dict[str, Column],
    ids: Column | None,
    rows: _Rows,
    notes: tuple[Note, ...],
    settings: Settings,
) -> Customers:
    kept = rows.kept
    features, profile, outcome = (
        tuple(columns[n].take(kept) for n in names)
        for names in (roles.names("feature"), roles.names("profile"), roles.names("outcome"))
    )
    numbers = (*features, *profile)
    doubts = [n for c in numbers for n in doubt_values(c)]
    account = account_after(table.account, rows.rejected)
    rows.counts["customers"] = len(kept)
    return Customers(
        n=len(kept),
        ids=None if ids is None else _named_ids(ids, table, rows).take(kept),
        features=features,
        profile=profile,
        outcome=outcome,
        value=(table.column(settings.roles.value).name if settings.roles.value else find_value(numbers)),
        origin="customers",
        row_customer=customer_of_rows(table, rows.customer_row, kept),
        units={},
        titles={},
        quality=QualityReport({"customers": account}, rows.counts, (*notes, *rows.notes, *doubts)),
    )


def _convert(table: Table, roles: Roles) -> tuple[dict[str, Column], list[Note]]:
    """Return feature, profile and outcome columns with codes as categories and spellings merged."""
    converted: dict[str, Column] = {}
    notes: list[Note] = []
    for item in roles.items:
        if item.role not in ("feature", "profile", "outcome"):
            continue
        column = table.column(item.column)
        if item.categorical:
            column = as_categories(column)
        if column.kind == "text":
            column, merged = merge_spellings(column)
            notes.extend(merged)
        converted[item.column] = column
    return converted, notes


def _resolve_ids(table: Table, ids: Column, rows: _Rows, settings: Settings) -> None:
    """Let rows of one id be one customer; refuse, or obey the policy, where they differ."""
    first = first_equal([ids], table.n_rows)
    first[ids.missing] = np.flatnonzero(ids.missing)  # no id is not a shared id
    again = first != np.arange(table.n_rows)
    rows.counts["duplicate_ids"] = int(np.count_nonzero(again))
    if again.any():
        same = first_equal(list(table), table.n_rows)
        alike = again & (same == first)
        rows.replace(np.where(alike, first, np.arange(table.n_rows)), "duplicate row")
        if alike.any():
            text = "rows that repeat another row in every column were counted once."
            rows.notes.append(_note("duplicate-rows", "repair", text, table, alike, ids.name))
        if (again & ~alike).any():
            _choose_row(table, ids, first, again & ~alike, rows, settings)
    _note_variants(ids, rows)


def _choose_row(
    table: Table, ids: Column, first: np.ndarray, differ: np.ndarray, rows: _Rows, settings: Settings
) -> None:
    policy = settings.features.duplicate_ids
    count = int(np.count_nonzero(differ))
    where = ", ".join(str(i) for i in line_numbers(table, differ))
    if policy == "error":
        raise DataError(
            f"one row for each '{ids.name}' in {table.source.name}",
            f"{count:,} rows whose id came before with other values (first in rows {where})",
            "Correct the file, name another id in roles.id, or set features.duplicate_ids to 'first' or 'last'.",
        )
    leader = first
    if policy == "last":
        last = np.arange(table.n_rows)
        np.maximum.at(last, first, np.arange(table.n_rows))
        leader = last[first]
    rows.replace(leader, "duplicate id")
    text = f"rows had an id that came before with other values; the {policy} row of each was kept."
    rows.notes.append(_note("duplicate-ids", "repair", text, table, differ, ids.name))


def _note_variants(ids: Column, rows: _Rows) -> None:
    if ids.kind != "text":
        return
    joined = "".join(ids.categories)
    if joined == joined.upper() and not any(c.isspace() for c in joined):
        return  # nothing that case or space could change
    folded = {"".join(c.split()).casefold() for c in ids.categories}
    if len(folded) < len(ids.categories):
        count = len(ids.categories) - len(folded)
        text = f"{count:,} ids differ from another in case or space only; they were kept as different customers."
        rows.notes.append(Note("id-variants", "warning", text, ids.name, count))


def _named_ids(ids: Column, table: Table, rows: _Rows) -> Column:
    """Return the ids; customers without one get a made id that says in which row they stand."""
    missing = ids.missing & (rows.customer_row >= 0)
    count = int(np.count_nonzero(missing))
    rows.counts["null_ids"] = count
    if not count:
        return ids
    text = "customers have no id; they were kept and are called 'row N' after their data row."
    rows.notes.append(_note("null-ids", "repair", text, table, missing, ids.name))
    texts = as_categories(ids)
    where = np.flatnonzero(missing)
    numbers = where if table.row_numbers is None else table.row_numbers[where]
    known, made = set(texts.categories), []
    for number in (numbers + 1).tolist():
        name = f"row {number}"
        made.append(name if name not in known else f"{name} (no id)")
    values = texts.values.copy()
    values[where] = len(texts.categories) + np.arange(count, dtype=np.int32)
    return Column(ids.name, "text", values, (*texts.categories, *made))


def _resolve_duplicates(table: Table, id_name: str | None, rows: _Rows, settings: Settings) -> None:
    """Count customers that are alike in everything but their id; drop them where that is the policy."""
    kept = rows.kept
    columns = [c.take(kept) for c in table if c.name != id_name]
    first = first_equal(columns, len(kept)) if len(columns) > 1 else np.arange(len(kept))
    again = first != np.arange(len(kept))
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
    text = f"customers equal another one in all {apart}; they were {'dropped' if drop else 'kept'}."
    rows.notes.append(_note("duplicates-apart-from-id", "repair" if drop else "warning", text, table, mask))


def _reject_empty(features: tuple[Column, ...], rows: _Rows, settings: Settings) -> None:
    n_missing = np.zeros(len(rows.customer_row), dtype=np.int32)
    for column in features:
        n_missing += column.missing
    rows.reject(n_missing == len(features), "no feature value")
    if settings.features.missing == "drop":
        rows.reject(n_missing > 0, "missing feature value")
    for reason, count in rows.rejected.items():
        if reason.endswith("feature value"):
            key = "rows_without_features" if reason.startswith("no ") else "rows_with_missing_features"
            rows.counts[key] = count
            text = f"{count:,} rows were rejected: {reason}."
            rows.notes.append(Note(key.replace("_", "-"), "repair", text, None, count))


def find_value(columns: Iterable[Column]) -> str | None:
    """Return the one number column whose name says what a customer is worth, or None.

    Several spend columns are not added up: their units and overlaps are not known.

    Examples
    --------
    >>> find_value([Column("Total Spend", "number", np.ones(2)), Column("income", "number", np.ones(2))])
    'Total Spend'
    """
    found = []
    for column in columns:
        words = header_words(column.name)
        whole = says(words, frozenset({"total", "lifetime", "annual"})) and says(words, WORTH_OF)
        if column.kind == "number" and len(words) <= 3 and (whole or says(words, WORTH)):
            found.append(column.name)
    return found[0] if len(found) == 1 else None


def account_after(account: RowAccount, rejected: Mapping[str, int]) -> RowAccount:
    """Return a reader's account with further rejections taken from the kept rows.

    Examples
    --------
    >>> account_after(RowAccount(3, 3), {"duplicate row": 1}).kept
    2
    """
    reasons = dict(account.rejected)
    for reason, count in rejected.items():
        reasons[reason] = reasons.get(reason, 0) + count
    kept = account.kept - sum(rejected.values())
    return RowAccount(account.rows_read, kept, reasons, account.not_data, account.repaired)


def customer_of_rows(table: Table, customer_row: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Return the customer of every data row of the input, −1 for rows that have none.

    Parameters
    ----------
    table : Table
        Its `row_numbers` say where its rows stood in the input.
    customer_row : ndarray of shape (n_rows,)
        The row that stands for the customer of each row, −1 for none.
    kept : ndarray
        Sorted rows that became customers, in the order of the customers.
    """
    index = np.full(table.n_rows + 1, -1, dtype=np.int64)
    index[kept] = np.arange(len(kept))
    customer: np.ndarray = index[customer_row]  # −1 finds the last place, which is −1
    if table.row_numbers is None:
        return customer
    size = table.account.kept + sum(table.account.rejected.values())
    out = np.full(max(size, int(table.row_numbers.max(initial=-1)) + 1), -1, dtype=np.int64)
    out[table.row_numbers] = customer
    return out


def line_numbers(table: Table, mask: np.ndarray, most: int = 5) -> tuple[int, ...]:
    """Return the first rows of a mask as a person counts them: lines of a file, or rows of a frame.

    Parameters
    ----------
    table : Table
        The header and preamble lines of its account are counted in.
    mask : ndarray of shape (n_rows,)
        Boolean.
    most : int, default 5
        How many at most.
    """
    rows = np.flatnonzero(mask)[:most]
    numbers = rows if table.row_numbers is None else table.row_numbers[rows]
    before = sum(table.account.not_data.get(k, 0) for k in ("preamble", "header"))
    return tuple((numbers + before + 1).tolist())


def _note(
    code: str,
    severity: Literal["repair", "warning"],
    text: str,
    table: Table,
    mask: np.ndarray,
    column: str | None = None,
) -> Note:
    count = int(np.count_nonzero(mask))
    return Note(code, severity, f"{count:,} {text}", column, count, line_numbers(table, mask))
