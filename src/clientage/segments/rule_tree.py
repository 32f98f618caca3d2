"""Small trees that tell clusters apart by one threshold at a time.

Receives encoded rows, their labels and, for centre models, the centres; returns a tree of at most a few leaves.
Works on arrays; what the thresholds mean is the business of `rules`.

References
----------
Dasgupta, Frost, Moshkovitz & Rashtchian, Explainable k-Means and k-Medians Clustering, ICML 2020 (IMM).
Frost, Moshkovitz & Rashtchian, ExKMC: Expanding Explainable k-Means Clustering, 2020, arXiv:2006.02399.
Breiman, Friedman, Olshen & Stone, Classification and Regression Trees, 1984.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

GOOD_ENOUGH = 0.995  # agreement with the labels at which a tree stops growing
LEAST_GAIN = 0.005  # of all rows: a condition that sets fewer right is not worth telling


@dataclass(frozen=True, slots=True)
class Split:
    """One threshold: rows with ``x[:, axis] <= threshold`` go left.

    Parameters
    ----------
    axis : int
        Encoded column.
    threshold : float
        Between two values that occur.
    gain : float
        What the split improves, in the units of the criterion that chose it.
    """

    axis: int
    threshold: float
    gain: float


@dataclass(slots=True)
class Node:
    """A node of a growing tree.

    Parameters
    ----------
    rows : ndarray
        Training rows that reach it.
    label : int
        The commonest label among them.
    wrong : int
        Rows of another label.
    split, left, right
        None for a leaf.
    """

    rows: np.ndarray
    label: int
    wrong: int
    split: Split | None = None
    left: Node | None = None
    right: Node | None = None

    def leaves(self) -> Iterator[Node]:
        """Yield the leaves from left to right."""
        if self.left is None or self.right is None:
            yield self
        else:
            yield from self.left.leaves()
            yield from self.right.leaves()


Search = Callable[[np.ndarray], Split | None]


def grow_surrogate(x: np.ndarray, labels: np.ndarray, leaves: int) -> Node:
    """Grow a classification tree on the labels, best leaf first, by Gini impurity.

    Parameters
    ----------
    x : ndarray of shape (n, p)
        Encoded rows.
    labels : ndarray of shape (n,)
        0 … k-1.
    leaves : int
        At most so many.

    Examples
    --------
    >>> tree = grow_surrogate(np.array([[0.0], [1.0], [5.0], [6.0]]), np.array([0, 0, 1, 1]), 4)
    >>> [leaf.label for leaf in tree.leaves()], tree.split.threshold
    ([0, 1], 3.0)
    """
    k = int(labels.max()) + 1
    root = _leaf(np.arange(len(x)), labels)
    return _expand(root, x, labels, leaves, lambda rows: _gini_split(x[rows], labels[rows], k))


def grow_threshold_tree(x: np.ndarray, labels: np.ndarray, centers: np.ndarray, leaves: int) -> Node:
    """Grow a threshold tree with one leaf for each centre (IMM), then let it grow on as ExKMC does.

    Parameters
    ----------
    x : ndarray of shape (n, p)
        Encoded rows.
    labels : ndarray of shape (n,)
        Index of each row's centre.
    centers : ndarray of shape (k, p)
        Of the model.
    leaves : int
        At most so many, of which the first k come from IMM.

    Examples
    --------
    >>> x = np.array([[0.0, 0.0], [0.0, 1.0], [9.0, 0.0], [9.0, 1.0]])
    >>> tree = grow_threshold_tree(x, np.array([0, 0, 1, 1]), np.array([[0.0, 0.5], [9.0, 0.5]]), 3)
    >>> tree.split.axis, tree.split.threshold
    (0, 4.5)
    """
    root = _leaf(np.arange(len(x)), labels)
    _separate(root, x, labels, centers, np.arange(len(centers)))
    # ‖x − c‖² without ‖x‖², which is the same for every centre
    far = (centers**2).sum(axis=1) - 2.0 * (x @ centers.T)
    return _expand(root, x, labels, leaves, lambda rows: _cost_split(x[rows], far[rows]))


def _leaf(rows: np.ndarray, labels: np.ndarray) -> Node:
    counts = np.bincount(labels[rows]) if len(rows) else np.zeros(1, dtype=np.int64)
    label = int(np.argmax(counts))
    return Node(rows, label, len(rows) - int(counts[label]))


def _cut(node: Node, split: Split, x: np.ndarray, labels: np.ndarray) -> tuple[Node, Node]:
    below = x[node.rows, split.axis] <= split.threshold
    return _leaf(node.rows[below], labels), _leaf(node.rows[~below], labels)


def _expand(root: Node, x: np.ndarray, labels: np.ndarray, leaves: int, search: Search) -> Node:
    """Split the leaf whose split gains most, until the tree agrees, is full, or gains nothing worth telling."""
    open_leaves = [(leaf, search(leaf.rows)) for leaf in root.leaves() if leaf.wrong]
    count, wrong, n = sum(1 for _ in root.leaves()), sum(leaf.wrong for leaf in root.leaves()), max(len(x), 1)
    while count < leaves and wrong / n > 1.0 - GOOD_ENOUGH:
        options = [(leaf, split) for leaf, split in open_leaves if split is not None]
        if not options:
            break
        leaf, split = max(options, key=lambda pair: pair[1].gain)
        open_leaves = [pair for pair in open_leaves if pair[0] is not leaf]
        left, right = _cut(leaf, split, x, labels)
        if not (len(left.rows) and len(right.rows)):
            continue
        leaf.split, leaf.left, leaf.right = split, left, right
        open_leaves += [(side, search(side.rows)) for side in (left, right) if side.wrong]
        count, wrong = count + 1, wrong - leaf.wrong + left.wrong + right.wrong
    _prune(root, LEAST_GAIN * n)
    return root


def _prune(node: Node, least: float) -> None:
    """Take back splits at the bottom that set too few rows right."""
    if node.left is None or node.right is None:
        return
    _prune(node.left, least)
    _prune(node.right, least)
    if node.left.split is None and node.right.split is None:
        same = node.left.label == node.right.label
        if same or node.wrong - node.left.wrong - node.right.wrong < least:
            node.split = node.left = node.right = None


def _gini_split(x: np.ndarray, labels: np.ndarray, k: int) -> Split | None:
    """The threshold that lowers Gini impurity most."""
    n = len(x)
    one = np.zeros((n, k))
    one[np.arange(n), labels] = 1.0
    total = one.sum(axis=0)
    here = n - float(total @ total) / n
    best: Split | None = None
    for axis in range(x.shape[1]):
        order = np.argsort(x[:, axis], kind="stable")
        values = x[order, axis]
        ends = np.flatnonzero(values[1:] != values[:-1])
        if not len(ends):
            continue
        left = np.cumsum(one[order], axis=0)[ends]
        size = (ends + 1).astype(np.float64)
        impure = n - (left**2).sum(axis=1) / size - ((total - left) ** 2).sum(axis=1) / (n - size)
        at = int(np.argmin(impure))
        gain = here - float(impure[at])
        if gain > 1e-9 and (best is None or gain > best.gain + 1e-9):
            best = Split(axis, _between(values[ends[at]], values[ends[at] + 1]), gain)
    return best


def _cost_split(x: np.ndarray, far: np.ndarray) -> Split | None:
    """The threshold that lowers the cost most when each side may take the centre that suits it (ExKMC)."""
    total = far.sum(axis=0)
    here = float(total.min())
    best: Split | None = None
    for axis in range(x.shape[1]):
        order = np.argsort(x[:, axis], kind="stable")
        values = x[order, axis]
        ends = np.flatnonzero(values[1:] != values[:-1])
        if not len(ends):
            continue
        left = np.cumsum(far[order], axis=0)[ends]
        cost = left.min(axis=1) + (total - left).min(axis=1)
        at = int(np.argmin(cost))
        gain = here - float(cost[at])
        if gain > 1e-9 * max(abs(here), 1.0) and (best is None or gain > best.gain):
            best = Split(axis, _between(values[ends[at]], values[ends[at] + 1]), gain)
    return best


def _separate(node: Node, x: np.ndarray, labels: np.ndarray, centers: np.ndarray, held: np.ndarray) -> None:
    """Split a node until it holds one centre, each time parting as few rows from theirs as possible (IMM)."""
    if len(held) < 2:
        return
    ours = node.rows[np.isin(labels[node.rows], held)]  # the others have lost their centre above
    split = _fewest_mistakes(x[ours], labels[ours], centers, held)
    if split is None:
        return
    left, right = _cut(node, split, x, labels)
    if not (len(left.rows) and len(right.rows)):
        return
    node.split, node.left, node.right = split, left, right
    below = centers[held, split.axis] <= split.threshold
    _separate(left, x, labels, centers, held[below])
    _separate(right, x, labels, centers, held[~below])


def _fewest_mistakes(x: np.ndarray, labels: np.ndarray, centers: np.ndarray, held: np.ndarray) -> Split | None:
    """The threshold between held centres with the fewest rows on the other side of their own centre.

    Among equals the one in the widest gap between rows: it is the least likely to part new rows.
    """
    best: tuple[int, float, Split] | None = None
    for axis in range(x.shape[1]):
        own, values = centers[labels, axis], np.unique(x[:, axis])
        mid = (values[:-1] + values[1:]) / 2
        between = (mid >= centers[held, axis].min()) & (mid < centers[held, axis].max())
        if not between.any():
            continue
        mid, gap = mid[between], np.diff(values)[between]
        starts, stops = np.sort(np.minimum(x[:, axis], own)), np.sort(np.maximum(x[:, axis], own))
        mistakes = np.searchsorted(starts, mid, "right") - np.searchsorted(stops, mid, "right")
        least = mistakes == mistakes.min()
        at = int(np.flatnonzero(least)[np.argmax(gap[least])])
        found = (int(mistakes[at]), -float(gap[at]))
        if best is None or found < best[:2]:
            best = (*found, Split(axis, float(mid[at]), 0.0))
    return None if best is None else best[2]


def _between(low: float, high: float) -> float:
    return float(low + (high - low) / 2)
