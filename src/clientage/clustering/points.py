"""Weighted points on a grid, laid out for the multiplications that k-means consists of.

Receives points, whole-number weights and their grid; returns the blocks that `lloyd` multiplies. Weights are
whole numbers with a sum below 2**29, so a weighted sum of grid values is exact (see `clientage.grid`), and so are
the squared distances: no result of k-means on these points depends on how a library orders its additions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clientage.clustering.nearest import WORK
from clientage.grid import Grid

WIDTH = 54  # centres that blocks are laid out for: those of k = 2..10
MOST_ROWS = 2_048  # a block: its distances stay in the processor's cache
FEWEST_ROWS = 256


@dataclass(frozen=True, slots=True)
class Points:
    """Weighted points and what does not change while centres move.

    Parameters
    ----------
    x : ndarray of shape (m, p)
        Values on `grid`, float64.
    weights : ndarray of shape (m,)
        Whole numbers as float64: how many customers a point stands for.
    grid : Grid
        Centres are rounded to it.
    columns : tuple of ndarray of shape (p + 1, b)
        `x` by blocks, feature-major, with a row of ones below.
    moments : tuple of ndarray of shape (b, p + 1)
        The weighted values and the weights, by blocks.
    norms : ndarray of shape (m,)
        Squared length of every point.
    square : float
        Weighted sum of `norms`.
    """

    x: np.ndarray
    weights: np.ndarray
    grid: Grid
    columns: tuple[np.ndarray, ...]
    moments: tuple[np.ndarray, ...]
    norms: np.ndarray
    square: float

    def blocks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (columns, moments) of one block after the other."""
        return zip(self.columns, self.moments, strict=True)


def weighted_points(x: np.ndarray, weights: np.ndarray, grid: Grid) -> Points:
    """Lay out points for k-means.

    Parameters
    ----------
    x : ndarray of shape (m, p)
        Values on `grid`.
    weights : ndarray of shape (m,)
        Whole numbers.
    grid : Grid

    Examples
    --------
    >>> p = weighted_points(np.array([[1.0], [3.0]]), np.array([2.0, 1.0]), Grid(2.0**-20, 16.0))
    >>> p.square, p.columns[0].tolist()
    (11.0, [[1.0, 3.0], [1.0, 1.0]])
    """
    m, p = x.shape
    columns, moments = [], []
    rows = block_rows(WIDTH, p + 1)
    for low in range(0, m, rows):
        part, weight = x[low : low + rows], weights[low : low + rows]
        block = np.ones((p + 1, len(part)))
        block[:p] = part.T
        columns.append(block)
        moments.append(np.ascontiguousarray((block * weight).T))
    norms = row_squares(x)
    return Points(x, weights, grid, tuple(columns), tuple(moments), norms, float((norms * weights).sum()))


def block_rows(width: int, factors: int) -> int:
    """Return the rows whose product with `width` centres stays in the cache and on the library's fast path."""
    return min(MOST_ROWS, max(FEWEST_ROWS, WORK // (width * factors) // 64 * 64))


def row_squares(x: np.ndarray) -> np.ndarray:
    """Return the squared length of every row, added column by column so that a row's value is its own."""
    total = np.zeros(len(x))
    for j in range(x.shape[1]):
        total += x[:, j] * x[:, j]
    return total
