"""Whether there is thinner ground between neighbouring segments, or the border cuts through one heap.

Receives points and a labeling; returns one figure. A table can differ from the null in the shape of its
dependence and have no groups at all (recency and frequency of buyers do). Groups have a valley between them.
"""

from __future__ import annotations

import numpy as np

from clientage.selection.dip import dip_statistic, spread_ties

FEWEST = 8  # customers on both sides of a border to judge it
LEAST_VALLEY = (
    0.30  # √n·dip: five of six uniform samples, plains without a valley, are above; cuts through a heap below
)

LEAST_VALLEY_IN_SHAPE = 0.25  # the same for a mixture of one shape, whose likelihood has shown groups before
LEAST_BORDER = 0.35  # of one border by itself, which scatters more than the mean of several
DEEPER = 3.0  # times: where the others are so much deeper, a border below that cuts through a heap
DEEP_VALLEY = 0.07  # dip: two equal normal groups 4.9 SD apart; half a ring, seen along its chord, has .061


def valley(points: np.ndarray, labels: np.ndarray, k: int) -> float | None:
    """Return the mean of `borders`; None where there is none to judge."""
    found = borders(points, labels, k)
    return float(np.mean(found)) if found else None


def borders(points: np.ndarray, labels: np.ndarray, k: int) -> list[float]:
    """Return the √n·dip of segments, each projected with its nearest neighbour on the line joining their means.

    One heap cut in two gives about 0.2 to 0.3, a flat plain 0.37, two groups 3 SD apart 0.5 and more.

    Parameters
    ----------
    points : ndarray of shape (n, p)
        Customers, one row each.
    labels : int ndarray of shape (n,)
        Segments, -1 for none.
    k : int
        Number of segments.

    Returns
    -------
    list of float
        One for each segment that has, with its neighbour, enough customers to judge.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> one, two = rng.normal(size=(300, 1)), np.concatenate([rng.normal(c, 1, size=(150, 1)) for c in (0, 5)])
    >>> valley(one, (one[:, 0] > 0).astype(int), 2) < 0.35, valley(two, (two[:, 0] > 2.5).astype(int), 2) > 0.8
    (True, True)
    """
    sizes = np.bincount(labels[labels >= 0], minlength=k)
    there = np.flatnonzero(sizes > 0)
    if len(there) < 2:
        return []
    means = np.array([points[labels == j].mean(axis=0) for j in there])
    apart = np.linalg.norm(means[:, None] - means[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    judged: dict[tuple[int, int], float | None] = {}
    found = []
    for i, j in enumerate(apart.argmin(axis=1).tolist()):
        pair = (min(i, j), max(i, j))
        if pair not in judged:
            both = np.isin(labels, there[list(pair)])
            judged[pair] = _between(points[both] @ (means[j] - means[i])) if both.sum() >= FEWEST else None
        value = judged[pair]
        if value is not None:
            found.append(value)
    return found


def _between(along: np.ndarray) -> float:
    distinct, counts = np.unique(along, return_counts=True)
    spread = spread_ties(distinct, counts) if len(distinct) > 2 else along
    return dip_statistic(spread) * float(np.sqrt(len(along)))
