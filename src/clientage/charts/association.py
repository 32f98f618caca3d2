"""How strongly two columns go together, whatever they hold: numbers, categories, or one of each.

Receives columns; returns one table of associations. Numbers are compared by Spearman's rank correlation, categories by
Cramér's V, a number and a category by the correlation ratio η; these two are corrected for the number of categories,
which alone would make columns that have nothing in common look related.

References
----------
Spearman (1904), "The proof and measurement of association between two things", doi 10.2307/1412159.
Bergsma (2013), "A bias-correction for Cramér's V and Tschuprow's T", doi 10.1016/j.jkss.2012.10.002.
Kelley (1935), "An unbiased correlation ratio measure", doi 10.1073/pnas.21.9.554.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clientage.data.table import Column

MOST_CATEGORIES = 300  # a text column with more kinds says something else about every second customer


@dataclass(frozen=True, slots=True)
class Associations:
    """How strongly each two of p columns go together.

    Parameters
    ----------
    names : tuple of str
        The columns: numbers first, then categories, as they came.
    categories : tuple of bool
        Which of them are categories.
    values : ndarray of shape (p, p)
        Between numbers -1 to 1, else 0 to 1; NaN where a column does not vary.
    rows : int
        Customers they were computed on.
    """

    names: tuple[str, ...]
    categories: tuple[bool, ...]
    values: np.ndarray
    rows: int


def associate(columns: Sequence[Column]) -> Associations | None:
    """Return the associations of columns, None for fewer than two that can be compared.

    Parameters
    ----------
    columns : sequence of Column
        Of one length; dates, constants and texts of very many kinds are left out. Between numbers a missing value
        takes the median rank of its column; elsewhere customers without one of the two are left out.

    Examples
    --------
    >>> x = np.arange(8.0)
    >>> kind = Column("kind", "text", np.array([0, 0, 0, 0, 1, 1, 1, 1]), ("a", "b"))
    >>> found = associate([Column("a", "number", x), Column("b", "number", -(x**3)), kind])
    >>> found.values.round(2).tolist()
    [[1.0, -1.0, 0.85], [-1.0, 1.0, 0.72], [0.85, 0.72, 1.0]]
    """
    numbers = [c for c in columns if c.kind == "number" and c.n_distinct > 1]
    texts = [c for c in columns if c.kind == "text" and 1 < c.n_distinct <= MOST_CATEGORIES]
    kept = [*numbers, *texts]
    if len(kept) < 2:
        return None
    p, q = len(kept), len(numbers)
    values = np.eye(p)
    if numbers:
        values[:q, :q] = spearman(np.column_stack([c.values for c in numbers]))
    for j in range(q, p):
        for i in range(j):
            found = correlation_ratio(kept[i], kept[j]) if i < q else cramers_v(kept[i], kept[j])
            values[i, j] = values[j, i] = np.nan if found is None else found
    return Associations(tuple(c.name for c in kept), tuple([False] * q + [True] * (p - q)), values, len(kept[0]))


def spearman(values: np.ndarray) -> np.ndarray:
    """Return Spearman's rank correlations (p, p) of the columns of values (n, p), NaN where one does not vary.

    Missing values take the middle rank of their column.

    Examples
    --------
    >>> spearman(np.array([[1.0, 9.0], [2.0, 4.0], [3.0, 1.0]])).round(6).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    ranks = np.column_stack([_ranks(values[:, j]) for j in range(values.shape[1])])
    ranks -= ranks.mean(axis=0)
    length = np.sqrt((ranks**2).sum(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        matrix = (ranks.T @ ranks) / np.outer(length, length)
    return np.asarray(np.clip(matrix, -1, 1))


def correlation_ratio(number: Column, category: Column) -> float | None:
    """Return the correlation ratio η with Kelley's correction: about 0 where categories tell nothing of the number.

    η² is the share of the number's variance that lies between categories; corrected it is 1 - (1 - η²)(n - 1)/(n - k).

    Examples
    --------
    >>> kind = Column("kind", "text", np.array([0, 0, 1, 1]), ("a", "b"))
    >>> correlation_ratio(Column("x", "number", np.array([1.0, 1.0, 5.0, 5.0])), kind)
    1.0
    """
    there = ~number.missing & ~category.missing
    x, codes = number.values[there], category.values[there]
    if len(x) < 2:
        return None
    off = x - x.mean()
    counts = np.bincount(codes, minlength=len(category.categories)).astype(np.float64)
    sums = np.bincount(codes, off, len(category.categories))
    total = float((off * off).sum())
    kinds = int(np.count_nonzero(counts))
    if total <= 0 or not 2 <= kinds < len(x):
        return None
    share = float((sums[counts > 0] ** 2 / counts[counts > 0]).sum()) / total
    return math.sqrt(min(1.0, max(0.0, 1.0 - (1.0 - share) * (len(x) - 1) / (len(x) - kinds))))


def cramers_v(first: Column, second: Column) -> float | None:
    """Return Cramér's V with Bergsma's correction: about 0, and not above, where two columns have nothing in common.

    Examples
    --------
    >>> a = Column("a", "text", np.array([0, 0, 1, 1] * 50), ("x", "y"))
    >>> b = Column("b", "text", np.array([0, 1, 0, 1] * 50), ("u", "v"))
    >>> round(cramers_v(a, a), 6), cramers_v(a, b)
    (1.0, 0.0)
    """
    there = ~first.missing & ~second.missing
    wide = max(1, len(second.categories))
    pairs = first.values[there].astype(np.int64) * wide + second.values[there]
    table = np.bincount(pairs, minlength=len(first.categories) * wide).reshape(-1, wide).astype(np.float64)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    n, (r, c) = float(table.sum()), table.shape
    if min(r, c) < 2 or n < 2:
        return None
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / n
    phi = float(((table - expected) ** 2 / expected).sum()) / n
    phi = max(0.0, phi - (r - 1) * (c - 1) / (n - 1))
    side = min(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1
    return min(1.0, math.sqrt(phi / side)) if side > 0 else None


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1, equal values sharing their mean rank; NaN gets the middle."""
    there = ~np.isnan(values)
    ranks = np.full(len(values), (there.sum() + 1) / 2)
    _, inverse, counts = np.unique(values[there], return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks[there] = (last - (counts - 1) / 2)[inverse]
    return ranks
