"""A sample of rows that is the same in whatever order the rows come.

Receives an array of rows, returns indices.
"""

from __future__ import annotations

import numpy as np


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
    n = len(values)
    if n <= most:
        return np.arange(n)
    key = np.zeros(n, dtype=np.uint64)
    odd = _mixed(np.arange(values.shape[1], dtype=np.uint64)) | np.uint64(1)
    for j in range(values.shape[1]):
        bits = np.ascontiguousarray(values[:, j] + 0.0, dtype=np.float64).view(np.uint64)  # -0.0 is 0.0 as well
        key += (bits ^ (bits >> np.uint64(32))) * odd[j]  # short numbers differ in their high bits only
    key = _mixed(key)
    order = np.argsort(key, kind="stable")
    fresh = np.concatenate([[True], np.diff(key[order]) != 0])
    number = np.arange(n) - np.maximum.accumulate(np.where(fresh, np.arange(n), 0))
    own = _mixed(key[order] ^ _mixed(number.astype(np.uint64)))
    chosen: np.ndarray = order[np.argsort(own, kind="stable")[:most]]
    return chosen


def _mixed(x: np.ndarray) -> np.ndarray:
    """Scramble 64-bit words: the finaliser of SplitMix64 (Steele, Lea & Flood 2014, doi 10.1145/2714064.2660195)."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    scrambled: np.ndarray = x ^ (x >> np.uint64(31))
    return scrambled
