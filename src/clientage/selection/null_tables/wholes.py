"""Columns that are shares of one whole: found from the numbers alone.

Receives amounts in the units of the file; returns which columns add up to the same in every row, to rounding (shares of
a budget, of visits by channel, in per cent), or never to more than one whole although each could (one share is not in
the file). Such customers lie in a triangle, or its like in more columns, which no copula of the columns is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FEWEST_SHARES = 3  # two that add up to one whole are one column twice
FEWEST_VALUES = 3  # columns of yes or no that add up to one are one nominal feature
FEWEST_ROWS = 20
CLOSED = 0.9  # of the customers must add up to the whole; gaps filled and outliers bounded do not
ROUNDING = 1e-3  # of the whole, by which a sum may always be off
LEFT = (
    1e-6,
    1e-3,
    0.02,
)  # variance left in the sum, of the columns' own: exact, bounded in places, rounded to per cent
UNITS = (1.0, 100.0)  # what shares add up to where one of them is missing
WOULD_EXCEED = 0.01  # of the customers, had the columns nothing to do with one another


@dataclass(frozen=True, slots=True)
class Whole:
    """Columns whose amounts are shares of one whole.

    Parameters
    ----------
    columns : int ndarray of shape (q,)
        Their places in the encoded matrix.
    total : float
        What the shares add up to, in the units of the file.
    closed : bool
        Whether all shares are there; otherwise one more has what these leave.
    """

    columns: np.ndarray
    total: float
    closed: bool = True

    def shares(self, amounts: np.ndarray) -> np.ndarray:
        """Return the shares (n, q), or (n, q + 1) with the missing one last; each row adds up to 1.

        Parameters
        ----------
        amounts : ndarray of shape (n, p)
            Of all encoded columns.
        """
        parts = np.maximum(amounts[:, self.columns], 0.0)
        if not self.closed:
            parts = np.column_stack([parts, np.maximum(self.total - parts.sum(axis=1), 0.0)])
        return closed(parts)


def closed(parts: np.ndarray) -> np.ndarray:
    """Return parts (…, q) divided by their sum; equal shares where all parts are 0.

    Examples
    --------
    >>> closed(np.array([[1.0, 3.0], [0.0, 0.0]])).tolist()
    [[0.25, 0.75], [0.5, 0.5]]
    """
    total = parts.sum(axis=-1, keepdims=True)
    return np.where(total > 0, parts / np.where(total > 0, total, 1.0), 1.0 / parts.shape[-1])


def wholes_of(amounts: np.ndarray) -> tuple[Whole, ...]:
    """Return the wholes that columns are shares of; no column belongs to two.

    Parameters
    ----------
    amounts : ndarray of shape (n, p)
        In the units of the file; NaN throughout for a column that is no amount.

    References
    ----------
    Aitchison, J. (1982). The statistical analysis of compositional data. doi:10.1111/j.2517-6161.1982.tb01195.x

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> budget, age = rng.dirichlet([2.0, 1.0, 1.0], size=200), rng.normal(45, 9, size=200)
    >>> [(w.columns.tolist(), w.total) for w in wholes_of(np.column_stack([age, (100 * budget).round()]))]
    [([1, 2, 3], 100.0)]
    """
    able = np.array([j for j, column in enumerate(amounts.T) if _may_be_share(column)], dtype=np.int64)
    if len(amounts) < FEWEST_ROWS or len(able) < 2:
        return ()
    found = _adding_up(amounts, able)
    left = np.setdiff1d(able, [j for w in found for j in w.columns])
    return (*found, *_below_one(amounts, left))


def _may_be_share(column: np.ndarray) -> bool:
    # the grid leaves a millionth of a standard deviation of what was 0
    return bool(
        np.isfinite(column).all() and column.min() >= -1e-5 * column.max() and len(np.unique(column)) >= FEWEST_VALUES
    )


def _adding_up(amounts: np.ndarray, able: np.ndarray) -> list[Whole]:
    """Wholes whose shares are all there.

    The sum of shares does not vary, so that (1, …, 1) on their places is a direction without variance, and such
    directions of different wholes have no place in common. In the projection on all of them, the row of a share
    therefore shows the places of its own whole.
    """
    centred = amounts[:, able] - amounts[:, able].mean(axis=0)
    spread = centred.std(axis=0)
    values, vectors = np.linalg.eigh((centred / spread).T @ (centred / spread) / len(centred))
    for left in LEFT:
        flat = vectors[:, values <= left]
        onto = flat @ flat.T / spread[:, None] * spread
        places = {tuple(able[row >= 0.5 * row[j]].tolist()) for j, row in enumerate(onto.T) if row[j] > 0.5 / len(able)}
        tried = (_whole(amounts, np.array(at)) for at in sorted(places) if len(at) >= FEWEST_SHARES)
        found = [w for w in tried if w is not None]
        taken = [j for w in found for j in w.columns]
        if found and len(set(taken)) == len(taken):
            return found
    return []


def _whole(amounts: np.ndarray, at: np.ndarray) -> Whole | None:
    """The whole that these columns add up to, if they do."""
    parts = amounts[:, at]
    sums = parts.sum(axis=1)
    total = float(np.median(sums))
    steps = [float(np.diff(np.unique(column)).min()) for column in parts.T]
    tolerance = max(ROUNDING * total, 0.5 * sum(steps) * (1 + ROUNDING))
    there = np.abs(sums - total) <= tolerance
    if not total > 0 or there.mean() < CLOSED:
        return None
    return Whole(at, total) if sums[there].var() <= LEFT[-1] * parts[there].var(axis=0).sum() else None


def _below_one(amounts: np.ndarray, able: np.ndarray) -> list[Whole]:
    """Shares of which one is not in the file: never more than one whole, as unrelated columns would be."""
    found = []
    highest = amounts.max(axis=0)
    for above, total in zip((0.0, *UNITS), UNITS, strict=False):
        at = able[(highest[able] > above) & (highest[able] <= total)]
        if len(at) < 2:
            continue
        parts = amounts[:, at]
        unrelated = np.column_stack([np.roll(c, j * len(c) // len(at)) for j, c in enumerate(parts.T)])
        most = total * (1 + ROUNDING)
        if parts.sum(axis=1).max() <= most and (unrelated.sum(axis=1) > most).mean() >= WOULD_EXCEED:
            found.append(Whole(at, total, closed=False))
    return found
