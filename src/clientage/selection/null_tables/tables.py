"""Tables as the data might be without groups: copula draws in which what is tied by construction stays tied.

Receives encoded customers and their amounts; returns simulated tables of the same shape. Shares add up to their whole,
a part is never more than its total, and what follows from another column follows from it again. Without that the data
would be more ordered than any draw, and order of that kind is no group of customers.
"""

from __future__ import annotations

import numpy as np

from clientage.selection.null_tables.bounds import Bound, bounds_of, ratios
from clientage.selection.null_tables.followers import followers_of, nearest
from clientage.selection.null_tables.hurdles import draw_with_hurdles
from clientage.selection.null_tables.simplex import draw_shares
from clientage.selection.null_tables.wholes import Whole, wholes_of


def tables_without_groups(
    x: np.ndarray, feature_of: np.ndarray, amounts: np.ndarray, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Return tables (count, n, p), or (2 · count, n, p) where there are two ways to be without groups.

    Shares may be of gamma-distributed parts or logistic-normal. The first `count` tables are of the one kind, and data
    have groups only where they differ from both.

    Parameters
    ----------
    x : ndarray of shape (n, p)
        Encoded customers.
    feature_of : int ndarray of shape (p,)
        The feature each column belongs to; several columns of one feature are a nominal one.
    amounts : ndarray of shape (n, p)
        The same in the units of the file; NaN throughout for a column that is no amount.
    count : int
        Tables of each kind.
    rng : Generator
        Source of chance.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> total = rng.exponential(size=200)
    >>> x = np.column_stack([total * rng.random(200), total])
    >>> drawn = tables_without_groups(x, np.arange(2), x, 3, rng)
    >>> drawn.shape, bool((drawn[..., 0] <= drawn[..., 1] + 0.1).mean() > 0.99)
    ((3, 200, 2), True)
    """
    followers = followers_of(x, feature_of)
    free = np.setdiff1d(np.arange(x.shape[1]), [j for f in followers for j in f.columns])
    drawn = _free(x[:, free], feature_of[free], amounts[:, free], count, rng)
    if not followers:
        return drawn
    out = np.empty((len(drawn), *x.shape))
    out[..., free] = drawn
    for f in followers:
        for j in f.columns:
            out[..., j] = nearest(out[..., f.leader], x[:, f.leader], x[:, j])
    return out


def _free(
    x: np.ndarray, feature_of: np.ndarray, amounts: np.ndarray, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Tables of columns that do not follow from one another."""
    wholes = wholes_of(amounts)
    single = amounts.copy()
    single[:, [j for w in wholes for j in w.columns]] = np.nan
    bounds = bounds_of(single)
    if not bounds:
        return _unbounded(x, feature_of, amounts, wholes, count, rng)
    freed = ratios(amounts, bounds)
    divided = [b.column for b in bounds]
    wide = x.copy()
    wide[:, divided] = freed[:, divided]
    drawn = _unbounded(wide, feature_of, freed, wholes, count, rng)
    return _bounded_again(drawn, bounds, x, amounts)


def _unbounded(
    x: np.ndarray,
    feature_of: np.ndarray,
    amounts: np.ndarray,
    wholes: tuple[Whole, ...],
    count: int,
    rng: np.random.Generator,
) -> np.ndarray:
    if wholes:
        return draw_shares(x, feature_of, amounts, wholes, count, rng)
    return draw_with_hurdles(x, feature_of, count, rng)


def _bounded_again(drawn: np.ndarray, bounds: tuple[Bound, ...], x: np.ndarray, amounts: np.ndarray) -> np.ndarray:
    """Tables whose ratios are amounts again, and these encoded; bounds come before what they bound."""
    again: dict[int, np.ndarray] = {}
    out = drawn.copy()
    for b in bounds:
        if b.by not in again:
            again[b.by] = nearest(drawn[..., b.by], x[:, b.by], amounts[:, b.by])
        again[b.column] = drawn[..., b.column] * again[b.by]
        out[..., b.column] = nearest(again[b.column], amounts[:, b.column], x[:, b.column])
    return out
