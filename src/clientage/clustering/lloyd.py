"""Lloyd's algorithm on many sets of centres at once.

Receives `Points` and an array of centre sets of shape (r, k, p); returns improved sets and their cost. One
multiplication gives the distances of all sets, one more the sums: in NumPy the only fast way to run hundreds of
restarts (Lloyd 1982, doi 10.1109/TIT.1982.1056489). Steps are over-relaxed: a centre moves 1.6 times as far as its
mean, and where the cost went up the plain step is taken instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientage.clustering.points import Points

RELAX = 1.6
WORK = 1_000_000  # multiplications a call: up to here OpenBLAS takes its path for small matrices, twice as fast


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


def affine(centres: np.ndarray) -> np.ndarray:
    """Return rows (2c, −|c|²): times (x, 1) they give |x|² minus the squared distance, largest for the nearest.

    Parameters
    ----------
    centres : ndarray of shape (..., p)

    Returns
    -------
    ndarray of shape (..., p + 1)
    """
    out = np.empty((*centres.shape[:-1], centres.shape[-1] + 1))
    out[..., :-1] = 2.0 * centres
    total = np.zeros(centres.shape[:-1])
    for j in range(centres.shape[-1]):
        total -= centres[..., j] * centres[..., j]
    out[..., -1] = total
    return out


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
    rank = np.arange(k, 0, -1, dtype=np.uint8 if k < 256 else np.uint16)[:, None]
    for columns, moments in points.blocks():
        b = columns.shape[1]
        together = max(1, min(r, WORK // (k * b * (p + 1))))
        chosen = np.zeros((together, k, b))
        for low in range(0, r, together):
            part = rows[low : low + together]
            near = (part.reshape(-1, p + 1) @ columns).reshape(len(part), k, b)
            codes = ((near == near.max(axis=1)[:, None]) * rank).max(axis=1)
            mask = chosen[: len(part)]
            np.copyto(mask, codes[:, None] == rank)
            totals[low : low + together] += (mask.reshape(-1, b) @ moments).reshape(len(part), k, p + 1)
    return Partition(totals[..., :-1], totals[..., -1])


def label(points: Points, centres: np.ndarray) -> np.ndarray:
    """Return int64 labels of shape (m,) for one set of centres of shape (k, p), the lowest number winning ties."""
    rows = affine(centres)
    return np.concatenate([np.argmax(rows @ columns, axis=0) for columns in points.columns])


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
