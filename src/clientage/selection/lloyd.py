"""Steps of many small weighted k-means at once, for bootstraps and null tables.

Receives stacks of points, weights and centres; returns better centres, labels. This is not the engine that makes
segments (that is `clientage.clustering`): it is the same criterion, batched over hundreds of problems of a few
thousand points, in float32, where speed counts and the last digit does not. No product is large enough for the
linear algebra library to divide it among threads, and no problem knows of the others, so that no digit depends on
the number of threads either. Steps go 1.3 times as far as the means and carry on in the direction of the last one,
as in `clientage.clustering.lloyd`; what is kept are always means.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientage.clustering.lloyd import LAG, RELAX
from clientage.clustering.nearest import MOST_RANKS, first_only

CALL = 200_000  # multiplications in one product; OpenBLAS uses threads from 262,144
MOST_ROWS = 1_024  # of a chunk: its products with a vector also stay below what OpenBLAS divides
STILL = 1e-4  # a problem whose centres all moved less is finished
FINISHED = 0.25  # of the problems at hand: from this share on they are put aside


@dataclass(frozen=True, slots=True)
class Problems:
    """A stack of weighted point sets, in chunks of rows.

    Parameters
    ----------
    columns : float32 ndarray of shape (b or 1, c, p + 1, s)
        Coordinates and a last row of ones, feature-major; c chunks of s points, the last one filled up with zeros.
    weights : float32 ndarray of shape (b or 1, c, s)
        Counts; 0 where filled up.
    rows : int
        Points m, without the filling.
    """

    columns: np.ndarray
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
        chunks = -(-m // max(16, min(MOST_ROWS, CALL // (centres * (p + 1)))))
        size = -(-m // chunks)
        filled = np.zeros((len(points), chunks * size, p + 1), dtype=np.float32)
        filled[:, :m, :p] = points
        filled[:, :m, p] = 1.0
        columns = np.ascontiguousarray(filled.reshape(-1, chunks, size, p + 1).transpose(0, 1, 3, 2))
        counts = np.zeros((len(weights), chunks * size), dtype=np.float32)
        counts[:, :m] = weights
        return cls(columns, counts.reshape(-1, chunks, size), m)

    @property
    def count(self) -> int:
        """Number of problems b."""
        return max(len(self.columns), len(self.weights))

    @property
    def features(self) -> int:
        """Columns p of the points."""
        return int(self.columns.shape[2]) - 1

    def some(self, which: slice | np.ndarray) -> Problems:
        """Return some of the problems."""
        columns = self.columns if len(self.columns) == 1 else self.columns[which]
        weights = self.weights if len(self.weights) == 1 else self.weights[which]
        return Problems(columns, weights, self.rows)

    def moments(self) -> np.ndarray:
        """Return the weighted points and their weights, (b, c, s, p + 1)."""
        by_point = self.columns.transpose(0, 1, 3, 2)
        out = np.empty((self.count, *by_point.shape[1:]), dtype=np.float32)
        np.multiply(by_point, self.weights[..., None], out=out)
        return out

    def whole(self, by_chunk: np.ndarray) -> np.ndarray:
        """Return values (b, c, r, s) by chunks as (b, r, m)."""
        b, _, r, _ = by_chunk.shape
        return np.asarray(by_chunk.transpose(0, 2, 1, 3).reshape(b, r, -1)[..., : self.rows])


def nearest(problems: Problems, centres: np.ndarray) -> np.ndarray:
    """Return labels (b, r, m) of the nearest of the centres (b, r, k, p); the lowest number wins ties."""
    near = nearness(problems.columns, centres)
    return problems.whole(_first(near, near.max(axis=3)))


def nearness(columns: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return |x|² minus the squared distance of every point to every centre, (b, c, r, k, s).

    Parameters
    ----------
    columns : float32 ndarray of shape (b or 1, c, p + 1, s)
        Of `Problems`.
    centres : float32 ndarray of shape (b, r, k, p)
        r sets for each problem.
    """
    b, r, k, p = centres.shape
    flat = centres.reshape(b, 1, r * k, p)
    rows = np.empty((b, 1, r * k, p + 1), dtype=np.float32)
    np.multiply(flat, 2.0, out=rows[..., :p])
    np.negative(np.einsum("bckp,bckp->bck", flat, flat), out=rows[..., p])
    near: np.ndarray = np.matmul(rows, columns)
    return near.reshape(b, near.shape[1], r, k, -1)


def saved(top: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return Σw(|x|² − d²), (b, r): what centres save, of the largest nearness of every point, (b, c, r, s)."""
    return np.asarray(np.matmul(top, weights[..., None]).sum(axis=1)[..., 0])


def gathered(problems: Problems, moments: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the means (b, r, k, p) of the groups of the centres, and what the centres save (b, r).

    A centre without customers stays where it is.

    Parameters
    ----------
    problems : Problems
        b problems.
    moments : ndarray
        Their own, held by the caller because they serve many steps.
    centres : float32 ndarray of shape (b, r, k, p)
    """
    b, r, k, p = centres.shape
    near = nearness(problems.columns, centres)
    top = near.max(axis=3)
    equal = near == top[:, :, :, None]
    if np.count_nonzero(equal) > top.size:
        first_only(equal.reshape(-1, k, near.shape[4]))
    np.copyto(near, equal)
    sums = np.matmul(near.reshape(b, -1, r * k, near.shape[4]), moments).sum(axis=1).reshape(b, r, k, p + 1)
    counts = sums[..., p:]
    means = np.where(counts > 0, sums[..., :p] / np.where(counts > 0, counts, 1.0), centres)
    return means, saved(top, problems.weights)


def refined(problems: Problems, starts: np.ndarray, steps: int) -> np.ndarray:
    """Return the means (b, r, k, p) after at most `steps` steps; a problem in which all stand still is finished."""
    out, left = starts.copy(), np.arange(len(starts))
    centres = aim = starts
    moments, going = problems.moments(), np.ones(len(starts), dtype=bool)
    for turn in range(steps):
        means, _ = gathered(problems, moments, centres)
        out[left[going]] = means[going]
        going &= np.abs(means - centres).max(axis=(1, 2, 3)) >= STILL
        if turn == steps - 1 or not going.any():
            break
        ahead = centres + np.float32(RELAX) * (means - centres)
        centres, aim = ahead + np.float32(turn / (turn + LAG)) * (ahead - aim), ahead
        if going.mean() <= 1.0 - FINISHED:
            left, centres, aim, moments = left[going], centres[going], aim[going], moments[going]
            problems, going = problems.some(going), going[going]
    return out


def best_of(problems: Problems, sets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the centres (b, k, p) that save most among sets (b, r, k, p), and their labels (b, m)."""
    near = nearness(problems.columns, sets)
    top = near.max(axis=3)
    best = np.argmax(saved(top, problems.weights), axis=1)
    at = np.arange(len(sets))
    labels = _first(near[at, :, best][:, :, None], top[at, :, best][:, :, None])
    return sets[at, best], problems.whole(labels)[:, 0]


def _first(near: np.ndarray, top: np.ndarray) -> np.ndarray:
    """Return the number, (b, c, r, s), of the first centre whose nearness is the largest."""
    k = near.shape[3]
    if k > MOST_RANKS:
        return np.asarray(near.argmax(axis=3))
    codes = (near == top[:, :, :, None]).view(np.uint8)
    codes *= np.arange(k, 0, -1, dtype=np.uint8)[:, None]
    return np.asarray(np.uint8(k) - codes.max(axis=3))
