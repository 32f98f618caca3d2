"""One row per customer: what every later step receives.

Receives a `Table` of customers and its `Roles`; returns `Customers` with an account of every row.
(Purchases are made into the same type by `transactions.py`.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

import numpy as np

from clientage.config import Settings
from clientage.cores import side_by_side
from clientage.data.headers import WORTH, WORTH_OF, header_words, says
from clientage.data.quality import Note, QualityReport, RowAccount
from clientage.data.roles import Roles
from clientage.data.table import Column, Table
from clientage.data.transaction_columns import DERIVED
from clientage.errors import ColumnError, DataError, counted, listed
from clientage.features.categories import as_categories, merge_spellings
from clientage.features.doubts import doubt_values
from clientage.features.duplicates import place_type
from clientage.features.identity import RowKeeper, named_ids, resolve_duplicates, resolve_ids
from clientage.spool import rows_in_memory


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
        Whole numbers, one for each data row of the main table: the customer of that row, −1 where it was rejected.
    units : mapping of str to str
        Units of derived columns, for example ``{"recency": "days"}``.
    titles : mapping of str to str
        Words for derived columns; source columns keep their own names.
    quality : QualityReport
        What was found, repaired and rejected.
    as_of : str or None
        ISO date that recency and tenure are measured from, where there are purchases.

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
    as_of: str | None = None

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


def build_customers(table: Table, roles: Roles, settings: Settings, *, with_transactions: bool = False) -> Customers:
    """Make customers of a customer table.

    Parameters
    ----------
    table : Table
        One row per customer, as a reader returned it.
    roles : Roles
        From `assign_roles`.
    settings : Settings
        `features.duplicate_ids`, `features.duplicate_rows` and `features.missing` are the policies.
    with_transactions : bool, default False
        Purchases will be joined: features that are made of them may be named, and the table needs none.

    Returns
    -------
    Customers
        Rows without an id are kept and get a made one; rows without any feature value are rejected.

    Raises
    ------
    DataError
        When there is no feature, or when one id has different rows and no policy says which one counts.
    ColumnError
        When a feature that the settings name is not in the table.

    Examples
    --------
    >>> from clientage.data.roles import Role
    >>> from clientage.data.table import Source
    >>> table = Table((Column("spend", "number", np.array([1.0, 2.0, 9.0])),), 3,
    ...               Source("a.csv", "csv", "", {}), RowAccount(3, 3))
    >>> build_customers(table, Roles("customers", (Role("spend", "feature", "a number"),)), Settings()).n
    3
    """
    if not with_transactions:
        _check_features(table, roles, settings)
    columns, notes = _convert(table, roles)
    id_name = roles.only("id")
    ids = table.column(id_name) if id_name else None
    rows = find_rows(table, ids, [columns[n] for n in roles.names("feature")], settings)
    ids = None if ids is None else named_ids(ids, table, rows)
    kept = rows.kept
    in_memory = rows_in_memory(c.held for c in columns.values())
    if len(kept) < table.n_rows:
        taken = side_by_side(lambda c: c.take(kept), columns.values(), in_memory)
        columns = dict(zip(columns, taken, strict=True))
    features, profile, outcome = (
        tuple(columns[n] for n in names)
        for names in (roles.names("feature"), roles.names("profile"), roles.names("outcome"))
    )
    doubted = side_by_side(doubt_values, (*features, *profile), in_memory)
    account = account_after(table.account, rows.rejected)
    counts = {**rows.counts, "customers": len(kept)}
    return Customers(
        n=len(kept),
        ids=ids if ids is None or len(kept) == table.n_rows else ids.take(kept),
        features=features,
        profile=profile,
        outcome=outcome,
        value=_value_of(table, settings, (*features, *profile)),
        origin="customers",
        row_customer=customer_of_rows(table, rows.customer_row, kept),
        units={},
        titles={},
        quality=QualityReport(
            {"customers": account}, counts, (*table.notes, *roles.notes, *notes, *rows.notes, *chain(*doubted))
        ),
    )


def _check_features(table: Table, roles: Roles, settings: Settings) -> None:
    for name in settings.roles.features:
        table.column(name)
    if not roles.names("feature"):
        reasons = "; ".join(f"'{i.column}' is {i.role} because {i.reason}" for i in roles.items[:6])
        raise DataError(
            f"at least one feature column in {table.source.name}",
            reasons or "no columns",
            "Name some with --features (roles.features).",
        )


def find_rows(
    table: Table, ids: Column | None, features: Sequence[Column], settings: Settings, *, alike: bool = True
) -> RowKeeper:
    """Return which row stands for the customer of each row.

    Parameters
    ----------
    table : Table
        Rows of one id that differ in any of its columns are refused, or chosen from, as the settings say.
    ids : Column or None
        Who the customers are.
    features : sequence of Column
        Rows without any value of these are rejected.
    settings : Settings
        The policies.
    alike : bool, default True
        Look for customers who are alike in all but their id, and for ids that are alike but for case and space.

    Raises
    ------
    DataError
        When one id has different rows and no policy says which one counts.
    """
    rows = RowKeeper(np.arange(table.n_rows, dtype=place_type(table.n_rows)))
    rows.counts["missing_cells"] = sum(c.n_missing for c in table)
    if ids is not None:
        resolve_ids(table, ids, rows, settings, variants=alike)
    if alike:
        resolve_duplicates(table, None if ids is None else ids.name, rows, settings)
    _reject_empty(features, rows, settings)
    return rows


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


def _reject_empty(features: Sequence[Column], rows: RowKeeper, settings: Settings) -> None:
    if not features:
        return
    empty, incomplete = rejected_rows(features, settings)
    rows.reject(empty, "no feature value")
    if incomplete is not None:
        rows.reject(incomplete, "missing feature value")
    for reason, count in rows.rejected.items():
        if reason.endswith("feature value"):
            key = "rows_without_features" if reason.startswith("no ") else "rows_with_missing_features"
            rows.counts[key] = count
            text = f"{counted(count, 'row was', 'rows were')} rejected: {reason}."
            rows.notes.append(Note(key.replace("_", "-"), "repair", text, None, count))


def rejected_rows(features: Sequence[Column], settings: Settings) -> tuple[np.ndarray, np.ndarray | None]:
    """Return which rows have no feature value, and which have a gap where those are not wanted.

    Parameters
    ----------
    features : sequence of Column
        At least one, of n rows.
    settings : Settings
        `features.missing`: ``"drop"`` rejects every row with a gap.

    Returns
    -------
    tuple of ndarray of shape (n,)
        Boolean; the second is None where gaps are filled.

    Examples
    --------
    >>> x = Column("x", "number", np.array([1.0, np.nan]))
    >>> rejected_rows([x], Settings())[0].tolist()
    [False, True]
    """
    n_missing = np.zeros(len(features[0]), dtype=np.int32)
    for column in features:
        n_missing += column.missing
    return n_missing == len(features), n_missing > 0 if settings.features.missing == "drop" else None


def _value_of(table: Table, settings: Settings, numbers: Iterable[Column]) -> str | None:
    given = settings.roles.value
    if given is None:
        return find_value(numbers)
    return given if given in DERIVED and not table.has(given) else table.column(given).name


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
    index = np.full(table.n_rows + 1, -1, dtype=customer_row.dtype)
    index[kept] = np.arange(len(kept), dtype=customer_row.dtype)
    customer: np.ndarray = index[customer_row]  # −1 finds the last place, which is −1
    if table.row_numbers is None:
        return customer
    size = table.account.kept + sum(table.account.rejected.values())
    out = np.full(max(size, int(table.row_numbers.max(initial=-1)) + 1), -1, dtype=np.int64)
    out[table.row_numbers] = customer
    return out
