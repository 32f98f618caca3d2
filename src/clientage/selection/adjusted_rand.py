"""Agreement of two labelings beyond chance."""

from __future__ import annotations

import numpy as np


def contingency(a: np.ndarray, b: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Return the (ka, kb) table of weight in each pair of segments; rows with a label below 0 are left out.

    Examples
    --------
    >>> contingency(np.array([0, 0, 1]), np.array([0, 1, 1])).tolist()
    [[1.0, 1.0], [0.0, 1.0]]
    """
    there = (a >= 0) & (b >= 0)
    if not there.all():
        a, b = a[there], b[there]
        weights = None if weights is None else weights[there]
    ka, kb = (int(v.max()) + 1 if len(v) else 0 for v in (a, b))
    pairs = a.astype(np.int64) * kb + b
    return np.bincount(pairs, weights=weights, minlength=ka * kb).reshape(ka, kb).astype(np.float64)


def adjusted_rand(a: np.ndarray, b: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Return the adjusted Rand index of two labelings.

    Parameters
    ----------
    a, b : int ndarray of shape (n,)
        Segments; rows below 0 in either are left out.
    weights : ndarray of shape (n,), optional
        Counts; a weight of 3 is the same as the row three times. Default: 1 each.

    Returns
    -------
    float
        1 for the same partition, 0 on average for unrelated ones.

    References
    ----------
    Hubert, L. and Arabie, P. (1985). Comparing partitions. doi:10.1007/BF01908075

    Examples
    --------
    >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    1.0
    """
    return float(adjusted_rand_of(contingency(a, b, weights)[None])[0])


def adjusted_rand_of(tables: np.ndarray) -> np.ndarray:
    """Return the adjusted Rand index of each contingency table of a stack (t, ka, kb)."""

    def pairs(counts: np.ndarray) -> np.ndarray:
        return np.asarray(counts * (counts - 1.0) / 2.0)

    together = pairs(tables).sum(axis=(1, 2))
    in_a = pairs(tables.sum(axis=2)).sum(axis=1)
    in_b = pairs(tables.sum(axis=1)).sum(axis=1)
    everything = pairs(tables.sum(axis=(1, 2)))
    expected = in_a * in_b / np.where(everything > 0, everything, 1.0)
    span = (in_a + in_b) / 2.0 - expected
    # no span: both put all customers together, or all apart; then the partitions are the same
    return np.where(span > 0, (together - expected) / np.where(span > 0, span, 1.0), 1.0)
