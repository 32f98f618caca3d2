"""Sums by customer that do not depend on the order of the lines.

Receives values of lines and the customer of each; returns one sum per customer. Prices with at most four
decimals are counted in whole minor units (cents, or less), so that their sums are exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clientage.data.table import PART

MOST_DECIMALS = 4
_EXACT = 2.0**53  # whole numbers below it are exact as floats
MANY = 1 << 20  # lines added up together


@dataclass(frozen=True, slots=True)
class Amounts:
    """Amounts of lines.

    Parameters
    ----------
    values : ndarray of shape (m,)
        int64 in minor units, or float64 in whole units where there are more than four decimals.
    per_unit : int
        Minor units in one unit: 100 for cents, 1 for floats.

    Examples
    --------
    >>> Amounts(np.array([250, -50]), 100).total(np.array([0, 0]), 1).tolist()
    [2.0]
    """

    values: np.ndarray
    per_unit: int

    def take(self, rows: np.ndarray) -> Amounts:
        """Return the amounts of some lines."""
        return Amounts(self.values[rows], self.per_unit)

    def total(self, customer: np.ndarray, n: int) -> np.ndarray:
        """Return the sum of each customer's lines, float64 (n,) in whole units."""
        return sum_by(customer, self.values, n) / self.per_unit


def minor_units(values: np.ndarray) -> Amounts:
    """Return values as whole minor units where at most four decimals are in use, and as they are otherwise.

    Parameters
    ----------
    values : ndarray of shape (m,)
        float64; missing values become 0.

    Examples
    --------
    >>> minor_units(np.array([2.55, 10.0])).values.tolist()
    [255, 1000]
    """
    for decimals in range(MOST_DECIMALS + 1):
        per_unit = 10**decimals
        if all(_is_whole(part * per_unit) for _, part in _present(values)):
            whole = np.empty(len(values), dtype=np.int64)
            for low, part in _present(values):
                whole[low : low + len(part)] = np.rint(part * per_unit)
            return Amounts(whole, per_unit)
    return Amounts(np.where(np.isfinite(values), values, 0.0), 1)


def _present(values: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Yield (first, values) in blocks that stay in the processor's cache, missing ones as 0."""
    for low in range(0, len(values), PART):
        part = values[low : low + PART]
        yield low, np.where(np.isfinite(part), part, 0.0)


def times(price: Amounts, quantity: Amounts) -> Amounts:
    """Return price × quantity, in whole minor units where both are whole.

    Examples
    --------
    >>> times(minor_units(np.array([2.55])), minor_units(np.array([6.0]))).values.tolist()
    [1530]
    """
    whole = price.values.dtype == np.int64 and quantity.values.dtype == np.int64
    per_unit = price.per_unit * quantity.per_unit
    largest = _largest(price.values) * _largest(quantity.values)
    if whole and largest < 2.0**62 and per_unit <= 10**8:
        return Amounts(price.values * quantity.values, per_unit)
    return Amounts(price.values / price.per_unit * (quantity.values / quantity.per_unit), 1)


def sum_by(customer: np.ndarray, values: np.ndarray, n: int) -> np.ndarray:
    """Return the sum of the values of each customer, the same for any order of the lines.

    Parameters
    ----------
    customer : ndarray of shape (m,)
        Indices 0..n-1.
    values : ndarray of shape (m,)
        Whole numbers are summed exactly; others in the order of their size.
    n : int
        Number of customers.
    """
    if values.dtype.kind in "bui" or bool(np.all(values == np.rint(values))):
        blocks = [slice(low, low + MANY) for low in range(0, len(values), MANY)]
        if sum(float(np.abs(values[b].astype(np.float64)).sum()) for b in blocks) < _EXACT:
            total = np.zeros(n)
            for block in blocks:  # whole numbers: exact in whatever parts they are added
                total += np.bincount(customer[block], weights=values[block], minlength=n)
            return total
        if values.dtype.kind == "i":
            exact = np.zeros(n, dtype=np.int64)
            np.add.at(exact, customer, values)
            return exact.astype(np.float64)
    order = np.lexsort((values, customer))
    return np.bincount(customer[order], weights=values[order], minlength=n)


def _is_whole(scaled: np.ndarray) -> bool:
    size = np.abs(scaled)
    close = np.abs(scaled - np.rint(scaled)) <= 1e-7 + 1e-12 * size
    return bool(close.all()) and float(size.max(initial=0.0)) < _EXACT


def _largest(values: np.ndarray) -> float:
    return max(float(values.max(initial=0)), -float(values.min(initial=0)))
