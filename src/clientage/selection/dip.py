"""Whether one column, by itself, is in more than one heap: Hartigan's dip test.

The copula null keeps every column's own shape, and so cannot see groups that differ in one
column alone. The dip test looks exactly there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from clientage.selection.dip_quantiles import SIZES, SURVIVAL, TABLE

FEWEST_DISTINCT = 10  # a scale with fewer steps has heaps by construction
FEWEST_ROWS = 20
MOST_SHARED = 0.02  # of the customers at one end of a column
ASKED = 512  # columns whose answer is kept, 8 kB each


@dataclass(frozen=True, slots=True)
class Dip:
    """Result of one dip test.

    Parameters
    ----------
    statistic : float
        Largest distance to the nearest unimodal distribution, in [1/(2n), 1/4].
    p_value : float
        Share of uniform samples of this size with a larger dip.
    """

    statistic: float
    p_value: float


def dip_statistic(values: np.ndarray) -> float:
    """Return Hartigan's dip of a sample.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Finite numbers, in any order.

    References
    ----------
    Hartigan, J. A. and Hartigan, P. M. (1985). The dip test of unimodality. doi:10.1214/aos/1176346577
    Hartigan, P. M. (1985). Algorithm AS 217. doi:10.2307/2347485

    Examples
    --------
    >>> round(dip_statistic(np.array([0.0, 0.1, 0.2, 9.8, 9.9, 10.0])), 3)
    0.245
    """
    x = np.sort(np.asarray(values, dtype=np.float64))
    n = len(x)
    if n < 2 or x[0] == x[-1]:
        return 1.0 / (2 * max(n, 1))
    xs = x.tolist()
    below, above = _minorant(xs), _majorant(xs)
    low, high, dip = 0, n - 1, 1.0
    while True:
        gcm = _chain(below, high, low)
        lcm = _chain(above, low, high)
        gap, at_gcm, at_lcm = _widest_gap(xs, gcm, lcm)
        if gap < dip:
            break
        left = max((_sag(x, b, a) for a, b in zip(gcm[at_gcm:], gcm[at_gcm + 1 :], strict=False)), default=0.0)
        right = max((_bulge(x, a, b) for a, b in zip(lcm[at_lcm:], lcm[at_lcm + 1 :], strict=False)), default=0.0)
        dip = max(dip, left, right)
        if low == gcm[at_gcm] and high == lcm[at_lcm]:
            break
        low, high = gcm[at_gcm], lcm[at_lcm]
    return dip / (2 * n)


def _minorant(x: list[float]) -> list[int]:
    """For each point, the previous knot of the greatest convex minorant of the points up to it."""
    knot = [0] * len(x)
    for j in range(1, len(x)):
        i = j - 1
        while i > 0 and (x[j] - x[i]) * (i - knot[i]) >= (x[i] - x[knot[i]]) * (j - i):
            i = knot[i]
        knot[j] = i
    return knot


def _majorant(x: list[float]) -> list[int]:
    """For each point, the next knot of the least concave majorant of the points from it on."""
    last = len(x) - 1
    knot = [last] * len(x)
    for j in range(last - 1, -1, -1):
        i = j + 1
        while i < last and (x[j] - x[i]) * (i - knot[i]) >= (x[i] - x[knot[i]]) * (j - i):
            i = knot[i]
        knot[j] = i
    return knot


def _chain(knot: list[int], start: int, end: int) -> list[int]:
    """Knots from `start` to `end`."""
    chain = [start]
    while chain[-1] != end:
        chain.append(knot[chain[-1]])
    return chain


def _widest_gap(x: list[float], gcm: list[int], lcm: list[int]) -> tuple[float, int, int]:
    """Largest distance between minorant and majorant, and the knots where it is.

    gcm runs from high to low, lcm from low to high; the two are walked together from low to high.
    """
    at_gcm, at_lcm = len(gcm) - 1, len(lcm) - 1
    if len(gcm) == 2 and len(lcm) == 2:
        return 1.0, at_gcm, at_lcm
    widest, g, h = 0.0, len(gcm) - 2, 1
    while True:
        a, b = gcm[g], lcm[h]
        if a > b:
            c = gcm[g + 1]
            gap = (b - c + 1) - (x[b] - x[c]) * (a - c) / (x[a] - x[c])
            h += 1
            if gap >= widest:
                widest, at_gcm, at_lcm = gap, g + 1, h - 1
        else:
            c = lcm[h - 1]
            gap = (x[a] - x[c]) * (b - c) / (x[b] - x[c]) - (a - c - 1)
            g -= 1
            if gap >= widest:
                widest, at_gcm, at_lcm = gap, g + 1, h
        g, h = max(g, 0), min(h, len(lcm) - 1)
        if gcm[g] == lcm[h]:
            return widest, at_gcm, at_lcm


def _sag(x: np.ndarray, first: int, last: int) -> float:
    """How far the step function rises above the minorant's chord between two knots."""
    if last - first <= 1 or x[last] == x[first]:
        return 1.0
    slope = (last - first) / (x[last] - x[first])
    return max(1.0, float(np.max(np.arange(1, last - first + 2) - (x[first : last + 1] - x[first]) * slope)))


