"""The weighted micro-clusters that stand for all customers.

Receives the encoded matrix; returns a `Coreset` of at most some two thousand weighted points. Where there are no
more distinct rows than that, the points are the rows themselves and everything computed from them is exact.
Otherwise a weighted sample is compressed by a tree of two levels: √m nodes, and in each node as many leaves as its
share of √(weight·inertia). Choice, stability, hierarchy, mixtures and density work on these points.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from clientage.clustering.hashing import numbered_uniforms
from clientage.clustering.lloyd import improve, label
from clientage.clustering.points import Points, weighted_points
from clientage.clustering.sample import Sample, draw
from clientage.clustering.ward import Tree, fit_ward
from clientage.grid import Grid

NODE_ROWS = 8_192  # of the sample: enough to place the nodes
NODE_STEPS = 5
LEAF_STEPS = 3
MOST_COLUMNS = 32  # beyond, covariances would take more memory than the sample, and hold little but noise


@dataclass(frozen=True, slots=True)
class Leaves:
    """The sampled rows, sorted by the point that they were compressed to.

    Parameters
    ----------
    rows : ndarray of shape (s,)
        Numbers of rows of the sample, those of a point next to each other.
    first : ndarray of shape (m,)
        Where in `rows` each leaf begins.
    place : ndarray of shape (m,)
        The leaf that each point of the coreset is.
    """

    rows: np.ndarray
    first: np.ndarray
    place: np.ndarray


@dataclass(frozen=True, slots=True)
class Coreset:
    """Weighted points that stand for n customers.

    Parameters
    ----------
    points : ndarray of shape (m, p)
        On the grid, in lexicographic order.
    weights : ndarray of shape (m,)
        Whole numbers as float64 that sum to n.
    exact : bool
        True when the points are the distinct rows themselves and the weights their counts.
    n : int
        Customers.
    sample : Sample or None
        The rows the points were compressed from; None when exact.
    leaves : Leaves or None
        Which of these rows each point was made of; None when exact.
    few : dict of int or str to Coreset
        By seed: customers that stand for these points where micro-clusters cannot (`one_shape_models.looked_at`);
        under ``"numbers"``: the same points without their answers.
    """

    points: np.ndarray
    weights: np.ndarray
    exact: bool
    n: int
    sample: Sample | None = None
    leaves: Leaves | None = None
    few: dict[int | str, Coreset] = field(default_factory=dict, init=False, repr=False, compare=False)
    _tree: list[Tree] = field(default_factory=list, init=False, repr=False, compare=False)
    _spread: list[np.ndarray] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def tree(self) -> Tree:
        """Ward's hierarchy of the points, built when first asked for: three algorithms begin with it."""
        if not self._tree:
            self._tree.append(fit_ward(self.points, self.weights))
        return self._tree[0]

    @property
    def spread(self) -> np.ndarray | None:
        """Covariance of the sampled rows around each point, (m, p, p); variances alone, (m, p), beyond 32 columns.

        None when exact, where it is zero. Made when first asked for: k-means has no use for it.
        """
        if self.sample is None or self.leaves is None:
            return None
        if not self._spread:
            self._spread.append(_spread_of(self.sample, self.leaves, self.points))
        return self._spread[0]


def summarise(x: np.ndarray, *, size: int = 2048, seed: int = 0) -> Coreset:
    """Reduce rows to weighted points, the same for every order of the rows.

    Parameters
    ----------
    x : ndarray of shape (n, p)
        Finite values on the grid (`clientage.grid`).
    size : int, default 2048
        Points, at most.
    seed : int, default 0

    Returns
    -------
    Coreset

    Examples
    --------
    >>> core = summarise(np.array([[2.0], [1.0], [2.0]]))
    >>> core.points.tolist(), core.weights.tolist(), core.exact
    ([[1.0], [2.0]], [1.0, 2.0], True)
    """
    grid = Grid.for_values(x)
    sample = draw(x, grid, seed=seed)
    if sample.exact and len(sample.x) <= size:
        order = lexicographic(sample.x)
        return Coreset(sample.x[order], sample.weights[order], True, len(x))
    leaves = _compress(sample, grid, size, seed)
    rows, first = _grouped(leaves)
    weights = np.add.reduceat(sample.weights[rows], first)
    sums = np.add.reduceat(sample.x[rows] * sample.weights[rows, None], first, axis=0)
    points = grid.round(sums / weights[:, None])
    order = lexicographic(points)
    weights = _whole(weights * (len(x) / weights.sum()), len(x))
    return Coreset(points[order], weights[order], False, len(x), sample, Leaves(rows, first, order))


def lexicographic(x: np.ndarray) -> np.ndarray:
    """Return the order that sorts rows by their first column, then by the second, and so on."""
    return np.lexsort(x.T[::-1])


