"""Population stability: whether new customers are distributed as those a model was made from.

Receives columns; returns histograms of fixed bins, and the index between two of them with the probability that chance
alone gives as much. The index is judged against that null and not by a rule of thumb alone: with few customers chance
gives .25, and with millions a meaningless difference is significant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clientage.cores import side_by_side
from clientage.data.table import Column
from clientage.errors import ModelError
from clientage.features.categories import as_categories, fold
from clientage.features.shape import in_order
from clientage.spool import rows_in_memory

if TYPE_CHECKING:
    from clientage.features.customers import Customers
    from clientage.features.encoding import FeatureMatrix

VERSION = 1  # of the stored form
BINS = 10  # tenths of the training customers
MOST_CATEGORIES = 30  # further ones share the bin of those never seen
LEAST_CUSTOMERS = 100  # fewer are not judged: the null is an approximation for many
NOTABLE = 0.1  # index; less is of no consequence, however certain
SERIOUS = 0.25
LEVEL = 0.01  # of the test, shared among the columns (Bonferroni)


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts of one column in bins that stay what they are.

    Parameters
    ----------
    name : str
        Of the column.
    edges : tuple of float
        number: inner borders of the bins, in original units; a value equal to one belongs above it.
    categories : tuple of str
        category: one bin each. Another bin holds those not among them.
    counts : tuple of int
        Training customers in every bin; the last one has no value.

    Examples
    --------
    >>> h = histogram(Column("x", "number", np.arange(100.0)))
    >>> len(h.counts), h.counts[-1]
    (11, 0)
    """

    name: str
    edges: tuple[float, ...]
    categories: tuple[str, ...]
    counts: tuple[int, ...]

    def count(self, column: Column) -> np.ndarray:
        """Return how many values of a column of the same kind fall into every bin, int64."""
        if self.categories:
            texts = as_categories(column)
            place = {fold(c): i for i, c in enumerate(self.categories)}
            other = len(self.categories)
            bins = np.array([*(place.get(fold(c), other) for c in texts.categories), other + 1], dtype=np.int64)
            return np.bincount(bins[texts.values], minlength=other + 2)
        return self.count_numbers(column.values)

    def count_numbers(self, values: np.ndarray) -> np.ndarray:
        """Return how many numbers fall into every bin; NaN falls into the last."""
        last = len(self.edges) + 1
        bins = np.searchsorted(self.edges, values, side="right")
        return np.bincount(np.where(np.isnan(values), last, bins), minlength=last + 1)

    def as_dict(self) -> dict[str, Any]:
        """Return the histogram as JSON-ready values."""
        return {
            "name": self.name,
            "edges": list(self.edges),
            "categories": list(self.categories),
            "counts": list(self.counts),
        }


def histogram(column: Column) -> Histogram:
    """Return the histogram of a training column: tenths of a number, the categories of a text.

    Parameters
    ----------
    column : Column
        In original units; numbers or texts.
    """
    if column.kind == "text":
        texts = as_categories(column)
        counts = np.bincount(texts.values + 1, minlength=len(texts.categories) + 1)[1:].tolist()
        ranked = sorted((-n, c) for n, c in zip(counts, texts.categories, strict=True) if n)
        made = Histogram(column.name, (), tuple(sorted(c for _, c in ranked[:MOST_CATEGORIES])), ())
        return _filled(made, made.count(column)) if made.categories else _filled(made, made.count_numbers(np.zeros(0)))
    values = column.values
    there = in_order(values)
    # borders are values that occur: the median of whole numbers would else lie between two bins of one value
    tenths = np.ceil(len(there) * (np.arange(1, BINS) / BINS) - 1).astype(np.int64)
    edges = np.unique(there[np.maximum(tenths, 0)]) if len(there) else np.zeros(0)
    made = Histogram(column.name, tuple(edges.tolist()), (), ())
    if len(there) < len(values):
        return _filled(made, made.count_numbers(values))
    below = [0, *np.searchsorted(there, edges, side="left").tolist(), len(there)]  # the values are in order by now
    return _filled(made, np.append(np.diff(below), 0))


def feature_histograms(customers: Customers, matrix: FeatureMatrix) -> tuple[Histogram, ...]:
    """Return the histograms of the features of a model, in the order of its recipe."""
    columns = {c.name: c for c in customers.features}
    wanted = [columns[step.name] for step in matrix.recipe.features]
    return tuple(side_by_side(histogram, wanted, rows_in_memory(c.held for c in wanted)))


def _filled(made: Histogram, counts: np.ndarray) -> Histogram:
    return Histogram(made.name, made.edges, made.categories, tuple(counts.tolist()))


