"""Many small weighted k-means at once, for bootstraps and null tables.

Receives stacks of points and weights; returns centres and labels. This is not the engine that makes
segments (that is `clientage.clustering`): it is the same criterion, batched over hundreds of
problems of a few thousand points, in float32, where speed counts and the last digit does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Problems:
    """A stack of weighted point sets.

    Parameters
    ----------
    points : float32 ndarray of shape (b or 1, m, p + 1)
        Coordinates and a last column of ones.
    weights : float32 ndarray of shape (b or 1, m)
        Counts.
    """

    points: np.ndarray
    weights: np.ndarray

    @classmethod
    def of(cls, points: np.ndarray, weights: np.ndarray) -> Problems:
        """Build from points (b, m, p) and weights (b, m); either may have a leading 1.

        Examples
        --------
        >>> Problems.of(np.zeros((1, 5, 2)), np.ones((3, 5))).count
        3
        """
        ones = np.ones((*points.shape[:2], 1), dtype=np.float32)
        stacked = np.concatenate([points.astype(np.float32), ones], axis=2)
        return cls(stacked, weights.astype(np.float32))

    @property
    def count(self) -> int:
        """Number of problems."""
        return max(len(self.points), len(self.weights))


def nearest(problems: Problems, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and squared distances (less the point's own norm) to the nearest centre.

    Parameters
    ----------
    problems : Problems
        b problems of m points.
    centres : float32 ndarray of shape (b, r, k, p)
        r solutions for each problem.

    Returns
    -------
    labels : uint8 ndarray of shape (b, r, m)
        The lowest id wins ties.
    offsets : float32 ndarray of shape (b, r, m)
        Squared distance minus |x|².
    """
    b, r, k, p = centres.shape
    flat = np.empty((b, r * k, p + 1), dtype=np.float32)
    flat[..., :p] = -2.0 * centres.reshape(b, r * k, p)
    flat[..., p] = np.einsum("brkp,brkp->brk", centres, centres).reshape(b, r * k)
    d = np.matmul(flat, problems.points.transpose(0, 2, 1)).reshape(b, r, k, -1)
    best = d[:, :, 0].copy()
    labels = np.zeros(best.shape, dtype=np.uint8)
    for j in range(1, k):
        closer = d[:, :, j] < best
        np.minimum(best, d[:, :, j], out=best)
        np.maximum(labels, closer.view(np.uint8) * np.uint8(j), out=labels)
    return labels, best


def step(problems: Problems, centres: np.ndarray) -> np.ndarray:
    """Return the centres after one Lloyd step; a centre without customers stays where it is."""
    b, r, k, p = centres.shape
    labels, _ = nearest(problems, centres)
    members = (labels[:, :, None, :] == np.arange(k, dtype=np.uint8)[:, None]).astype(np.float32)
    members *= problems.weights[:, None, None, :]
    sums = np.matmul(members.reshape(b, r * k, -1), problems.points).reshape(b, r, k, p + 1)
    counts = sums[..., p:]
    return np.where(counts > 0, sums[..., :p] / np.where(counts > 0, counts, 1.0), centres)


def cost(problems: Problems, centres: np.ndarray) -> np.ndarray:
    """Return the inertia (b, r) of each solution, less the constant Σw|x|² of its problem."""
    _, offsets = nearest(problems, centres)
    return np.asarray(np.matmul(offsets, problems.weights[:, :, None])[..., 0])


def seeds(problems: Problems, k: int, repeats: int, rng: np.random.Generator) -> np.ndarray:
    """Return k-means++ starts (b, repeats, k, p); the first j centres of a start are a start for j.

    References
    ----------
    Arthur, D. and Vassilvitskii, S. (2007). k-means++. SODA '07.
    """
    b, m, p = problems.count, problems.points.shape[1], problems.points.shape[2] - 1
    points = np.broadcast_to(problems.points[..., :p], (b, m, p))
    weights = np.broadcast_to(problems.weights, (b, m))
    norms = np.einsum("bmp,bmp->bm", points, points)
    out = np.empty((b, repeats, k, p), dtype=np.float32)
    chance: np.ndarray = np.broadcast_to(weights[:, None, :], (b, repeats, m)).astype(np.float64)
    near = np.full((b, repeats, m), np.inf, dtype=np.float32)
    at = np.arange(b)[:, None]
    for j in range(k):
        heights = np.cumsum(chance, axis=2)
        u = rng.random((b, repeats, 1)) * heights[..., -1:]
        pick = np.minimum((heights < u).sum(axis=2), m - 1)
        out[:, :, j] = points[at, pick]
        cross = np.matmul(out[:, :, j], points.transpose(0, 2, 1))
        d = norms[:, None] - 2.0 * cross + norms[at, pick][..., None]
        np.minimum(near, np.maximum(d, 0.0), out=near)
        # where all points coincide with a centre, any further one is as good
        chance = near * weights[:, None, :].astype(np.float64) + 1e-30
    return out


def fit(
    problems: Problems, starts: np.ndarray, *, first: int = 2, keep: int = 1, most: int = 10
) -> tuple[np.ndarray, np.ndarray]:
    """Refine starts by Lloyd steps, dropping all but the best `keep` after `first` steps.

    Parameters
    ----------
    problems : Problems
        b problems.
    starts : ndarray of shape (b, r, k, p)
        Where to begin.
    first, most : int
        Steps with all starts, and further steps with the kept ones. Stops early when nothing moves.
    keep : int
        Starts kept per problem.

    Returns
    -------
    centres : float32 ndarray of shape (b, k, p)
        The best solution of each problem.
    labels : uint8 ndarray of shape (b, m)
        Its labels.
    """
    centres = starts
    for _ in range(first):
        centres = step(problems, centres)
    at = np.arange(len(centres))[:, None]
    if centres.shape[1] > keep:
        centres = centres[at, np.argsort(cost(problems, centres), axis=1, kind="stable")[:, :keep]]
    for _ in range(most):
        moved = step(problems, centres)
        still = np.abs(moved - centres).max() < 1e-4
        centres = moved
        if still:
            break
    labels, offsets = nearest(problems, centres)
    costs = np.matmul(offsets, problems.weights[:, :, None])[..., 0]
    best = np.argmin(costs, axis=1)
    return centres[at[:, 0], best], labels[at[:, 0], best]
