"""Columns that are never more than another one: days since the last order and since the first, a part and its total.

Receives amounts in the units of the file; returns which column is bounded by which. The border between such columns is
sharp, and no copula of the two has it; it is there again where what is drawn is the ratio.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WOULD_EXCEED = 0.1  # of the customers, had the columns nothing to do with one another
SLACK = 1e-5  # of the larger amount: what the grid leaves
FEWEST_VALUES = 10  # of both columns: steps are cut, and are seldom amounts of the same thing


@dataclass(frozen=True, slots=True)
class Bound:
    """A column that is never more than another.

    Parameters
    ----------
    column : int
        Its place in the encoded matrix.
    by : int
        The place of the other one.
    """

    column: int
    by: int


def bounds_of(amounts: np.ndarray) -> tuple[Bound, ...]:
    """Return the columns that are never more than another, each with the nearest such; bounds before what they bound.

    Parameters
    ----------
    amounts : ndarray of shape (n, p)
        In the units of the file; NaN throughout for a column that is no amount.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> first = rng.uniform(0, 900, size=300)
    >>> bounds_of(np.column_stack([first * rng.random(300), first, rng.normal(40, 9, size=300)]))
    (Bound(column=0, by=1),)
    """
    able = [j for j, c in enumerate(amounts.T) if np.isfinite(c).all() and c.min() >= -SLACK * c.max()]
    able = [j for j in able if len(np.unique(amounts[:, j])) >= FEWEST_VALUES]
    means = amounts[:, able].mean(axis=0) if able else np.zeros(0)
    able = [able[i] for i in np.argsort(-means, kind="stable")]
    found = []
    for i, column in enumerate(able):
        above = [by for by in able[:i] if _bounded(amounts[:, column], amounts[:, by])]
        if above:
            found.append(Bound(column, above[-1]))
    return tuple(found)


def _bounded(column: np.ndarray, by: np.ndarray) -> bool:
    if (column > by + SLACK * by.max()).any():
        return False
    place = np.searchsorted(np.sort(by), column, side="left") / len(by)
    return bool(place.mean() >= WOULD_EXCEED)


def ratios(amounts: np.ndarray, bounds: tuple[Bound, ...]) -> np.ndarray:
    """Return the amounts (n, p) with every bounded column divided by its bound; 0 where both are 0.

    Examples
    --------
    >>> ratios(np.array([[1.0, 4.0], [0.0, 0.0]]), (Bound(0, 1),)).tolist()
    [[0.25, 4.0], [0.0, 0.0]]
    """
    out = amounts.copy()
    for b in bounds:
        by = amounts[:, b.by]
        out[:, b.column] = np.where(by > 0, amounts[:, b.column] / np.where(by > 0, by, 1.0), 0.0)
    return out
