"""The customers that candidates are judged on: a weighted sample that does not depend on row order.

Receives the matrix and its coreset; returns a `Sample`. Small tables are judged whole. Large ones
on rows spread evenly through the order of their hashes: the same rows whatever order they came in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clientage.spool import gathered, let_go

if TYPE_CHECKING:
    from clientage.clustering.coreset import Coreset

EXACT_ROWS = 4_000  # up to here every pair of customers is measured
SIZED_ROWS = 32_768  # above this, sizes and spreads are estimated from this many rows
KINDS = 10
ODD = 0x9E3779B97F4A7C15  # 2**64 / golden ratio: the usual multiplicative hash


@dataclass(frozen=True, slots=True)
class Sample:
    """Weighted customers in a canonical order.

    Parameters
    ----------
    points : ndarray of shape (m, p)
        Distinct or sampled rows.
    weights : ndarray of shape (m,)
        How many customers each row stands for.
    n : int
        Customers in the whole table.
    exact : bool
        The rows are all customers, duplicates merged: nothing is estimated.

    Examples
    --------
    >>> Sample(np.zeros((2, 1)), np.array([3.0, 1.0]), 4, True).total
    4.0
    """

    points: np.ndarray
    weights: np.ndarray
    n: int
    exact: bool

    @property
    def total(self) -> float:
        """Sum of the weights."""
        return float(self.weights.sum())

    def spread(self, size: int) -> Sample:
        """Return at most `size` rows of weight one, spread evenly through this sample's customers.

        Parameters
        ----------
        size : int
            Most rows. All customers are returned one by one when there are no more than that.
        """
        rows = self.spread_rows(size)
        return Sample(self.points[rows], np.ones(len(rows)), self.n, self.exact and len(rows) == self.n)

    def spread_rows(self, size: int) -> np.ndarray:
        """Return where the rows of `spread` lie in this sample; a row of weight 3 may come three times."""
        upper = np.cumsum(self.weights)
        count = min(size, round(float(upper[-1])))
        at = (np.arange(count) + 0.5) * (upper[-1] / count)
        return np.asarray(np.minimum(np.searchsorted(upper, at), len(upper) - 1))


def repeated_share(sample: Sample) -> float:
    """Return the share of customers who are one of the ten most frequent rows that repeat.

    Customers of only a few kinds are repetition: every criterion calls a division between the kinds perfect, and no
    other sample could contradict it.

    Parameters
    ----------
    sample : Sample
        Customers.

    Examples
    --------
    >>> repeated_share(Sample(np.arange(4.0)[:, None], np.array([6.0, 1.0, 1.0, 2.0]), 10, True))
    0.8
    """
    _, owner = np.unique(row_hashes(sample.points), return_inverse=True)
    counts = np.sort(np.bincount(owner, weights=sample.weights))
    kinds = counts[-KINDS:]
    return float(kinds[kinds >= 2 * sample.total / sample.n].sum() / sample.total)


def row_hashes(x: np.ndarray) -> np.ndarray:
    """Return one uint64 per row that depends on the row's values alone.

    Parameters
    ----------
    x : ndarray of shape (n, p)
        Finite values; 0.0 and -0.0 count as the same.

    Examples
    --------
    >>> h = row_hashes(np.array([[0.0, 1.0], [1.0, 0.0], [-0.0, 1.0]]))
    >>> bool(h[0] == h[2]), bool(h[0] == h[1])
    (True, False)
    """
    mixed = np.zeros(len(x), dtype=np.uint64)
    for j in range(x.shape[1]):
        bits = (np.ascontiguousarray(x[:, j], dtype=np.float64) + 0.0).view(np.uint64)
        mixed = (mixed ^ bits) * np.uint64(ODD)
        mixed ^= mixed >> np.uint64(32)
        let_go(x)
    mixed *= np.uint64(ODD)
    mixed ^= mixed >> np.uint64(29)
    return mixed


def draw_sample(x: np.ndarray, coreset: Coreset) -> Sample:
    """Return the customers to judge candidates on.

    Parameters
    ----------
    x : ndarray of shape (n, p)
        All customers.
    coreset : Coreset
        Its summary; used as it is when it holds the data itself.

    Returns
    -------
    Sample
        Exact for an exact coreset or n <= 4,000; else at most 32,768 rows of equal weight.
    """
    if coreset.exact:
        order = np.argsort(row_hashes(coreset.points), kind="stable")
        return Sample(coreset.points[order], coreset.weights[order], coreset.n, True)
    n = len(x)
    order = np.argsort(row_hashes(x))  # which of equal hashes comes first does not matter: the rows are equal
    if n <= EXACT_ROWS:
        return _merged(x[order], n)
    size = min(n, SIZED_ROWS)
    at = ((np.arange(size) + 0.5) * (n / size)).astype(np.int64)
    rows = order[at]
    return Sample(np.asarray(gathered(x, rows), dtype=np.float64), np.full(size, n / size), n, size == n)


def _merged(rows: np.ndarray, n: int) -> Sample:
    """Merge neighbouring equal rows (equal rows are neighbours in hash order) into counts."""
    new = np.ones(n, dtype=bool)
    new[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    starts = np.flatnonzero(new)
    counts = np.diff(np.append(starts, n)).astype(np.float64)
    return Sample(np.asarray(rows[starts], dtype=np.float64), counts, n, True)
