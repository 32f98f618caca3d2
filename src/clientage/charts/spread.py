"""How the values of a column are spread in each segment: percentiles of numbers, shares of categories.

Receives a column and the segment of every customer; returns small results.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientage.charts.exploration import summarise_column
from clientage.data.table import Column


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the values of one group lie: the 5th, 25th, 50th, 75th and 95th percentile."""

    low: float
    lower: float
    median: float
    upper: float
    high: float


def spreads(values: np.ndarray, labels: np.ndarray, k: int) -> tuple[Spread | None, ...]:
    """Return where the values of each segment lie.

    Parameters
    ----------
    values : ndarray of shape (n,)
        In original units, NaN where missing.
    labels : ndarray of shape (n,)
        0 … k−1; others are left out.
    k : int
        Number of segments.

    Returns
    -------
    tuple of Spread or None
        None for a segment without any value.

    Examples
    --------
    >>> spreads(np.arange(5.0), np.zeros(5, dtype=int), 1)[0].median
    2.0
    """
    out: list[Spread | None] = []
    there = ~np.isnan(values)
    for segment in range(k):
        own = values[np.flatnonzero((labels == segment) & there)]
        own.sort()  # quicker than to look for five percentiles in what is in no order
        out.append(Spread(*np.quantile(own, (0.05, 0.25, 0.5, 0.75, 0.95)).tolist()) if len(own) else None)
    return tuple(out)


def category_shares(column: Column, labels: np.ndarray, k: int) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the share of each frequent category among all customers and in each segment.

    Parameters
    ----------
    column : Column
        Of kind text, or a number with few values read as categories.
    labels : ndarray of shape (n,)
        0 … k−1; others count among all customers only.
    k : int
        Number of segments.

    Returns
    -------
    categories : tuple of str
        At most eight, the most frequent first.
    shares : ndarray of shape (1 + k, len(categories))
        Row 0: all customers. Shares are of those with a value.

    Examples
    --------
    >>> c = Column("city", "text", np.array([0, 0, 0, 1, 1, 1]), ("Rome", "Oslo"))
    >>> category_shares(c, np.array([0, 0, 0, 0, 1, 1]), 2)[1].tolist()
    [[0.5, 0.5], [0.25, 0.75], [1.0, 0.0]]
    """
    shown = [name for name, _ in summarise_column(column).top]
    codes = [column.categories.index(name) for name in shown]
    groups = [np.ones(len(column), dtype=bool), *(labels == s for s in range(k))]
    shares = np.zeros((1 + k, len(codes)))
    for row, group in enumerate(groups):
        counts = np.bincount(column.values[group & ~column.missing], minlength=len(column.categories))
        shares[row] = counts[codes] / max(1, counts.sum())
    return tuple(shown), shares
