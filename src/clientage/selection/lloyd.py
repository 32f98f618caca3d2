"""Many small weighted k-means at once, for bootstraps and null tables.

Receives stacks of points and weights; returns centres and labels. This is not the engine that makes
segments (that is `clientage.clustering`): it is the same criterion, batched over hundreds of
problems of a few thousand points, in float32, where speed counts and the last digit does not. No
product is large enough for the linear algebra library to divide it among threads, so that the last
digit does not depend on their number either.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HELD = 500_000  # distances held at once: bounds the memory
CALL = 200_000  # multiplications in one product; OpenBLAS uses threads from 262,144


@dataclass(frozen=True, slots=True)
class Problems:
    """A stack of weighted point sets, in chunks of rows.

    Parameters
    ----------
    points : float32 ndarray of shape (b or 1, c, s, p + 1)
        Coordinates and a last column of ones; c chunks of s rows, the last one filled up with zeros.
    weights : float32 ndarray of shape (b or 1, c, s)
        Counts; 0 where filled up.
    rows : int
        Points m, without the filling.
    """

    points: np.ndarray
    weights: np.ndarray
    rows: int

    @classmethod
    def of(cls, points: np.ndarray, weights: np.ndarray, centres: int) -> Problems:
        """Build from points (b, m, p) and weights (b, m); either may have a leading 1.

        Parameters
        ----------
        points, weights : ndarray
            Any floats.
        centres : int
            Most centres, solutions × k, that one problem will be compared with.

        Examples
        --------
        >>> Problems.of(np.zeros((1, 5, 2)), np.ones((3, 5)), 4).count
        3
        """
        m, p = points.shape[1:]
        size = max(16, min(m, CALL // (centres * (p + 1))))
        chunks = -(-m // size)
        stacked = np.zeros((len(points), chunks * size, p + 1), dtype=np.float32)
        stacked[:, :m, :p] = points
        stacked[:, :m, p] = 1.0
        filled = np.zeros((len(weights), chunks * size), dtype=np.float32)
        filled[:, :m] = weights
        return cls(stacked.reshape(-1, chunks, size, p + 1), filled.reshape(-1, chunks, size), m)

    @property
    def count(self) -> int:
        """Number of problems b."""
        return max(len(self.points), len(self.weights))

    def some(self, first: int, last: int) -> Problems:
        """Return problems first..last-1."""
        points = self.points if len(self.points) == 1 else self.points[first:last]
        weights = self.weights if len(self.weights) == 1 else self.weights[first:last]
        return Problems(points, weights, self.rows)

    @property
    def columns(self) -> int:
        """Features p."""
        return int(self.points.shape[3]) - 1

    def whole(self, by_chunk: np.ndarray) -> np.ndarray:
        """Return values (b, c, r, s) by chunks as (b, r, m)."""
        b, _, r, _ = by_chunk.shape
        return by_chunk.transpose(0, 2, 1, 3).reshape(b, r, -1)[..., : self.rows]


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
    labels, offsets = _nearest(problems, centres)
    return problems.whole(labels), problems.whole(offsets)


def _nearest(problems: Problems, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Labels and offsets by chunks, (b, c, r, s)."""
    b, r, k, p = centres.shape
    flat = np.empty((b, 1, r * k, p + 1), dtype=np.float32)
    flat[..., :p] = -2.0 * centres.reshape(b, 1, r * k, p)
    flat[..., p] = np.einsum("brkp,brkp->brk", centres, centres).reshape(b, 1, r * k)
    d = np.matmul(flat, problems.points.transpose(0, 1, 3, 2))
    d = d.reshape(*d.shape[:2], r, k, -1)
    best = d[:, :, :, 0].copy()
    labels = np.zeros(best.shape, dtype=np.uint8)
    for j in range(1, k):
        closer = d[:, :, :, j] < best
        np.minimum(best, d[:, :, :, j], out=best)
        np.maximum(labels, closer.view(np.uint8) * np.uint8(j), out=labels)
    return labels, best


