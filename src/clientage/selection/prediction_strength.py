"""Prediction strength.

Receives weighted points; returns, for every k, how well one half of the customers predicts the
segments of the other half.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clientage.selection.lloyd import nearest
from clientage.selection.many_kmeans import problems_of, solve
from clientage.selection.stability import tables


def prediction_strength(
    points: np.ndarray, weights: np.ndarray, ks: Sequence[int] = range(2, 11), splits: int = 20, seed: int = 0
) -> dict[int, float]:
    """Return the mean prediction strength by k; Tibshirani and Walther take the largest k with at least 0.8.

    For every segment of one half: the share of pairs of its customers that the other half's centres
    put together; the smallest of them, averaged over both directions and all splits.

    Parameters
    ----------
    points, weights : ndarray of shape (m, p) and (m,)
        Weighted customers; those of one point are divided between the halves too.
    ks : sequence of int
        Numbers of segments.
    splits : int
        Random halves.
    seed : int
        Of the halves.

    References
    ----------
    Tibshirani, R. and Walther, G. (2005). Cluster validation by prediction strength. doi:10.1198/106186005X59243

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(80, 2))
    >>> x[40:] += 9
    >>> strength = prediction_strength(x, np.ones(80), range(2, 4))
    >>> strength[2], strength[3] < 0.8
    (1.0, True)
    """
    rng = np.random.default_rng([seed, 5])
    first = rng.binomial(weights.astype(np.int64), 0.5, size=(splits, len(weights))).astype(np.float64)
    halves = np.concatenate([first, weights - first])
    problems = problems_of(points[None], halves, max(ks))
    out = {}
    for k, own in solve(problems, ks, rng).items():
        theirs = nearest(problems, np.roll(own.centres, splits, axis=0)[:, None])[:, 0]
        strengths = [_strength(a, b, w) for a, b, w in zip(own.labels, theirs, halves, strict=True)]
        out[k] = float(np.mean(strengths))
    return out


def _strength(own: np.ndarray, theirs: np.ndarray, weights: np.ndarray) -> float:
    """The smallest share of pairs kept together, over the segments that have a pair."""
    counts = tables(own[None], theirs[None], weights)[0]
    sizes = counts.sum(axis=1)
    pairs = (counts * (counts - 1)).sum(axis=1)
    several = sizes > 1
    return float((pairs[several] / (sizes * (sizes - 1))[several]).min()) if several.any() else 0.0
