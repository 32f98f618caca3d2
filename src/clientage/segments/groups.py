"""Figures of each segment for one column, computed so that row order cannot change them.

Receives values and the segment of every customer; returns arrays with one entry for each segment.
Each segment's values are sorted first: the sums, medians and ranks below then see the same sequence
whatever order the rows came in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientage.features.shape import quantiles
from clientage.segments import effects
from clientage.segments.everybody import Everybody, everybody_of, mean_of, sorted_values
from clientage.segments.ranking import Ranking
from clientage.segments.traits import Spread

SPREAD = (0.05, 0.25, 0.5, 0.75, 0.95)
SKEWED = 1.0  # beyond this skewness means are led by a few, and ranks are compared instead


class Groups:
    """Customers arranged by segment once, so that each column is cut without searching.

    Parameters
    ----------
    labels : ndarray of shape (n,)
        0 … k-1, or -1.
    k : int
        Number of segments.
    """

    __slots__ = ("_bounds", "_order", "_slots", "k", "labels", "n", "sizes")

    def __init__(self, labels: np.ndarray, k: int) -> None:
        self.labels, self.k, self.n = labels, k, len(labels)
        self._slots = np.where(labels < 0, k, labels).astype(np.int16)  # 16 bits: a radix sort
        self._order = np.argsort(self._slots, kind="stable")
        counts = np.bincount(self._slots, minlength=k + 1)
        self._bounds = np.concatenate(([0], np.cumsum(counts)))
        self.sizes = counts[:k]

    def sorted_parts(self, values: np.ndarray) -> list[np.ndarray]:
        """Return the values present of each segment, sorted; the last part is of customers without one."""
        arranged = values[self._order]
        parts = [arranged[a:b] for a, b in zip(self._bounds[:-1], self._bounds[1:], strict=True)]
        for part in parts:  # in place: no second copy of the column
            part.sort()
        return [p[: len(p) - int(np.count_nonzero(np.isnan(p)))] for p in parts]  # NaN sorts to the end

    def counts(self, codes: np.ndarray, kinds: int) -> np.ndarray:
        """Return how often each code occurs in each segment, int64 (k + 1, kinds); the last row: without one."""
        cells = self._slots.astype(np.int64)
        cells *= kinds + 1
        cells += codes
        cells += 1  # a missing code, -1, falls into the first cell of its segment, which nobody asks for
        flat = np.bincount(cells, minlength=(self.k + 1) * (kinds + 1))
        return flat.reshape(self.k + 1, kinds + 1)[:, 1:]

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return the sum of gridded values in each segment, (k,); exact, because they lie on a grid."""
        return np.bincount(self._slots, values, self.k + 1)[: self.k]


@dataclass(frozen=True, slots=True)
class NumberFigures:
    """A numeric column, for everybody and for each segment.

    Parameters
    ----------
    whole : Everybody
        Of all customers.
    part_n, part_mean : ndarray of shape (k,)
        Of each segment; the mean is NaN where nobody has a value.
    spreads : tuple of Spread or None
        Percentiles of each segment; None where nobody has a value.
    effect : ndarray of shape (k,)
        Standardised difference from everybody: of means, or of mid-ranks when the column is `skewed`.
    delta : ndarray of shape (k,)
        Cliff's delta against the other customers.
    eta : float or None
        Share of the variance that lies between segments.
    skewed : bool
        |skew| > 1 and more than two values.
    """

    whole: Everybody
    part_n: np.ndarray
    part_mean: np.ndarray
    spreads: tuple[Spread | None, ...]
    effect: np.ndarray
    delta: np.ndarray
    eta: float | None
    skewed: bool


def number_figures(values: np.ndarray, groups: Groups, known: Everybody | None = None) -> NumberFigures:
    """Return the figures of a numeric column.

    Parameters
    ----------
    values : ndarray of shape (n,)
        float64 in original units, NaN where missing.
    groups : Groups
        The segments.
    known : Everybody, optional
        The figures of all customers, where they are known already.

    Examples
    --------
    >>> f = number_figures(np.array([1.0, 2.0, 9.0, np.nan]), Groups(np.array([0, 0, 1, 1]), 2))
    >>> f.whole.n, f.whole.mean, f.part_mean.tolist(), f.part_n.tolist()
    (3, 4.0, [1.5, 9.0], [2, 1])
    """
    parts = groups.sorted_parts(values)[: groups.k]
    whole, ranking = _ranked(values, known)
    part_n = np.array([len(p) for p in parts], dtype=np.int64)
    part_mean = np.array([mean_of(p) for p in parts])
    within = np.array([float(np.sum((p - m) ** 2)) for p, m in zip(parts, part_mean, strict=True)])
    skewed = abs(whole.skew) > SKEWED and not whole.binary
    ranks = np.array([ranking.mean_rank(p) if len(p) else 0.5 for p in parts])
    if skewed:
        effect = effects.standardised(ranks - 0.5, whole.rank_sd)
    else:
        effect = effects.standardised(np.where(part_n > 0, part_mean - whole.mean, 0.0), whole.sd)
    return NumberFigures(
        whole=whole,
        part_n=part_n,
        part_mean=part_mean,
        spreads=tuple(Spread(*quantiles(p, SPREAD)) if len(p) else None for p in parts),
        effect=effect,
        delta=np.array([effects.cliffs_delta(r, int(m), whole.n) for r, m in zip(ranks, part_n, strict=True)]),
        eta=effects.eta_squared(part_n, part_mean, within) if whole.sd > 0 else None,
        skewed=skewed,
    )


def _ranked(values: np.ndarray, known: Everybody | None) -> tuple[Everybody, Ranking]:
    """The figures of all customers and what ranks are looked up in; sorted only where that is not known."""
    if known is not None and known.ranking is not None:
        return known, known.ranking
    ordered = sorted_values(values)
    whole = known or everybody_of(ordered)
    return whole, whole.ranking or Ranking(ordered)