def step(problems: Problems, centres: np.ndarray) -> np.ndarray:
    """Return the centres after one Lloyd step; a centre without customers stays where it is."""
    b, r, k, p = centres.shape
    labels, _ = _nearest(problems, centres)
    members = (labels[:, :, :, None, :] == np.arange(k, dtype=np.uint8)[:, None]).astype(np.float32)
    members *= problems.weights[:, :, None, None, :]
    flat = members.reshape(b, labels.shape[1], r * k, -1)
    sums = np.matmul(flat, problems.points).sum(axis=1).reshape(b, r, k, p + 1)
    counts = sums[..., p:]
    return np.where(counts > 0, sums[..., :p] / np.where(counts > 0, counts, 1.0), centres)


def _costs(problems: Problems, offsets: np.ndarray) -> np.ndarray:
    """Inertia (b, r) of offsets by chunks, less the constant Σw|x|² of each problem."""
    return np.asarray(np.matmul(offsets, problems.weights[..., None]).sum(axis=1)[..., 0])


def seeds(problems: Problems, k: int, repeats: int, rng: np.random.Generator) -> np.ndarray:
    """Return k-means++ starts (b, repeats, k, p); the first j centres of a start are a start for j.

    References
    ----------
    Arthur, D. and Vassilvitskii, S. (2007). k-means++. SODA '07.
    """
    b = problems.count
    chance = rng.random((k, b, repeats, 1))  # drawn at once: how many problems are held changes nothing
    each = max(1, HELD // (6 * repeats * problems.rows))
    parts = [_seeds(problems.some(low, low + each), chance[:, low : low + each]) for low in range(0, b, each)]
    return np.concatenate(parts)


def _seeds(problems: Problems, draws: np.ndarray) -> np.ndarray:
    """Return the starts (b, repeats, k, p) that uniform draws (k, b, repeats, 1) pick."""
    k, b, repeats, _ = draws.shape
    m, p = problems.rows, problems.columns
    chunks = problems.points[..., :p]
    points = np.broadcast_to(chunks.reshape(len(chunks), -1, p)[:, :m], (b, m, p))
    weights = np.broadcast_to(problems.weights.reshape(len(problems.weights), -1)[:, :m], (b, m))
    norms = np.einsum("bmp,bmp->bm", points, points)
    out = np.empty((b, repeats, k, p), dtype=np.float32)
    there = weights[:, None, :].astype(np.float64)
    chance: np.ndarray = np.broadcast_to(there, (b, repeats, m))
    near = np.full((b, repeats, m), np.inf, dtype=np.float32)
    at = np.arange(b)[:, None]
    for j in range(k):
        heights = np.cumsum(chance, axis=2)
        u = draws[j] * heights[..., -1:]
        pick = np.minimum((heights < u).sum(axis=2), m - 1)
        out[:, :, j] = points[at, pick]
        cross = problems.whole(np.matmul(out[:, None, :, j], chunks.transpose(0, 1, 3, 2)))
        d = norms[:, None] - 2.0 * cross + norms[at, pick][..., None]
        np.minimum(near, np.maximum(d, 0.0), out=near)
        # where all points coincide with a centre, any further one is as good
        chance = near * there + 1e-30 * (there > 0)
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
    each = max(1, HELD // (starts.shape[1] * starts.shape[2] * problems.rows))
    parts = [
        _fit(problems.some(low, low + each), starts[low : low + each], first, keep, most)
        for low in range(0, len(starts), each)
    ]
    return np.concatenate([c for c, _ in parts]), np.concatenate([labels for _, labels in parts])


def _fit(problems: Problems, starts: np.ndarray, first: int, keep: int, most: int) -> tuple[np.ndarray, np.ndarray]:
    centres = starts
    for _ in range(first):
        centres = step(problems, centres)
    at = np.arange(len(centres))[:, None]
    if centres.shape[1] > keep:
        costs = _costs(problems, _nearest(problems, centres)[1])
        centres = centres[at, np.argsort(costs, axis=1, kind="stable")[:, :keep]]
    for _ in range(most):
        moved = step(problems, centres)
        still = np.abs(moved - centres).max() < 1e-4
        centres = moved
        if still:
            break
    labels, offsets = _nearest(problems, centres)
    best = np.argmin(_costs(problems, offsets), axis=1)
    return centres[at[:, 0], best], problems.whole(labels)[at[:, 0], best]
