"""The gap statistic: computed when asked for, since it needs reference tables of its own.

Receives a sample of customers; returns the gap for every k, one segment included.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from clientage.selection.lloyd import Problems, fit, seeds
from clientage.selection.sample import Sample

STARTS = 8


@dataclass(frozen=True, slots=True)
class Gap:
    """Gap(k) = E*[ln W_k] − ln W_k against uniform tables.

    Parameters
    ----------
    gap : mapping of int to float
        By number of segments.
    error : mapping of int to float
        s_k = sd·√(1 + 1/B).
    k : int
        The smallest k with Gap(k) >= Gap(k+1) − s_{k+1}; 1 means: no groups. The largest k tried where none has it.
    """

    gap: Mapping[int, float]
    error: Mapping[int, float]
    k: int


def gap_statistic(sample: Sample, ks: Sequence[int] = range(1, 11), draws: int = 50, seed: int = 0) -> Gap:
    """Compare k-means inertia with that of uniform tables in the box along the principal axes.

    Parameters
    ----------
    sample : Sample
        Customers; at most 1,000 of them are used.
    ks : sequence of int
        Neighbouring numbers of segments.
    draws : int
        Reference tables.
    seed : int
        Of the references.

    References
    ----------
    Tibshirani, R., Walther, G., Hastie, T. (2001). Estimating the number of clusters in a data set via
    the gap statistic. doi:10.1111/1467-9868.00293

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(60, 2))
    >>> x[30:] += 9
    >>> gap_statistic(Sample(x, np.ones(60), 60, True), range(1, 5), draws=10).k
    2
    """
    rng = np.random.default_rng([seed, 4])
    x = sample.spread(1_000).points
    centred = x - x.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    turned = centred @ axes
    low, high = turned.min(axis=0), turned.max(axis=0)
    references = rng.random((draws, *x.shape)) * (high - low) + low
    logs = _log_inertia(np.concatenate([turned[None], references]), ks, rng)
    gap = {k: float(logs[1:, i].mean() - logs[0, i]) for i, k in enumerate(ks)}
    error = {k: float(logs[1:, i].std() * np.sqrt(1 + 1 / draws)) for i, k in enumerate(ks)}
    kept = [a for a, b in pairwise(ks) if gap[a] >= gap[b] - error[b]]
    return Gap(gap, error, kept[0] if kept else ks[-1])


def _log_inertia(tables: np.ndarray, ks: Sequence[int], rng: np.random.Generator) -> np.ndarray:
    """Return ln W (tables, ks) of quick k-means solutions."""
    problems = Problems.of(tables, np.ones((1, tables.shape[1])), STARTS * max(ks))
    starts = seeds(problems, max(ks), STARTS, rng)
    out = np.empty((len(tables), len(ks)))
    for i, k in enumerate(ks):
        _, labels = fit(problems, starts[:, :, :k], keep=2, most=12)
        members = (labels[:, None, :] == np.arange(k)[:, None]).astype(np.float64)
        sizes = members.sum(axis=2)
        means = members @ tables / np.maximum(sizes, 1.0)[..., None]
        within = (tables**2).sum(axis=(1, 2)) - (sizes * (means**2).sum(axis=2)).sum(axis=1)
        out[:, i] = np.log(np.maximum(within, 1e-300))
    return out
