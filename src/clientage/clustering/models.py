"""What a fitted clustering is: arrays that give any customer a cluster.

Receives arrays; returns models that assign rows on the grid, one alone exactly as in a batch. A model is its arrays
and its kind and nothing else: `model_from_arrays` restores what `arrays` returned, without code in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from clientage.clustering.lloyd import affine
from clientage.clustering.points import row_squares
from clientage.errors import ModelError, listed

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


@dataclass(frozen=True, slots=True)
class CentreModel:
    """A row belongs to the nearest centre, the lowest number winning ties.

    Parameters
    ----------
    centers : ndarray of shape (k, p)
        On the grid; distances to rows on the grid are then exact.

    Examples
    --------
    >>> CentreModel(np.array([[0.0], [4.0]])).assign(np.array([[1.0], [2.0]])).confidence.tolist()
    [0.5, 0.0]
    """

    centers: np.ndarray

    @property
    def kind(self) -> str:
        """Name under which `model_from_arrays` knows this model."""
        return "centres"

    @property
    def n_clusters(self) -> int:
        """Clusters."""
        return len(self.centers)

    def assign(self, x: np.ndarray) -> Assignment:
        """Give every row its cluster.

        Parameters
        ----------
        x : ndarray of shape (n, p)
            On the grid.
        """
        return in_chunks(x, self._assign)

    def _assign(self, x: np.ndarray) -> Assignment:
        squares = squared_distances(x, self.centers)
        own = squares.argmin(axis=0)
        here = np.arange(len(x))
        nearest = squares[own, here]
        if len(self.centers) == 1:
            return Assignment(_int32(own), np.full(len(x), -1, np.int32), np.ones(len(x)), np.sqrt(nearest))
        squares[own, here] = np.inf
        other = squares.argmin(axis=0)
        return Assignment(_int32(own), _int32(other), shadow(nearest, squares[other, here]), np.sqrt(nearest))

    def arrays(self) -> dict[str, np.ndarray]:
        """Return all the model consists of."""
        return {"centers": self.centers}


def squared_distances(x: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return (k, n) squared distances, exact where both are on the grid."""
    columns = np.ones((x.shape[1] + 1, len(x)))
    columns[:-1] = x.T
    squares = affine(centres) @ columns
    np.subtract(row_squares(columns[:-1].T), squares, out=squares)
    return np.asarray(np.maximum(squares, 0.0, out=squares))


def shadow(nearest: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return one minus the shadow value from the squared distances to the two nearest clusters."""
    d1, d2 = np.sqrt(nearest), np.sqrt(second)
    both = d1 + d2
    return np.asarray(np.clip(1.0 - np.divide(2.0 * d1, both, out=np.ones_like(both), where=both > 0), 0.0, 1.0))


def in_chunks(x: np.ndarray, assign: object) -> Assignment:
    """Assign chunk by chunk, so that memory does not grow with the rows."""
    n = len(x)
    out = Assignment(np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n), np.empty(n))
    for low in range(0, n, CHUNK):
        part: Assignment = assign(np.asarray(x[low : low + CHUNK], dtype=np.float64))  # type: ignore[operator]
        span = slice(low, low + CHUNK)
        out.labels[span], out.runner_up[span] = part.labels, part.runner_up
        out.confidence[span], out.distance[span] = part.confidence, part.distance
    return out


def canonical(centres: np.ndarray) -> np.ndarray:
    """Return the order in which clusters are numbered: by their centres, lexicographically."""
    return np.lexsort(centres.T[::-1])


def _int32(values: np.ndarray) -> np.ndarray:
    return values.astype(np.int32)


def model_from_arrays(kind: str, arrays: Mapping[str, np.ndarray]) -> ClusterModel:
    """Restore a model from what its `arrays` returned.

    Parameters
    ----------
    kind : str
        The model's `kind`.
    arrays : mapping of str to ndarray

    Raises
    ------
    ModelError
        When the kind is unknown, or an array is missing or one too many.

    Examples
    --------
    >>> model_from_arrays("centres", {"centers": np.zeros((1, 2))}).n_clusters
    1
    """
    kinds: dict[str, type] = {"centres": CentreModel}
    if kind not in kinds:
        raise ModelError(f"a model of kind {listed(list(kinds))}", f"'{kind}'", "Update clientage, or fit again.")
    model = kinds[kind]
    expected = list(model.__dataclass_fields__)  # type: ignore[attr-defined]
    if set(arrays) != set(expected):
        raise ModelError(f"the arrays {listed(expected)}", listed(sorted(arrays)), "Fit the model again.")
    return model(**{name: np.array(arrays[name]) for name in expected})  # type: ignore[no-any-return]
