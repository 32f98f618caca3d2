"""What an assignment is, and the distances it is made of.

Receives rows and centres on the grid; returns exact squared distances, shadow values and `Assignment`s. The models
stand in `models`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from clientage.clustering.nearest import affine
from clientage.clustering.points import row_squares
from clientage.spool import chunks

CHUNK = 8_192  # rows assigned together


@dataclass(frozen=True, slots=True)
class Assignment:
    """The cluster of every row, and how sure it is.

    Parameters
    ----------
    labels : ndarray of int32, shape (n,)
        0..k − 1; −1 for rows in no cluster.
    runner_up : ndarray of int32, shape (n,)
        The second nearest cluster (the nearest for rows in none); −1 where there is no other.
    confidence : ndarray of float64, shape (n,)
        0 (on the border) to 1. Centres and density: one minus the shadow value 2·d₁/(d₁ + d₂) of the two nearest
        clusters (Leisch 2010, doi 10.1007/s11222-009-9137-8); mixtures: difference of the two largest posteriors.
        1 where there is no other cluster, 0 for rows in none.
    distance : ndarray of float64, shape (n,)
        To the own cluster's mean (the nearest one's for rows in none), in scaled units.
    """

    labels: np.ndarray
    runner_up: np.ndarray
    confidence: np.ndarray
    distance: np.ndarray


class ClusterModel(Protocol):
    """What every fitted clustering offers."""

    @property
    def kind(self) -> str:
        """Name under which `model_from_arrays` knows this model."""

    @property
    def n_clusters(self) -> int:
        """Clusters, without "none"."""

    @property
    def centers(self) -> np.ndarray:
        """Means of the clusters, shape (k, p), in scaled units."""

    def assign(self, x: np.ndarray) -> Assignment:
        """Give every row of `x` (n, p), on the grid, its cluster."""

    def arrays(self) -> dict[str, np.ndarray]:
        """Return all the model consists of."""


def squared_distances(x: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return (k, n) squared distances, exact where both are on the grid."""
    columns = columns_of(x)
    squares = affine(centres) @ columns
    np.subtract(row_squares(columns[:-1].T), squares, out=squares)
    return np.asarray(np.maximum(squares, 0.0, out=squares))


def columns_of(x: np.ndarray) -> np.ndarray:
    """Return (p + 1, n): the rows feature-major, with a row of ones below."""
    columns = np.ones((x.shape[1] + 1, len(x)))
    columns[:-1] = x.T
    return columns


def shadow(nearest: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return one minus the shadow value from the squared distances to the two nearest clusters."""
    d1, d2 = np.sqrt(nearest), np.sqrt(second)
    both = d1 + d2
    return np.asarray(np.clip(1.0 - np.divide(2.0 * d1, both, out=np.ones_like(both), where=both > 0), 0.0, 1.0))


def in_chunks(x: np.ndarray, assign: Callable[[np.ndarray], Assignment], chunk: int = CHUNK) -> Assignment:
    """Assign chunk by chunk, so that memory does not grow with the rows."""
    n = len(x)
    out = Assignment(np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n), np.empty(n))
    for low, rows in chunks(x, chunk):
        part = assign(np.asarray(rows, dtype=np.float64))
        span = slice(low, low + chunk)
        out.labels[span], out.runner_up[span] = part.labels, part.runner_up
        out.confidence[span], out.distance[span] = part.confidence, part.distance
    return out


def canonical(centres: np.ndarray) -> np.ndarray:
    """Return the order in which clusters are numbered: by their centres, lexicographically."""
    return np.lexsort(centres.T[::-1])
