"""Rows that repeat: found by hashing whole rows, verified value by value.

Receives columns of equal length; returns for every row the first row that equals it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from clientage.cores import side_by_side
from clientage.data.repeated import mix_in, repeated
from clientage.data.table import PART, Column
from clientage.spool import rows_in_memory


def first_equal(columns: Sequence[Column], n: int) -> np.ndarray:
    """Return for every row the index of the first row that equals it in all columns.

    Parameters
    ----------
    columns : sequence of Column
        All of length `n`. Missing equals missing.
    n : int
        Number of rows.

    Returns
    -------
    ndarray of shape (n,)
        int32 (int64 from 2³¹ rows on); the row itself where no earlier row equals it.

    Examples
    --------
    >>> first_equal([Column("a", "number", np.array([1.0, 2.0, 1.0]))], 3).tolist()
    [0, 1, 0]
    """
    first = np.arange(n, dtype=place_type(n))
    rows, leaders = repeats(columns, n)
    first[rows] = leaders
    return first


def place_type(n: int) -> type[np.signedinteger[Any]]:
    """Return the smallest integer type that counts n rows: it is half the memory for all but the largest tables."""
    return np.int32 if n < 2**31 else np.int64


def repeats(columns: Sequence[Column], n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that equal an earlier one in all columns, and for each the first such row.

    Parameters
    ----------
    columns : sequence of Column
        All of length `n`. Missing equals missing.
    n : int
        Number of rows.

    Examples
    --------
    >>> [r.tolist() for r in repeats([Column("a", "number", np.array([1.0, 2.0, 1.0]))], 3)]
    [[2], [0]]
    """
    if n < 2 or not columns:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    rows, leaders = repeated(_row_hashes(columns, n))
    same = np.ones(len(rows), dtype=bool)
    for column in columns:  # two rows may share a hash and differ, once in a great while
        values = column.values
        same &= _bits(values[rows]) == _bits(values[leaders])
    return rows[same], leaders[same]


def _row_hashes(columns: Sequence[Column], n: int) -> np.ndarray:
    hashes = np.zeros(n, dtype=np.uint64)

    def mix(start: int) -> None:
        for column in columns:
            mix_in(hashes[start : start + PART], _bits(column.values[start : start + PART]))

    side_by_side(mix, range(0, n, PART), rows_in_memory(c.held for c in columns))
    return hashes


def _bits(values: np.ndarray) -> np.ndarray:
    """Return values as 64-bit patterns in which equal values, and missing ones, have equal bits."""
    if values.dtype.kind == "f":
        plain = np.asarray(values, dtype=np.float64) + 0.0  # −0.0 becomes 0.0
        plain[np.isnan(plain)] = np.nan
        return plain.view(np.uint64)
    return values.astype(np.int64).view(np.uint64)
