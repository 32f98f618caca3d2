"""Explained share: how much of the differences between customers the segments capture."""

from __future__ import annotations

from clientage.selection.criteria.criterion import Criterion
from clientage.selection.criteria.partition import Partition


def explained(part: Partition) -> float | None:
    """Return B / (B + W), the share of the variance that lies between segments; None when nothing varies.

    Examples
    --------
    >>> import numpy as np
    >>> from clientage.selection.criteria.partition import partition_of
    >>> explained(partition_of(np.array([[0.0], [0.0], [2.0]]), np.ones(3), np.array([0, 0, 1]), 2))
    1.0
    """
    between = part.between
    everything = between + float(part.scatter.sum())
    return between / everything if everything > 0 else None


EXPLAINED = Criterion("explained", "Share of variance explained", "higher", explained, "customers who differ")
