"""Dense groups of weighted points, of any shape and number, and the points that belong to none.

Receives points and weights; returns labels and radius. DBSCAN (Ester, Kriegel, Sander & Xu 1996) counts customers,
not points: a point is a core when the weight within its radius reaches the smallest size. The radius, when not given,
is the knee of the curve of distances to that much weight. HDBSCAN is scikit-learn's and imported when asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clientage.clustering.nearest import affine
from clientage.clustering.points import row_squares
from clientage.extras import require

ROWS = 128  # of distances computed together
NEIGHBOURS = 4.0  # times as many points as hold the weight on average are looked at first


@dataclass(frozen=True, slots=True)
class Dense:
    """Dense groups.

    Parameters
    ----------
    labels : ndarray of int64, shape (m,)
        0..k − 1 in the order of their first cores; −1: in no group.
    core : ndarray of bool, shape (m,)
        Points with enough weight around them.
    eps : float
        The radius.
    """

    labels: np.ndarray
    core: np.ndarray
    eps: float


def fit_dbscan(x: np.ndarray, weights: np.ndarray, smallest: float, eps: float | None = None) -> Dense:
    """Find groups of points connected through cores.

    Parameters
    ----------
    x : ndarray of shape (m, p)
        Distinct points.
    weights : ndarray of shape (m,)
    smallest : float
        Weight within the radius, the point's own included, that makes it a core.
    eps : float or None
        Radius; None: from the data.

    Returns
    -------
    Dense
        A point that is no core belongs to the group of its nearest core within the radius.

    Examples
    --------
    >>> x = np.array([[0.0], [1.0], [2.0], [9.0], [10.0], [50.0]])
    >>> fit_dbscan(x, np.ones(6), 2, eps=1.5).labels.tolist()
    [0, 0, 0, 1, 1, -1]
    """
    if eps is None:
        eps = _knee(reach(x, weights, smallest), weights)
    reached = eps * eps
    core = np.concatenate([(near <= reached) @ weights >= smallest for near in _distances(x, x)])
    dense = x[core]
    labels = np.full(len(x), -1)
    labels[core] = _components(dense, reached)
    if core.any() and not core.all():
        edge = np.flatnonzero(~core)
        near = np.concatenate([_nearest_within(d, reached) for d in _distances(x[edge], dense)])
        labels[edge] = np.where(near >= 0, labels[core][near], -1)
    return Dense(labels, core, eps)


def reach(x: np.ndarray, weights: np.ndarray, smallest: float) -> np.ndarray:
    """Return, for every point, the smallest radius that holds the weight `smallest`, its own included.

    Parameters
    ----------
    x : ndarray of shape (m, p)
    weights : ndarray of shape (m,)
    smallest : float
        At most the sum of the weights.
    """
    if (weights == 1.0).all():
        place = min(len(x), max(1, math.ceil(smallest))) - 1
        parts = [np.partition(near, place, axis=1)[:, place].copy() for near in _distances(x, x)]
    else:
        parts = [_weighted_reach(near, weights, smallest) for near in _distances(x, x)]
    return np.asarray(np.sqrt(np.concatenate(parts)))


def _weighted_reach(near: np.ndarray, weights: np.ndarray, smallest: float) -> np.ndarray:
    """Return the squared distance at which the running weight reaches `smallest`, per row.

    Rows are sorted as 64-bit words, distance above and index below: three times faster than an argsort. Where the
    nearest few are too light, all are sorted.
    """
    m, total = near.shape[1], float(weights.sum())
    smallest = min(smallest, total)
    out = np.empty(len(near))
    left = np.arange(len(near))
    for count in (min(m, math.ceil(NEIGHBOURS * smallest * m / total)), m):
        words = near[left].astype(np.float32).view(np.uint32).astype(np.uint64) << np.uint64(32)
        words |= np.arange(m, dtype=np.uint64)
        if count < m:
            words = np.partition(words, count, axis=1)[:, :count]
        words.sort(axis=1)
        order = (words & np.uint64(0xFFFFFFFF)).astype(np.int64)
        running = np.cumsum(weights[order], axis=1)
        place = order[np.arange(len(left)), (running >= smallest).argmax(axis=1)]
        out[left] = near[left, place]
        left = left[running[:, -1] < smallest]
        if not len(left):
            break
    return out


def _knee(radii: np.ndarray, weights: np.ndarray) -> float:
    """Return the radius where the rising curve of radii turns up (Satopää et al. 2011: furthest below its chord)."""
    order = np.argsort(radii, kind="stable")
    curve = radii[order]
    share = np.cumsum(weights[order]) / weights.sum()
    height = curve[-1] - curve[0]
    if height <= 0:
        return float(curve[-1])
    return float(curve[np.argmax(share - (curve - curve[0]) / height)])


def _distances(x: np.ndarray, others: np.ndarray) -> Iterator[np.ndarray]:
    """Yield squared distances from blocks of `x` to all others; exact where both are on the grid."""
    rows, norms = affine(others), row_squares(x)
    for low in range(0, len(x), ROWS):
        near = x[low : low + ROWS] @ rows[:, :-1].T
        near += rows[:, -1]
        np.subtract(norms[low : low + ROWS, None], near, out=near)
        yield np.maximum(near, 0.0, out=near)


def _components(x: np.ndarray, reached: float) -> np.ndarray:
    """Return the connected group of every core, walking outwards from the first that has none yet."""
    linked = np.concatenate([near <= reached for near in _distances(x, x)]) if len(x) else np.empty((0, 0), bool)
    labels = np.full(len(x), -1)
    groups = 0
    for start in range(len(x)):
        if labels[start] >= 0:
            continue
        front = np.array([start])
        while len(front):
            labels[front] = groups
            front = np.flatnonzero(linked[front].any(axis=0) & (labels < 0))
        groups += 1
    return labels


def _nearest_within(near: np.ndarray, reached: float) -> np.ndarray:
    place = near.argmin(axis=1)
    return np.where(near[np.arange(len(near)), place] <= reached, place, -1)


def fit_hdbscan(x: np.ndarray, smallest: int) -> np.ndarray:
    """Return scikit-learn's HDBSCAN labels (Campello, Moulavi & Sander 2013), −1 for noise.

    Parameters
    ----------
    x : ndarray of shape (m, p)
    smallest : int
        Points of the smallest group, at least 2.

    Raises
    ------
    MissingExtraError
        When scikit-learn is not installed.
    """
    cluster = require("sklearn.cluster", "the HDBSCAN algorithm")
    return np.asarray(cluster.HDBSCAN(min_cluster_size=smallest, copy=True).fit_predict(x), dtype=np.int64)
