"""Davies-Bouldin: how much each segment overlaps its most similar neighbour."""

from __future__ import annotations

import numpy as np

from clientage.selection.criteria.criterion import SPREAD, Criterion
from clientage.selection.criteria.partition import Partition


def davies_bouldin(part: Partition) -> float | None:
    """Return the mean over segments of max (S_i + S_j) / d_ij.

    S is the mean distance to the segment's mean, d the distance between means. None at k=1, where
    two means coincide, and where no segment has any spread (repetition, and not separation).

    References
    ----------
    Davies, D. L. and Bouldin, D. W. (1979). doi:10.1109/TPAMI.1979.4766909

    Examples
    --------
    >>> import numpy as np
    >>> from clientage.selection.criteria.partition import partition_of
    >>> davies_bouldin(partition_of(np.array([[0.0], [2.0], [9.0]]), np.ones(3), np.array([0, 0, 1]), 2))
    0.125
    """
    if part.k < 2 or (part.sizes <= 0).any() or float(part.spread.max()) <= 0:
        return None
    apart = np.linalg.norm(part.means[:, None] - part.means[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    if float(apart.min()) <= 0:
        return None
    return float(((part.spread[:, None] + part.spread) / apart).max(axis=1).mean())


DAVIES_BOULDIN = Criterion("davies_bouldin", "Davies-Bouldin", "lower", davies_bouldin, SPREAD)
