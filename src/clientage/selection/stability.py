"""Whether the same segments come back from another sample of customers.

Receives weighted points; returns agreement between bootstrap solutions for every k, and how well each
segment of a solution is found again. Bootstrap samples are multinomial reweightings of the points, so
that all bootstraps and all k are a few matrix products.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clientage.selection.adjusted_rand import adjusted_rand_of
from clientage.selection.many_kmeans import problems_of, solve
from clientage.selection.matching import match

COMES_BACK = 0.75  # adjusted Rand index from which a solution is called reproducible
TRUSTED = 0.6  # SLSW from which a segment is said to come back
FIRST_REFITS = 8  # bootstraps fitted before it is asked whether more could change an answer
NEAR = 0.05  # of one of the two bounds: more bootstraps are needed
ERRORS = 4.0  # the same in standard errors of the mean agreement

# (labels of the reweighted solutions for all points, by k), given weights (b, m)
Refit = Callable[[np.ndarray], Mapping[int, np.ndarray]]


@dataclass(frozen=True, slots=True)
class Stability:
    """How far a solution comes back.

    Parameters
    ----------
    mean, sd : float
        Adjusted Rand index between pairs of bootstrap solutions.
    segments : ndarray of shape (k,)
        Mean best Jaccard of each segment over the bootstraps (SLSW): .85 highly stable, .75 valid,
        .6 a pattern only, below that not to be trusted.
    """

    mean: float
    sd: float
    segments: np.ndarray


def bootstrap_weights(weights: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return `count` bootstrap samples as counts (count, m) of the weighted points.

    Parameters
    ----------
    weights : ndarray of shape (m,)
        Customers each point stands for.
    count : int
        Bootstrap samples.
    rng : Generator
        Source of chance.
    """
    total = float(weights.sum())
    draws = rng.multinomial(max(2, round(total)), weights / total, size=count)
    return np.asarray(draws, dtype=np.float64)


def kmeans_stability(
    points: np.ndarray, weights: np.ndarray, solutions: Mapping[int, np.ndarray], bootstraps: int, seed: int
) -> dict[int, Stability]:
    """Judge k-means solutions for all k together.

    Every bootstrap is solved from starts of its own (`clientage.selection.many_kmeans`) and well: otherwise this
    would measure how k-means gets stuck. Starting from the full data's solution would hold every bootstrap to it
    (on six columns of uniform noise the agreement is .27; with such a start it seems to be .6).

    Parameters
    ----------
    points, weights : ndarray of shape (m, p) and (m,)
        Weighted customers.
    solutions : mapping of k to int ndarray of shape (m,)
        The solutions whose segments are looked for.
    bootstraps : int
        Bootstrap samples; neighbours in a ring of them are compared.
    seed : int
        Of the bootstraps.

    References
    ----------
    Dolnicar, S. and Leisch, F. (2010). Evaluation of structure and reproducibility of cluster solutions
    using the bootstrap. doi:10.1007/s11002-009-9083-4
    Dolnicar, S. and Leisch, F. (2017). Using segment level stability to select target segments in
    data-driven market segmentation studies. doi:10.1007/s11002-017-9423-8
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. doi:10.1016/j.csda.2006.11.025
    """
    rng = np.random.default_rng([seed, 3])
    samples = problems_of(points[None], bootstrap_weights(weights, bootstraps, rng), max(solutions))
    found = solve(samples, list(solutions), rng)
    return {k: judged(found[k].labels, labels, weights) for k, labels in solutions.items()}


def refit_stability(
    refit: Refit, weights: np.ndarray, solutions: Mapping[int, np.ndarray], bootstraps: int, seed: int
) -> dict[int, Stability]:
    """Judge solutions of any algorithm by fitting it to each bootstrap sample.

    Half of the bootstraps are left out where the first eight leave no doubt: neither the agreement nor the weakest
    segment is near a bound that the rule asks for.

    Parameters
    ----------
    refit : callable
        From bootstrap weights (m,) to the labels of all m points by k; a k may be missing.
    weights : ndarray of shape (m,)
        Customers each point stands for.
    solutions : mapping of k to int ndarray of shape (m,)
        The solutions whose segments are looked for.
    bootstraps, seed : int
        As for `kmeans_stability`; here the most that are fitted.
    """
    drawn = bootstrap_weights(weights, bootstraps, np.random.default_rng([seed, 3]))
    fitted = [refit(sample) for sample in drawn[:FIRST_REFITS]]
    out = _refits_judged(fitted, solutions, weights)
    if bootstraps > FIRST_REFITS and not all(_beyond_doubt(out.get(k), FIRST_REFITS) for k in solutions):
        fitted += [refit(sample) for sample in drawn[FIRST_REFITS:]]
        out = _refits_judged(fitted, solutions, weights)
    return out


