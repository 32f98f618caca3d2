"""How well each customer lies in its segment: single silhouettes, and those that no groups at all would give.

Receives the encoded matrix and segments; returns silhouettes segment by segment. Nothing depends on the order of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientage.charts.sampling import sample_rows
from clientage.selection.many_kmeans import problems_of, solve
from clientage.selection.null_tables.copula import fit_copula
from clientage.selection.silhouette import silhouettes
from clientage.spool import gathered

MOST_CUSTOMERS = 2_000
NULL_CUSTOMERS = 512
NULL_TABLES = 5


@dataclass(frozen=True, slots=True)
class Separation:
    """Silhouettes of a sample of customers.

    Parameters
    ----------
    own : tuple of ndarray
        Of each segment, falling; empty for a segment with no customer in the sample.
    null : tuple of ndarray
        Of as many clusters, found in simulated customers without groups, the largest cluster first; of several
        simulated tables, one after the other. Empty where there are too few customers.
    rows : int
        Customers compared.
    sampled : bool
        They are not all.
    """

    own: tuple[np.ndarray, ...]
    null: tuple[np.ndarray, ...]
    rows: int
    sampled: bool


def separation(values: np.ndarray, labels: np.ndarray, k: int, feature_of: np.ndarray, seed: int = 0) -> Separation:
    """Return the silhouettes of customers and of simulated ones.

    Parameters
    ----------
    values : ndarray of shape (n, p)
        Encoded customers.
    labels : ndarray of shape (n,)
        0 … k-1, or -1: left out.
    k : int
        Number of segments, at least 2.
    feature_of : ndarray of shape (p,)
        Which encoded columns belong to one feature.
    seed : int
        Of the simulation.

    References
    ----------
    Rousseeuw (1987), doi 10.1016/0377-0427(87)90125-7.

    Examples
    --------
    >>> x = np.concatenate([np.zeros(30), np.full(30, 9.0)])[:, None] + np.tile([0.0, 1.0], 30)[:, None]
    >>> found = separation(x, np.repeat([0, 1], 30), 2, np.zeros(1, int))
    >>> [round(float(s.min()), 2) for s in found.own], found.sampled
    ([0.94, 0.94], False)
    """
    there = np.flatnonzero(labels >= 0)
    everybody = values if len(there) == len(values) else values[there]  # no copy of a matrix that lives on disk
    rows = there[sample_rows(everybody, MOST_CUSTOMERS)]
    x, own = gathered(values, rows), labels[rows].astype(np.int64)
    order = np.lexsort((own, *x.T[::-1]))
    x, own = x[order], own[order]
    found = silhouettes(x, np.ones(len(x)), [own])[0]
    parts = tuple(np.sort(found[own == j])[::-1] for j in range(k))
    return Separation(parts, _null(x, k, feature_of, seed), len(x), len(rows) < len(there))


def _null(x: np.ndarray, k: int, feature_of: np.ndarray, seed: int) -> tuple[np.ndarray, ...]:
    """The same for tables with these columns and correlations and no groups."""
    x = x[np.sort(sample_rows(x, NULL_CUSTOMERS))]
    if len(x) < 4 * k or len(np.unique(x, axis=0)) <= k:
        return ()
    rng = np.random.default_rng([seed, k])
    tables = fit_copula(x, feature_of, rng).draw(NULL_TABLES, rng)
    labels = solve(problems_of(tables, np.ones((1, len(x))), k), [k], rng)[k].labels.astype(np.int64)
    found: list[list[np.ndarray]] = [[] for _ in range(k)]
    for table, own in zip(tables, labels, strict=True):
        width = silhouettes(table, np.ones(len(table)), [own])[0]
        for rank, cluster in enumerate(np.argsort(-np.bincount(own, minlength=k), kind="stable")):
            found[rank].append(width[own == cluster])
    return tuple(np.sort(np.concatenate(parts))[::-1] for parts in found)
