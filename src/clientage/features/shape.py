"""The shape of one number column: quantiles, skewness, far fences, and the power that makes it symmetric.

Receives *sorted* finite values, so that every figure is the same whatever the order of the rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

MOST_OUTLIERS = 0.05  # more than that is a shape and no accident
FEWEST = 8  # values among which quartiles mean something
FAR = 3.0  # inter-quartile ranges beyond the quartiles: Tukey's outer fence
_NORMAL_IQR = 1.3489795003921634
# Quantile pairs tried until one has a width, with that width in standard deviations of a normal variable.
_PAIRS = ((0.25, _NORMAL_IQR), (0.10, 2.5631031310892007), (0.05, 3.2897072539029457), (0.005, 5.1516586071187))
LAMBDA_RANGE = (-5.0, 5.0)
_LAMBDA_POINTS = 10_001  # order statistics the power is fitted on: enough for three digits at any n
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


def in_order(values: np.ndarray) -> np.ndarray:
    """Return the finite values, sorted.

    Examples
    --------
    >>> in_order(np.array([2.0, np.nan, -np.inf, 1.0])).tolist()
    [1.0, 2.0]
    """
    ordered = np.sort(values)  # missing values sort to the end: no mask and no second copy is needed
    low = np.searchsorted(ordered, -math.inf, side="right")
    return ordered[low : np.searchsorted(ordered, math.inf, side="left")]


def quantiles(ordered: np.ndarray, shares: Sequence[float]) -> list[float]:
    """Return quantiles by linear interpolation between order statistics: NumPy's default, to the last bit.

    NumPy copies and partitions what is in order already, which takes longer than the sorting.

    Parameters
    ----------
    ordered : ndarray of shape (n,)
        Sorted, at least one value.
    shares : sequence of float
        In [0, 1].

    Examples
    --------
    >>> quantiles(np.array([1.0, 2.0, 4.0]), (0.25, 0.5))
    [1.5, 2.0]
    """
    found = []
    for share in shares:
        at = share * (len(ordered) - 1)
        low = int(at)
        first, second = float(ordered[low]), float(ordered[min(low + 1, len(ordered) - 1)])
        t, apart = at - low, second - first
        found.append(second - apart * (1.0 - t) if t >= 0.5 else first + apart * t)
    return found


def middle(ordered: np.ndarray) -> float:
    """Return the median of sorted values.

    Examples
    --------
    >>> middle(np.array([1.0, 2.0, 4.0, 9.0]))
    3.0
    """
    half = len(ordered) // 2
    if len(ordered) % 2:
        return float(ordered[half])
    return (float(ordered[half - 1]) + float(ordered[half])) / 2.0


def skewness(ordered: np.ndarray) -> float:
    """Return the third standardised moment; 0 for constant values.

    Examples
    --------
    >>> skewness(np.array([1.0, 2.0, 3.0]))
    0.0
    """
    deviation = ordered - ordered.mean()
    squares = deviation * deviation
    variance = float(squares.mean())
    if math.sqrt(variance) <= 1e-12 * max(1e-300, abs(float(ordered[0])), abs(float(ordered[-1]))):
        return 0.0
    squares *= deviation
    cube = variance**1.5
    return float(squares.mean()) / cube if cube > 0.0 else 0.0  # tiny numbers: the cube of 1e-110 is no float


def far_fences(ordered: np.ndarray) -> tuple[float, float] | None:
    """Return the bounds beyond which a value is an outlier, or None when nearly all values are one value.

    Tukey's outer fences, three inter-quartile ranges beyond the quartiles: 4.7 standard deviations from
    the middle of a normal variable, so that regular data are untouched. Where the quartiles have no
    width (half of the values are equal), or the fences would call more than 5 % of the customers
    outliers, the next wider pair of quantiles gives the width that a normal variable would have.

    Parameters
    ----------
    ordered : ndarray of shape (n,)
        Sorted, finite.

    Returns
    -------
    tuple of float or None
        Lower and upper bound; of fewer than 8 values their range. None when fewer than about 1 % of the
        values differ from all others.

    References
    ----------
    Tukey, J. W. (1977), *Exploratory Data Analysis*, Addison-Wesley.

    Examples
    --------
    >>> far_fences(np.arange(8.0))
    (-7.0, 14.0)
    """
    last = len(ordered) - 1
    if last + 1 < FEWEST:
        return float(ordered[0]), float(ordered[-1])
    fences = None
    for share, deviations in _PAIRS:
        low = float(ordered[math.ceil(share * last)])
        high = float(ordered[math.floor((1.0 - share) * last)])
        if not high > low:
            continue
        reach = FAR * _NORMAL_IQR * (high - low) / deviations
        fences = low - reach, high + reach
        inside = np.searchsorted(ordered, fences[1], side="right") - np.searchsorted(ordered, fences[0], side="left")
        if len(ordered) - inside <= MOST_OUTLIERS * len(ordered):
            break
    return fences


def yeo_johnson(x: np.ndarray, power: float) -> np.ndarray:
    """Return the Yeo-Johnson transformation of `x`.

    References
    ----------
    Yeo, I.-K. and Johnson, R. A. (2000), Biometrika 87(4), 954–959, doi 10.1093/biomet/87.4.954.

    Examples
    --------
    >>> yeo_johnson(np.array([-1.0, 0.0, 3.0]), 1.0).tolist()
    [-1.0, 0.0, 3.0]
    >>> yeo_johnson(np.array([-1e300]), -1.0).tolist()
    [-inf]
    """
    out = np.empty_like(x, dtype=np.float64)
    up = x >= 0
    rest = 2.0 - power
    with np.errstate(over="ignore"):  # what is beyond any float is bounded later, as outliers are
        logs = np.log1p(x[up])
        out[up] = logs if abs(power) < 1e-9 else np.expm1(power * logs) / power
        logs = np.log1p(-x[~up])
        out[~up] = -logs if abs(rest) < 1e-9 else -np.expm1(rest * logs) / rest
    return out


def fit_power(ordered: np.ndarray) -> float:
    """Return the power of the Yeo-Johnson transformation with the largest normal likelihood.

    Golden-section search on the profile log-likelihood, over at most 10,001 order statistics.

    Parameters
    ----------
    ordered : ndarray of shape (n,)
        Sorted, finite, best with a spread near 1.

    Examples
    --------
    >>> bool(fit_power(np.exp(np.linspace(-2.0, 2.0, 99))) < 0.5)
    True
    """
    if len(ordered) > _LAMBDA_POINTS:
        ordered = ordered[np.linspace(0, len(ordered) - 1, _LAMBDA_POINTS).round().astype(np.int64)]
    jacobian = float(np.sum(np.sign(ordered) * np.log1p(np.abs(ordered))))

    def cost(power: float) -> float:
        variance = float(np.var(yeo_johnson(ordered, power)))
        if not 0.0 < variance < math.inf:
            return math.inf
        return 0.5 * len(ordered) * math.log(variance) - (power - 1.0) * jacobian

    low, high = LAMBDA_RANGE
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    cost_left, cost_right = cost(left), cost(right)
    while high - low > 1e-6:
        if cost_left <= cost_right:
            high, right, cost_right = right, left, cost_left
            left = high - _GOLDEN * (high - low)
            cost_left = cost(left)
        else:
            low, left, cost_left = left, right, cost_right
            right = low + _GOLDEN * (high - low)
            cost_right = cost(right)
    return 0.5 * (low + high)
