"""Ward's hierarchy of weighted points.

Receives points and weights; returns the tree, in the format of `scipy.cluster.hierarchy.linkage`. Instead of
following one chain of nearest neighbours (Murtagh 1983, doi 10.1093/comjnl/26.4.354), each round merges every pair of
groups that are each other's nearest: Ward's criterion is reducible, so these mergers do not disturb each other
(Bruynooghe 1978) and the tree is the same. A group looks for its neighbour again only when that one was merged.
Memory is bounded by blocks of distances; the distances are never all held.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ROWS = 256  # of distances computed together


@dataclass(frozen=True, slots=True)
class Tree:
    """The hierarchy: which groups merge, at which height.

    Parameters
    ----------
    linkage : ndarray of shape (m − 1, 4)
        As scipy's: the two nodes merged (points are 0..m − 1, merger i makes node m + i), the height, and the
        weight below. Heights rise. The height is √(2ab/(a+b))·|x̄_a − x̄_b|, scipy's for weights of 1.
    """

    linkage: np.ndarray

    def cut(self, k: int) -> np.ndarray:
        """Return int64 labels 0..k − 1 of the points when the tree is cut into k groups.

        Groups are numbered by their first point.

        Raises
        ------
        ValueError
            When k is not between 1 and the number of points.
        """
        m = len(self.linkage) + 1
        if not 1 <= k <= m:
            raise ValueError(f"cut: k must be between 1 and {m}, the number of points. Got {k} instead.")
        parent = np.arange(2 * m - 1)
        pairs = self.linkage[: m - k, :2].astype(np.int64)
        parent[pairs.T] = m + np.arange(m - k)
        while True:
            above = parent[parent]
            if np.array_equal(above, parent):
                break
            parent = above
        roots, first, number = np.unique(parent[:m], return_index=True, return_inverse=True)
        rank = np.empty(len(roots), dtype=np.int64)
        rank[np.argsort(first)] = np.arange(len(roots))
        return rank[number]


def fit_ward(x: np.ndarray, weights: np.ndarray) -> Tree:
    """Build Ward's tree (Ward 1963, doi 10.1080/01621459.1963.10500845).

    Parameters
    ----------
    x : ndarray of shape (m, p)
        Distinct points, m >= 1.
    weights : ndarray of shape (m,)
        How many customers each stands for: a point of weight w is w equal points already merged.

    Examples
    --------
    >>> tree = fit_ward(np.array([[0.0], [1.0], [9.0]]), np.ones(3))
    >>> tree.linkage[:, :2].astype(int).tolist(), tree.cut(2).tolist()
    ([[0, 1], [2, 3]], [0, 0, 1])
    """
    m = len(x)
    groups = _Groups(np.array(x, dtype=np.float64), np.array(weights, dtype=np.float64), np.arange(m), np.zeros(m))
    near = np.full(m, -1)
    gap = np.zeros(m)
    mergers: list[np.ndarray] = []
    made = m
    while len(near) > 1:
        lost = np.flatnonzero(near < 0)
        near[lost], gap[lost] = _nearest(groups, lost)
        first, second = _pairs(near, gap)
        merged = groups.merge(first, second, made)
        mergers.append(np.column_stack([groups.node[first], groups.node[second], merged.height, merged.size]))
        made += len(first)
        alive = np.ones(len(near), dtype=bool)
        alive[first] = alive[second] = False
        place = np.where(alive, np.cumsum(alive) - 1, -1)
        near = np.concatenate([place[near[alive]], np.full(len(first), -1)])
        gap = np.concatenate([gap[alive], np.zeros(len(first))])
        groups = groups.after(alive, merged)
    return Tree(_sorted(np.vstack(mergers)) if mergers else np.empty((0, 4)))


@dataclass(frozen=True, slots=True)
class _Groups:
    """The groups that are left: centres, weights, node numbers and heights."""

    centre: np.ndarray
    size: np.ndarray
    node: np.ndarray
    height: np.ndarray

    def merge(self, first: np.ndarray, second: np.ndarray, made: int) -> _Groups:
        a, b = self.size[first], self.size[second]
        total = a + b
        apart = self.centre[first] - self.centre[second]
        height = np.sqrt(2.0 * a * b / total * (apart * apart).sum(axis=1))
        # a merger is never below its parts; rounding could put it there by a hair
        height = np.maximum(height, np.maximum(self.height[first], self.height[second]))
        centre = self.centre[first] - (b / total)[:, None] * apart
        return _Groups(centre, total, made + np.arange(len(first)), height)

    def after(self, alive: np.ndarray, merged: _Groups) -> _Groups:
        return _Groups(
            np.concatenate([self.centre[alive], merged.centre]),
            np.concatenate([self.size[alive], merged.size]),
            np.concatenate([self.node[alive], merged.node]),
            np.concatenate([self.height[alive], merged.height]),
        )


def _nearest(groups: _Groups, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return, for some groups, the group whose merger costs least and that cost; the first wins ties."""
    norms = (groups.centre * groups.centre).sum(axis=1)
    near = np.empty(len(rows), dtype=np.int64)
    gap = np.empty(len(rows))
    for low in range(0, len(rows), ROWS):
        part = rows[low : low + ROWS]
        cost = groups.centre[part] @ groups.centre.T
        cost *= -2.0
        cost += norms
        cost += norms[part, None]
        cost *= groups.size / (groups.size + groups.size[part, None])
        cost *= groups.size[part, None]
        cost[np.arange(len(part)), part] = np.inf
        near[low : low + ROWS] = cost.argmin(axis=1)
        gap[low : low + ROWS] = cost[np.arange(len(part)), near[low : low + ROWS]]
    return near, gap


def _pairs(near: np.ndarray, gap: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the groups that are each other's nearest, or, should rounding leave none, the closest two."""
    own = np.arange(len(near))
    first = np.flatnonzero((near[near] == own) & (own < near))
    if not len(first):
        first = np.array([np.argmin(gap)])
    return first, near[first]


def _sorted(mergers: np.ndarray) -> np.ndarray:
    """Return mergers by height, nodes numbered as scipy numbers them."""
    m = len(mergers) + 1
    order = np.argsort(mergers[:, 2], kind="stable")  # equal heights: the part was made before the whole
    number = np.arange(2 * m - 1)
    number[m + order] = m + np.arange(m - 1)
    linkage = mergers[order]
    linkage[:, :2] = np.sort(number[linkage[:, :2].astype(np.int64)], axis=1)
    return linkage
