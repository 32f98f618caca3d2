"""A Gaussian mixture whose components share one shape, for every k on one descending path.

Receives weighted customers; returns the parameters for each k. Putting columns on one scale makes groups narrow in the
columns that tell them apart and wide in those that do not, and k-means, which measures all columns alike, then cuts
across them. Here the shape of a group is learned together with the groups: all components have one covariance, each
its own volume where that is worth its parameter (EEE and VEE of Celeux & Govaert 1995). A uniform component takes
outliers (Banfield & Raftery 1993). The path begins with more components than asked for and merges the nearest two
again and again, which seldom ends in a poor local optimum and serves all k at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from clientage.clustering.mixture import RIDGE, Mixture

HEAD = 24  # components at the head of the path; from half as many, groups in one of many columns are often missed
MARGIN = 4  # and at least so many beyond the largest k
APPROACH = 5  # steps of expectation-maximisation at the head of the path and after every merge above the largest k
STEPS = 30  # at most, at every k asked for
TOLERANCE = 1e-5  # of the mean log-likelihood, per step
VOLUMES = (0.05, 20.0)  # within these the volume of one component may differ from the others'
LEAST_NOISE = 1e-3  # share of the uniform component, at least
FEW = 5  # customers per column; with fewer the shape has no tilt
MOST_COLUMNS = 32  # the same beyond
TIED = 0.5  # a column with fewer distinct values than this share of the customers has been rounded


@dataclass(frozen=True, slots=True)
class Cloud:
    """What a fit looks at.

    Parameters
    ----------
    x : ndarray of shape (m, p)
    weights : ndarray of shape (m,)
    moments : ndarray of shape (m, p + 1)
        Weighted values, and the weights.
    squares : ndarray of shape (m, p)
        Weighted squares of the values.
    rounding : ndarray of shape (p,)
        Variance of what rounding took from each column.
    tilted : bool
        Full covariance; False: a diagonal one.
    outlier : float
        Log-density of the uniform component.
    """

    x: np.ndarray
    weights: np.ndarray
    moments: np.ndarray
    squares: np.ndarray
    rounding: np.ndarray
    tilted: bool
    outlier: float


@dataclass(frozen=True, slots=True)
class _State:
    """Components after a step.

    The inverse of the common covariance is `whitener` @ `whitener`.T; of a shape without tilt only the diagonal is
    kept, (p,): hundreds of columns would take hundreds of times as long.
    """

    weights: np.ndarray
    means: np.ndarray
    whitener: np.ndarray
    volumes: np.ndarray
    value: float
    shares: np.ndarray

    def merged(self) -> np.ndarray:
        """Shares after the two components are made one whose merger raises the scatter least."""
        z = whitened(self.means, self.whitener)
        apart = ((z[:, None] - z) ** 2).sum(axis=2)
        cost = apart * self.weights[:, None] * self.weights / (self.weights[:, None] + self.weights)
        np.fill_diagonal(cost, np.inf)
        i, j = sorted(divmod(int(cost.argmin()), len(cost)))
        shares = np.delete(self.shares, j, axis=0)
        shares[i] += self.shares[j]
        return shares


def whitened(x: np.ndarray, whitener: np.ndarray) -> np.ndarray:
    """Return points (m, p) in coordinates in which the common shape is round."""
    return np.asarray(x * whitener if whitener.ndim == 1 else x @ whitener)


def cloud_of(x: np.ndarray, weights: np.ndarray, rounding: np.ndarray | None = None) -> Cloud:
    """Lay out weighted points for `fit_one_shape`.

    Parameters
    ----------
    x : ndarray of shape (m, p)
    weights : ndarray of shape (m,)
    rounding : ndarray of shape (p,), optional
        Variance of what rounding took from each column. Default: found from the points.
    """
    p = x.shape[1]
    tilted = 1 < p <= MOST_COLUMNS and float(weights.sum()) >= FEW * p
    width = np.maximum(np.ptp(x, axis=0), 1e-9)
    rounding = roundings(x, weights) if rounding is None else rounding
    moments = np.column_stack([x * weights[:, None], weights])
    return Cloud(x, weights, moments, moments[:, :-1] * x, rounding, tilted, -float(np.log(width).sum()))


def roundings(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return `rounding_variance` of every column of x (m, p)."""
    return np.array([rounding_variance(column, weights) for column in x.T])


