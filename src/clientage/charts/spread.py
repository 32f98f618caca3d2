"""How the categories of a column are spread in each segment.

Receives a column and the segment of every customer; returns small results.
"""

from __future__ import annotations

import numpy as np

from clientage.charts.exploration import summarise_column
from clientage.data.table import Column
from clientage.segments.groups import Groups


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