def _compress(sample: Sample, grid: Grid, size: int, seed: int) -> np.ndarray:
    """Return the leaf, 0..size − 1, of every sampled row."""
    nodes = max(1, round(size**0.5))
    few = weighted_points(sample.x[:NODE_ROWS], sample.weights[:NODE_ROWS], grid)
    centres = improve(few, {nodes: _spread_seeds(few, nodes, seed)[None]}, NODE_STEPS)[nodes].centres
    points = weighted_points(sample.x, sample.weights, grid)
    node = label(points, centres[0])
    order = np.argsort(node, kind="stable")
    edges = np.searchsorted(node[order], np.arange(nodes + 1))
    members = [order[edges[i] : edges[i + 1]] for i in range(nodes)]
    leaves = np.empty(len(node), dtype=np.int64)
    made = 0
    for rows, count in zip(members, _allot(sample, members, size), strict=True):
        if len(rows) <= count:
            leaves[rows] = made + np.arange(len(rows))
        else:
            leaves[rows] = made + _leaves(sample, rows, count, grid, seed)
        made += count
    return leaves


def _leaves(sample: Sample, rows: np.ndarray, count: int, grid: Grid, seed: int) -> np.ndarray:
    part = weighted_points(sample.x[rows], sample.weights[rows], grid)
    centres = improve(part, {count: _spread_seeds(part, count, seed)[None]}, LEAF_STEPS)[count].centres
    return label(part, centres[0])


def _spread_seeds(points: Points, count: int, seed: int) -> np.ndarray:
    """Return `count` of the points: half evenly, half by what they cost then (one round of k-means‖).

    Rows of the sample are ordered by a hash, so the first of them are a random choice.
    """
    even = (count + 1) // 2
    centres = points.x[:even]
    loss = points.norms.copy()
    near = np.concatenate([_nearest(columns, centres) for columns in points.columns])
    loss = np.maximum(loss - near, 0.0) * points.weights
    # the largest u**(1/loss) are a weighted draw without replacement (Efraimidis & Spirakis 2006)
    luck = -np.log(1.0 - numbered_uniforms(seed, len(loss)))
    order = np.argsort(luck / np.maximum(loss, 1e-100), kind="stable")
    return np.vstack([centres, points.x[order[order >= even][: count - even]]])


def _nearest(columns: np.ndarray, centres: np.ndarray) -> np.ndarray:
    near = (2.0 * centres) @ columns[:-1]
    near -= (centres * centres).sum(axis=1)[:, None]
    return np.asarray(near.max(axis=0))


def _allot(sample: Sample, members: list[np.ndarray], size: int) -> list[int]:
    """Return how many leaves each node gets: by √(weight·inertia), and no more than it has rows."""
    need = np.zeros(len(members))
    for i, rows in enumerate(members):
        if len(rows):
            x, w = sample.x[rows], sample.weights[rows]
            total = w.sum()
            away = x - (w @ x) / total
            need[i] = np.sqrt(total * (w @ (away * away).sum(axis=1)))
    room = np.array([len(rows) for rows in members])
    counts = np.minimum(room, np.maximum(1, np.floor(size * need / max(need.sum(), 1e-300)))).astype(int)
    return [int(c) for c in np.minimum(counts, room)]


def _grouped(leaves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows sorted by their leaf, and where each leaf that has some begins."""
    rows = np.argsort(leaves, kind="stable")
    ranked = leaves[rows]
    return rows, np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))


def _spread_of(sample: Sample, leaves: Leaves, points: np.ndarray) -> np.ndarray:
    """Return the covariance of the rows of every leaf around its point, in the order of the points."""
    x, w = sample.x[leaves.rows], sample.weights[leaves.rows]
    centres = np.empty_like(points)
    centres[leaves.place] = points
    away = x - np.repeat(centres, np.diff(np.append(leaves.first, len(x))), axis=0)
    weights = np.add.reduceat(w, leaves.first)
    p = x.shape[1]
    if p > MOST_COLUMNS:
        variances = np.add.reduceat(away * away * w[:, None], leaves.first, axis=0) / weights[:, None]
        return np.asarray(variances[leaves.place])
    spread = np.empty((len(points), p, p))
    for i in range(p):
        for j in range(i + 1):
            spread[:, i, j] = spread[:, j, i] = np.add.reduceat(away[:, i] * away[:, j] * w, leaves.first) / weights
    return np.asarray(spread[leaves.place])


def _whole(weights: np.ndarray, total: int) -> np.ndarray:
    """Round weights to whole numbers of at least 1 that sum to `total`, the largest remainders first."""
    whole = np.maximum(1.0, np.floor(weights))
    missing = round(total - whole.sum())
    if missing > 0:
        order = np.argsort(whole - weights, kind="stable")
        whole[order[:missing]] += 1.0
    elif missing < 0:
        order = np.argsort(-whole, kind="stable")
        whole[order[:-missing]] -= 1.0
    return np.asarray(whole)