def _bulge(x: np.ndarray, first: int, last: int) -> float:
    """How far the step function falls below the majorant's chord between two knots."""
    if last - first <= 1 or x[last] == x[first]:
        return 1.0
    slope = (last - first) / (x[last] - x[first])
    return max(1.0, float(np.max((x[first : last + 1] - x[first]) * slope - np.arange(-1, last - first))))


def dip_p_value(statistic: float, n: int) -> float:
    """Return the share of uniform samples of size n with a larger dip, from the stored table.

    Between the table's sizes √n·dip is interpolated in log n; beyond its last size it has converged.
    The smallest p-value is that of the table's last quantile.

    Examples
    --------
    >>> round(dip_p_value(0.2, 100), 4)
    0.0005
    """
    scaled = statistic * np.sqrt(n)
    position = np.interp(np.log(n), np.log(SIZES), np.arange(len(SIZES)))
    lower = min(int(position), len(SIZES) - 2)
    share = position - lower
    quantiles = (1 - share) * np.array(TABLE[lower]) + share * np.array(TABLE[lower + 1])
    return float(np.exp(np.interp(scaled, quantiles, np.log(SURVIVAL))))


def dip_test(values: np.ndarray) -> Dip | None:
    """Test one column, spreading tied values evenly over the gaps around them.

    A smallest or largest value that more than one in fifty share is left out: those who spent nothing in a category, or
    all that a scale allows, are a heap by construction, and only the others can be in heaps of their own.

    Returns
    -------
    Dip or None
        None where the test cannot judge: fewer than 20 rows or fewer than 10 distinct values.
    """
    return _tested(np.ascontiguousarray(values, dtype=np.float64).tobytes())


@lru_cache(maxsize=ASKED)
def _tested(column: bytes) -> Dip | None:
    """The test of a column as bytes: a study asks of each twice, whether it is silent and whether it is in heaps."""
    values = np.frombuffer(column)
    distinct, counts = np.unique(values, return_counts=True)
    at_end = counts > MOST_SHARED * len(values)
    at_end[1:-1] = False
    distinct, counts = distinct[~at_end], counts[~at_end]
    n = int(counts.sum())
    if n < FEWEST_ROWS or len(distinct) < FEWEST_DISTINCT:
        return None
    statistic = dip_statistic(spread_ties(distinct, counts))
    return Dip(statistic, dip_p_value(statistic, n))


def spread_ties(distinct: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Spread each value's copies over the interval to the midpoints of its neighbours.

    Ties are atoms, and every atom is a mode: whole numbers or prices ending in .99 would be called groups.
    """
    middle = (distinct[1:] + distinct[:-1]) / 2
    lower = np.concatenate([[2 * distinct[0] - middle[0]], middle])
    upper = np.concatenate([middle, [2 * distinct[-1] - middle[-1]]])
    owner = np.repeat(np.arange(len(distinct)), counts)
    rank = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    spread = lower[owner] + (upper - lower)[owner] * (rank + 0.5) / counts[owner]
    return np.where(counts[owner] > 1, spread, distinct[owner])
