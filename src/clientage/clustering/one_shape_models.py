"""The mixture of one shape as an algorithm of the house: models for every k, and quick refits to bootstrap samples.

Receives rows and coreset; returns `MixtureModel`s, or the labels that a model fitted to reweighted points gives. It
looks at customers and not at micro-clusters: these are made by k-means, which cuts across groups that are narrow in
one column, and inside a micro-cluster such groups cannot be told apart any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from clientage.clustering.coreset import Coreset, lexicographic
from clientage.clustering.fits import FitOptions, even_rows, possible_ks, rounded, without_empty
from clientage.clustering.mixture import Mixture
from clientage.clustering.models import ClusterModel, MixtureModel
from clientage.clustering.one_shape import HEAD, MARGIN
from clientage.clustering.one_shape_answers import columns_of, fit_with_answers, is_answer
from clientage.grid import Grid

ROWS = 2_048  # customers looked at, where there are more
FEWEST_POINTS = 4  # for each component at the head of the path
NUMBERS = "numbers"  # under which a coreset keeps itself without answers
MORE_HEADS = (HEAD, 14, 40)  # components at the heads of three paths, of which the likeliest solution is taken


def one_shape_models(
    x: np.ndarray, coreset: Coreset, ks: Sequence[int], options: FitOptions
) -> dict[int, ClusterModel]:
    """Fit Gaussian mixtures whose components share one shape, from more Ward groups than are asked for.

    Their likelihoods are those of the fit, outliers and rounding included, and scaled to all customers: of the rows
    alone, every value that repeats would look like a group.
    """
    possible = possible_ks(coreset, ks)
    few = looked_at(coreset, options.seed)
    possible = [k for k in possible if k <= len(few.points)]
    columns = columns_of(few.points, few.weights, options.silent)
    start = _numbers_of(few).tree.cut(_head(few, possible[-1]))
    found = fit_with_answers(few.points, few.weights, possible, [start], columns)
    grid = Grid.for_values(x)
    models: dict[int, ClusterModel] = {
        k: _model(m, few.weights, grid, coreset.n / few.weights.sum()) for k, m in sorted(found.items())
    }
    return without_empty(models, coreset)


def looked_at(coreset: Coreset, seed: int) -> Coreset:
    """Return the customers themselves, at most some two thousand, in which everybody had the same chance to be.

    Parameters
    ----------
    coreset : Coreset
        Returned as it is where it holds the customers.
    seed : int
    """
    if coreset.sample is None:
        return coreset
    if seed not in coreset.few:  # kept: its tree is needed for the models and again for their bootstraps
        rows = even_rows(coreset, seed, ROWS)
        points, counts = np.unique(rows[lexicographic(rows)], axis=0, return_counts=True)
        coreset.few[seed] = Coreset(points, counts.astype(np.float64), True, len(rows))
    return coreset.few[seed]


def _numbers_of(few: Coreset) -> Coreset:
    """Return the customers without their answers, in whose numbers the paths begin; kept for its tree.

    Silent columns are among them: a tree of its own for what is left would cost more than the mixtures do.
    """
    answers = is_answer(few.points)
    if not answers.any():
        return few
    if NUMBERS not in few.few:
        few.few[NUMBERS] = Coreset(few.points[:, ~answers], few.weights, True, few.n)
    return few.few[NUMBERS]


def tilts_of(few: Coreset, models: Iterable[ClusterModel]) -> tuple[bool, ...]:
    """Return which shapes these models have: tilted ones, ones along the columns, or some of both."""
    numbers = ~is_answer(few.points)
    factors = [m.factors for m in models if isinstance(m, MixtureModel)]
    tilted = {f.ndim == 3 and bool(np.tril(f[:, numbers][:, :, numbers], -1).any()) for f in factors}
    return tuple(sorted(tilted, reverse=True))


def refit_one_shape(
    few: Coreset,
    weights: np.ndarray,
    ks: Sequence[int],
    heads: Sequence[int] = (HEAD,),
    tilts: Sequence[bool] = (True, False),
    silent: Sequence[int] = (),
) -> dict[int, np.ndarray]:
    """Return the labels (m,) that mixtures fitted to reweighted customers give all of them, by k.

    The path begins at the customers' own Ward groups, many more than are asked for. That does not hold a bootstrap to
    the solution: on a table without groups two of them agree to .1 or .2, as they do from random starts.

    Parameters
    ----------
    few : Coreset
        From `looked_at`.
    weights : ndarray of shape (m,)
        Of a bootstrap sample; customers of weight 0 are left out of the fit.
    ks : sequence of int
    heads : sequence of int
        Components at the head of each path that is tried; the likeliest solution of all is taken.
    tilts : sequence of bool, default both
        Shapes that are tried, from `tilts_of`: a bootstrap is not asked again what the customers have answered.
    silent : sequence of int, default none
        Columns that say nothing.
    """
    drawn = weights > 0
    possible = [k for k in ks if k <= int(drawn.sum())]
    if not possible:
        return {}
    sizes = dict.fromkeys(_head(few, max(possible), head) for head in heads)
    # a customer drawn three times is three of the same value, and no sign of rounding: that is known from them all
    columns = columns_of(few.points, few.weights, silent)
    tree = _numbers_of(few).tree
    starts = [np.unique(tree.cut(size)[drawn], return_inverse=True)[1] for size in sizes]
    reached = [k for k in possible if k <= min(int(start.max()) for start in starts) + 1]
    if not reached:
        return {}
    grid = Grid.for_values(few.points)
    found = fit_with_answers(few.points[drawn], weights[drawn], reached, starts, columns, tilts)
    return {k: rounded(m, grid).assign(few.points).labels.astype(np.int64) for k, m in found.items()}


def _head(few: Coreset, k: int, head: int = HEAD) -> int:
    """Components at the head of the path to k."""
    return min(max(head, k + MARGIN), max(k, len(few.points) // FEWEST_POINTS))


def _model(mixture: Mixture, weights: np.ndarray, grid: Grid, customers: float) -> MixtureModel:
    model = rounded(mixture, grid)
    shares = mixture.shares / np.maximum(mixture.shares.sum(axis=0), 1e-300)
    entropy = -float((shares * np.log(np.maximum(shares, 1e-300))).sum(axis=0) @ weights)
    figures = np.array([mixture.log_likelihood * customers, entropy * customers, mixture.parameters])
    return MixtureModel(model.weights, model.centers, model.factors, figures)
