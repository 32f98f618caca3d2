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


def first_equal(columns: Sequence[Column], n: int, among: np.ndarray | None = None) -> np.ndarray:
    """Return for every row the index of the first row that equals it in all columns.

    Parameters
    ----------
    columns : sequence of Column
        All of length `n`. Missing equals missing.
    n : int
        Number of rows.
    among : ndarray of int, shape (m,), optional
        Rows that are compared, rising: as if the others were not there, without a copy of the table.

    Returns
    -------
    ndarray of shape (n,) or (m,)
        int32 (int64 from 2³¹ rows on); the row itself where no earlier row equals it. Indices are places in `among`.

    Examples
    --------
    >>> first_equal([Column("a", "number", np.array([1.0, 2.0, 1.0]))], 3).tolist()
    [0, 1, 0]
    """
    first = np.arange(n if among is None else len(among), dtype=place_type(n))
    rows, leaders = repeats(columns, n, among)
    first[rows] = leaders
    return first


def place_type(n: int) -> type[np.signedinteger[Any]]:
    """Return the smallest integer type that counts n rows: it is half the memory for all but the largest tables."""
    return np.int32 if n < 2**31 else np.int64


def repeats(columns: Sequence[Column], n: int, among: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that equal an earlier one in all columns, and for each the first such row.

    Parameters
    ----------
    columns : sequence of Column
        All of length `n`. Missing equals missing.
    n : int
        Number of rows.
    among : ndarray of int, optional
        As for `first_equal`.

    Examples
    --------
    >>> [r.tolist() for r in repeats([Column("a", "number", np.array([1.0, 2.0, 1.0]))], 3)]
    [[2], [0]]
    """
    if n < 2 or not columns:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    hashes = _row_hashes(columns, n)
    rows, leaders = repeated(hashes if among is None else hashes[among])
    del hashes
    # two rows may share a hash and differ, once in a great while
    same = equal_rows(columns, *((rows, leaders) if among is None else (among[rows], among[leaders])))
    return rows[same], leaders[same]


def equal_rows(columns: Sequence[Column], rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return whether each row equals the other one of its pair in all columns, boolean (m,).

    Examples
    --------
    >>> x = Column("a", "number", np.array([1.0, 2.0, 1.0]))
    >>> equal_rows([x], np.array([0, 0]), np.array([1, 2])).tolist()
    [False, True]
    """
    same = np.ones(len(rows), dtype=bool)
    for column in columns:
        values = column.values
        same &= _bits(values[rows]) == _bits(values[others])
    return same


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