def rounding_variance(column: np.ndarray, weights: np.ndarray) -> float:
    """Return the mean variance of the intervals that the values of a column stand for; 0 where few values repeat.

    A whole number of orders, or yes and no, is a heap by construction: without this, every value would be a group.

    Parameters
    ----------
    column, weights : ndarray of shape (m,)

    References
    ----------
    Sheppard, W. F. (1897). On the calculation of the most probable values of frequency-constants, for data arranged
    according to equidistant division of a scale. doi:10.1112/plms/s1-29.1.353

    Examples
    --------
    >>> round(rounding_variance(np.array([0.0, 1.0, 1.0, 0.0, 2.0, 2.0]), np.ones(6)), 4)
    0.0833
    """
    values, owner = np.unique(column, return_inverse=True)
    if len(values) < 2 or len(values) > TIED * float(weights.sum()):
        return 0.0
    middle = (values[1:] + values[:-1]) / 2
    edges = np.concatenate([[2 * values[0] - middle[0]], middle, [2 * values[-1] - middle[-1]]])
    squared = np.diff(edges) ** 2 / 12.0
    return float((squared[owner] * weights).sum() / weights.sum())


def fit_one_shape(
    data: Cloud,
    ks: Sequence[int],
    starts: Sequence[np.ndarray],
    *,
    tilts: Sequence[bool] = (True, False),
    volumes: bool = True,
) -> dict[int, Mixture]:
    """Fit the mixture for every k, tilted or not, with one volume or several, whichever has the lowest BIC.

    Parameters
    ----------
    data : Cloud
    ks : sequence of int
    starts : sequence of int ndarray of shape (m,)
        First partitions into at least max(ks) groups each, none empty; several guard against poor local optima.
    tilts : sequence of bool, default both
        Whether the shape may be tilted; False: its axes are the columns.
    volumes : bool, default True
        False: one volume for all.

    Returns
    -------
    dict of int to Mixture
        Their likelihoods include the uniform component.

    References
    ----------
    Celeux, G. and Govaert, G. (1995). Gaussian parsimonious clustering models. doi:10.1016/0031-3203(94)00125-6
    Banfield, J. D. and Raftery, A. E. (1993). Model-based Gaussian and non-Gaussian clustering. doi:10.2307/2532201

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(300, 2)) * [0.2, 5.0]
    >>> x[150:, 0] += 1.0
    >>> start = (x[:, 1] > 0) + 2 * (x[:, 0] > 0.5)
    >>> found = fit_one_shape(cloud_of(x, np.ones(300)), [1, 2, 3], [start])
    >>> min(found, key=lambda k: found[k].bic(300)), sorted(abs(found[2].means[:, 0].round(1)).tolist())
    (2, [0.0, 1.0])
    """
    total = float(data.weights.sum())
    clouds = {t: replace(data, tilted=t) for t in (tilt and data.tilted for tilt in tilts)}
    best: dict[int, tuple[Cloud, _State]] = {}
    found: dict[int, Mixture] = {}
    for cloud in clouds.values():
        for k, state in _likeliest(cloud, ks, starts).items():
            fitted = _mixture(cloud, state, False)
            if k not in found or fitted.bic(total) < found[k].bic(total):
                found[k], best[k] = fitted, (cloud, state)
    for k, (cloud, state) in best.items():
        own = _mixture(cloud, _settled(cloud, state.shares, STEPS, True), True) if volumes and k > 1 else found[k]
        if own.bic(total) < found[k].bic(total):
            found[k] = own
    return found


def _likeliest(data: Cloud, ks: Sequence[int], starts: Sequence[np.ndarray]) -> dict[int, _State]:
    """Of the paths from all starts, the likeliest state for every k asked for."""
    best: dict[int, _State] = {}
    for start in starts:
        for k, state in _path(data, start, ks):
            if k in ks and (k not in best or state.value > best[k].value):
                best[k] = state
    return best


def _path(data: Cloud, start: np.ndarray, ks: Sequence[int]) -> list[tuple[int, _State]]:
    """States from as many components as the start has down to the smallest k."""
    k = int(start.max()) + 1
    shares = (start == np.arange(k)[:, None]).astype(np.float64)
    state = _settled(data, shares, APPROACH, False)
    out = [(k, state)]
    while k > max(1, min(ks)):
        k -= 1
        state = _settled(data, state.merged(), STEPS if k <= max(ks) else APPROACH, False)
        out.append((k, state))
    return out


def _settled(data: Cloud, shares: np.ndarray, steps: int, own: bool) -> _State:
    """Expectation-maximisation until the likelihood stays, or the steps are used up."""
    volumes = np.ones(len(shares))
    last, total = -math.inf, float(data.weights.sum())
    for _ in range(steps):
        state = _step(data, shares, volumes, own)
        shares, volumes = state.shares, state.volumes
        if state.value - last < TOLERANCE * total:
            break
        last = state.value
    return state


