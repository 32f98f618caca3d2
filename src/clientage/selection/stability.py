"""Whether the same segments come back from another sample of customers.

Receives weighted points; returns agreement between bootstrap solutions for every k, and how well each
segment of a solution is found again. Bootstrap samples are multinomial reweightings of the points, so
that all bootstraps and all k are a few matrix products.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from clientage.selection.adjusted_rand import adjusted_rand_of
from clientage.selection.lloyd import Problems, fit, nearest, seeds, step

STARTS = 16  # local optima of the full data that every bootstrap can fall into
KEPT = 2  # of them refined per bootstrap

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

    Every bootstrap starts from many local optima of the full data, priced under the bootstrap's
    weights in one product; the two cheapest are refined. Fewer starts would measure how k-means gets
    stuck, and not whether the segments come back.

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
    drawn = bootstrap_weights(weights, bootstraps, rng)
    full = Problems.of(points[None], weights[None], (STARTS + 1) * max(solutions))
    samples = Problems.of(points[None], drawn, KEPT * max(solutions))
    starts = seeds(full, max(solutions), STARTS, rng)
    out = {}
    for k, labels in solutions.items():
        pool = starts[:, :, :k]
        for _ in range(3):
            pool = step(full, pool)
        pool = np.concatenate([pool, _means(points, weights, labels, k)[None, None]], axis=1)
        _, offsets = nearest(full, pool)
        prices = np.round(drawn @ offsets[0].T.astype(np.float64), 3)  # what is equal but for the last digits is equal
        chosen = np.argsort(prices, axis=1, kind="stable")[:, :KEPT]
        _, found = fit(samples, pool[0][chosen], first=2, keep=1, most=6)
        out[k] = judged(found, labels, weights)
    return out


def _means(points: np.ndarray, weights: np.ndarray, labels: np.ndarray, k: int) -> np.ndarray:
    members = (labels == np.arange(k)[:, None]) * weights
    return np.asarray((members @ points / np.maximum(members.sum(axis=1, keepdims=True), 1e-12)).astype(np.float32))


def refit_stability(
    refit: Refit, weights: np.ndarray, solutions: Mapping[int, np.ndarray], bootstraps: int, seed: int
) -> dict[int, Stability]:
    """Judge solutions of any algorithm by fitting it to each bootstrap sample.

    Parameters
    ----------
    refit : callable
        From bootstrap weights (m,) to the labels of all m points by k; a k may be missing.
    weights : ndarray of shape (m,)
        Customers each point stands for.
    solutions : mapping of k to int ndarray of shape (m,)
        The solutions whose segments are looked for.
    bootstraps, seed : int
        As for `kmeans_stability`.
    """
    drawn = bootstrap_weights(weights, bootstraps, np.random.default_rng([seed, 3]))
    fitted = [refit(w) for w in drawn]
    out = {}
    for k, labels in solutions.items():
        found = [f[k] for f in fitted if k in f]
        if len(found) >= 2:
            out[k] = judged(np.stack(found), labels, weights)
    return out


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
    k = int(after.max()) + 1
    old = int(before.max()) + 1
    if old < 2:
        return None
    counts = tables(before[None], after[None], weights)[0][:old, :k]
    shares = counts / np.maximum(counts.sum(axis=0), 1e-300)
    entropy = -np.sum(shares * np.log(np.where(shares > 0, shares, 1.0)), axis=0)
    return np.asarray(1.0 - entropy / np.log(old))
