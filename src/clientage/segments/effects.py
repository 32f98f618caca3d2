"""How much a segment differs from everybody: the definitions of METHODS §5, on arrays.

Receives counts, means and sorted values; returns numbers. Nothing here knows columns, names or words.
Sums are taken over sorted values or whole numbers, so that no figure depends on row order.

References
----------
Lebart, Morineau & Piron, Statistique exploratoire multidimensionnelle, Dunod 1995 (v-test).
Holm, Scandinavian Journal of Statistics 6 (1979) 65-70.
Cliff, Psychological Bulletin 114 (1993) 494-509, doi 10.1037/0033-2909.114.3.494.
Wilson, JASA 22 (1927) 209-212, doi 10.1080/01621459.1927.10502953.
Dolnicar, Grün & Leisch, Market Segmentation Analysis, 2018, doi 10.1007/978-981-10-8818-6 (marker variables).
"""

from __future__ import annotations

import math

import numpy as np

NORMAL_95 = 1.959963984540054
SIGNIFICANT = 0.05  # of corrected tail probabilities


def standardised(difference: np.ndarray, sd: float) -> np.ndarray:
    """Return differences in standard deviations; 0 where the column does not vary.

    Examples
    --------
    >>> standardised(np.array([2.0, -1.0]), 2.0).tolist()
    [1.0, -0.5]
    """
    return difference / sd if sd > 0 else np.zeros_like(difference)


def index_of(value: float, overall: float) -> float | None:
    """Return 100 · value / overall; None where a ratio says nothing (an overall of 0 or less, a value below 0).

    Examples
    --------
    >>> index_of(30.0, 20.0), index_of(1.0, -5.0)
    (150.0, None)
    """
    return 100.0 * value / overall if overall > 0 and value >= 0 else None


def cohens_h(share: np.ndarray, overall: float) -> np.ndarray:
    """Return the difference of shares on the scale where its spread is alike for rare and common kinds.

    Cohen, Statistical Power Analysis, 2nd ed. 1988, ch. 6. About a standardised difference in the middle.

    Examples
    --------
    >>> cohens_h(np.array([0.6, 0.12]), 0.5).round(2).tolist()
    [0.2, -0.86]
    """
    h: np.ndarray = 2.0 * (np.arcsin(np.sqrt(share)) - math.asin(math.sqrt(overall)))
    return h


def share_effect(share: np.ndarray, overall: float) -> np.ndarray:
    """Return the effect of a category: its standardised difference or Cohen's h, whichever is nearer to 0.

    Alone, the former lets a rare kind that is a little less rare outrank what most customers of a segment have in
    common; the latter does so with a kind that is missing.

    Examples
    --------
    >>> share_effect(np.array([0.12, 0.0]), 0.02).round(2).tolist()
    [0.42, -0.14]
    """
    z = standardised(share - overall, math.sqrt(overall * (1.0 - overall)))
    h = cohens_h(share, overall)
    return np.where(np.abs(z) < np.abs(h), z, h)


def v_test(effect: np.ndarray, part: np.ndarray, n: int) -> np.ndarray:
    """Return the test value of standardised differences.

    (x̄_s - x̄) / √[((n - n_s)/(n - 1)) · σ²/n_s]: how far a segment's mean is from the mean of an equally large
    random draw without replacement. Ranks traits; it is no inference, because the same data made the segments.

    Parameters
    ----------
    effect : ndarray of shape (k,)
        (x̄_s - x̄)/σ, of a category's 0/1 indicator too, with the population's σ (divisor n).
    part : ndarray of shape (k,)
        Customers of each segment that have a value.
    n : int
        Customers that have a value.

    Examples
    --------
    >>> v_test(np.array([1.0]), np.array([25]), 101).round(3).tolist()
    [5.735]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        v = effect * np.sqrt(part * (n - 1) / (n - part))
    return np.where((part > 0) & (part < n), v, 0.0)


def two_sided_p(v: np.ndarray) -> np.ndarray:
    """Return the two-sided normal tail probability of test values of any shape.

    Examples
    --------
    >>> two_sided_p(np.array([1.959964])).round(4).tolist()
    [0.05]
    """
    flat = [math.erfc(abs(x) / math.sqrt(2.0)) for x in np.ravel(v).tolist()]
    return np.array(flat, dtype=np.float64).reshape(np.shape(v))


def holm(p: np.ndarray) -> np.ndarray:
    """Return p-values of shape (m,) corrected for m tests by Holm's step-down rule.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    if not len(p):
        return p
    rank = np.argsort(p, kind="stable")
    stepped = p[rank] * np.arange(len(p), 0, -1)
    out = np.empty_like(p)
    out[rank] = np.minimum(np.maximum.accumulate(stepped), 1.0)
    return out


