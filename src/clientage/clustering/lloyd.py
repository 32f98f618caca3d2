"""Lloyd's algorithm on many sets of centres at once.

Receives `Points` and an array of centre sets of shape (r, k, p); returns improved sets and their cost. One
multiplication gives the distances of all sets, one more the sums: in NumPy the only fast way to run hundreds of
restarts (Lloyd 1982, doi 10.1109/TIT.1982.1056489). Steps are over-relaxed: a centre moves 1.6 times as far as its
mean, and where the cost went up the plain step is taken instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from clientage.clustering.nearest import WORK, Run, Workspace, affine, first_nearest
from clientage.clustering.points import Points
from clientage.grid import Grid

RELAX = 1.6
STILL = 1e-7  # of what the centres gain: an improvement below it ends a polish


@dataclass(frozen=True, slots=True)
class Partition:
    """What every set of centres gathers.

    Parameters
    ----------
    sums : ndarray of shape (r, k, p)
        Weighted sum of the points nearest to each centre; the lowest number wins a tie.
    counts : ndarray of shape (r, k)
        Weight of those points.
    """

    sums: np.ndarray
    counts: np.ndarray

    def cost(self, square: float) -> np.ndarray:
        """Return, per set, the weighted squared distances of the points to the means of their groups."""
        gathered = (self.sums * self.sums).sum(axis=2) / np.maximum(self.counts, 1.0)
        return np.asarray(square - gathered.sum(axis=1))


@dataclass(frozen=True, slots=True)
class Stack:
    """Centres of several k, one below the other, as the factor of one product.

    Parameters
    ----------
    rows : ndarray of shape (K, p + 1)
        Rows (2c, −|c|²).
    runs : tuple of Run
        Where each k begins and ends.
    """

    rows: np.ndarray
    runs: tuple[Run, ...]


def stacked(centres: Mapping[int, np.ndarray]) -> Stack:
    """Put the centres of all k below each other, in the order of the mapping."""
    ends = np.cumsum([len(c) for c in centres.values()]).tolist()
    runs = tuple(Run(end - len(c), end, len(c)) for c, end in zip(centres.values(), ends, strict=True))
    return Stack(affine(np.vstack(list(centres.values()))), runs)


def unstacked(centres: Mapping[int, np.ndarray], stack: Stack, totals: np.ndarray) -> dict[int, Partition]:
    """Return what was summed for a stack, for every k."""
    parts = (totals[None, run.low : run.high] for run in stack.runs)
    return {k: Partition(part[..., :-1], part[..., -1]) for k, part in zip(centres, parts, strict=True)}


def gather(points: Points, centres: np.ndarray) -> Partition:
    """Give every point to its nearest centre, in every set.

    Parameters
    ----------
    points : Points
    centres : ndarray of shape (r, k, p)
        On the grid of the points.
    """
    r, k, p = centres.shape
    rows = affine(centres)
    totals = np.zeros((r, k, p + 1))
    most = points.columns[0].shape[1]
    together = max(1, min(r, WORK // (k * most * (p + 1))))
    space = Workspace(together * k, most)
    for columns, moments in points.blocks():
        for low in range(0, r, together):
            part = rows[low : low + together]
            mask = space.mask(part.reshape(-1, p + 1), columns, (Run(0, len(part) * k, k),))
            totals[low : low + together] += (mask @ moments).reshape(len(part), k, p + 1)
    return Partition(totals[..., :-1], totals[..., -1])


def gather_stacked(points: Points, centres: Mapping[int, np.ndarray]) -> dict[int, Partition]:
    """Give every point to its nearest centre, in one set for each k.

    Parameters
    ----------
    points : Points
    centres : mapping of int to ndarray of shape (k, p)
    """
    stack = stacked(centres)
    totals = np.zeros(stack.rows.shape)
    space = Workspace(len(stack.rows), points.columns[0].shape[1])
    for columns, moments in points.blocks():
        totals += space.mask(stack.rows, columns, stack.runs) @ moments
    return unstacked(centres, stack, totals)


def label(points: Points, centres: np.ndarray) -> np.ndarray:
    """Return int64 labels of shape (m,) for one set of centres of shape (k, p), the lowest number winning ties."""
    rows, space = affine(centres), Workspace(len(centres), points.columns[0].shape[1])
    labels = np.empty(len(points.x), dtype=np.int64)
    low = 0
    for columns in points.columns:
        near = space.near(rows, columns)
        labels[low : low + near.shape[1]] = first_nearest(near, near.max(axis=0))
        low += near.shape[1]
    return labels


def improve(points: Points, centres: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Run at most `steps` over-relaxed Lloyd steps on every set, each until it stands still.

    Parameters
    ----------
    points : Points
    centres : ndarray of shape (r, k, p)
    steps : int

    Returns
    -------
    centres : ndarray of shape (r, k, p)
        Means of the best partition met, on the grid.
    cost : ndarray of shape (r,)
        Its weighted squared distances.
    """
    best = centres.copy()
    cost = np.full(len(centres), np.inf)
    active = np.arange(len(centres))
    current = centres
    for _ in range(steps):
        parts = gather(points, current)
        means = _means(points, parts, current)
        now = parts.cost(points.square)
        better = now < cost[active]
        still = ~better & (current == best[active]).all(axis=(1, 2))
        best[active[better]], cost[active[better]] = means[better], now[better]
        ahead = points.grid.round(current + RELAX * (means - current))
        current = np.where(better[:, None, None], ahead, best[active])
        if still.any():
            active, current = active[~still], current[~still]
        if not len(active):
            break
    return best, cost


