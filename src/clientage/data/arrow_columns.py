"""Typed columns from Arrow data: Parquet, Polars, Arrow itself, and what databases and sheets give.

Receives one chunked array per column; returns the same columns that text gives. Texts go through the
same decision as the cells of a CSV, so that a table means the same wherever it comes from.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from clientage.data import arrow_numpy
from clientage.data.column_kind import Found, decide_columns, refuse_huge
from clientage.data.column_reader import FIRST, ColumnReader
from clientage.data.column_texts import Reading
from clientage.data.number_text import EXACT
from clientage.data.quality import Note
from clientage.data.table import Column
from clientage.errors import InputError, counted


def columns_from_arrow(
    arrays: Sequence[tuple[str, pa.ChunkedArray]], reading: Reading
) -> tuple[tuple[Column, ...], tuple[Note, ...]]:
    """Return typed columns and notes.

    Parameters
    ----------
    arrays : sequence of (str, pyarrow.ChunkedArray)
        Names and values, all of one length.
    reading : Reading
        Settings, and how rows are named in notes.

    Raises
    ------
    InputError
        For nested and binary columns.
    ColumnError
        As for text.
    """
    found: list[Found | None] = [None] * len(arrays)
    readers: list[tuple[int, ColumnReader]] = []
    for i, (name, values) in enumerate(arrays):
        kind = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
        if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
            readers.append((i, _text_reader(name, values, reading)))
        else:
            found[i] = _typed(name, values, reading)
    for (i, _), result in zip(readers, decide_columns([r for _, r in readers], reading), strict=True):
        found[i] = result
    done = [f for f in found if f is not None and f.column is not None]
    return tuple(f.column for f in done if f.column is not None), tuple(n for f in done for n in f.notes)


def _text_reader(name: str, values: pa.ChunkedArray, reading: Reading) -> ColumnReader:
    # `as_text`: everything is in memory, so each cell is looked at together with all others
    reader = ColumnReader(name, as_text=True, null_values=reading.settings.null_values)
    for chunk in values.chunks:
        if pa.types.is_dictionary(chunk.type):
            chunk = chunk.dictionary.cast(pa.string()).take(chunk.indices)
        elif not pa.types.is_string(chunk.type):
            chunk = chunk.cast(pa.string())
        reader.add(chunk)
    return reader


def _typed(name: str, values: pa.ChunkedArray, reading: Reading) -> Found:
    kind = values.type
    if pa.types.is_null(kind):
        return Found(Column(name, "number", np.full(len(values), np.nan)))
    if pa.types.is_boolean(kind):
        numbers = _floats(values.cast(pa.int8()))
        return Found(Column(name, "number", numbers, is_integer=True, is_boolean=True))
    if pa.types.is_integer(kind):
        return _integers(name, values, reading)
    if pa.types.is_floating(kind):
        return finite_numbers(name, _floats(values), reading)
    if pa.types.is_decimal(kind):
        return finite_numbers(name, _floats(values.cast(pa.float64())), reading)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _dates(name, values, reading)
    if pa.types.is_duration(kind) or pa.types.is_time(kind):
        return _seconds(name, values)
    if pa.types.is_dictionary(kind):
        return _typed(name, values.cast(kind.value_type), reading)
    raise InputError(
        "columns of numbers, dates and texts",
        f"column '{name}' of {reading.source} is of type {kind}",
        "Flatten it into plain columns, or leave it out.",
    )


def _floats(values: pa.ChunkedArray) -> np.ndarray:
    """float64 without a copy where there is one chunk of doubles without nulls."""
    if values.num_chunks == 1:
        one = values.chunk(0)
        return arrow_numpy.floats(one)
    return np.concatenate([arrow_numpy.floats(c) for c in values.chunks] or [np.zeros(0)])


def _integers(name: str, values: pa.ChunkedArray, reading: Reading) -> Found:
    numbers = _floats(values)
    there = numbers[~np.isnan(numbers)]
    if len(there) and max(there.max(), -there.min()) >= EXACT:
        reader = _text_reader(name, values.cast(pa.string()), reading)
        return decide_columns([reader], reading)[0]
    return Found(Column(name, "number", numbers, is_integer=len(there) > 0))


def finite_numbers(name: str, numbers: np.ndarray, reading: Reading) -> Found:
    """Return a column of numbers with infinities taken as missing.

    Raises
    ------
    ColumnError
        For numbers too large to compute with.
    """
    infinite = np.flatnonzero(np.isinf(numbers))
    notes: tuple[Note, ...] = ()
    if len(infinite):
        numbers = numbers.copy()
        numbers[infinite] = np.nan
        text = f"{counted(len(infinite), 'infinite value')} in column '{name}': taken as missing."
        rows = reading.lines(infinite[:FIRST].tolist())
        notes = (Note("infinite", "repair", text, name, len(infinite), rows),)
    refuse_huge(name, numbers, reading)
    there = numbers[~np.isnan(numbers)]
    whole = len(there) > 0 and bool((there == np.rint(there)).all())
    return Found(Column(name, "number", numbers, is_integer=whole), notes)


def _dates(name: str, values: pa.ChunkedArray, reading: Reading) -> Found:
    kind = values.type
    notes: tuple[Note, ...] = ()
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        import pyarrow.compute as pc

        zone = reading.settings.time_zone
        local = pc.local_timestamp(
            values.cast(pa.timestamp("us", tz=kind.tz), safe=False).cast(pa.timestamp("us", tz=zone))
        )
        values = local
        text = f"Column '{name}' has times with a zone: all were turned into {zone}."
        notes = (Note("time-zone", "repair", text, name, len(values) - values.null_count),)
    moments = np.concatenate([arrow_numpy.moments(c) for c in values.chunks] or [np.zeros(0, "datetime64[us]")])
    return Found(Column(name, "date", moments), notes)


def _seconds(name: str, values: pa.ChunkedArray) -> Found:
    if pa.types.is_duration(values.type):
        seconds = _floats(values.cast(pa.duration("us"), safe=False).cast(pa.int64())) / 1e6
    elif pa.types.is_time32(values.type):
        seconds = _floats(values.cast(pa.time32("ms")).cast(pa.int32())) / 1e3
    else:
        seconds = _floats(values.cast(pa.time64("us"), safe=False).cast(pa.int64())) / 1e6
    text = f"Column '{name}' holds times of day or durations: read as seconds."
    return Found(Column(name, "number", seconds), (Note("seconds", "repair", text, name),))
