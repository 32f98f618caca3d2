"""Which centre is nearest: the inner loop of everything that moves or applies centres.

Receives centres as rows (2c, −|c|²) and points as columns (x, 1); returns masks and labels. The product of the two is
|x|² minus the squared distance, so the nearest centre has the largest entry. Buffers are kept from block to block:
fresh memory for every block would cost twice the arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WORK = 1_000_000  # multiplications a product: up to here OpenBLAS takes its path for small matrices, twice as fast
MOST_RANKS = 255  # centres that a byte can number


def affine(centres: np.ndarray) -> np.ndarray:
    """Return rows (2c, −|c|²).

    Parameters
    ----------
    centres : ndarray of shape (..., p)

    Returns
    -------
    ndarray of shape (..., p + 1)

    Examples
    --------
    >>> affine(np.array([[1.0, 3.0]])).tolist()
    [[2.0, 6.0, -10.0]]
    """
    out = np.empty((*centres.shape[:-1], centres.shape[-1] + 1))
    out[..., :-1] = 2.0 * centres
    out[..., -1] = -(centres * centres).sum(axis=-1)
    return out


@dataclass(frozen=True, slots=True)
class Run:
    """Rows of a stack that are sets of k centres each.

    Parameters
    ----------
    low, high : int
        The rows.
    k : int
        Centres of a set; high − low is a multiple of it.
    """

    low: int
    high: int
    k: int


class Workspace:
    """Buffers for products of up to `width` centres with up to `columns` points."""

    __slots__ = ("_equal", "_near")

    def __init__(self, width: int, columns: int) -> None:
        self._near = np.zeros(width * columns)
        self._equal = np.zeros(width * columns, dtype=bool)

    def near(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Return the product, (width, b), valid until the next call."""
        shape = (len(rows), columns.shape[1])
        out = self._near[: shape[0] * shape[1]].reshape(shape)
        return np.matmul(rows, columns, out=out)

    def mask(self, rows: np.ndarray, columns: np.ndarray, runs: tuple[Run, ...]) -> np.ndarray:
        """Return (width, b) zeros, and ones for each set's nearest centre; the lowest number wins a tie.

        Valid until the next call.
        """
        near = self.near(rows, columns)
        equal = self._equals(near, runs)
        sets = sum((run.high - run.low) // run.k for run in runs)
        if np.count_nonzero(equal) > sets * near.shape[1]:
            for run in runs:
                first_only(equal[run.low : run.high].reshape(-1, run.k, near.shape[1]))
        np.copyto(near, equal)
        return near

    def label(self, rows: np.ndarray, columns: np.ndarray, runs: tuple[Run, ...], labels: np.ndarray) -> np.ndarray:
        """Write, for each run of one set, the number of the nearest centre; return the largest entries.

        Parameters
        ----------
        rows, columns, runs
            As for `mask`.
        labels : ndarray of int32, shape (len(runs), b)
            Written to.

        Returns
        -------
        ndarray of shape (len(runs), b)
            |x|² minus the squared distance to the nearest centre.
        """
        near = self.near(rows, columns)
        best = np.empty((len(runs), near.shape[1]))
        equal = self._equals(near, runs, best)
        # A maximum over ranks is several times faster than an argmax along the slow axis.
        codes = equal.view(np.uint8)
        if max(run.k for run in runs) > MOST_RANKS:
            codes = codes.astype(np.uint32)
        codes *= np.concatenate([_ranks(run.k) for run in runs]).astype(codes.dtype)
        for i, run in enumerate(runs):
            np.subtract(run.k, codes[run.low : run.high].max(axis=0), out=labels[i], dtype=np.int32, casting="unsafe")
        return best

    def _equals(self, near: np.ndarray, runs: tuple[Run, ...], best: np.ndarray | None = None) -> np.ndarray:
        """Return where each set's largest entries stand; write them to `best`, one row a run of one set."""
        equal = self._equal[: near.size].reshape(near.shape)
        for i, run in enumerate(runs):
            shape = (-1, run.k, near.shape[1])
            cube = near[run.low : run.high].reshape(shape)
            top = cube.max(axis=1, out=None if best is None else best[i : i + 1])
            np.equal(cube, top[:, None], out=equal[run.low : run.high].reshape(shape))
        return equal


def first_only(equal: np.ndarray) -> None:
    """Keep, of the true entries along the middle axis, the first."""
    ranks = _ranks(equal.shape[1])
    np.equal((equal.view(np.uint8) * ranks).max(axis=1)[:, None], ranks, out=equal)


def _ranks(k: int) -> np.ndarray:
    """Return (k, 1): falling numbers, the first centre's the largest."""
    return np.arange(k, 0, -1, dtype=np.uint8 if k <= MOST_RANKS else np.uint32)[:, None]
