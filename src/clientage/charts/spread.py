"""How the values of a column are spread in each segment: percentiles of numbers, shares of categories.

Receives a column and the segment of every customer; returns small results.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientage.charts.exploration import summarise_column
from clientage.data.table import Column
from clientage.features.shape import quantiles
from clientage.segments.groups import Groups


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the values of one group lie: the 5th, 25th, 50th, 75th and 95th percentile."""

    low: float
    lower: float
    median: float
    upper: float
    high: float


def spreads(values: np.ndarray, groups: Groups) -> tuple[Spread | None, ...]:
    """Return where the values of each segment lie.

    Parameters
    ----------
    values : ndarray of shape (n,)
        In original units, NaN where missing.
    groups : Groups
        The segments.

    Returns
    -------
    tuple of Spread or None
        None for a segment without any value.

    Examples
    --------
    >>> spreads(np.arange(5.0), Groups(np.zeros(5, dtype=int), 1))[0].median
    2.0
    """
    parts = groups.sorted_parts(values)[: groups.k]
    return tuple(Spread(*quantiles(part, (0.05, 0.25, 0.5, 0.75, 0.95))) if len(part) else None for part in parts)


def category_shares(column: Column, groups: Groups) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """Return the share of each frequent category among all customers and in each segment.

    Parameters
    ----------
    column : Column
        Of kind text.
    groups : Groups
        The segments; customers without one count among all customers only.

    Returns
    -------
    categories : tuple of str
        At most eight, the most frequent first.
    shares : ndarray of shape (1 + k, len(categories))
        Row 0: all customers. Shares are of those with a value.
    sizes : ndarray of shape (k,)
        float64, customers of each segment with a value.

    Examples
    --------
    >>> c = Column("city", "text", np.array([0, 0, 0, 1, 1, 1]), ("Rome", "Oslo"))
    >>> category_shares(c, Groups(np.array([0, 0, 0, 0, 1, 1]), 2))[1].tolist()
    [[0.5, 0.5], [0.25, 0.75], [1.0, 0.0]]
    """
    shown = tuple(name for name, _ in summarise_column(column).top)
    codes = [column.categories.index(name) for name in shown]
    by_segment = groups.counts(column.values, len(column.categories))
    counts = np.vstack([by_segment.sum(axis=0), by_segment[: groups.k]])
    sizes = counts.sum(axis=1)
    return shown, counts[:, codes] / np.maximum(1, sizes)[:, None], sizes[1:].astype(np.float64)
