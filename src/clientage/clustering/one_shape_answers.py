"""Mixtures of one shape where some columns are no evidence: answers (yes or no, a category), and silent columns.

Receives weighted customers; returns mixtures of all their columns. A column of two values is two heaps by construction,
and a likelihood would call them groups. So the other columns, the numbers, say how many groups there are and where. The
answers then help to say who belongs to which, as in a latent class: given the group, they do not depend on the numbers
(Hunt & Jorgensen 2011). They count as a linear discriminant does, which every door, SQL and ONNX can compute; with
`DOUBT` its log odds are those of a multinomial to about a quarter. A category that says nothing moves hardly anybody.
Silent columns, known to say nothing, have the same mean in every group and move nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from clientage.clustering.mixture import RIDGE, Mixture
from clientage.clustering.one_shape import STEPS, cloud_of, fit_one_shape, roundings

DOUBT = 1 / 6  # of the squared step between yes and no, beside the variance within groups
SETTLED = 1e-3  # of a customer's shares, at most: the answers say no more


@dataclass(frozen=True, slots=True)
class Columns:
    """What is known about columns before anything is fitted.

    Parameters
    ----------
    answers : bool ndarray of shape (p,)
        From `is_answer`.
    rounding : ndarray of shape (p,)
        From `clientage.clustering.one_shape.roundings`.
    silent : bool ndarray of shape (p,)
        Which say nothing about groups; none of them is an answer.
    """

    answers: np.ndarray
    rounding: np.ndarray
    silent: np.ndarray

    @property
    def telling(self) -> np.ndarray:
        """Which columns (p,) say how many groups there are."""
        return np.asarray(~self.answers & ~self.silent)


def columns_of(points: np.ndarray, weights: np.ndarray, silent: Sequence[int] = ()) -> Columns:
    """Look at the columns of weighted points (m, p), of which some are known to say nothing."""
    says_nothing = np.isin(np.arange(points.shape[1]), np.array(silent, dtype=np.int64))
    return Columns(is_answer(points), roundings(points, weights), says_nothing)


def is_answer(points: np.ndarray) -> np.ndarray:
    """Return which columns (p,) of points (m, p) are answers; none where all are, since no number is then beside them.

    Examples
    --------
    >>> is_answer(np.array([[0.0, 1.5], [1.0, 2.5], [0.0, 3.5]])).tolist()
    [True, False]
    """
    low, high = points.min(axis=0), points.max(axis=0)
    answers = ((points == low) | (points == high)).all(axis=0)
    return np.asarray(answers & ~answers.all())


def fit_with_answers(
    points: np.ndarray,
    weights: np.ndarray,
    ks: Sequence[int],
    starts: Sequence[np.ndarray],
    columns: Columns,
    tilts: Sequence[bool] = (True, False),
) -> dict[int, Mixture]:
    """Fit the mixture of one shape to the numbers, and let the answers help to say who belongs where.

    Parameters
    ----------
    points, weights : ndarray of shape (m, p) and (m,)
    ks, starts, tilts
        As for `clientage.clustering.one_shape.fit_one_shape`.
    columns : Columns
        Of all customers, where these are a bootstrap sample.

    Returns
    -------
    dict of int to Mixture
        Means and covariances of all columns; likelihood and parameters of the numbers, so that answers are no
        evidence of groups.

    References
    ----------
    Hunt, L. and Jorgensen, M. (2011). Clustering mixed data. doi:10.1002/widm.33
    """
    telling, answers = columns.telling, columns.answers
    found = fit_one_shape(cloud_of(points[:, telling], weights, columns.rounding[telling]), ks, starts, tilts=tilts)
    if telling.all():
        return found
    wide = {k: _beside(m, points, weights, telling) for k, m in found.items()}
    return {k: _joined(m, points, weights, answers) for k, m in wide.items()} if answers.any() else wide


def _beside(numbers: Mixture, points: np.ndarray, weights: np.ndarray, telling: np.ndarray) -> Mixture:
    """Return the mixture with places for all columns; those that tell nothing are alike in all components."""
    mean = np.average(points, axis=0, weights=weights)
    variance = np.average((points - mean) ** 2, axis=0, weights=weights) + RIDGE
    k = len(numbers.means)
    centres = np.tile(mean, (k, 1))
    centres[:, telling] = numbers.means
    if numbers.covariances.ndim == 2:
        variances = np.tile(variance, (k, 1))
        variances[:, telling] = numbers.covariances
        return replace(numbers, means=centres, covariances=variances)
    covariances = np.tile(np.diag(variance), (k, 1, 1))
    covariances[:, telling[:, None] & telling] = numbers.covariances.reshape(k, -1)
    return replace(numbers, means=centres, covariances=covariances)


def _joined(numbers: Mixture, points: np.ndarray, weights: np.ndarray, answers: np.ndarray) -> Mixture:
    """Return the mixture with what the answers say, from where the numbers alone put the customers."""
    given = points[:, answers]
    doubt = DOUBT * np.diag(np.ptp(given, axis=0) ** 2)
    outside = np.maximum(1.0 - numbers.shares.sum(axis=0), 0.0)  # outliers: no component has them
    before = np.log(np.maximum(numbers.shares, 1e-300))
    shares = numbers.shares
    for _ in range(STEPS):
        means, covariance = _within(shares * weights, given)
        covariance += doubt
        covariance[np.diag_indices(len(covariance))] += RIDGE
        moved = _weighed(before, given, means, covariance) * (1.0 - outside)
        change = float(np.abs(moved - shares).max())
        shares = moved
        if change < SETTLED:
            break
    centres, within = numbers.means.copy(), numbers.covariances
    centres[:, answers] = means
    covariances = within.copy() if within.ndim == 3 else within[:, :, None] * np.eye(within.shape[1])
    covariances[:, answers[:, None] & answers] = covariance.ravel()
    return replace(numbers, means=centres, covariances=covariances, shares=shares)


def _within(counts: np.ndarray, given: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means (k, q) of the components, and the covariance (q, q) within them, from how much of whom (k, m) they have."""
    sizes = np.maximum(counts.sum(axis=1), 1e-9)
    means = counts @ given / sizes[:, None]
    scatter = (given * counts.sum(axis=0)[:, None]).T @ given - (means * sizes[:, None]).T @ means
    return means, scatter / sizes.sum()


def _weighed(before: np.ndarray, given: np.ndarray, means: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Shares (k, m) of the customers once their answers are counted."""
    slopes = np.linalg.solve(covariance, means.T)
    odds = before + (given @ slopes - 0.5 * (means.T * slopes).sum(axis=0)).T
    odds -= odds.max(axis=0)
    np.exp(odds, out=odds)
    return np.asarray(odds / odds.sum(axis=0))
