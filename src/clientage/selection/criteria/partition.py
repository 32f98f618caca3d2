"""One labeling of weighted customers, with the figures that several criteria share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Partition:
    """A labeling and its moments; what every criterion receives.

    Parameters
    ----------
    k : int
        Number of segments.
    sizes : ndarray of shape (k,)
        Weight of each segment; customers without a segment are in none.
    means : ndarray of shape (k, p)
        Segment means.
    scatter : ndarray of shape (k,)
        Weighted sum of squared distances to the segment's mean.
    spread : ndarray of shape (k,)
        Weighted mean distance to the segment's mean.
    silhouette, silhouette_macro : float or None
        Mean over customers, and mean of the segments' means. None where undefined.
    information : mapping of str to float, or None
        ``bic`` and ``icl`` of a mixture model.
    of_number : mapping of str to float, or None
        What belongs to k-means with this number of segments: ``gap`` and ``prediction_strength``.
    """

    k: int
    sizes: np.ndarray
    means: np.ndarray
    scatter: np.ndarray
    spread: np.ndarray
    silhouette: float | None = None
    silhouette_macro: float | None = None
    information: dict[str, float] | None = None
    of_number: Mapping[str, float] | None = None

    @property
    def total(self) -> float:
        """Weight of all customers in a segment."""
        return float(self.sizes.sum())

    @property
    def between(self) -> float:
        """Weighted squared distances of segment means to the overall mean."""
        if self.total == 0:  # nobody is in a segment
            return 0.0
        centre = self.sizes @ self.means / self.total
        return float(self.sizes @ np.einsum("ij,ij->i", self.means - centre, self.means - centre))


def partition_of(points: np.ndarray, weights: np.ndarray, labels: np.ndarray, k: int) -> Partition:
    """Compute the moments of a labeling.

    Parameters
    ----------
    points : ndarray of shape (m, p)
        Customers.
    weights : ndarray of shape (m,)
        Counts: a weight of 3 is the same as the row three times.
    labels : int ndarray of shape (m,)
        Segment 0..k-1 of each, -1 for none.
    k : int
        Number of segments.

    Examples
    --------
    >>> part = partition_of(np.array([[0.0], [2.0], [9.0]]), np.ones(3), np.array([0, 0, 1]), 2)
    >>> part.means.ravel().tolist(), part.scatter.tolist()
    ([1.0, 9.0], [2.0, 0.0])
    """
    there = labels >= 0
    if not there.all():
        points, weights, labels = points[there], weights[there], labels[there]
    sizes = np.bincount(labels, weights=weights, minlength=k)
    safe = np.where(sizes > 0, sizes, 1.0)
    columns = [np.bincount(labels, weights=weights * column, minlength=k) for column in points.T]
    means = np.column_stack(columns) / safe[:, None]
    away = points - means[labels]
    squared = np.einsum("ij,ij->i", away, away)
    scatter = np.bincount(labels, weights=weights * squared, minlength=k)
    spread = np.bincount(labels, weights=weights * np.sqrt(squared), minlength=k) / safe
    return Partition(k, sizes, means, scatter, spread)
