"""Statistics that describe columns, before and beside any segmentation: arrays in, small results out.

Receives typed columns; returns summaries, histograms and associations. Nothing is drawn or worded
here, and nothing depends on the order of rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clientage.charts.association import Associations, associate
from clientage.charts.sampling import sample_blocks
from clientage.cores import side_by_side
from clientage.data.table import Column
from clientage.features.shape import quantiles
from clientage.segments.traits import FIRST_YEAR, LAST_YEAR
from clientage.spool import rows_in_memory

if TYPE_CHECKING:
    from clientage.features.customers import Customers
    from clientage.features.encoding import FeatureMatrix

BINS = 24
SKEWED = 1.5  # beyond this skewness the histogram uses a logarithmic axis
TOP_CATEGORIES = 8
FEWEST_SHOWN = 3  # a category held by fewer customers is never shown by its name
FAR_OUT = 3.0  # interquartile ranges beyond the quartiles: Tukey's outer fence
SAMPLE_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts between edges.

    Parameters
    ----------
    edges : ndarray of shape (b + 1,)
        In the unit of the column.
    counts : ndarray of shape (b,)
        int64.
    log : bool
        The edges are even on a symmetric log scale.
    """

    edges: np.ndarray
    counts: np.ndarray
    log: bool


@dataclass(frozen=True, slots=True)
class ColumnSummary:
    """One column described.

    Parameters
    ----------
    name : str
        As in the input.
    type : str
        ``number``, ``yes/no``, ``date`` or ``category``.
    n, missing, distinct : int
        Rows, rows without a value, different values.
    mean, median, sd, minimum, maximum, skew : float or None
        Numbers only; skew is the third standardised moment, None for a constant. Of yes/no columns the mean
        is the share of yes.
    outliers : int
        Values beyond Tukey's outer fences.
    histogram : Histogram or None
        Numbers that vary.
    top : tuple of (str, int)
        The most frequent categories, or yes and no, and their counts, falling.
    other : int
        Rows with a value in none of `top`.
    first, last : str or None
        Dates only: the ISO days between which they lie.
    whole : bool
        Numbers only: none has a fraction.
    """

    name: str
    type: str
    n: int
    missing: int
    distinct: int
    mean: float | None = None
    median: float | None = None
    sd: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    skew: float | None = None
    outliers: int = 0
    histogram: Histogram | None = None
    top: tuple[tuple[str, int], ...] = ()
    other: int = 0
    first: str | None = None
    last: str | None = None
    whole: bool = False

    @property
    def years(self) -> bool:
        """Whether these numbers are years."""
        if self.minimum is None or self.maximum is None:
            return False
        return self.whole and self.minimum >= FIRST_YEAR and self.maximum <= LAST_YEAR


@dataclass(frozen=True, slots=True)
class Exploration:
    """The columns of a set of customers, described.

    Parameters
    ----------
    columns : tuple of ColumnSummary
        Features, then profile columns, then outcomes; ids and ignored columns are not among them.
    associations : Associations or None
        Between all columns but dates; None when there are fewer than two.
    sample : ndarray of int64
        At most 20,000 customers, chosen by their features: what is too costly for all is computed on these.
    """

    columns: tuple[ColumnSummary, ...]
    associations: Associations | None
    sample: np.ndarray


def explore(features: Sequence[Column], others: Sequence[Column] = ()) -> Exploration:
    """Describe features and the columns beside them.

    Parameters
    ----------
    features : sequence of Column
        Columns that segment.
    others : sequence of Column
        Profile and outcome columns.

    Examples
    --------
    >>> x = Column("spend", "number", np.array([1.0, 5.0, 2.0]))
    >>> explore([x]).columns[0].maximum
    5.0
    """
    columns = (*features, *others)
    summaries = tuple(side_by_side(summarise_column, columns, rows_in_memory(c.held for c in columns)))
    ranks = [_ranks(c) for c in features]

    def block(low: int, high: int) -> np.ndarray:
        parts = (c.part(low, high) for c in features)
        return np.column_stack([_order_free(c, r) for c, r in zip(parts, ranks, strict=True)])

    sample = sample_blocks(block, len(features[0]) if features else 0, SAMPLE_ROWS)
    return Exploration(summaries, associate([c.take(sample) for c in columns]), sample)


def explored(customers: Customers, matrix: FeatureMatrix | None = None) -> Exploration:  # noqa: ARG001 - a maker
    """Return the exploration of a study's customers; nothing of it asks for segments."""
    return explore(customers.features, (*customers.profile, *customers.outcome))


def _ranks(column: Column) -> np.ndarray | None:
    """The place of each category by name, because codes follow the order of rows; None for numbers and dates."""
    if column.kind != "text":
        return None
    rank = np.empty(len(column.categories) + 1)
    rank[np.argsort(np.array(column.categories, dtype=object), kind="stable")] = np.arange(len(column.categories))
    rank[-1] = -1
    return rank


def _order_free(column: Column, ranks: np.ndarray | None) -> np.ndarray:
    """A column as numbers."""
    return column.values.astype(np.float64) if ranks is None else ranks[column.values]


