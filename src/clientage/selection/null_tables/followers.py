"""Columns that follow from another one: an age band beside the age, the month beside the day, a flag beside the amount.

Receives encoded customers; returns which columns are steps of which other one. They say nothing new, but drawn by
themselves they would no longer follow, and the data would look more ordered than any draw.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_STEPS = 31  # different values of a column that may follow: days of a month
FEWEST_EACH = 10  # customers for each change of value along the other column; unrelated columns change all the time


@dataclass(frozen=True, slots=True)
class Follower:
    """Columns of one feature that are known from another column.

    Parameters
    ----------
    columns : int ndarray
        Their places in the encoded matrix.
    leader : int
        The place of the column they are steps of.
    """

    columns: np.ndarray
    leader: int


def followers_of(x: np.ndarray, feature_of: np.ndarray) -> tuple[Follower, ...]:
    """Return the features that are steps of a column with more values; none of these columns follows itself.

    Parameters
    ----------
    x : ndarray of shape (n, p)
        Encoded customers.
    feature_of : int ndarray of shape (p,)
        The feature each column belongs to; several columns of one feature are a nominal one.

    Examples
    --------
    >>> day = np.random.default_rng(0).uniform(0, 730, size=500)
    >>> followers_of(np.column_stack([day % 365 // 30.5, day]), np.arange(2))
    (Follower(columns=array([0]), leader=1),)
    """
    places = [np.flatnonzero(feature_of == f) for f in np.unique(feature_of)]
    kinds = [np.unique(x[:, at], axis=0, return_inverse=True) for at in places]
    stepped = [i for i, (values, _) in enumerate(kinds) if len(values) <= MOST_STEPS]
    leaders = [i for i, at in enumerate(places) if len(at) == 1 and len(kinds[i][0]) > MOST_STEPS]
    if not stepped or not leaders:
        return ()
    codes = np.column_stack([kinds[i][1].ravel() for i in stepped])
    changes = np.array([_changes(kinds[i][1].ravel(), codes) for i in leaders])
    best = changes.argmin(axis=0)
    return tuple(
        Follower(places[i], int(places[leaders[best[at]]][0]))
        for at, i in enumerate(stepped)
        if changes[best[at], at] * FEWEST_EACH <= len(x)
    )


def _changes(along: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """How often each column of codes changes along the other; `n` where it is not known from it."""
    order = np.argsort(along, kind="stable")
    new = codes[order][1:] != codes[order][:-1]
    same = along[order][1:] == along[order][:-1]
    return np.where((new & same[:, None]).any(axis=0), len(along), new.sum(axis=0))


def nearest(wanted: np.ndarray, known: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the values of those customers who are nearest in what is known of them.

    Parameters
    ----------
    wanted : ndarray of any shape
        Where values are looked up.
    known, values : ndarray of shape (n,)
        Of the customers.

    Examples
    --------
    >>> nearest(np.array([0.4, 8.0]), np.array([1.0, 0.0]), np.array([10.0, 20.0])).tolist()
    [20.0, 10.0]
    """
    different, first = np.unique(known, return_index=True)
    return np.asarray(values[first][np.searchsorted((different[1:] + different[:-1]) / 2, wanted)])
