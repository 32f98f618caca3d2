"""Silhouettes of many labelings at once, on weighted customers.

Receives points, weights and labels; returns one silhouette per point and labeling. The distances
between customers are computed once and serve every labeling: one matrix product per block of rows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

HELD = 262_144  # distances held at once: they stay in the processor's cache
FEWEST = 128  # rows of a block all the same: products of fewer are slow
CHUNK = 8_192  # points compared with the centres together


def silhouettes(
    points: np.ndarray,
    weights: np.ndarray,
    labelings: Sequence[np.ndarray],
    rows: np.ndarray | None = None,
) -> np.ndarray:
    """Return the silhouette of every point under every labeling.

    Parameters
    ----------
    points : ndarray of shape (m, p)
        Customers; a weight of 3 is the same as the row three times.
    weights : ndarray of shape (m,)
        Counts.
    labelings : sequence of int ndarray of shape (m,)
        Segment of each point, -1 for none. Points without a segment are left out of every distance
        and have silhouette 0, as have segments of a single customer.
    rows : int ndarray, optional
        Only these points' silhouettes (against all points). Default: all.

    Returns
    -------
    ndarray of shape (len(labelings), len(rows))
        Values in [-1, 1].

    References
    ----------
    Rousseeuw, P. J. (1987). Silhouettes. doi:10.1016/0377-0427(87)90125-7

    Examples
    --------
    >>> x = np.array([[0.0], [0.0], [4.0], [4.0]])
    >>> silhouettes(x, np.ones(4), [np.array([0, 0, 1, 1])]).tolist()
    [[1.0, 1.0, 1.0, 1.0]]
    """
    # a whole number, so that values on the grid stay on it and squared distances are exact
    centred = np.ascontiguousarray(points - np.rint(points.mean(axis=0)), dtype=points.dtype)
    rows = np.arange(len(points)) if rows is None else rows
    ks = [int(labels.max()) + 1 if len(labels) else 0 for labels in labelings]
    ends = np.cumsum([0, *ks])
    members = np.zeros((len(points), int(ends[-1])), dtype=centred.dtype)
    for start, labels in zip(ends[:-1], labelings, strict=True):
        there = np.flatnonzero(labels >= 0)
        members[there, start + labels[there]] = weights[there]
    totals = members.sum(axis=0)
    sums = _summed(centred, rows, members)
    out = np.empty((len(labelings), len(rows)))
    for i, labels in enumerate(labelings):
        span = slice(int(ends[i]), int(ends[i + 1]))
        out[i] = _from_sums(sums[:, span], totals[span], labels[rows])
    return out


def _summed(points: np.ndarray, rows: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Return the summed distances (len(rows), K) of some points to the members (m, K) of every segment."""
    norms = np.einsum("ij,ij->i", points, points)
    ones = np.ones_like(norms)
    here, there = np.column_stack([-2.0 * points, ones, norms]), np.column_stack([points, norms, ones]).T
    each = max(FEWEST, HELD // max(1, len(points)))
    sums = np.empty((len(rows), members.shape[1]), dtype=members.dtype)
    for first in range(0, len(rows), each):
        block = rows[first : first + each]
        d = here[block] @ there
        np.maximum(d, 0.0, out=d)
        np.sqrt(d, out=d)
        d[np.arange(len(block)), block] = 0.0  # a point to itself
        np.matmul(d, members, out=sums[first : first + each])
    return sums


def _from_sums(sums: np.ndarray, totals: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Silhouettes from summed distances to each segment (b, k), segment totals (k,) and own segments (b,)."""
    if len(totals) < 2:
        return np.zeros(len(own))
    at = np.arange(len(own))
    mine = np.maximum(own, 0)
    size = totals[mine]
    within = sums[at, mine] / np.maximum(size - 1.0, 1.0)
    means = sums / np.where(totals > 0, totals, np.nan)
    means[at, mine] = np.inf
    means[np.isnan(means)] = np.inf
    other = means.min(axis=1)
    widest = np.maximum(within, other)
    defined = (own >= 0) & (size > 1.0) & (widest > 0) & np.isfinite(other)
    return np.where(defined, (other - within) / np.where(defined, widest, 1.0), 0.0)


def simplified(points: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return silhouettes with distances to segment centres in place of mean distances, in O(m·k).

    Parameters
    ----------
    points : ndarray of shape (m, p)
        Customers.
    labels : int ndarray of shape (m,)
        Segment of each, -1 for none (value 0).
    centres : ndarray of shape (k, p)
        Segment means.

    References
    ----------
    Hruschka, E. R., de Castro, L. N., Campello, R. J. G. B. (2004). doi:10.1109/ICDM.2004.10073
    """
    if len(centres) < 2:
        return np.zeros(len(points))
    return np.concatenate(
        [_simplified(points[i : i + CHUNK], labels[i : i + CHUNK], centres) for i in range(0, len(points), CHUNK)]
    )


def _simplified(points: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> np.ndarray:
    norms = np.einsum("ij,ij->i", points, points)
    d = (-2.0 * centres) @ points.T
    d += np.einsum("ij,ij->i", centres, centres)[:, None]
    at, mine = np.arange(len(points)), np.maximum(labels, 0)
    within = np.sqrt(np.maximum(d[mine, at] + norms, 0.0))
    d[mine, at] = np.inf
    other = np.sqrt(np.maximum(d.min(axis=0) + norms, 0.0))
    widest = np.maximum(within, other)
    value = np.where(widest > 0, (other - within) / np.where(widest > 0, widest, 1.0), 0.0)
    return np.where(labels >= 0, value, 0.0)


def sampled_means(
    points: np.ndarray, labelings: Sequence[np.ndarray], centres: Sequence[np.ndarray], size: int
) -> list[tuple[float, float]]:
    """Return mean silhouette and macro mean per labeling, estimated on `size` of many points.

    The simplified silhouette is computed for every point and the exact one for a sample; the mean
    difference between the two on the sample corrects the cheap one (a control variate), per segment.

    Parameters
    ----------
    points : ndarray of shape (m, p)
        Customers of equal weight in random (hash) order.
    labelings : sequence of int ndarray of shape (m,)
        Segments, -1 for none.
    centres : sequence of ndarray of shape (k, p)
        Segment means of each labeling.
    size : int
        How many points get the exact silhouette.
    """
    rows = ((np.arange(size) + 0.5) * (len(points) / size)).astype(np.int64)
    near = points[rows]
    exact = silhouettes(near, np.ones(size), [labels[rows] for labels in labelings])
    found = []
    for labels, c, s in zip(labelings, centres, exact, strict=True):
        cheap = simplified(points, labels, c)
        k = len(c)
        count = np.bincount(labels[labels >= 0], minlength=k)
        inside = labels[rows]
        seen = np.bincount(inside[inside >= 0], minlength=k)
        gap = np.bincount(inside[inside >= 0], weights=(s - cheap[rows])[inside >= 0], minlength=k)
        mean = np.bincount(labels[labels >= 0], weights=cheap[labels >= 0], minlength=k) / np.maximum(count, 1)
        mean += gap / np.maximum(seen, 1)
        present = count > 0
        if not present.any():
            found.append((0.0, 0.0))
            continue
        found.append((float(np.average(mean[present], weights=count[present])), float(mean[present].mean())))
    return found
