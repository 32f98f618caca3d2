"""Random numbers that belong to a row's content, not to its position.

Receives rows on the grid and a seed; returns 64-bit keys. Equal rows get equal keys wherever they stand, so
whatever is drawn by key is the same for every order of the rows, every chunk size and every thread count.
"""

from __future__ import annotations

import numpy as np

from clientage.grid import Grid
from clientage.spool import chunks

CHUNK = 16_384  # rows: the intermediate arrays stay in the processor's cache
_GOLDEN = 0x9E3779B97F4A7C15  # 2**64 over the golden ratio: the increment of SplitMix64


def mix(keys: np.ndarray) -> np.ndarray:
    """Return the keys scrambled so that every bit of the input moves every bit of the output.

    The finaliser of SplitMix64 (Steele, Lea & Flood 2014, doi 10.1145/2660193.2660195).

    Parameters
    ----------
    keys : ndarray of uint64
        Changed in place.

    Examples
    --------
    >>> len(set(mix(np.arange(1000, dtype=np.uint64)).tolist()))
    1000
    """
    keys ^= keys >> np.uint64(30)
    keys *= np.uint64(0xBF58476D1CE4E5B9)
    keys ^= keys >> np.uint64(27)
    keys *= np.uint64(0x94D049BB133111EB)
    keys ^= keys >> np.uint64(31)
    return keys


def hash_rows(x: np.ndarray, grid: Grid, seed: int) -> np.ndarray:
    """Return one key per row.

    Parameters
    ----------
    x : ndarray of shape (n, p)
        Values on `grid`.
    grid : Grid
        Its step turns values into whole numbers of at most 25 bits: two fit into one word.
    seed : int
        Another seed gives unrelated keys.

    Returns
    -------
    ndarray of uint64, shape (n,)
    """
    n, p = x.shape
    keys = np.empty(n, dtype=np.uint64)
    start = mix(np.array([seed % 2**64], dtype=np.uint64) + np.uint64(_GOLDEN))[0]
    for low, part in chunks(x, CHUNK):
        units = (part * (1.0 / grid.step)).astype(np.int64).view(np.uint64)
        key = np.full(len(units), start, dtype=np.uint64)
        for j in range(0, p, 2):
            key += units[:, j]
            if j + 1 < p:
                key += units[:, j + 1] << np.uint64(32)
            key += np.uint64(_GOLDEN)
            mix(key)
        keys[low : low + CHUNK] = key
    return keys


def uniforms(keys: np.ndarray) -> np.ndarray:
    """Return the keys as float64 numbers spread evenly over [0, 1).

    Examples
    --------
    >>> float(uniforms(np.array([2**63], dtype=np.uint64))[0])
    0.5
    """
    return (keys >> np.uint64(11)).astype(np.float64) * 2.0**-53


def numbered_uniforms(seed: int, count: int) -> np.ndarray:
    """Return `count` numbers in [0, 1) that depend on the seed alone.

    Used in place of `numpy.random`, which costs an import and may change its stream between versions.

    Examples
    --------
    >>> bool(abs(numbered_uniforms(0, 10_000).mean() - 0.5) < 0.01)
    True
    """
    base = mix(np.array([seed % 2**64], dtype=np.uint64) + np.uint64(_GOLDEN))[0]
    steps = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(_GOLDEN)
    return uniforms(mix(steps + base))
