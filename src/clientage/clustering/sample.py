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

SAMPLE = 131_072  # distinct rows: beyond this many a sample stands for them
FOLD = 64  # rows side by side in a sum
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
    if _cells_met(keys[: 2 * size]) > size:
        return _drawn(x, grid, keys, size)
    rows, counts = _distinct(keys, np.arange(len(keys)))
    if len(rows) > size:
        return _drawn(x, grid, keys, size)
    return Sample(grid.round(x[rows]), counts, True)


def _cells_met(keys: np.ndarray) -> int:
    """Return in how many cells there are keys: at most the number of distinct ones, and found without a sort."""
    cells = (keys >> np.uint64(64 - CELL_BITS)).astype(np.int64)
    return int(np.count_nonzero(np.bincount(cells, minlength=1 << CELL_BITS)))


def _distinct(keys: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return, in the order of their keys, one of the rows for each key, and how many have it."""
    order = np.argsort(keys[rows])
    ranked = keys[rows[order]]
    first = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
    return rows[order[first]], np.diff(np.append(first, len(ranked))).astype(np.float64)


def _drawn(x: np.ndarray, grid: Grid, keys: np.ndarray, size: int) -> Sample:
    inverse = _inverse_chances(x, size, grid)
    # the lower half of a key decides, the upper half gives the order: they know nothing of each other
    luck = (keys & np.uint64(0xFFFFFFFF)).astype(np.float64) * 2.0**-32
    # Keys that share a cell are at least as many as equal keys, so no row that could be taken is lost here.
    cells = (keys >> np.uint64(64 - CELL_BITS)).astype(np.int64)
    possible = np.bincount(cells, minlength=1 << CELL_BITS)[cells] >= (1.0 - luck) * inverse
    rows, counts = _distinct(keys, np.flatnonzero(possible))
    times = np.floor(counts / inverse[rows] + luck[rows])
    rows, weights = rows[times > 0], (times * inverse[rows])[times > 0]
    return Sample(grid.round(x[rows]), weights, False)


def _inverse_chances(x: np.ndarray, size: int, grid: Grid) -> np.ndarray:
    """Return, per row, one over its chance to be in the sample, as a whole number."""
    n = len(x)
    mean = grid.round(sum_columns(x) / n)
    ones = np.ones(x.shape[1])
    distance = np.empty(n)
    for low in range(0, n, CHUNK):
        away = x[low : low + CHUNK] - mean
        np.matmul(away * away, ones, out=distance[low : low + CHUNK])
    average = exact_sum(distance, grid) / n
    share = 0.5 + 0.5 * distance / average
    return np.maximum(1.0, np.rint(n / (size * share)))


def sum_columns(x: np.ndarray) -> np.ndarray:
    """Return the sum of every column: exact for values on a grid, and so the same in any order."""
    n, p = x.shape
    whole = n - n % FOLD
    # rows side by side: several times faster than along so few columns
    wide = np.add.reduce(np.ascontiguousarray(x[:whole]).reshape(-1, FOLD * p), axis=0, dtype=np.float64)
    return np.asarray(wide.reshape(FOLD, p).sum(axis=0) + np.add.reduce(x[whole:], axis=0, dtype=np.float64))


def exact_sum(squares: np.ndarray, grid: Grid) -> float:
    """Return the sum of squared distances between grid points, the same in any order.

    Such a number has up to 51 bits; its upper and lower halves are summed apart, each exactly.
    """
    upper, lower = split_sums(squares[None], grid)[0]
    return float(upper + lower)


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
