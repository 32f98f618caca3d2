"""Whose segment became which: customers of two runs matched one by one, and segments matched by them.

Receives who is in which segment twice; returns a cross table and pairs of segments. Segments are paired by the
Hungarian method on 1 − Jaccard of the customers both runs know, or on distance between middles when there are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clientage.selection.matching import match

FAR = 1e9  # costs more than any distance that a segment without figures could hide


@dataclass(frozen=True, slots=True)
class Movement:
    """Where the customers that two runs share are in each.

    Parameters
    ----------
    shared, only_a, only_b : int
        Customers in both runs, and in one alone.
    table : ndarray of shape (ka + 1, kb + 1)
        int64, shared customers by segment of a (rows) and of b (columns); row and column 0: without a segment.

    Examples
    --------
    >>> movement(np.array([1, 1, 2]), np.array([2, 2, 1]), (2, 2)).table.tolist()
    [[0, 0, 0], [0, 0, 2], [0, 1, 0]]
    """

    shared: int
    only_a: int
    only_b: int
    table: np.ndarray

    def jaccard(self) -> np.ndarray:
        """Return the Jaccard index (ka, kb) of every two segments among shared customers; 0 where both are empty."""
        both = self.table[1:, 1:].astype(np.float64)
        either = self.table[1:].sum(axis=1)[:, None] + self.table[:, 1:].sum(axis=0)[None, :] - both
        return np.asarray(both / np.maximum(either, 1.0))


@dataclass(frozen=True, slots=True)
class Pair:
    """A segment of one run and the one that corresponds to it in the other; None: none does.

    Parameters
    ----------
    a, b : int or None
        Segment ids.
    shared : int or None
        Customers in both; None where runs share no customers.
    jaccard : float or None
        Shared customers in both over shared customers in either; 1: the same ones.
    distance : float or None
        Between the middles in scaled units of run a, where runs share no customers.
    """

    a: int | None
    b: int | None
    shared: int | None = None
    jaccard: float | None = None
    distance: float | None = None


def shared_rows(ids_a: Sequence[str], ids_b: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions in a and in b of the ids that are in both, compared as the texts they are.

    Examples
    --------
    >>> [rows.tolist() for rows in shared_rows(["007", "8"], ["8", "7", "007"])]
    [[0, 1], [2, 0]]
    """
    place = {key: row for row, key in enumerate(ids_b)}
    found = [(row, place[key]) for row, key in enumerate(ids_a) if key in place]
    pairs = np.array(found, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def movement(
    segments_a: np.ndarray, segments_b: np.ndarray, k: tuple[int, int], others: tuple[int, int] = (0, 0)
) -> Movement:
    """Count shared customers by their two segments.

    Parameters
    ----------
    segments_a, segments_b : ndarray of shape (shared,)
        Segment ids, 0: none; the same customer at the same place.
    k : tuple of int
        Segments of a and of b.
    others : tuple of int
        Customers of a alone and of b alone.
    """
    wide = k[1] + 1
    codes = segments_a.astype(np.int64) * wide + segments_b
    table = np.bincount(codes, minlength=(k[0] + 1) * wide).reshape(k[0] + 1, wide)
    return Movement(len(codes), *others, table=table)


def pairs_by_customers(moved: Movement) -> tuple[Pair, ...]:
    """Pair segments so that the sum of Jaccard indices is greatest; segments without a common customer stay alone.

    Examples
    --------
    >>> pairs_by_customers(movement(np.array([1, 1, 2]), np.array([2, 2, 1]), (2, 2)))[0]
    Pair(a=1, b=2, shared=2, jaccard=1.0, distance=None)
    """
    jaccard = moved.jaccard()
    pairs = [
        Pair(a + 1, b + 1, int(moved.table[a + 1, b + 1]), float(jaccard[a, b]))
        for a, b in _assigned(1.0 - jaccard)
        if jaccard[a, b] > 0
    ]
    return _with_alone(pairs, *jaccard.shape)


def pairs_by_distance(distance: np.ndarray) -> tuple[Pair, ...]:
    """Pair segments so that the sum of distances (ka, kb) is least; those left over in the larger run stay alone."""
    cost = np.where(np.isfinite(distance), distance, FAR)
    pairs = [Pair(a + 1, b + 1, distance=float(distance[a, b])) for a, b in _assigned(cost) if cost[a, b] < FAR]
    return _with_alone(pairs, *distance.shape)


def _assigned(cost: np.ndarray) -> list[tuple[int, int]]:
    if cost.shape[0] <= cost.shape[1]:
        return list(enumerate(match(cost).tolist()))
    return sorted((a, b) for b, a in enumerate(match(cost.T).tolist()))


def _with_alone(pairs: list[Pair], ka: int, kb: int) -> tuple[Pair, ...]:
    in_a, in_b = {p.a for p in pairs}, {p.b for p in pairs}
    alone = [Pair(a, None) for a in range(1, ka + 1) if a not in in_a]
    alone += [Pair(None, b) for b in range(1, kb + 1) if b not in in_b]
    return (*pairs, *alone)
