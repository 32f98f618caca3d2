"""Rows that repeat: found by hashing whole rows, verified value by value.

Receives columns of equal length; returns for every row the first row that equals it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clientage.data.facts import sorted_distinct
from clientage.data.table import Column

_BLOCK = 65_536
_ODD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


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
        int64; the row itself where no earlier row equals it.

    Examples
    --------
    >>> first_equal([Column("a", "number", np.array([1.0, 2.0, 1.0]))], 3).tolist()
    [0, 1, 0]
    """
    first = np.arange(n, dtype=np.int64)
    rows, leaders = repeats(columns, n)
    first[rows] = leaders
    return first


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
    nothing = np.empty(0, dtype=np.int64)
    if n < 2 or not columns:
        return nothing, nothing
    hashes = _row_hashes(columns, n)
    ordered = np.sort(hashes)
    again = sorted_distinct(ordered[1:][ordered[1:] == ordered[:-1]])
    del ordered
    if not len(again):
        return nothing, nothing
    rows = _members(hashes, again)
    group = np.searchsorted(again, hashes[rows])
    leader = np.full(len(again), n, dtype=np.int64)
    np.minimum.at(leader, group, rows)
    leaders = leader[group]
    same = rows != leaders
    for column in columns:  # two rows may share a hash and differ, once in a great while
        same &= _bits(column.values[rows]) == _bits(column.values[leaders])
    return rows[same], leaders[same]


def _members(hashes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the rows whose hash is among the sorted wanted ones, block by block to save memory."""
    found = []
    for start in range(0, len(hashes), _BLOCK):
        block = hashes[start : start + _BLOCK]
        place = np.minimum(np.searchsorted(wanted, block), len(wanted) - 1)
        found.append(np.flatnonzero(wanted[place] == block) + start)
    return np.concatenate(found)


def _row_hashes(columns: Sequence[Column], n: int) -> np.ndarray:
    hashes = np.zeros(n, dtype=np.uint64)
    for start in range(0, n, _BLOCK):
        block = hashes[start : start + _BLOCK]
        for column in columns:
            block ^= _bits(column.values[start : start + _BLOCK])
            block += _ODD[0]
            block ^= block >> np.uint64(30)
            block *= _ODD[1]
            block ^= block >> np.uint64(27)
            block *= _ODD[2]
            block ^= block >> np.uint64(31)
    return hashes


def _bits(values: np.ndarray) -> np.ndarray:
    """Return values as 64-bit patterns in which equal values, and missing ones, have equal bits."""
    if values.dtype.kind == "f":
        plain = np.asarray(values, dtype=np.float64) + 0.0  # −0.0 becomes 0.0
        plain[np.isnan(plain)] = np.nan
        return plain.view(np.uint64)
    return values.astype(np.int64).view(np.uint64)
