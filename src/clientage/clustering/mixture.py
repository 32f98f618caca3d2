"""Gaussian mixtures of weighted points, for every k at once.

Receives points, weights, the covariance inside each point and a first partition for each k; returns the parameters.
Expectation-maximisation needs only the moments of a point's customers, 1, x and x·xᵀ, so a micro-cluster that keeps
its covariance stands for its customers without shrinking the components (Verbeek, Nunnink & Vlassis 2006,
doi 10.1007/s10618-005-0033-3). Both steps are then products with the matrix of moments, one for all k together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

RIDGE = 1e-3  # added to the variances, in squared scaled units: no component collapses on a repeated value
TOLERANCE = 1e-4  # of the mean log-likelihood, per step
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Moments:
    """1, x and the products of x of every point, as rows of one matrix.

    Parameters
    ----------
    values : ndarray of shape (q, m)
        Products x_i·x_j for the pairs, then x, then ones.
    weights : ndarray of shape (m,)
    first, second : ndarray of int
        The pairs: all with i <= j for full covariances, i = j for diagonal ones.
    """

    values: np.ndarray
    weights: np.ndarray
    first: np.ndarray
    second: np.ndarray

    @property
    def columns(self) -> int:
        """Features p."""
        return len(self.values) - len(self.first) - 1

    @property
    def diagonal(self) -> bool:
        """Whether the pairs are those of diagonal covariances."""
        return len(self.first) == self.columns


@dataclass(frozen=True, slots=True)
class Mixture:
    """Parameters of one mixture.

    Parameters
    ----------
    weights : ndarray of shape (k,)
    means : ndarray of shape (k, p)
    covariances : ndarray of shape (k, p, p) or (k, p)
        Of diagonal ones the variances alone: of hundreds of columns all else would be zeros by the million.
    log_likelihood : float
        Of the points, weighted; where they have covariance inside, a lower bound.
    parameters : int
        Free ones: (k − 1) + k·p, and k·p(p + 1)/2 (full) or k·p (diagonal).
    shares : ndarray of shape (k, m)
        Posteriors of the points: where a longer fit can go on.
    """

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    log_likelihood: float
    parameters: int
    shares: np.ndarray

    def bic(self, n: float) -> float:
        """Return −2 ln L + ν ln n (Schwarz 1978); smaller is better."""
        return self.parameters * math.log(n) - 2.0 * self.log_likelihood


def moments(x: np.ndarray, weights: np.ndarray, spread: np.ndarray | None, *, full: bool) -> Moments:
    """Lay out the moments of weighted points.

    Parameters
    ----------
    x : ndarray of shape (m, p)
    weights : ndarray of shape (m,)
    spread : ndarray of shape (m, p, p) or (m, p), or None
        Covariance inside each point, or its variances (enough for diagonal ones); None: none.
    full : bool
        Full covariances, or diagonal ones.
    """
    m, p = x.shape
    first, second = np.triu_indices(p) if full else (np.arange(p), np.arange(p))
    values = np.ones((len(first) + p + 1, m))
    for row, (i, j) in enumerate(zip(first, second, strict=True)):
        np.multiply(x[:, i], x[:, j], out=values[row])
        if spread is not None:
            values[row] += spread[:, i, j] if spread.ndim == 3 else spread[:, i]
    values[len(first) : -1] = x.T
    return Moments(values, weights, first, second)


def fit_mixtures(
    data: Moments, starts: Mapping[int, np.ndarray], *, ridge: float = RIDGE, steps: int = MOST_STEPS
) -> dict[int, Mixture]:
    """Fit a mixture for every k by expectation-maximisation (Dempster, Laird & Rubin 1977).

    Parameters
    ----------
    data : Moments
    starts : mapping of int to ndarray of shape (k, m)
        First shares of the points in k components, none empty: `one_hot` of a partition, or those of a shorter fit.
    ridge : float
        Added to every variance.
    steps : int
        At most.

    Returns
    -------
    dict of int to Mixture

    Examples
    --------
    >>> data = moments(np.array([[0.0], [2.0], [8.0], [10.0]]), np.ones(4), None, full=True)
    >>> found = fit_mixtures(data, {2: one_hot(np.array([0, 0, 1, 1]), 2)})[2]
    >>> found.means.round(3).ravel().tolist(), found.weights.round(3).tolist()
    ([1.0, 9.0], [0.5, 0.5])
    """
    shares = dict(starts)
    fitted: dict[int, Mixture] = {}
    last = dict.fromkeys(starts, -math.inf)
    total = float(data.weights.sum())
    for step in range(steps):
        active = [k for k in starts if k not in fitted]
        if not active:
            break
        parts = _maximise(data, np.vstack([shares[k] for k in active]), ridge)
        logs = _log_terms(data, parts)
        for k, rows in zip(active, _split(active), strict=True):
            value, shares[k] = _expect(data, logs[rows], parts.weights[rows])
            if value - last[k] < TOLERANCE * total or step == steps - 1:
                fitted[k] = _mixture(data, parts, rows, value, shares[k])
            last[k] = value
    return fitted


def one_hot(labels: np.ndarray, k: int) -> np.ndarray:
    """Return (k, m) shares of 1 where the label is."""
    return np.asarray((labels == np.arange(k)[:, None]).astype(np.float64))


def free_parameters(k: int, pairs: int, p: int) -> int:
    """Return the free parameters of k components whose covariances have `pairs` different entries."""
    return (k - 1) + k * p + k * pairs


@dataclass(frozen=True, slots=True)
class _Components:
    """Weight sums, means and covariances (variances alone of diagonal ones) of the components of all k, stacked."""

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray


def _split(ks: Sequence[int]) -> list[slice]:
    ends = np.cumsum(ks)
    return [slice(int(end) - k, int(end)) for k, end in zip(ks, ends, strict=True)]


def _maximise(data: Moments, shares: np.ndarray, ridge: float) -> _Components:
    """Return the components that fit the shares best."""
    pairs, p = len(data.first), data.columns
    sums = (shares * data.weights) @ data.values.T
    weights = np.maximum(sums[:, -1], 1e-10)
    means = sums[:, pairs:-1] / weights[:, None]
    entries = sums[:, :pairs] / weights[:, None] - means[:, data.first] * means[:, data.second]
    if data.diagonal:
        return _Components(weights, means, np.maximum(entries, 0.0) + ridge)
    covariances = np.empty((len(sums), p, p))
    covariances[:, data.first, data.second] = covariances[:, data.second, data.first] = entries
    diagonal = np.arange(p)
    covariances[:, diagonal, diagonal] = np.maximum(covariances[:, diagonal, diagonal], 0.0) + ridge
    return _Components(weights, means, covariances)


def _log_terms(data: Moments, parts: _Components) -> np.ndarray:
    """Return (K, m) expected log-densities of the points under every component, without its weight."""
    pairs, p = len(data.first), data.columns
    factors = np.empty((len(parts.means), len(data.values)))
    if data.diagonal:
        precisions = 1.0 / parts.covariances
        log_determinants = np.log(parts.covariances).sum(axis=1)
        pull = precisions * parts.means
        factors[:, :pairs] = -0.5 * precisions
    else:
        precisions = np.linalg.inv(parts.covariances)
        _, log_determinants = np.linalg.slogdet(parts.covariances)
        pull = np.einsum("kij,kj->ki", precisions, parts.means)
        factors[:, :pairs] = -precisions[:, data.first, data.second] * np.where(data.first == data.second, 0.5, 1.0)
    factors[:, pairs:-1] = pull
    factors[:, -1] = -0.5 * ((pull * parts.means).sum(axis=1) + log_determinants + p * math.log(2.0 * math.pi))
    return np.asarray(factors @ data.values)


def _expect(data: Moments, logs: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the log-likelihood of one mixture and every point's shares in its components."""
    joint = logs + np.log(weights / weights.sum())[:, None]
    top = joint.max(axis=0)
    joint -= top
    np.exp(joint, out=joint)
    total = joint.sum(axis=0)
    joint /= total
    return float(((np.log(total) + top) * data.weights).sum()), joint


def _mixture(data: Moments, parts: _Components, rows: slice, value: float, shares: np.ndarray) -> Mixture:
    weights = parts.weights[rows]
    free = free_parameters(len(weights), len(data.first), data.columns)
    return Mixture(weights / weights.sum(), parts.means[rows], parts.covariances[rows], value, free, shares)
