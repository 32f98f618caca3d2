"""Typed columns from Arrow data: Parquet, Polars, Arrow itself, and what databases and sheets give.

Receives the batches of each column as they come; returns the same columns that text gives. Texts go through the
same decision as the cells of a CSV, so that a table means the same wherever it comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
import pyarrow as pa

from clientage.data import arrow_numpy
from clientage.data.column_kind import Found, decide_columns, is_whole
from clientage.data.column_reader import FIRST, ColumnReader
from clientage.data.column_texts import Reading
from clientage.data.number_text import EXACT
from clientage.data.quality import Note
from clientage.data.table import PART, Column
from clientage.data.unusable import without_huge
from clientage.errors import InputError, counted
from clientage.spool import Held, Spool, opened


class Chunked(Protocol):
    """What a `pyarrow.ChunkedArray` is, and a column whose batches may live on disk."""

    @property
    def type(self) -> pa.DataType:
        """Of all batches."""

    @property
    def chunks(self) -> Iterable[pa.Array]:
        """The batches."""

    def __len__(self) -> int: ...


def columns_from_arrow(
    arrays: Sequence[tuple[str, Chunked]], reading: Reading, spool: Spool | None = None
) -> tuple[tuple[Column, ...], tuple[Note, ...]]:
    """Return typed columns and notes.

    Parameters
    ----------
    arrays : sequence of (str, Chunked)
        Names and values, all of one length.
    reading : Reading
        Settings, and how rows are named in notes.
    spool : Spool, optional
        Where the values are kept, and what becomes of them. Default: in memory.

    Raises
    ------
    InputError
        For nested and binary columns.
    ColumnError
        As for text.
    """
    columns, spool = [], spool or Spool()
    for name, values in arrays:
        column = ArrowColumn(name, values.type, reading, spool)
        for chunk in values.chunks:
            column.add(chunk)
        columns.append(column)
    return decided(columns, replace(reading, spool=spool.next()))


def decided(columns: Sequence[ArrowColumn], reading: Reading) -> tuple[tuple[Column, ...], tuple[Note, ...]]:
    """Return typed columns and notes, once all batches are there."""
    texts = [c.reader for c in columns if c.reader is not None]
    as_text = iter(decide_columns(texts, reading))
    found = [c.found(reading) if c.reader is None else next(as_text) for c in columns]
    return tuple(f.column for f in found if f.column is not None), tuple(n for f in found for n in f.notes)


class ArrowColumn:
    """Collects the batches of one Arrow column.

    Parameters
    ----------
    name : str
        Of the column.
    kind : pyarrow.DataType
        Of all batches.
    reading : Reading
        Settings, and the name of the source.
    spool : Spool
        Where batches are kept.

    Attributes
    ----------
    reader : ColumnReader or None
        Of a column of texts, or of whole numbers too long for a float: everything is looked at together.

    Raises
    ------
    InputError
        For nested and binary columns.
    """

    def __init__(self, name: str, kind: pa.DataType, reading: Reading, spool: Spool) -> None:
        self.name, self.reading, self.spool = name, reading, spool
        self.kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        self.reader: ColumnReader | None = self._text_reader() if _is_text(self.kind) else None
        self._convert = None if self.reader else _converter(self.kind, reading)
        if self.reader is None and self._convert is None:
            raise InputError(
                "columns of numbers, dates and texts",
                f"column '{name}' of {reading.source} is of type {kind}",
                "Flatten it into plain columns, or leave it out.",
            )
        self._parts: list[Held] = []
        self._n_there = 0

    def add(self, batch: pa.Array) -> None:
        """Take the next batch."""
        if pa.types.is_dictionary(batch.type):
            batch = batch.dictionary.cast(self.kind).take(batch.indices)
        if self.reader is not None:
            self.reader.add(batch if pa.types.is_string(batch.type) else batch.cast(pa.string()))
            return
        self._n_there += len(batch) - batch.null_count
        values = self._convert(batch)  # type: ignore[misc]  # there is one where there is no reader
        if pa.types.is_integer(self.kind) and _beyond_exact(values):
            self._become_text(batch)
        else:
            self._parts.append(self.spool.keep(values))

    def _become_text(self, batch: pa.Array) -> None:
        """Whole numbers of more than 15 digits are ids: all are kept as texts. Those before were short and exact."""
        self.reader = self._text_reader()
        for part in self._parts:
            values = opened(part)
            missing = np.isnan(values)
            whole = arrow_numpy.number_array(np.where(missing, 0.0, values).astype(np.int64)).cast(pa.string())
            texts = [None if gone else t for gone, t in zip(missing.tolist(), whole.to_pylist(), strict=True)]
            self.reader.add(arrow_numpy.text_array(texts) if missing.any() else whole)
        self._parts = []
        self.add(batch)

    def _text_reader(self) -> ColumnReader:
        nulls = self.reading.settings.null_values
        return ColumnReader(self.name, as_text=True, null_values=nulls, spool=self.spool)

    def found(self, reading: Reading) -> Found:
        """Return the typed column, kept where `reading` says, and its notes."""
        name, kind = self.name, self.kind
        dates = pa.types.is_timestamp(kind) or pa.types.is_date(kind)
        values = self._together("datetime64[us]" if dates else "float64")
        if dates:
            return self._dates(values, reading)
        if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            return finite_numbers(name, values, reading)
        held = reading.spool.keep(values)
        if pa.types.is_null(kind):
            return Found(Column(name, "number", held))
        if pa.types.is_boolean(kind):
            return Found(Column(name, "number", held, is_integer=True, is_boolean=True))
        if pa.types.is_integer(kind):
            return Found(Column(name, "number", held, is_integer=self._n_there > 0))
        text = f"Column '{name}' holds times of day or durations: read as seconds."
        return Found(Column(name, "number", held), (Note("seconds", "repair", text, name),))

    def _together(self, kind: str) -> np.ndarray:
        """The values of all batches; of those on disk, one at a time is in memory beside them."""
        if len(self._parts) == 1:
            return opened(self._parts[0])
        values, low = np.empty(sum(map(len, self._parts)), dtype=kind), 0
        for part in self._parts:
            values[low : low + len(part)] = opened(part)
            low += len(part)
        return values

    def _dates(self, moments: np.ndarray, reading: Reading) -> Found:
        column = Column(self.name, "date", reading.spool.keep(moments))
        if not pa.types.is_timestamp(self.kind) or self.kind.tz is None:
            return Found(column)
        zone = reading.settings.time_zone
        text = f"Column '{self.name}' has times with a zone: all were turned into {zone}."
        return Found(column, (Note("time-zone", "repair", text, self.name, self._n_there),))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _beyond_exact(values: np.ndarray) -> bool:
    return len(values) > 0 and bool(max(np.fmax.reduce(values), -np.fmin.reduce(values)) >= EXACT)


def _converter(kind: pa.DataType, reading: Reading) -> Callable[[pa.Array], np.ndarray] | None:
    """Return how batches of a type become float64 or datetime64[us]; None where they cannot."""
    types = pa.types
    if types.is_null(kind):
        return lambda batch: np.full(len(batch), np.nan)
    if types.is_boolean(kind):
        return lambda batch: arrow_numpy.floats(batch.cast(pa.int8()))
    if types.is_integer(kind) or types.is_floating(kind):
        return arrow_numpy.floats
    if types.is_decimal(kind):
        return lambda batch: arrow_numpy.floats(batch.cast(pa.float64()))
    if types.is_timestamp(kind) and kind.tz is not None:
        return lambda batch: arrow_numpy.moments(_local(batch, reading.settings.time_zone))
    if types.is_timestamp(kind) or types.is_date(kind):
        return arrow_numpy.moments
    if types.is_duration(kind):
        return lambda batch: arrow_numpy.floats(batch.cast(pa.duration("us"), safe=False).cast(pa.int64())) / 1e6
    if types.is_time32(kind):
        return lambda batch: arrow_numpy.floats(batch.cast(pa.time32("ms")).cast(pa.int32())) / 1e3
    if types.is_time64(kind):
        return lambda batch: arrow_numpy.floats(batch.cast(pa.time64("us"), safe=False).cast(pa.int64())) / 1e6
    return None


def _local(batch: pa.Array, zone: str) -> pa.Array:
    """Times of a zone as the clock shows them in another."""
    import pyarrow.compute as pc

    moments = batch.cast(pa.timestamp("us", tz=batch.type.tz), safe=False)
    return pc.local_timestamp(moments.cast(pa.timestamp("us", tz=zone)))


def finite_numbers(name: str, numbers: np.ndarray, reading: Reading) -> Found:
    """Return a column of numbers with infinities taken as missing, and whether it has numbers too large to use."""
    infinite = _infinite(numbers)
    notes: tuple[Note, ...] = ()
    if len(infinite):
        numbers = numbers.copy()
        numbers[infinite] = np.nan
        text = f"{counted(len(infinite), 'infinite value')} in column '{name}': taken as missing."
        rows = reading.lines(infinite[:FIRST].tolist())
        notes = (Note("infinite", "repair", text, name, len(infinite), rows),)
    numbers, huge = without_huge(name, numbers, reading)
    return Found(Column(name, "number", reading.spool.keep(numbers), is_integer=is_whole(numbers)), (*notes, *huge))


def _infinite(numbers: np.ndarray) -> np.ndarray:
    parts = (np.flatnonzero(np.isinf(numbers[low : low + PART])) + low for low in range(0, len(numbers), PART))
    return np.concatenate([*parts, np.zeros(0, np.int64)])