@dataclass(frozen=True, slots=True)
class Reference:
    """How the training customers were distributed.

    Parameters
    ----------
    features : tuple of Histogram
        One for each feature of the model.
    segments : tuple of int
        Customers without a segment, then in segment 1, 2 ….
    distance : Histogram
        Of the distance to the centre of the own segment.
    """

    features: tuple[Histogram, ...]
    segments: tuple[int, ...]
    distance: Histogram

    def as_dict(self) -> dict[str, Any]:
        """Return the reference as JSON-ready values, with the version of its form."""
        return {
            "version": VERSION,
            "features": [h.as_dict() for h in self.features],
            "segments": list(self.segments),
            "distance": self.distance.as_dict(),
        }

    @classmethod
    def from_dict(cls, tree: Mapping[str, Any]) -> Reference | None:
        """Return the reference that `as_dict` wrote; None for a form that a later version wrote.

        Raises
        ------
        ModelError
            When parts are missing.
        """
        try:
            if tree["version"] > VERSION:
                return None
            features = tuple(_histogram_from(h) for h in tree["features"])
            return cls(features, tuple(map(int, tree["segments"])), _histogram_from(tree["distance"]))
        except (KeyError, TypeError, ValueError) as problem:
            raise ModelError(
                "the distribution of the training customers as clientage writes it",
                f"it cannot be read ({problem!r})",
                "Make the run again.",
            ) from None


def _histogram_from(tree: Mapping[str, Any]) -> Histogram:
    edges, counts = tuple(map(float, tree["edges"])), tuple(map(int, tree["counts"]))
    return Histogram(str(tree["name"]), edges, tuple(map(str, tree["categories"])), counts)


@dataclass(frozen=True, slots=True)
class Shift:
    """How far one distribution lies from another.

    Parameters
    ----------
    index : float
        Population stability index: 0 for equal shares; .1 and .25 are where people begin to look.
    p : float
        Probability of at least that much when both are samples of one population.

    References
    ----------
    Yurdakul, B. and Naranjo, J. (2020), Statistical properties of the population stability index, Journal of Risk
    Model Validation 14(4): the index divided by 1/n + 1/m is about χ² with one degree
    of freedom less than there are bins.
    """

    index: float
    p: float

    def is_notable(self, tests: int) -> bool:
        """Whether it is both large enough to matter and more than chance, among so many tests."""
        return self.index >= NOTABLE and self.p < LEVEL / max(1, tests)


def shift(expected: Sequence[int] | np.ndarray, actual: Sequence[int] | np.ndarray) -> Shift:
    """Return the population stability index Σ(a − e)·ln(a/e) of two counts in the same bins.

    Parameters
    ----------
    expected, actual : array of shape (B,)
        Counts in training and now. Bins that are empty in both are left out; half a customer is added to each of
        the others, so that an empty bin gives a large index and not an infinite one.

    Examples
    --------
    >>> shift([50, 50], [500, 500]).index
    0.0
    >>> moved = shift([500, 500], [300, 700])
    >>> round(moved.index, 3), moved.p < 1e-9
    (0.169, True)
    """
    e, a = np.asarray(expected, dtype=np.float64), np.asarray(actual, dtype=np.float64)
    used = (e > 0) | (a > 0)
    e, a = e[used], a[used]
    n, m = float(e.sum()), float(a.sum())
    if n == 0 or m == 0 or len(e) < 2:
        return Shift(0.0, 1.0)
    e, a = (e + 0.5) / (n + 0.5 * len(e)), (a + 0.5) / (m + 0.5 * len(a))
    index = float(np.sum((a - e) * np.log(a / e)))
    return Shift(index, chi_square_tail(index / (1.0 / n + 1.0 / m), len(e) - 1))


def chi_square_tail(x: float, degrees: int) -> float:
    """Return P(χ² > x) for a whole number of degrees of freedom, by its finite sum.

    References
    ----------
    Abramowitz, M. and Stegun, I. A. (1964), Handbook of Mathematical Functions, 26.4.4 and 26.4.5.

    Examples
    --------
    >>> round(chi_square_tail(3.841458820694124, 1), 12)
    0.05
    """
    if x <= 0:
        return 1.0
    half = x / 2.0
    odd = degrees % 2 == 1
    total = math.erfc(math.sqrt(half)) if odd else 0.0
    for i in range(degrees // 2):
        order = i + 0.5 if odd else float(i)
        total += math.exp(order * math.log(half) - half - math.lgamma(order + 1.0))
    return min(1.0, total)