def polish(
    gather_all: Callable[[dict[int, np.ndarray]], Mapping[int, Partition]],
    centres: Mapping[int, np.ndarray],
    grid: Grid,
    steps: int,
) -> dict[int, np.ndarray]:
    """Move one set of centres for each k by over-relaxed Lloyd steps on more points than fit into `improve`.

    Parameters
    ----------
    gather_all : callable
        {k: centres} -> {k: Partition}: one pass over the points.
    centres : mapping of int to ndarray of shape (k, p)
    grid : Grid
    steps : int
        Passes at most; k whose cost stands still are left out.

    Returns
    -------
    dict of int to ndarray of shape (k, p)
        Means of the best partition met.
    """
    current, best = dict(centres), dict(centres)
    gained = dict.fromkeys(centres, -np.inf)
    for _ in range(steps):
        for k, part in gather_all(current).items():
            gain = float(-part.cost(0.0)[0])
            if gain <= gained[k]:
                if np.array_equal(current[k], best[k]):
                    del current[k]
                else:
                    current[k] = best[k]
                continue
            count = part.counts[0][:, None]
            means = np.where(count > 0, grid.round(part.sums[0] / np.maximum(count, 1.0)), current[k])
            if gain - gained[k] < STILL * gain:
                del current[k]
            else:
                current[k] = grid.round(current[k] + RELAX * (means - current[k]))
            gained[k], best[k] = gain, means
        if not current:
            break
    return best


def _means(points: Points, parts: Partition, centres: np.ndarray) -> np.ndarray:
    """Return the groups' means on the grid; a centre without points goes to the worst-served point."""
    held = parts.counts > 0
    means = points.grid.round(parts.sums / np.where(held, parts.counts, 1.0)[..., None])
    if held.all():
        return means
    for i in np.flatnonzero(~held.all(axis=1)):
        means[i, ~held[i]] = _worst_served(points, centres[i], int((~held[i]).sum()))
    return means


def _worst_served(points: Points, centres: np.ndarray, count: int) -> np.ndarray:
    """Return the `count` points that cost the most."""
    rows = affine(centres)
    near = np.concatenate([(rows @ columns).max(axis=0) for columns in points.columns])
    loss = (points.norms - near) * points.weights
    return points.x[np.argsort(-loss, kind="stable")[:count]]