def cliffs_delta(rank: float, part: int, n: int) -> float:
    """Return P(x_s > x_rest) - P(x_s < x_rest) from the mean mid-rank of the segment.

    Parameters
    ----------
    rank : float
        As `Ranking.mean_rank` returns it.
    part, n : int
        Customers with a value: in the segment, in all.

    Examples
    --------
    >>> cliffs_delta(0.75, 2, 4)
    1.0
    """
    return (2.0 * rank - 1.0) * n / (n - part) if 0 < part < n else 0.0


def eta_squared(sizes: np.ndarray, means: np.ndarray, within: np.ndarray) -> float | None:
    """Return the share of a number's variance that lies between segments.

    Parameters
    ----------
    sizes, means, within : ndarray of shape (k,)
        Customers with a value, their mean, and the sum of their squared deviations from it.

    Examples
    --------
    >>> eta_squared(np.array([2, 2]), np.array([0.0, 2.0]), np.array([1.0, 1.0])).__round__(3)
    0.667
    """
    there = sizes > 0
    n = int(sizes.sum())
    if n < 2:
        return None
    centre = float(np.sum(sizes[there] * means[there])) / n
    between = float(np.sum(sizes[there] * (means[there] - centre) ** 2))
    total = between + float(np.sum(within[there]))
    return between / total if total > 0 else None


def cramers_v(table: np.ndarray) -> float | None:
    """Return Cramér's V of a contingency table of counts; None where a side has fewer than two kinds.

    Examples
    --------
    >>> cramers_v(np.array([[10, 0], [0, 10]]))
    1.0
    """
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0].astype(np.float64)
    if min(table.shape) < 2:
        return None
    n = table.sum()
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / n
    chi2 = float(np.sum((table - expected) ** 2 / expected))
    return min(1.0, math.sqrt(chi2 / (n * (min(table.shape) - 1))))


def wilson(successes: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a rate by Wilson's score method; (0, 1) when nothing was observed.

    Examples
    --------
    >>> [round(x, 3) for x in wilson(15, 100)]
    [0.093, 0.233]
    """
    if n == 0:
        return 0.0, 1.0
    z2 = NORMAL_95**2
    rate = successes / n
    centre = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = NORMAL_95 / (1 + z2 / n) * math.sqrt(rate * (1 - rate) / n + z2 / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return low, high


def is_marker(difference: float, overall: float, largest: float, smallest: float, sd: float = math.inf) -> bool:
    """Return whether a difference is large enough to mark a segment: ≥ max/4, or ≥ 50 % of the overall mean.

    Where values below zero occur, half of a mean says nothing, and neither does a part of the maximum: it is then a
    standard deviation.

    Examples
    --------
    >>> is_marker(0.3, 0.6, 1.0, 0.0), is_marker(0.1, 0.6, 1.0, 0.0)
    (True, False)
    >>> is_marker(1.2, 0.1, 4.0, -4.0, sd=1.0), is_marker(0.7, 0.1, 4.0, -4.0, sd=1.0)
    (True, False)
    """
    gap = abs(difference)
    if gap == 0.0:
        return False
    if smallest < 0:
        return gap >= sd
    return gap >= largest / 4 or gap >= 0.5 * overall
