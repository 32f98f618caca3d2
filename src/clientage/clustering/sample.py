"""A weighted sample of the rows that does not know their order.

Receives rows on the grid; returns distinct rows with whole-number weights. Every distinct row is taken or left by a
hash of its content, so the sample is the same for every order of the rows. Half of the chance is uniform and half
goes by squared distance to the mean: a lightweight coreset (Bachem, Lucic & Krause 2018, doi 10.1145/3219819.3219973).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientage.clustering.hashing import CHUNK, hash_rows, mix, uniforms
from clientage.grid import Grid

SAMPLE = 131_072  # distinct rows: beyond this many a sample stands for them


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
    order = np.argsort(keys)
    ranked = keys[order]
    new = np.ones(len(ranked), dtype=bool)
    new[1:] = ranked[1:] != ranked[:-1]
    first = np.flatnonzero(new)
    if len(first) <= size:
        counts = np.diff(np.append(first, len(ranked)))
        return Sample(grid.round(x[order[first]]), counts.astype(np.float64), True)
    counts = np.diff(np.append(first, len(ranked))).astype(np.float64)
    rows = order[first]
    inverse = _inverse_chances(x, size, grid)[rows]
    times = np.floor(counts / inverse + uniforms(mix(ranked[first])))
    taken = times > 0
    return Sample(grid.round(x[rows[taken]]), (times * inverse)[taken], False)


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
    return np.asarray(np.add.reduce(x, axis=0, dtype=np.float64))


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
