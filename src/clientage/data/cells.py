"""Columns of Python objects, as databases and spreadsheets give them, gathered into Arrow arrays.

Receives the cells of one column in batches; gives them back as arrays of one type. Cells of several
types become text, each as a person would write it, and are then decided like the cells of a CSV.
"""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from clientage.data.frames import written
from clientage.errors import InputError
from clientage.spool import Held, Spool, opened

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
    spool : Spool, optional
        Where the batches are kept. Default: in memory.
    """

    def __init__(self, name: str, spool: Spool | None = None) -> None:
        self.name = name
        self._spool = spool or Spool()
        self._kept: list[tuple[str, pa.DataType, Held]] = []
        self._n_cells = 0

    def __len__(self) -> int:
        return self._n_cells

    def add(self, cells: Sequence[Any]) -> None:
        """Take the next cells; None where there is no value."""
        kinds = {_kind(c, self.name) for c in cells if c is not None}
        if not kinds:
            self._keep("empty", pa.nulls(len(cells)))
        elif len(kinds) == 1:
            kind = kinds.pop()
            self._keep(kind, _array(kind, cells))
        elif kinds <= NUMBERS and not any(type(c) is int and abs(c) >= 2**53 for c in cells):
            self._keep("float", pa.array([None if c is None else float(c) for c in cells], pa.float64()))
        else:
            self._keep("text", _as_text(cells))

    def _keep(self, kind: str, array: pa.Array) -> None:
        self._kept.append((kind, array.type, self._spool.keep(_bytes_of(array))))
        self._n_cells += len(array)

    @property
    def type(self) -> pa.DataType:
        """The type of all cells together."""
        kinds = {kind for kind, _, _ in self._kept} - {"empty"}
        types = {type_ for kind, type_, _ in self._kept if kind != "empty"}
        if not kinds:
            return pa.null()
        if len(kinds) == 1 and len(types) == 1:
            return next(iter(types))
        if kinds <= NUMBERS:
            return pa.float64()
        return pa.timestamp("us", tz="UTC") if kinds == {"date"} else pa.string()

    @property
    def chunks(self) -> Iterator[pa.Array]:
        """The cells in arrays of that type, batch after batch; of those on disk, one at a time is in memory."""
        type_ = self.type
        return (_of_type(type_, kind, _array_of(held)) for kind, _, held in self._kept)


def _of_type(wanted: pa.DataType, kind: str, array: pa.Array) -> pa.Array:
    if array.type == wanted:
        return array
    if kind == "empty":
        return array.cast(wanted)
    if pa.types.is_floating(wanted):
        return array.cast(wanted, safe=False)
    if pa.types.is_timestamp(wanted):
        return array.cast(wanted)
    return _as_text(array.to_pylist())


def _bytes_of(array: pa.Array) -> np.ndarray:
    """An array as bytes that can live on disk."""
    batch, sink = pa.record_batch([array], ["cells"]), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return np.frombuffer(sink.getvalue(), np.uint8)


def _array_of(held: Held) -> pa.Array:
    with pa.ipc.open_stream(pa.py_buffer(opened(held))) as stream:
        return stream.read_next_batch().column(0)


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


def _moments(values: Sequence[Any]) -> pa.Array:
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
