"""Whether bare ground parts the clusters of an algorithm that lets them have any shape.

Receives a sample of customers and their clusters; returns how wide the ground between the nearest two is, where that is
more than a continuum shows. A silhouette asks for round groups, and a likelihood for one shape; two crescents, or a
ring around a heap, are groups as well, and DBSCAN finds them. Heaps that the steps of a column make by construction
have bare ground between them too, as answers do: such columns are no evidence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from clientage.clustering.stretches import LEAST_SHARE, ROWS, WIDE, ground_between, stretches
from clientage.selection.sample import Sample

FEWEST = 60  # customers below which nothing is looked for
MOST_LEFT = 0.1  # of the customers may be in no cluster

Tables = Callable[[int], np.ndarray]


@dataclass(frozen=True, slots=True)
class BareGround:
    """Bare ground between the clusters of a solution.

    Parameters
    ----------
    width : float
        Of the ground between the nearest two, in usual steps from customer to customer.
    chance : float
        Of the widest stretch in tables without groups.
    """

    width: float
    chance: float


def bare_ground(sample: Sample, labels: np.ndarray, without_groups: Tables) -> BareGround | None:
    """Look for bare ground between clusters.

    Parameters
    ----------
    sample : Sample
        Customers, in columns that are neither in steps nor answers.
    labels : int ndarray of shape (m,)
        Cluster of every customer of the sample, -1 for none.
    without_groups : callable
        (rows) -> (draws, rows, p): tables as these customers might be without groups. Asked for only where the ground
        is wide.

    Returns
    -------
    BareGround or None
        None where a cluster is small, many customers are in none, the ground between two is narrow, or tables without
        groups have a stretch as wide.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> turn, outside = rng.uniform(0, 2 * np.pi, 400), np.arange(400) >= 200
    >>> rings = np.where(outside, 3.0, 1.0) * np.array([np.cos(turn), np.sin(turn)])
    >>> sample = Sample(rings.T + rng.normal(0, 0.1, (400, 2)), np.ones(400), 400, True)
    >>> found = bare_ground(sample, outside.astype(int), lambda rows: rng.normal(size=(19, rows, 2)))
    >>> found.width > 2 > found.chance
    True
    """
    rows = sample.spread_rows(ROWS)
    own, points = labels[rows], sample.points[rows]
    sizes = np.bincount(own[own >= 0])
    if len(rows) < FEWEST or len(sizes) < 2 or sizes.min() < LEAST_SHARE * len(rows):
        return None
    if np.mean(own < 0) > MOST_LEFT:
        return None
    near = max(2 * points.shape[1], len(rows) // 100)
    width = ground_between(points, own, near)
    if width < WIDE:
        return None
    chance = max(stretches(table, near).width for table in without_groups(len(rows)))
    return BareGround(width, chance) if width > chance else None
