"""Lloyd's algorithm on many sets of centres at once, of one k or of several.

Receives `Points` and sets of centres; returns improved sets and their cost. One multiplication gives the distances to
the centres of many sets, one more the sums: in NumPy the only fast way to run hundreds of restarts (Lloyd 1982,
doi 10.1109/TIT.1982.1056489). Steps go 1.3 times as far as the means and carry on in the direction of the last one
(Nesterov's momentum); where the cost went up, the plain step is taken instead and the momentum starts again
(O'Donoghue & Candès 2015, doi 10.1007/s10208-013-9150-3). `polish` does the same on more points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clientage.clustering.nearest import WORK, Run, Workspace, affine
from clientage.clustering.points import Points

RELAX = 1.3
LAG = 3.0  # of the momentum: after t steps it is t / (t + LAG)
DIFFERENT = 1e-9  # relative difference in cost that makes two sets two solutions


@dataclass(frozen=True, slots=True)
class Solutions:
    """Centre sets for one k.

    Parameters
    ----------
    centres : ndarray of shape (r, k, p)
        On the grid.
    cost : ndarray of shape (r,)
        Weighted squared distance of the points to the means of their groups.
    """

    centres: np.ndarray
    cost: np.ndarray

    def best(self, count: int, apart: float = DIFFERENT) -> Solutions:
        """Return the `count` cheapest sets, cheapest first, whose costs are relatively `apart` at least."""
        order = np.argsort(self.cost, kind="stable")
        cost = self.cost[order]
        new = np.ones(len(order), dtype=bool)
        new[1:] = cost[1:] > cost[:-1] * (1 + apart)
        keep = order[new][:count]
        return Solutions(self.centres[keep], self.cost[keep])

    def within(self, worse: float) -> Solutions:
        """Return the sets whose cost is relatively less than `worse` above the lowest."""
        keep = self.cost <= self.cost.min() * (1 + worse)
        return Solutions(self.centres[keep], self.cost[keep])

    def joined(self, other: Solutions) -> Solutions:
        """Return both, unsorted."""
        return Solutions(np.concatenate([self.centres, other.centres]), np.concatenate([self.cost, other.cost]))


def gather(points: Points, centres: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Give every point to its nearest centre, in every set, the first centre winning ties.

    Parameters
    ----------
    points : Points
    centres : ndarray of shape (K, p)
        The sets, one below the other, on the grid of the points.
    sizes : ndarray of int
        How many centres each set has; they sum to K.

    Returns
    -------
    ndarray of shape (K, p + 1)
        Weighted sums of the points of each centre, and their weight.
    """
    rows = affine(centres)
    most = points.columns[0].shape[1]
    batches = _batches(sizes, max(int(sizes.max()), WORK // (most * rows.shape[1])))
    space = Workspace(max(high - low for low, high, _ in batches), most)
    totals = np.zeros(rows.shape)
    for columns, moments in points.blocks():
        for low, high, runs in batches:
            totals[low:high] += space.mask(rows[low:high], columns, runs) @ moments
    return totals


def _batches(sizes: np.ndarray, width: int) -> list[tuple[int, int, tuple[Run, ...]]]:
    """Cut the stack of sets into parts of at most `width` centres, and each part into runs of equal k."""
    batches: list[tuple[int, int, tuple[Run, ...]]] = []
    low = high = 0
    runs: list[Run] = []
    for k in sizes.tolist():
        if high + k - low > width:
            batches.append((low, high, tuple(runs)))
            low, runs = high, []
        start = runs.pop().low if runs and runs[-1].k == k else high - low
        high += k
        runs.append(Run(start, high - low, k))
    batches.append((low, high, tuple(runs)))
    return batches


def spread_cost(totals: np.ndarray, sizes: np.ndarray, square: float) -> np.ndarray:
    """Return, per set, the weighted squared distances of the points to the means of their groups."""
    gathered = (totals[:, :-1] * totals[:, :-1]).sum(axis=1) / np.maximum(totals[:, -1], 1.0)
    return np.asarray(square - np.add.reduceat(gathered, np.cumsum(sizes) - sizes))


def label(points: Points, centres: np.ndarray) -> np.ndarray:
    """Return int32 labels of shape (m,) for one set of centres of shape (k, p), the lowest number winning ties."""
    rows, space = affine(centres), Workspace(len(centres), points.columns[0].shape[1])
    labels = np.empty((1, len(points.x)), dtype=np.int32)
    low = 0
    for columns in points.columns:
        high = low + columns.shape[1]
        space.label(rows, columns, (Run(0, len(rows), len(rows)),), labels[:, low:high])
        low = high
    return np.asarray(labels[0])


def improve(points: Points, sets: Mapping[int, np.ndarray], steps: int) -> dict[int, Solutions]:
    """Run at most `steps` steps on every set, each until it stands still.

    Parameters
    ----------
    points : Points
    sets : mapping of int to ndarray of shape (r, k, p)
        For each k, the sets to start from.
    steps : int

    Returns
    -------
    dict of int to Solutions
        For each k, in the order given: means of the best partition met, on the grid, and its cost.
    """
    p = points.x.shape[1]
    sizes = np.repeat(list(sets), [len(s) for s in sets.values()])
    best = np.vstack([s.reshape(-1, p) for s in sets.values()])
    cost = np.full(len(sizes), np.inf)
    active, rows, current, aim = np.arange(len(sizes)), np.arange(len(best)), best, best
    pace = np.zeros(len(sizes))
    for _ in range(steps):
        size = sizes[active]
        totals = gather(points, current, size)
        means = _means(points, totals, current, size)
        # where every row is a centre there is no cost, and rounding may find less than none
        now = np.maximum(spread_cost(totals, size, points.square), 0.0)
        better = now < cost[active]
        wide = np.repeat(better, size)[:, None]
        moved = np.logical_or.reduceat((current != best[rows]).any(axis=1), np.cumsum(size) - size)
        cost[active] = np.where(better, now, cost[active])
        best[rows] = np.where(wide, means, best[rows])
        ahead = np.where(wide, current + RELAX * (means - current), best[rows])
        momentum = np.repeat(np.where(better, pace / (pace + LAG), 0.0), size)[:, None]
        current, aim = points.grid.round(ahead + momentum * (ahead - aim)), ahead
        pace = np.where(better, pace + 1.0, 0.0)
        going = better | moved
        if not going.all():
            wide_going = np.repeat(going, size)
            active, pace, rows = active[going], pace[going], rows[wide_going]
            current, aim = current[wide_going], aim[wide_going]
        if not len(active):
            break
    return _by_k(sets, best, cost)


def _by_k(sets: Mapping[int, np.ndarray], centres: np.ndarray, cost: np.ndarray) -> dict[int, Solutions]:
    out: dict[int, Solutions] = {}
    row = number = 0
    for k, starts in sets.items():
        r = len(starts)
        out[k] = Solutions(centres[row : row + r * k].reshape(starts.shape), cost[number : number + r])
        row, number = row + r * k, number + r
    return out


def _means(points: Points, totals: np.ndarray, centres: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return the groups' means on the grid; a centre without points goes to the worst-served point."""
    counts = totals[:, -1]
    means = points.grid.round(totals[:, :-1] / np.where(counts > 0, counts, 1.0)[:, None])
    if counts.min() > 0:
        return means
    ends = np.cumsum(sizes)
    for i in np.unique(np.searchsorted(ends, np.flatnonzero(counts == 0), side="right")):
        own = slice(int(ends[i] - sizes[i]), int(ends[i]))
        empty = np.flatnonzero(counts[own] == 0) + own.start
        means[empty] = _worst_served(points, centres[own], len(empty))
    return means


def _worst_served(points: Points, centres: np.ndarray, count: int) -> np.ndarray:
    """Return the `count` points that cost the most."""
    rows = affine(centres)
    near = np.concatenate([(rows @ columns).max(axis=0) for columns in points.columns])
    loss = (points.norms - near) * points.weights
    return points.x[np.argsort(-loss, kind="stable")[:count]]
