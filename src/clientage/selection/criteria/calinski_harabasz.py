"""Calinski-Harabasz: variance between segments against variance within."""

from __future__ import annotations

from clientage.selection.criteria.criterion import SPREAD, Criterion
from clientage.selection.criteria.partition import Partition


def calinski_harabasz(part: Partition) -> float | None:
    """Return [B/(k−1)] / [W/(n−k)].

    None at k=1 and where no segment has any spread: all rows of a segment being the same is
    repetition, and calling it perfect separation would be wrong.

    References
    ----------
    Caliński, T. and Harabasz, J. (1974). doi:10.1080/03610927408827101

    Examples
    --------
    >>> import numpy as np
    >>> from clientage.selection.criteria.partition import partition_of
    >>> calinski_harabasz(partition_of(np.array([[0.0], [2.0], [7.0]]), np.ones(3), np.array([0, 0, 1]), 2))
    12.0
    """
    within = float(part.scatter.sum())
    freedom = part.total - part.k
    if part.k < 2 or freedom <= 0 or within <= 0 or (part.sizes <= 0).any():
        return None
    return (part.between / (part.k - 1)) / (within / freedom)


CALINSKI_HARABASZ = Criterion("calinski_harabasz", "Calinski-Harabasz", "higher", calinski_harabasz, SPREAD)
