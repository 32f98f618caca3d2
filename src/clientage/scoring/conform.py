"""Making a new table fit the columns a model was made from.

Reordered and additional columns are harmless; a missing one is an error by name; a column of another
kind is converted where nothing is lost and refused where something would be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from clientage.data.columns import Role, Roles
from clientage.data.table import Column, Kind, Table
from clientage.errors import ColumnError, did_you_mean, listed
from clientage.features.categories import as_categories


def refuse_unfit(table: Table, kinds: dict[str, Kind]) -> None:
    """Refuse a table that cannot be made to fit, before any part of it is scored.

    Parameters
    ----------
    table : Table
        New data, whole.
    kinds : dict of column name to kind
        As for `conform`.

    Raises
    ------
    ColumnError
        When a needed column is missing or holds something else than the model was made from.
    """
    found = {name: table.find(name) for name in kinds}
    _refuse_missing(table, [name for name, column in found.items() if column is None])
    for name, column in found.items():
        if column is not None:
            _refuse_other_kind(column, kinds[name], table.source.name)


def conform(table: Table, roles: Roles, kinds: dict[str, Kind]) -> tuple[Table, Roles]:
    """Return the table and roles to build customers from, in the terms of the model.

    Parameters
    ----------
    table : Table
        New data.
    roles : Roles
        Of the table the model was made from.
    kinds : dict of column name to kind
        The columns the model cannot do without, and what they must be.

    Raises
    ------
    ColumnError
        When a needed column is missing or holds something else than the model was made from.
    """
    found = {name: table.find(name) for name in kinds}
    _refuse_missing(table, [name for name, column in found.items() if column is None])
    columns: list[Column] = []
    items: list[Role] = []
    for role in roles.items:
        column = found.get(role.column) or table.find(role.column)
        if column is None:  # descriptive only: scoring does without
            continue
        kind = kinds.get(role.column, column.kind)
        columns.append(replace(_as_kind(column, kind, table.source.name), name=role.column))
        items.append(role)
    return replace(table, columns=tuple(columns)), Roles(kind=roles.kind, items=tuple(items))


def _refuse_missing(table: Table, missing: Iterable[str]) -> None:
    missing = list(missing)
    if missing:
        raise ColumnError(
            f"the columns the model was made from, {listed(missing)} among them",
            f"{table.source.name} has {listed(table.names)}",
            f"Add or rename the missing {'column' if len(missing) == 1 else 'columns'}."
            f"{did_you_mean(missing[0], table.names)}",
        )


def _as_kind(column: Column, kind: Kind, source: str) -> Column:
    """Return the column as the kind the model knows, when nothing is lost."""
    if column.kind == kind:
        return column
    _refuse_other_kind(column, kind, source)
    if kind == "text" and column.kind == "number":
        return as_categories(column)
    return Column(column.name, kind, _empty(kind, len(column)))


def _refuse_other_kind(column: Column, kind: Kind, source: str) -> None:
    if column.kind == kind or (kind == "text" and column.kind == "number"):
        return
    rows = np.flatnonzero(~column.missing)[:5] + 1
    if not len(rows):  # nothing in it: it can be anything
        return
    raise ColumnError(
        f"{_words(kind)} in column '{column.name}' of {source}, as when the model was made",
        f"{_words(column.kind)} (first rows with a value: {', '.join(map(str, rows.tolist()))})",
        "Correct the column, or make a new run with this data.",
    )


def _empty(kind: Kind, n: int) -> np.ndarray:
    if kind == "number":
        return np.full(n, np.nan)
    return np.full(n, np.datetime64("NaT", "us")) if kind == "date" else np.full(n, -1, dtype=np.int32)


def _words(kind: Kind) -> str:
    return {"number": "numbers", "date": "dates", "text": "text"}[kind]
