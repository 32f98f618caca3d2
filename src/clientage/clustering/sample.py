"""A weighted sample of the rows that does not know their order.

Receives rows on the grid; returns distinct rows with whole-number weights. Every distinct row is taken or left by a
hash of its content, so the sample is the same for every order of the rows. Half of the chance is uniform and half
goes by squared distance to the mean: a lightweight coreset (Bachem, Lucic & Krause 2018, doi 10.1145/3219819.3219973).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientage.clustering.hashing import CHUNK, hash_rows
from clientage.grid import Grid
from clientage.spool import chunks, gathered

SAMPLE = 131_072  # distinct rows: beyond this many a sample stands for them
FOLD = 64  # rows side by side in a sum
MANY = 1 << 20  # keys looked at together
CELL_BITS = 20  # of a key: cells in which rows are counted to leave most of them out of the sort


@dataclass(frozen=True, slots=True)
class Sample:
    """Distinct rows and how many customers each stands for.

    Parameters
    ----------
    x : ndarray of shape (s, p)
        On the grid, ordered by key.
    weights : ndarray of shape (s,)
        Whole numbers as float64.
    exact : bool
        True when these are all distinct rows and the weights are their counts.
    """

    x: np.ndarray
    weights: np.ndarray
    exact: bool


def draw(x: np.ndarray, grid: Grid, *, size: int = SAMPLE, seed: int = 0) -> Sample:
    """Return all distinct rows, or about `size` of them when there are more.

    Parameters
    ----------
    x : ndarray of shape (n, p)
        Rows on `grid`.
    grid : Grid
    size : int
        Distinct rows to return, at most and on average.
    seed : int

    Notes
    -----
    A row that is met c times and has inclusion weight w gets ⌊c/w + u⌋·w, with u uniform from its key: the
    expectation is c, and all weights are whole, which keeps every later sum exact.

    Examples
    --------
    >>> draw(np.array([[1.0], [2.0], [1.0]]), Grid(2.0**-20, 16.0)).weights.sum()
    np.float64(3.0)
    """
    keys = hash_rows(x, grid, seed)
    if len(keys) > size and _cells_met(keys[: 2 * size]) > size:
        return _drawn(x, grid, keys, size)
    rows, counts = _distinct(keys)
    if len(rows) > size:
        return _drawn(x, grid, keys, size)
    return Sample(grid.round(gathered(x, rows)), counts, True)


def _cells_met(keys: np.ndarray) -> int:
    """Return in how many cells there are keys: at most the number of distinct ones, and found without a sort."""
    return int(np.count_nonzero(np.bincount(_cells(keys), minlength=1 << CELL_BITS)))


def _cells(keys: np.ndarray) -> np.ndarray:
    return (keys >> np.uint64(64 - CELL_BITS)).astype(np.int64)


def _luck(keys: np.ndarray) -> np.ndarray:
    """Return numbers in [0, 1) from the lower half of the keys; the upper half gives the order, unrelated to it."""
    return np.asarray((keys & np.uint64(0xFFFFFFFF)).astype(np.float64) * 2.0**-32)


def _distinct(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return, in the order of the keys, a place of each different key, and how many are the same."""
    order = np.argsort(keys)
    ranked = keys[order]
    first = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
    return order[first], np.diff(np.append(first, len(ranked))).astype(np.float64)


def _drawn(x: np.ndarray, grid: Grid, keys: np.ndarray, size: int) -> Sample:
    rows, inverse = _possible(x, grid, keys, size)
    first, counts = _distinct(keys[rows])
    rows, inverse = rows[first], inverse[first]
    times = np.floor(counts / inverse + _luck(keys[rows]))
    rows, weights = rows[times > 0], (times * inverse)[times > 0]
    return Sample(grid.round(gathered(x, rows)), weights, False)


def _possible(x: np.ndarray, grid: Grid, keys: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that may be in the sample, and for each one over its chance, as a whole number.

    Keys that share a cell are at least as many as equal keys, so no row that could be taken is lost.
    """
    met = np.zeros(1 << CELL_BITS, dtype=np.int64)
    for low in range(0, len(keys), MANY):
        met += np.bincount(_cells(keys[low : low + MANY]), minlength=len(met))
    mean, average = _centre(x, grid)
    rows, inverse = [], []
    for low, part in chunks(x, CHUNK):
        key = keys[low : low + CHUNK]
        share = 0.5 + 0.5 * _squares(part, mean) / average
        chance = np.maximum(1.0, np.rint(len(x) / (size * share)))
        found = np.flatnonzero(met[_cells(key)] >= (1.0 - _luck(key)) * chance)
        rows.append(found + low)
        inverse.append(chance[found])
    return np.concatenate(rows), np.concatenate(inverse)


def _centre(x: np.ndarray, grid: Grid) -> tuple[np.ndarray, float]:
    """Return the mean of the rows, on the grid, and the average squared distance to it: exact in chunks of any size."""
    total, halves = np.zeros(x.shape[1]), np.zeros(2)
    for _, part in chunks(x, CHUNK):
        total += sum_columns(part)
    mean = grid.round(total / len(x))
    for _, part in chunks(x, CHUNK):
        halves += split_sums(_squares(part, mean)[None], grid)[0]
    return mean, float(halves.sum()) / len(x)


def _squares(x: np.ndarray, mean: np.ndarray) -> np.ndarray:
    away = x - mean
    return np.asarray((away * away) @ np.ones(x.shape[1]))


def sum_columns(x: np.ndarray) -> np.ndarray:
    """Return the sum of every column: exact for values on a grid, and so the same in any order."""
    n, p = x.shape
    whole = n - n % FOLD
    # rows side by side: several times faster than along so few columns
    wide = np.add.reduce(np.ascontiguousarray(x[:whole]).reshape(-1, FOLD * p), axis=0, dtype=np.float64)
    return np.asarray(wide.reshape(FOLD, p).sum(axis=0) + np.add.reduce(x[whole:], axis=0, dtype=np.float64))


def split_sums(squares: np.ndarray, grid: Grid) -> np.ndarray:
    """Return, per row, the exact sums of the upper and of the lower halves of squares of grid values.

    Parameters
    ----------
    squares : ndarray of shape (r, b)
    grid : Grid

    Returns
    -------
    ndarray of shape (r, 2)
    """
    shift = 1.5 * 2.0**52 * grid.step * grid.step * 2.0**26  # adding it rounds to 2**26 squared steps
    upper = squares + shift
    upper -= shift
    return np.column_stack([upper.sum(axis=1), (squares - upper).sum(axis=1)])