def _refits_judged(
    fitted: Sequence[Mapping[int, np.ndarray]], solutions: Mapping[int, np.ndarray], weights: np.ndarray
) -> dict[int, Stability]:
    found = {k: [f[k] for f in fitted if k in f] for k in solutions}
    return {k: judged(np.stack(f), solutions[k], weights) for k, f in found.items() if len(f) >= 2}


def _beyond_doubt(found: Stability | None, count: int) -> bool:
    """Whether neither the agreement nor the weakest segment is near the bound that is asked for."""
    if found is None:
        return False
    error = max(NEAR, ERRORS * found.sd / math.sqrt(count))
    return abs(found.mean - COMES_BACK) > error and abs(float(found.segments.min()) - TRUSTED) > NEAR


def judged(found: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> Stability:
    """Return the stability of `labels` (m,), given the labels (b, m) that bootstrap solutions give the same points."""
    pairs = tables(found, np.roll(found, -1, axis=0), weights)
    agreement = adjusted_rand_of(pairs)
    own = tables(np.broadcast_to(labels, found.shape), found, weights)
    union = own.sum(axis=2, keepdims=True) + own.sum(axis=1, keepdims=True) - own
    jaccard = (own / np.where(union > 0, union, 1.0)).max(axis=2)
    k = int(labels.max()) + 1
    return Stability(float(agreement.mean()), float(agreement.std()), jaccard[:, :k].mean(axis=0))


def tables(a: np.ndarray, b: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return weighted contingency tables (t, k, k) of labelings a and b (t, m); labels below 0 are left out."""
    count = len(a)
    a, b = a.astype(np.int64), b.astype(np.int64)
    k = int(max(a.max(), b.max(), 0)) + 1
    there = (a >= 0) & (b >= 0)
    cell = (np.arange(count)[:, None] * k + a) * k + b
    spread = np.broadcast_to(weights, a.shape)
    return np.bincount(cell[there], weights=spread[there], minlength=count * k * k).reshape(count, k, k)


def handed_over(before: np.ndarray, after: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return how many customers each segment of `before` (rows) gives to each segment of `after` (columns).

    Parameters
    ----------
    before, after : int ndarray of shape (m,)
        Labels of two solutions; below 0 for customers in no segment, who are left out.
    weights : ndarray of shape (m,)
        Counts.

    Examples
    --------
    >>> handed_over(np.array([0, 0, 1, 1, 1]), np.array([1, 1, 0, 0, 2]), np.ones(5)).tolist()
    [[0.0, 2.0, 0.0], [2.0, 0.0, 1.0]]
    """
    old, new = int(before.max()) + 1, int(after.max()) + 1
    return np.asarray(tables(before[None], after[None], weights)[0][:old, :new])


def continued(before: np.ndarray, after: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return, for each segment of `after`, the segment of `before` that it continues; -1: none, it is new.

    Both solutions are aligned by the linear assignment that keeps most in common (Jaccard index), each segment of
    one with at most one of the other; a pair that shares nobody is none.

    Parameters
    ----------
    before, after : int ndarray of shape (m,)
        Labels at k-1 and at k; below 0 for customers in no segment.
    weights : ndarray of shape (m,)
        Counts.

    Examples
    --------
    >>> continued(np.array([0, 0, 1, 1, 1]), np.array([1, 1, 0, 0, 2]), np.ones(5)).tolist()
    [1, 0, -1]
    """
    counts = handed_over(before, after, weights)
    old, new = counts.shape
    union = counts.sum(axis=1, keepdims=True) + counts.sum(axis=0) - counts
    jaccard = counts / np.where(union > 0, union, 1.0)
    out = np.full(new, -1, dtype=np.int64)
    rows, columns = np.arange(old), np.arange(new)
    if old <= new:
        columns = match(1.0 - jaccard)
    else:
        rows = match(1.0 - jaccard.T)
    shared = jaccard[rows, columns] > 0
    out[columns[shared]] = rows[shared]
    return out


def carried_over(before: np.ndarray, after: np.ndarray, weights: np.ndarray) -> np.ndarray | None:
    """Return, for each segment of `after`, how far it comes from one segment of `before` (SLSA).

    Parameters
    ----------
    before, after : int ndarray of shape (m,)
        Labels at k-1 and at k.
    weights : ndarray of shape (m,)
        Counts.

    Returns
    -------
    ndarray of shape (k,) or None
        1: all members were together before; 0: they come evenly from everywhere. None at k=2, where
        it is not defined.

    Examples
    --------
    >>> carried_over(np.array([0, 0, 1, 1]), np.array([0, 2, 1, 1]), np.ones(4)).tolist()
    [1.0, 1.0, 1.0]
    """
    old = int(before.max()) + 1
    if old < 2:
        return None
    counts = handed_over(before, after, weights)
    shares = counts / np.maximum(counts.sum(axis=0), 1e-300)
    entropy = -np.sum(shares * np.log(np.where(shares > 0, shares, 1.0)), axis=0)
    return np.asarray(1.0 - entropy / np.log(old))
