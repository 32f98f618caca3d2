"""A sample of rows that is the same in whatever order the rows come.

Receives an array of rows, returns indices.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from clientage.spool import let_go

Block = Callable[[int, int], np.ndarray]
BLOCK = 65_536  # rows hashed at a time
LET_GO = 8  # after so many blocks


def sample_rows(values: np.ndarray, most: int) -> np.ndarray:
    """Return the indices of at most `most` rows, the same rows in whatever order they come.

    Parameters
    ----------
    values : ndarray of shape (n, p)
        What makes a row itself; rows alike in everything are told apart by counting them.
    most : int
        Size of the sample; n or fewer rows are returned as they are.

    Returns
    -------
    ndarray of int64
        Each row's key is a hash of its values and of its number among its equals, so the choice is
        random with regard to the values and still the same for shuffled rows.

    Examples
    --------
    >>> x = np.arange(100.0)[:, None]
    >>> a, b = sample_rows(x, 10), sample_rows(x[::-1], 10)
    >>> sorted(x[a, 0]) == sorted(x[::-1][b, 0])
    True
    """

    def block(low: int, high: int) -> np.ndarray:
        if low // BLOCK % LET_GO == 0:  # a matrix on disk is not in memory at the end
            let_go(values)
        return values[low:high]

    found = sample_blocks(block, len(values), most)
    let_go(values)
    return found


def sample_blocks(block: Block, n: int, most: int) -> np.ndarray:
    """Return what `sample_rows` returns, of rows that are made block by block.

    Parameters
    ----------
    block : callable
        First row and the row behind the last -> values of shape (b, p).
    n : int
        Rows there are.
    most : int
        Size of the sample.
    """
    if n <= most:
        return np.arange(n)
    key = np.empty(n, dtype=np.uint64)
    for low in range(0, n, BLOCK):
        key[low : low + BLOCK] = _keys(block(low, min(low + BLOCK, n)))
    own = np.empty(n, dtype=np.uint64)
    for low in range(0, n, BLOCK):
        own[low : low + BLOCK] = _mixed(key[low : low + BLOCK] ^ _mixed(np.zeros(1, dtype=np.uint64)))
    again = _repeated(key)
    own[again] = _mixed(key[again] ^ _mixed(_numbered(key[again])))
    last = np.partition(own, most)[most]
    rows = np.flatnonzero(own <= last)
    chosen: np.ndarray = rows[np.argsort(own[rows], kind="stable")[:most]]
    return chosen


def _keys(values: np.ndarray) -> np.ndarray:
    """Return a hash of every row."""
    key = np.zeros(len(values), dtype=np.uint64)
    odd = _mixed(np.arange(values.shape[1], dtype=np.uint64)) | np.uint64(1)
    for j in range(values.shape[1]):
        bits = np.ascontiguousarray(values[:, j] + 0.0, dtype=np.float64).view(np.uint64)  # -0.0 is 0.0 as well
        key += (bits ^ (bits >> np.uint64(32))) * odd[j]  # short numbers differ in their high bits only
    return _mixed(key)


def _repeated(key: np.ndarray) -> np.ndarray:
    """Return the rows, rising, whose key some other row has as well."""
    ordered = np.sort(key)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    del ordered
    if not len(twice):
        return np.zeros(0, dtype=np.int64)
    found = []
    for low in range(0, len(key), BLOCK):
        part = key[low : low + BLOCK]
        at = np.minimum(np.searchsorted(twice, part), len(twice) - 1)
        found.append(np.flatnonzero(twice[at] == part) + low)
    return np.concatenate(found)


def _numbered(key: np.ndarray) -> np.ndarray:
    """Return the number of each row among those of its key, from 0."""
    order = np.argsort(key, kind="stable")
    place = np.arange(len(key))
    fresh = np.concatenate([[True], np.diff(key[order]) != 0])[: len(key)]
    number = np.empty(len(key), dtype=np.uint64)
    number[order] = place - np.maximum.accumulate(np.where(fresh, place, 0))
    return number


def _mixed(x: np.ndarray) -> np.ndarray:
    """Scramble 64-bit words: the finaliser of SplitMix64 (Steele, Lea & Flood 2014, doi 10.1145/2714064.2660195)."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    scrambled: np.ndarray = x ^ (x >> np.uint64(31))
    return scrambled
