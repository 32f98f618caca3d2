"""Ranks among all customers: how high a segment's values stand in a column.

Receives sorted values; returns `Ranking`, in which ranks are looked up. Columns of few different values, as whole
numbers and prices are, need only those and how often each occurs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

MOST_QUERIES = 8_192  # values of a segment that are looked up
FEW = 65_536  # different values up to which they are kept by themselves: half a MB


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Where values stand among everybody.

    Parameters
    ----------
    values : ndarray of shape (u,)
        The different values, rising; or all values, sorted.
    edges : ndarray of shape (u + 1,) or None
        How many customers are below each different value, and in the end all. None: `values` are those of everybody.

    Examples
    --------
    >>> Ranking.of(np.array([1.0, 2.0, 3.0, 4.0])).mean_rank(np.array([3.0, 4.0]))
    0.75
    """

    values: np.ndarray
    edges: np.ndarray | None = None

    @classmethod
    def of(cls, ordered: np.ndarray, edges: np.ndarray | None = None) -> Ranking:
        """Return the ranking of sorted values without gaps; `edges` where they are known, from `edges_of`."""
        edges = edges_of(ordered) if edges is None else edges
        return cls(ordered[edges[:-1]], edges) if len(edges) <= FEW else cls(ordered)

    def mean_rank(self, part: np.ndarray) -> float:
        """Return the mean mid-rank of a segment among everybody, as a share of n: 0.5 is the middle.

        Parameters
        ----------
        part : ndarray of shape (m,)
            Sorted, without missing values, at least one; each is a value of somebody. Above 8,192 values `part` is
            read at evenly spaced quantiles instead, which moves the result by less than 1/16,384.
        """
        if len(part) > MOST_QUERIES:
            part = part[((np.arange(MOST_QUERIES) + 0.5) * (len(part) / MOST_QUERIES)).astype(np.int64)]
        if self.edges is None:
            n = len(self.values)
            below = np.searchsorted(self.values, part, "left") + np.searchsorted(self.values, part, "right")
        else:
            n, at = int(self.edges[-1]), np.searchsorted(self.values, part)
            below = self.edges[at] + self.edges[at + 1]
        return float(below.sum()) / (2.0 * len(part) * n)


def edges_of(ordered: np.ndarray) -> np.ndarray:
    """Return where each different value of sorted ones begins, and their number in the end.

    Examples
    --------
    >>> edges_of(np.array([1.0, 1.0, 5.0])).tolist(), edges_of(np.zeros(0)).tolist()
    ([0, 2, 3], [0])
    """
    begin = [0] if len(ordered) else []
    return np.concatenate((begin, np.flatnonzero(ordered[1:] != ordered[:-1]) + 1, [len(ordered)])).astype(np.int64)


def rank_sd(edges: np.ndarray) -> float:
    """Return the standard deviation of mid-ranks as shares of n, ties taken into account.

    Parameters
    ----------
    edges : ndarray of shape (u + 1,)
        From `edges_of`.

    Examples
    --------
    >>> round(rank_sd(np.arange(1001)), 3), rank_sd(np.array([0, 5]))
    (0.289, 0.0)
    """
    n = int(edges[-1])
    if n < 2:
        return 0.0
    ties = np.diff(edges).astype(np.float64)
    # whole numbers in float64 would round beyond 2**53, so each tie's cube is scaled first
    return math.sqrt(max(0.0, (1.0 - float(np.sum((ties / n) ** 3))) / 12.0))