def _step(data: Cloud, shares: np.ndarray, volumes: np.ndarray, own: bool) -> _State:
    """One step: parameters from the shares of the points (k, m), and the shares anew.

    All that both halves need of points and components comes from one product each: most of the time is the exponential.
    """
    p = data.x.shape[1]
    sums = shares @ data.moments
    sizes = np.maximum(sums[:, p], 1e-9)
    means = sums[:, :p] / sizes[:, None]
    whitener = _whitener(data, (1.0 / volumes) @ shares, means, sizes / volumes, float(sizes.sum()))
    if own:
        volumes = _volumes(data, shares, sums, sizes, whitener)
        typical = math.exp(float(sizes @ np.log(volumes)) / float(sizes.sum()))  # so that their geometric mean is 1
        volumes = volumes / typical
        whitener = whitener / math.sqrt(typical)
    total = float(data.weights.sum())
    noise = max(total - float(sizes.sum()), LEAST_NOISE * total)
    everything = float(sizes.sum()) + noise
    diagonal = whitener if whitener.ndim == 1 else np.diag(whitener)
    constant = float(np.log(diagonal).sum()) - 0.5 * p * math.log(2.0 * math.pi)
    joint = _joint(data, means, whitener, volumes, constant - 0.5 * p * np.log(volumes) + np.log(sizes / everything))
    outlier = data.outlier + math.log(noise / everything)
    top = np.maximum(joint.max(axis=0), outlier)
    joint -= top
    np.exp(joint, out=joint)
    density = joint.sum(axis=0) + np.exp(outlier - top)
    joint /= density
    value = float((np.log(density) + top) @ data.weights)
    return _State(sizes / sizes.sum(), means, whitener, volumes, value, joint)


def _whitener(data: Cloud, by_point: np.ndarray, means: np.ndarray, sizes: np.ndarray, total: float) -> np.ndarray:
    """Lower-triangular factor (p, p) of the inverse of the common covariance, or its diagonal (p,) without tilt.

    Parameters
    ----------
    data : Cloud
    by_point : ndarray of shape (m,)
        How much each customer counts, over all components.
    means, sizes : ndarray of shape (k, p) and (k,)
        Of the components, sizes divided by volumes.
    total : float
        Of the undivided sizes.
    """
    if not data.tilted:
        variances = np.maximum((by_point @ data.squares - sizes @ (means * means)) / total, 0.0)
        return np.asarray(np.sqrt(1.0 / (variances + data.rounding + RIDGE)))
    scatter = (data.moments[:, :-1] * by_point[:, None]).T @ data.x - (means * sizes[:, None]).T @ means
    covariance = scatter / total
    covariance[np.diag_indices(len(covariance))] += data.rounding + RIDGE
    return np.asarray(np.linalg.cholesky(np.linalg.inv(covariance)))


def _norms(data: Cloud, z: np.ndarray, whitener: np.ndarray) -> np.ndarray:
    """Squared lengths (m,) of points in the common shape, expected over the intervals that rounded values stand for."""
    stretch = whitener * whitener if whitener.ndim == 1 else np.einsum("ij,ij->i", whitener, whitener)
    blurred = float(data.rounding @ stretch)
    return np.asarray(np.einsum("mi,mi->m", z, z) + blurred)


def _volumes(data: Cloud, shares: np.ndarray, sums: np.ndarray, sizes: np.ndarray, whitener: np.ndarray) -> np.ndarray:
    """Mean squared distance (k,) of the members of each component to its mean, per column, in the common shape."""
    p = data.x.shape[1]
    squares = shares @ (_norms(data, whitened(data.x, whitener), whitener) * data.weights)
    centres = whitened(sums[:, :p], whitener)
    return np.asarray(np.clip((squares - np.einsum("ki,ki->k", centres, centres) / sizes) / (sizes * p), *VOLUMES))


def _joint(
    data: Cloud, means: np.ndarray, whitener: np.ndarray, volumes: np.ndarray, constants: np.ndarray
) -> np.ndarray:
    """Log of weight times density (k, m) of every component at every point, as one product."""
    z, centres = whitened(data.x, whitener), whitened(means, whitener)
    m, p = z.shape
    points = np.empty((p + 2, m))
    points[:p], points[p], points[p + 1] = z.T, _norms(data, z, whitener), 1.0
    rows = np.empty((len(means), p + 2))
    rows[:, :p] = centres / volumes[:, None]
    rows[:, p] = -0.5 / volumes
    rows[:, p + 1] = constants - 0.5 * np.einsum("ki,ki->k", centres, centres) / volumes
    return np.asarray(rows @ points)


def _mixture(data: Cloud, state: _State, own: bool) -> Mixture:
    k, p = state.means.shape
    w = state.whitener
    shape = 1.0 / (w * w) if w.ndim == 1 else np.linalg.inv(w @ w.T)
    free = (k - 1) + k * p + (p * (p + 1) // 2 if data.tilted else p) + 1 + (k - 1 if own else 0)
    covariances = np.multiply.outer(state.volumes, shape)
    return Mixture(state.weights, state.means, covariances, state.value, free, state.shares)
