"""The figures of a column for all customers together: known before there are segments.

Receives a column's values; returns `Everybody`. Values are sorted first, so that sums see the same sequence whatever
order the rows came in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clientage.data.dates import EPOCH
from clientage.data.table import Column
from clientage.features.shape import quantiles
from clientage.segments.ranking import FEW, Ranking, edges_of, rank_sd

if TYPE_CHECKING:
    from clientage.features.customers import Customers
    from clientage.features.encoding import FeatureMatrix


@dataclass(frozen=True, slots=True)
class Everybody:
    """A numeric column of all customers.

    Parameters
    ----------
    n : int
        Customers with a value.
    mean, median, sd, smallest, largest, skew : float
        `sd` with divisor n. NaN when nobody has a value.
    rank_sd : float
        Standard deviation of mid-ranks as shares of n.
    binary : bool
        Only 0 and 1 occur: means are shares.
    ranking : Ranking or None
        What ranks are looked up in; None where so many values differ that it would be a copy of the column.
    """

    n: int
    mean: float
    median: float
    sd: float
    smallest: float
    largest: float
    skew: float
    rank_sd: float
    binary: bool
    ranking: Ranking | None


def everybody_of(ordered: np.ndarray) -> Everybody:
    """Return the figures of values that are sorted, none of them missing.

    Examples
    --------
    >>> everybody_of(np.array([1.0, 2.0, 9.0])).mean
    4.0
    """
    n = len(ordered)
    mean, sd, skew = _moments(ordered)
    edges = edges_of(ordered)
    return Everybody(
        n=n,
        mean=mean,
        median=quantiles(ordered, (0.5,))[0] if n else math.nan,
        sd=sd,
        smallest=float(ordered[0]) if n else math.nan,
        largest=float(ordered[-1]) if n else math.nan,
        skew=skew,
        rank_sd=rank_sd(edges),
        binary=n > 0 and bool(ordered[0] >= 0 and ordered[-1] <= 1) and _only_two(ordered),
        ranking=Ranking.of(ordered, edges) if len(edges) <= FEW else None,
    )


def everybody(customers: Customers, matrix: FeatureMatrix) -> dict[str, Everybody]:  # noqa: ARG001 - one of several makers
    """Return the figures of every column of numbers or dates that is described, by name."""
    columns = (*customers.features, *customers.profile, *customers.outcome)
    return {c.name: everybody_of(sorted_values(as_numbers(c))) for c in columns if c.kind != "text"}


def as_numbers(column: Column) -> np.ndarray:
    """Return the numbers of a column, float64 (n,); of dates the days since 1970. NaN where missing."""
    if column.kind == "date":
        return np.where(column.missing, np.nan, (column.values - EPOCH) / np.timedelta64(1, "D"))
    return column.values


def sorted_values(values: np.ndarray) -> np.ndarray:
    """Return the values present, sorted."""
    ordered = np.sort(values)
    return ordered[: len(ordered) - int(np.count_nonzero(np.isnan(ordered)))]  # NaN sorts to the end


def mean_of(ordered: np.ndarray) -> float:
    """Return the mean, NaN of nothing."""
    return float(np.sum(ordered)) / len(ordered) if len(ordered) else math.nan


def _moments(x: np.ndarray) -> tuple[float, float, float]:
    if not len(x):
        return math.nan, 0.0, 0.0
    mean = mean_of(x)
    off = x - mean
    powers = off * off
    variance = float(np.sum(powers)) / len(x)
    # what rounding leaves of a constant column is no spread
    if variance <= (1e-14 * max(abs(float(x[0])), abs(float(x[-1])))) ** 2:
        return mean, 0.0, 0.0
    powers *= off
    return mean, math.sqrt(variance), float(np.sum(powers)) / len(x) / variance**1.5


def _only_two(ordered: np.ndarray) -> bool:
    return int(np.count_nonzero((ordered != 0) & (ordered != 1))) == 0
