"""Inertia: squared distances of customers to their segment's mean."""

from __future__ import annotations

from clientage.selection.criteria.criterion import Criterion
from clientage.selection.criteria.partition import Partition


def inertia(part: Partition) -> float:
    """Return W = Σ‖x − mean of its segment‖²; it falls with every further segment, so only its bend says anything.

    Examples
    --------
    >>> import numpy as np
    >>> from clientage.selection.criteria.partition import partition_of
    >>> inertia(partition_of(np.array([[0.0], [2.0]]), np.ones(2), np.array([0, 0]), 1))
    2.0
    """
    return float(part.scatter.sum())


INERTIA = Criterion("inertia", "Inertia (W)", "lower", inertia, "customers")
