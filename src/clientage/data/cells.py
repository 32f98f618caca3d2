"""Columns of Python objects, as databases and spreadsheets give them, gathered into Arrow arrays.

Receives the cells of one column in batches; returns one chunked array of one type. Cells of several
types become text, each as a person would write it, and are then decided like the cells of a CSV.
"""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from clientage.data.frames import written
from clientage.errors import InputError

KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "boolean"),  # before int: True is one
    (int, "integer"),
    (float, "float"),
    (decimal.Decimal, "decimal"),
    (str, "text"),
    ((dt.datetime, dt.date), "date"),
    (dt.time, "time"),
    (dt.timedelta, "duration"),
)
NUMBERS = {"integer", "float", "decimal"}


class CellColumn:
    """Collects one column.

    Parameters
    ----------
    name : str
        For messages.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._chunks: list[tuple[str, pa.Array]] = []

    def add(self, cells: Sequence[Any]) -> None:
        """Take the next cells; None where there is no value."""
        kinds = {_kind(c, self.name) for c in cells if c is not None}
        if not kinds:
            self._chunks.append(("empty", pa.nulls(len(cells))))
        elif len(kinds) == 1:
            kind = kinds.pop()
            self._chunks.append((kind, _array(kind, cells)))
        elif kinds <= NUMBERS and not any(type(c) is int and abs(c) >= 2**53 for c in cells):
            self._chunks.append(("float", pa.array([None if c is None else float(c) for c in cells], pa.float64())))
        else:
            self._chunks.append(("text", _as_text(cells)))

    def chunked(self) -> pa.ChunkedArray:
        """Return all cells as one chunked array of one type."""
        kinds = {kind for kind, _ in self._chunks} - {"empty"}
        if not kinds:
            return pa.chunked_array([a for _, a in self._chunks], pa.null())
        types = {a.type for kind, a in self._chunks if kind != "empty"}
        if len(kinds) == 1 and len(types) == 1:
            (only,) = types
            return pa.chunked_array([a.cast(only) if k == "empty" else a for k, a in self._chunks], only)
        if kinds <= NUMBERS:
            return pa.chunked_array([a.cast(pa.float64(), safe=False) for _, a in self._chunks], pa.float64())
        if kinds == {"date"}:
            return pa.chunked_array([_moments(a) for _, a in self._chunks])
        texts = [a if k == "text" else _as_text(a.to_pylist()) for k, a in self._chunks]
        return pa.chunked_array(texts, pa.string())


def _kind(cell: Any, name: str) -> str:
    for types, kind in KINDS:
        if isinstance(cell, types):
            return kind
    if isinstance(cell, list | tuple | dict | set):
        raise InputError(
            "columns of numbers, dates and texts", f"column '{name}' holds lists or mappings", "Leave it out."
        )
    return "other"


def _array(kind: str, cells: Sequence[Any]) -> pa.Array:
    if kind == "text":
        return pa.array([c or None for c in cells], pa.string())
    if kind == "date":
        return _moments(cells)
    if kind == "other":
        return _as_text(cells)
    if kind == "decimal":
        return pa.array([None if c is None else float(c) for c in cells], pa.float64())
    try:
        return pa.array(cells)
    except (pa.ArrowInvalid, OverflowError):  # whole numbers beyond 64 bits
        return _as_text(cells)


def _moments(cells: Any) -> pa.Array:
    values = cells.to_pylist() if isinstance(cells, pa.Array) else cells
    zoned = any(isinstance(c, dt.datetime) and c.tzinfo is not None for c in values)
    zone = dt.UTC if zoned else None
    full = [
        dt.datetime.combine(c, dt.time(), zone)
        if isinstance(c, dt.date) and not isinstance(c, dt.datetime)
        else (c.replace(tzinfo=zone) if zoned and c is not None and c.tzinfo is None else c)
        for c in values
    ]
    return pa.array(full, pa.timestamp("us", tz="UTC" if zoned else None))


def _as_text(cells: Sequence[Any]) -> pa.Array:
    return pa.array([None if c is None or c == "" else written(c) for c in cells], pa.string())