def summarise_column(column: Column) -> ColumnSummary:
    """Describe a column by itself.

    Parameters
    ----------
    column : Column
        Of any kind.

    Examples
    --------
    >>> summarise_column(Column("age", "number", np.array([31.0, 35.0, np.nan]))).median
    33.0
    """
    if column.kind == "number":
        return _summarise_numbers(column)
    missing = column.n_missing
    if column.kind == "date":
        days = column.values[~column.missing].astype("datetime64[D]")
        span = (str(days.min()), str(days.max())) if len(days) else (None, None)
        distinct = len(np.unique(days))
        return ColumnSummary(column.name, "date", len(column), missing, distinct, first=span[0], last=span[1])
    counts = np.bincount(column.values[~column.missing], minlength=len(column.categories))
    fewest = max(FEWEST_SHOWN, int(np.sort(counts)[-TOP_CATEGORIES:].min(initial=0)))
    # Categories come in order of appearance; equal counts are put in the order of their names instead.
    frequent = ((column.categories[i], int(counts[i])) for i in np.flatnonzero(counts >= fewest).tolist())
    top = tuple(sorted(frequent, key=lambda c: (-c[1], c[0]))[:TOP_CATEGORIES])
    other = int(counts.sum()) - sum(count for _, count in top)
    distinct = int(np.count_nonzero(counts))
    return ColumnSummary(column.name, "category", len(column), missing, distinct, top=top, other=other)


def _moments(values: np.ndarray) -> tuple[float, float, float | None]:
    """Mean, standard deviation and skewness; in place, because ten million values are 80 MB each time."""
    mean = float(values.mean())
    z = values - mean
    powers = z * z
    sd = math.sqrt(float(powers.mean()))
    if not sd > 0:
        return mean, sd, None
    z /= sd
    np.multiply(z, z, out=powers)
    powers *= z
    return mean, sd, float(powers.mean())


def _summarise_numbers(column: Column) -> ColumnSummary:
    missing = column.n_missing
    values = np.sort(column.values)[: len(column) - missing]  # missing values sort to the end
    if len(values) == 0:
        return ColumnSummary(column.name, "number", len(column), missing, 0)
    if column.is_boolean or (values[0] >= 0 and values[-1] <= 1 and np.isin(values, (0.0, 1.0)).all()):
        return _summarise_answers(column, values)
    mean, sd, skew = _moments(values)
    lower, median, upper = quantiles(values, (0.25, 0.5, 0.75))
    reach = FAR_OUT * (upper - lower)
    inside = np.searchsorted(values, upper + reach, "right") - np.searchsorted(values, lower - reach, "left")
    outliers = len(values) - int(inside) if reach > 0 else 0
    return ColumnSummary(
        name=column.name,
        type="number",
        n=len(column),
        missing=missing,
        distinct=1 + int(np.count_nonzero(values[1:] != values[:-1])),
        mean=mean,
        median=median,
        sd=sd,
        minimum=float(values[0]),
        maximum=float(values[-1]),
        skew=skew,
        outliers=outliers,
        whole=column.is_integer,
        histogram=_histogram(values, skew > SKEWED) if skew is not None else None,
    )


def _summarise_answers(column: Column, values: np.ndarray) -> ColumnSummary:
    """A column of 0 and 1: how many said yes and no."""
    yes = int(np.count_nonzero(values))
    counts = (("yes", yes), ("no", len(values) - yes))
    top = tuple(sorted((pair for pair in counts if pair[1]), key=lambda pair: -pair[1]))
    share = yes / len(values)
    return ColumnSummary(
        column.name, "yes/no", len(column), column.n_missing, len(top), mean=share, minimum=0.0, maximum=1.0, top=top
    )


def histogram(values: np.ndarray, *, skewed: bool = False, bins: int = BINS) -> Histogram:
    """Count values in even bins, or in bins even on a symmetric log scale, sign(x)·log(1 + |x|).

    Parameters
    ----------
    values : ndarray of shape (n,)
        Finite, at least two of them different.
    skewed : bool
        Use the log scale.
    bins : int
        At most this many; few whole numbers get a bin each.

    Examples
    --------
    >>> histogram(np.array([1.0, 1.0, 2.0])).counts.tolist()
    [2, 1]
    """
    return _histogram(np.sort(values), skewed, bins)


def _histogram(values: np.ndarray, skewed: bool, bins: int = BINS) -> Histogram:
    """The same of sorted values."""
    low, high = float(values[0]), float(values[-1])
    if skewed:
        first, last = (math.copysign(math.log1p(abs(end)), end) for end in (low, high))
        even = np.linspace(first, last, bins + 1)
        edges = np.sign(even) * np.expm1(np.abs(even))
        edges[0], edges[-1] = low, high
    elif high - low < bins and np.array_equal(values, np.rint(values)):
        edges = np.arange(low - 0.5, high + 1.0)
    else:
        edges = np.linspace(low, high, bins + 1)
    places = np.searchsorted(values, edges[1:-1], "left")
    return Histogram(edges, np.diff(np.concatenate([[0], places, [len(values)]])), skewed)
