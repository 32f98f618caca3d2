"""Reading back what `writing.py` wrote: the same columns, texts as they were meant.

Receives the bytes of a CSV or Parquet file of ours; returns a mapping of names to arrays. Files of other
people are read by `reading.py`, which takes nothing for granted.
"""

from __future__ import annotations

import csv
import io

import numpy as np
import pyarrow as pa

from clientage.data import arrow_numpy
from clientage.data.writing import harmless


def as_meant(text: str) -> str:
    """Return a text without the ``'`` that `harmless` put before it.

    Examples
    --------
    >>> as_meant("'=1+1"), as_meant("'tis"), as_meant("West")
    ('=1+1', "'tis", 'West')
    """
    return text[1:] if text.startswith("'") and harmless(text[1:]) == text else text


def read_written_csv(raw: bytes) -> dict[str, list[str | None]]:
    """Return the columns of a CSV file as texts, None where a cell is empty.

    Examples
    --------
    >>> read_written_csv(b"id,n\\n'=x,1.5\\nb,\\n")
    {'id': ['=x', 'b'], 'n': ['1.5', None]}
    """
    rows = csv.reader(io.StringIO(raw.decode("utf-8"), newline=""))
    names = [as_meant(name) for name in next(rows)]
    columns: dict[str, list[str | None]] = {name: [] for name in names}
    for row in rows:
        for name, cell in zip(names, row, strict=True):
            columns[name].append(as_meant(cell) if cell else None)
    return columns


def read_written_parquet(raw: bytes) -> dict[str, np.ndarray]:
    """Return the columns of a Parquet file: float64, int64, datetime64[us], or object with None where missing."""
    from pyarrow import parquet

    table = parquet.ParquetFile(pa.BufferReader(raw)).read()
    return {name: _values(table.column(name)) for name in table.column_names}


def _values(column: pa.ChunkedArray) -> np.ndarray:
    parts = [_chunk(chunk) for chunk in column.chunks] or [_chunk(pa.array([], column.type))]
    return np.concatenate(parts)


def _chunk(array: pa.Array) -> np.ndarray:
    if pa.types.is_floating(array.type):
        return arrow_numpy.floats(array)
    if pa.types.is_integer(array.type):
        return arrow_numpy.floats(array).astype(np.int64)  # our integers are ids and counts, far below 2**53
    if pa.types.is_timestamp(array.type):
        return arrow_numpy.moments(array)
    texts = np.empty(len(array), dtype=object)
    texts[:] = array.to_pylist()
    return texts
