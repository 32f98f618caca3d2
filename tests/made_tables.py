"""Tables made by hand: `table(a=[1, None], b=["x", "y"])` types its columns as a reader would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from clientage.data.quality import RowAccount
from clientage.data.table import Column, Source, Table


def column(name: str, values: Sequence[Any]) -> Column:
    """Return a column of the kind its values have."""
    there = [v for v in values if v is not None]
    if any(isinstance(v, str) for v in there):
        categories = tuple(dict.fromkeys(v for v in there))
        place = {c: i for i, c in enumerate(categories)}
        codes = np.array([-1 if v is None else place[v] for v in values], dtype=np.int32)
        return Column(name, "text", codes, categories)
    if any(isinstance(v, (date, np.datetime64)) for v in there):
        days = [np.datetime64("NaT") if v is None else np.datetime64(v) for v in values]
        return Column(name, "date", np.array(days, dtype="datetime64[us]"))
    numbers = np.array([np.nan if v is None else float(v) for v in values])
    whole = bool(there) and all(float(v).is_integer() for v in there)
    boolean = bool(there) and all(isinstance(v, bool) for v in there)
    return Column(name, "number", numbers, is_integer=whole, is_boolean=boolean)


def table(name: str = "made.csv", /, **columns: Sequence[Any]) -> Table:
    """Return a table of columns of equal length, as read from a file with a header line."""
    made = tuple(column(key, values) for key, values in columns.items())
    n = len(made[0]) if made else 0
    return Table(made, n, Source(name, "csv", "", {}), RowAccount(n + 1, n, {}, {"header": 1}), first_line=2)


def rows(made: Table, order: Sequence[int] | np.ndarray) -> Table:
    """Return a table of some rows, in the order given."""
    order = np.asarray(order)
    return Table(
        tuple(c.take(order) for c in made),
        len(order),
        made.source,
        RowAccount(len(order) + 1, len(order), {}, {"header": 1}),
        first_line=2,
    )
