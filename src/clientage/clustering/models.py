"""What a fitted clustering is: arrays that give any customer a cluster.

Receives arrays; returns models that assign rows on the grid, one alone exactly as in a batch. A model is its arrays
and its kind and nothing else: `model_from_arrays` restores what `arrays` returned, without code in between.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clientage.clustering.assignment import (
    CHUNK,
    Assignment,
    ClusterModel,
    columns_of,
    in_chunks,
    shadow,
    squared_distances,
)
from clientage.clustering.nearest import WORK, Workspace, affine
from clientage.clustering.points import row_squares
from clientage.errors import ModelError, listed
from clientage.spool import chunks

__all__ = ["Assignment", "CentreModel", "ClusterModel", "DensityModel", "MixtureModel", "model_from_arrays"]

ANCHOR_ROWS = 1_024  # rows compared with the anchors together


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
            return Assignment(own.astype(np.int32), np.full(len(x), -1, np.int32), np.ones(len(x)), np.sqrt(nearest))
        squares[own, here] = np.inf
        other = squares.argmin(axis=0)
        return Assignment(
            own.astype(np.int32), other.astype(np.int32), shadow(nearest, squares[other, here]), np.sqrt(nearest)
        )

    def arrays(self) -> dict[str, np.ndarray]:
        """Return all the model consists of."""
        return {"centers": self.centers}


@dataclass(frozen=True, slots=True)
class MixtureModel:
    """A row belongs to the component of the largest posterior, the lowest number winning ties.

    Parameters
    ----------
    weights : ndarray of shape (k,)
        Shares of the components.
    centers : ndarray of shape (k, p)
        Means of the components, on the grid.
    factors : ndarray of shape (k, p, p) or (k, p)
        Lower triangles L with L·Lᵀ the inverse covariance, or their diagonals where all else is 0, rounded so that
        (x − mean)·L is exact for rows on the grid: a row's densities then do not depend on the rows beside it.
    figures : ndarray of shape (3,)
        Log-likelihood of the customers fitted, entropy of their posteriors (both in nats), free parameters.

    Examples
    --------
    >>> model = MixtureModel(np.full(2, 0.5), np.array([[0.0], [4.0]]), np.ones((2, 1, 1)), np.zeros(3))
    >>> model.assign(np.array([[1.0], [2.0]])).labels.tolist()
    [0, 0]
    """

    weights: np.ndarray
    centers: np.ndarray
    factors: np.ndarray
    figures: np.ndarray

    @property
    def kind(self) -> str:
        """Name under which `model_from_arrays` knows this model."""
        return "mixture"

    @property
    def n_clusters(self) -> int:
        """Clusters."""
        return len(self.weights)

    @property
    def log_likelihood(self) -> float:
        """Of the customers fitted, in nats."""
        return float(self.figures[0])

    @property
    def entropy(self) -> float:
        """Of the customers' posteriors, summed, in nats: 0 when every customer is certain."""
        return float(self.figures[1])

    @property
    def parameters(self) -> int:
        """Free parameters, ν of BIC and ICL."""
        return int(self.figures[2])

    def bic(self, n: float) -> float:
        """Return −2 ln L + ν ln n (Schwarz 1978) for the n customers fitted; smaller is better."""
        return -2.0 * self.log_likelihood + self.parameters * math.log(n)

    def icl(self, n: float) -> float:
        """Return BIC plus twice the entropy (Biernacki, Celeux & Govaert 2000, doi 10.1109/34.865189)."""
        return self.bic(n) + 2.0 * self.entropy

    def log_joint(self, x: np.ndarray) -> np.ndarray:
        """Return (k, n): log of weight times density of every component at every row."""
        out = np.empty((len(self.weights), len(x)))
        columns = np.ascontiguousarray(x.T)
        p = len(columns)
        for square, weight, mean, factor in zip(out, self.weights, self.centers, self.factors, strict=True):
            apart = columns - mean[:, None]
            scaled = factor[:, None] * apart if factor.ndim == 1 else factor.T @ apart
            scaled *= scaled
            square[:] = scaled[0]
            for row in scaled[1:]:
                square += row
            square *= -0.5
            diagonal = factor if factor.ndim == 1 else np.diag(factor)
            square += math.log(weight) + float(np.log(diagonal).sum()) - 0.5 * p * math.log(2.0 * math.pi)
        return out

    def triangle(self, j: int) -> np.ndarray:
        """Return the lower triangle (p, p) of component j, whichever way it is kept."""
        factor = self.factors[j]
        return np.diag(factor) if factor.ndim == 1 else np.asarray(factor)

    def assign(self, x: np.ndarray) -> Assignment:
        """Give every row its cluster.

        Parameters
        ----------
        x : ndarray of shape (n, p)
            On the grid.
        """
        return in_chunks(x, self._assign)

    def labels(self, x: np.ndarray) -> np.ndarray:
        """Return the labels alone, int32 (n,), of `assign`: without second best and posteriors, twice as fast."""
        parts = [self.log_joint(rows).argmax(axis=0) for _, rows in chunks(x, CHUNK)]
        return np.concatenate(parts).astype(np.int32)

    def _assign(self, x: np.ndarray) -> Assignment:
        joint = self.log_joint(x)
        here = np.arange(len(x))
        own = joint.argmax(axis=0)
        distance = np.sqrt(squared_distances(x, self.centers)[own, here])
        if len(joint) == 1:
            return Assignment(own.astype(np.int32), np.full(len(x), -1, np.int32), np.ones(len(x)), distance)
        posterior = np.exp(joint - joint[own, here])
        total = np.zeros(len(x))
        for row in posterior:
            total += row
        joint[own, here] = -np.inf
        other = joint.argmax(axis=0)
        confidence = (1.0 - posterior[other, here]) / total
        return Assignment(own.astype(np.int32), other.astype(np.int32), confidence, distance)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return all the model consists of."""
        return {"weights": self.weights, "centers": self.centers, "factors": self.factors, "figures": self.figures}


@dataclass(frozen=True, slots=True)
class DensityModel:
    """A row belongs to the cluster of the nearest anchor, when that is near enough; otherwise to none.

    Parameters
    ----------
    centers : ndarray of shape (k, p)
        Means of the clusters.
    anchors : ndarray of shape (a, p)
        Dense points, on the grid.
    cluster : ndarray of int32, shape (a,)
        Their clusters, rising; k: an anchor of noise, and rows nearest to it belong to no cluster.
    radius : ndarray of shape (k,)
        How near, in scaled units: eps of DBSCAN.

    Examples
    --------
    >>> model = DensityModel(np.array([[0.5]]), np.array([[0.0], [1.0]]), np.zeros(2, np.int32), np.array([1.5]))
    >>> model.assign(np.array([[2.0], [9.0]])).labels.tolist()
    [0, -1]
    """

    centers: np.ndarray
    anchors: np.ndarray
    cluster: np.ndarray
    radius: np.ndarray

    @property
    def kind(self) -> str:
        """Name under which `model_from_arrays` knows this model."""
        return "density"

    @property
    def n_clusters(self) -> int:
        """Clusters, without "none"."""
        return len(self.centers)

    def assign(self, x: np.ndarray) -> Assignment:
        """Give every row its cluster, or none.

        Parameters
        ----------
        x : ndarray of shape (n, p)
            On the grid.
        """
        return in_chunks(x, self._assign, ANCHOR_ROWS)

    def _assign(self, x: np.ndarray) -> Assignment:
        k = len(self.centers)
        here = np.arange(len(x))
        squares = self._to_clusters(x)
        own = squares[:k].argmin(axis=0)
        nearest = squares[own, here]
        inside = (nearest <= self.radius[own] ** 2) & (nearest <= squares[k])
        distance = np.sqrt(squared_distances(x, self.centers)[own, here])
        if k == 1:
            confidence, other = np.ones(len(x)), np.full(len(x), -1)
        else:
            squares[own, here] = np.inf
            other = squares[:k].argmin(axis=0)
            confidence = shadow(nearest, squares[other, here])
        return Assignment(
            np.where(inside, own, -1).astype(np.int32),
            np.where(inside, other, own).astype(np.int32),
            np.where(inside, confidence, 0.0),
            distance,
        )

    def _to_clusters(self, x: np.ndarray) -> np.ndarray:
        """Return (k + 1, n) squared distances to the nearest anchor of every cluster, and of noise."""
        k = len(self.centers)
        columns = columns_of(x)
        rows = affine(self.anchors)
        together = max(1, WORK // columns.size)
        space = Workspace(together, len(x))
        edges = np.searchsorted(self.cluster, np.arange(k + 2))
        near = np.full((k + 1, len(x)), -np.inf)
        for j in range(k + 1):
            for low in range(edges[j], edges[j + 1], together):
                part = space.near(rows[low : min(low + together, edges[j + 1])], columns)
                np.maximum(near[j], part.max(axis=0), out=near[j])
        return np.asarray(np.maximum(row_squares(columns[:-1].T) - near, 0.0))

    def arrays(self) -> dict[str, np.ndarray]:
        """Return all the model consists of."""
        return {"centers": self.centers, "anchors": self.anchors, "cluster": self.cluster, "radius": self.radius}


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
    kinds: dict[str, type] = {"centres": CentreModel, "mixture": MixtureModel, "density": DensityModel}
    if kind not in kinds:
        raise ModelError(f"a model of kind {listed(list(kinds))}", f"'{kind}'", "Update clientage, or fit again.")
    model = kinds[kind]
    expected = list(model.__dataclass_fields__)  # type: ignore[attr-defined]
    if set(arrays) != set(expected):
        raise ModelError(f"the arrays {listed(expected)}", listed(sorted(arrays)), "Fit the model again.")
    return model(**{name: np.array(arrays[name]) for name in expected})  # type: ignore[no-any-return]
