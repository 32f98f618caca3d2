"""Tables with the data's own columns and correlations, and no groups: draws from a Gaussian or a t-copula.

Receives encoded values and which columns belong to one feature; returns simulated tables of the same
shape. Every column keeps exactly the values it has. Binary, ordered and nominal features are cut from
a latent variable; latent correlations are calibrated so that the drawn tables correlate as the data do,
ties and cuts included. Where extremes come together more than normal variables' do, the latent ones are t.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from clientage.selection.null_tables.normal import normal_quantile
from clientage.selection.null_tables.tails import degrees_of_freedom, rearranged, scales

CALIBRATION_ROWS = 4_096
HEAVY_ROWS = 8_192  # the same where tails are heavy: correlations then vary more
CALIBRATION_ROUNDS = 4
STRONGEST = 0.995  # latent correlations stay below, so that a factor exists


@dataclass(frozen=True, slots=True)
class Copula:
    """A population without groups, fitted to a table.

    Parameters
    ----------
    blocks : tuple of ndarray of shape (n, width)
        The rows of each feature's columns, ordered along its latent variable.
    columns : tuple of int ndarray
        Where each block belongs in the encoded matrix.
    factor : ndarray of shape (f, f)
        Latent correlations = factor @ factor.T.
    freedom : float
        Degrees of freedom of the latent t variables; ``inf``: they are normal.
    """

    blocks: tuple[np.ndarray, ...]
    columns: tuple[np.ndarray, ...]
    factor: np.ndarray
    freedom: float = math.inf

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Return `count` tables (count, n, p); each holds every feature's values in another arrangement."""
        n, f = len(self.blocks[0]), len(self.blocks)
        latent = rng.standard_normal((count, n, f)) @ self.factor.T
        latent /= scales((count, n, 1), self.freedom, rng)
        order = np.argsort(latent, axis=1)
        out = np.empty((count, n, sum(len(c) for c in self.columns)))
        table = np.arange(count)[:, None]
        for j, (block, at) in enumerate(zip(self.blocks, self.columns, strict=True)):
            out[table[..., None], order[:, :, j, None], at] = block
        return out


def fit_copula(x: np.ndarray, feature_of: np.ndarray, rng: np.random.Generator) -> Copula:
    """Fit a Gaussian copula to encoded customers, or a t-copula where that is clearly not enough.

    Parameters
    ----------
    x : ndarray of shape (n, p)
        Encoded values, one row per customer.
    feature_of : int ndarray of shape (p,)
        The feature each column belongs to; several columns of one feature are a nominal one.
    rng : Generator
        For the calibration.

    References
    ----------
    Nelsen, R. B. (2006). An introduction to copulas. doi:10.1007/0-387-28678-0
    Demarta, S. and McNeil, A. J. (2005). The t copula and related copulas. doi:10.1111/j.1751-5823.2005.tb00254.x
    Cario, M. C. and Nelson, B. L. (1997). Modeling and generating random vectors with arbitrary marginal
    distributions and correlation matrix (NORTA). Northwestern University.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(50, 2))
    >>> tables = fit_copula(x, np.arange(2), rng).draw(3, rng)
    >>> tables.shape, bool((np.sort(tables[0], axis=0) == np.sort(x, axis=0)).all())
    ((3, 50, 2), True)
    """
    columns = tuple(np.flatnonzero(feature_of == f) for f in np.unique(feature_of))
    first = _first_component(x)
    scores = np.column_stack([_latent_order(x[:, at], first) for at in columns])
    order = np.argsort(scores, axis=0, kind="stable")
    blocks = tuple(np.ascontiguousarray(x[order[:, j]][:, at]) for j, at in enumerate(columns))
    normal = np.column_stack([normal_scores(s) for s in scores.T])
    target = _correlations(normal)
    tied = any(len(np.unique(s)) < len(s) for s in scores.T)
    own = rng.spawn(1)[0]  # chance of its own: draws of a Gaussian copula are the same with and without this question
    latent = _calibrated(target, normal, math.inf, rng) if tied and len(columns) > 1 else target
    freedom = degrees_of_freedom(normal, _factor(latent), own)
    if not math.isinf(freedom):
        latent = _calibrated(target, normal, freedom, own)
    return Copula(blocks, columns, _factor(latent), freedom)


def _first_component(x: np.ndarray) -> np.ndarray:
    """Scores on the first principal component, which gives nominal categories an order."""
    centred = x - x.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    return np.asarray(centred @ vectors[:, -1])


def _latent_order(block: np.ndarray, first: np.ndarray) -> np.ndarray:
    """One number per row along which the feature's values are ordered."""
    if block.shape[1] == 1:
        return block[:, 0]
    _, category = np.unique(block, axis=0, return_inverse=True)
    category = category.ravel()
    means = np.bincount(category, weights=first) / np.bincount(category)
    return np.argsort(np.argsort(means, kind="stable"), kind="stable")[category].astype(np.float64)


def middle_ranks(values: np.ndarray) -> np.ndarray:
    """Return the ranks (n,) of values, between 0 and 1; equal values share the middle one of theirs.

    Examples
    --------
    >>> middle_ranks(np.array([7.0, 1.0, 7.0, 1.0])).tolist()
    [0.75, 0.25, 0.75, 0.25]
    """
    _, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray(((np.cumsum(counts) - counts / 2.0) / len(values))[at])


def normal_scores(values: np.ndarray) -> np.ndarray:
    """Return the normal quantiles of the `middle_ranks` of values (n,).

    Examples
    --------
    >>> normal_scores(np.array([3.0, 1.0, 2.0])).round(2).tolist()
    [0.97, -0.97, 0.0]
    """
    return normal_quantile(middle_ranks(values))


def _correlations(z: np.ndarray) -> np.ndarray:
    """Correlations of the columns of z (…, n, f) pooled over leading axes; 0 for a constant column."""
    flat = z.reshape(-1, z.shape[-1])
    flat = flat - flat.mean(axis=0)
    cross = flat.T @ flat
    scale = np.sqrt(np.diag(cross))
    safe = np.where(scale > 0, scale, 1.0)
    r = cross / safe / safe[:, None]
    np.fill_diagonal(r, 1.0)
    return np.asarray(r)


def _calibrated(target: np.ndarray, scores: np.ndarray, freedom: float, rng: np.random.Generator) -> np.ndarray:
    """Latent correlations whose cut and tied draws correlate like `target`.

    Cutting a normal variable weakens its correlations, so the latent ones must be stronger. Each
    round draws tables from the present guess and moves it by what is missing.
    """
    n, f = scores.shape
    ordered = np.sort(scores, axis=0)
    rows = CALIBRATION_ROWS if math.isinf(freedom) else HEAVY_ROWS
    noise = rng.standard_normal((max(1, rows // n), n, f))
    noise /= scales((*noise.shape[:2], 1), freedom, rng)
    latent = target.copy()
    for _ in range(CALIBRATION_ROUNDS):
        drawn = rearranged(ordered, noise @ _factor(latent).T)
        latent = np.clip(latent + (target - _correlations(drawn)), -STRONGEST, STRONGEST)
        np.fill_diagonal(latent, 1.0)
    return latent


def _factor(r: np.ndarray) -> np.ndarray:
    """A square root of the nearest correlation matrix: negative eigenvalues raised, diagonal restored."""
    values, vectors = np.linalg.eigh(r)
    root = vectors * np.sqrt(np.maximum(values, 1e-6))
    return np.asarray(root / np.linalg.norm(root, axis=1, keepdims=True))
