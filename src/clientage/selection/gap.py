"""The gap statistic, which needs reference tables of its own.

Receives a sample of customers; returns the gap for every k, one segment included.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from clientage.selection.many_kmeans import problems_of, solve
from clientage.selection.sample import Sample

COPIES = 8  # of the customers' own table that are solved: it is only one, and its inertia decides
NOTHING = 1e-9  # of all differences: no more than rounding


@dataclass(frozen=True, slots=True)
class Gap:
    """Gap(k) = E*[ln W_k] − ln W_k against uniform tables.

    Parameters
    ----------
    gap : mapping of int to float
        By number of segments; without those that leave no differences inside segments (repetition, and not separation).
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
    turned = (centred @ axes).round(9)  # the last digits depend on the number of threads
    low, high = turned.min(axis=0), turned.max(axis=0)
    references = rng.random((draws, *x.shape)) * (high - low) + low
    logs = _log_inertia(np.concatenate([turned[None], references]), ks, rng)
    known = {k: i for i, k in enumerate(ks) if np.isfinite(logs[:, i]).all()}
    gap = {k: float((logs[1:, i].mean() - logs[0, i]).round(9)) for k, i in known.items()}
    error = {k: float((logs[1:, i].std() * np.sqrt(1 + 1 / draws)).round(9)) for k, i in known.items()}
    kept = [a for a, b in pairwise(known) if gap[a] >= gap[b] - error[b]]
    return Gap(gap, error, kept[0] if kept else max(known, default=1))


def _log_inertia(tables: np.ndarray, ks: Sequence[int], rng: np.random.Generator) -> np.ndarray:
    """Return ln W (tables, ks) of quick k-means solutions; NaN where nothing is left within segments.

    The first table is the customers'; the best of several solutions counts.
    """
    tables = np.concatenate([np.repeat(tables[:1], COPIES - 1, axis=0), tables])
    found = solve(problems_of(tables, np.ones((1, tables.shape[1])), max(ks)), ks, rng)
    squares = (tables**2).sum(axis=(1, 2))
    out = np.full((len(tables), len(ks)), np.nan)
    for i, k in enumerate(ks):
        within = squares - _between(tables, found[k].labels, k)
        some = within > NOTHING * squares
        out[some, i] = np.log(within[some])
    return np.vstack([out[:COPIES].min(axis=0), out[COPIES:]])


def _between(tables: np.ndarray, labels: np.ndarray, k: int) -> np.ndarray:
    """Return Σ size·|mean|² (tables,); sums column by column, so that threads change no digit."""
    count = len(tables)
    cell = (np.arange(count)[:, None] * k + labels).ravel()
    sizes = np.maximum(np.bincount(cell, minlength=count * k), 1)
    total = np.zeros(count * k)
    for column in np.moveaxis(tables, 2, 0):
        total += np.bincount(cell, weights=column.ravel(), minlength=count * k) ** 2
    return np.asarray((total / sizes).reshape(count, k).sum(axis=1))
