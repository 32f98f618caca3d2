"""How far the extremes of several columns come together: the degrees of freedom of a t-copula.

Receives normal scores and a square root of their latent correlations; returns the degrees of freedom. Under a Gaussian
copula, who is extreme in one column is no likelier to be so in others than their correlations make it. Where one scale
moves everything (a large firm is large in all it does) that is wrong, and tables without groups look more separated
than its draws. The t-copula divides the latent variables of each customer by one random scale.

The degrees of freedom are those at which simulated tables, cut and tied as the data are, scatter in their customers'
squared distance from the middle as the data do. A likelihood would ask for columns without steps.
"""

from __future__ import annotations

import math

import numpy as np

TRIED = (40.0, 20.0, 12.0, 8.0, 6.0, 4.0, 3.0, 2.0)  # degrees of freedom of the reference tables
REFERENCE_ROWS = 8_192  # customers of reference for each
FEWEST_TABLES = 16  # that these rows are at least: their spread is the standard error of the data's figure
CLEARLY = 2.0  # standard errors by which the data must be beyond a Gaussian copula


def degrees_of_freedom(scores: np.ndarray, factor: np.ndarray, rng: np.random.Generator) -> float:
    """Return the degrees of freedom of the t-copula that scatters as the data do; ``inf``: a Gaussian one will do.

    Parameters
    ----------
    scores : ndarray of shape (n, f)
        Normal scores of the features; ties share one.
    factor : ndarray of shape (f, f)
        Latent correlations = factor @ factor.T, calibrated for the ties.
    rng : Generator
        For the reference tables.

    References
    ----------
    Demarta, S. and McNeil, A. J. (2005). The t copula and related copulas. doi:10.1111/j.1751-5823.2005.tb00254.x
    McFadden, D. (1989). A method of simulated moments for estimation of discrete response models without numerical
    integration. doi:10.2307/1913621

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> z = rng.normal(size=(500, 4))
    >>> heavy = z / scales((500, 1), 3.0, rng)
    >>> ranks = np.argsort(np.argsort(heavy, axis=0), axis=0)
    >>> scores = np.sort(z, axis=0)[ranks, np.arange(4)]
    >>> degrees_of_freedom(z, np.eye(4), rng), 2 < degrees_of_freedom(scores, np.eye(4), rng) < 5
    (inf, True)
    """
    n, f = scores.shape
    if f < 2:
        return math.inf
    ordered = np.sort(scores, axis=0)
    shape = (max(FEWEST_TABLES, REFERENCE_ROWS // n), n, f)

    def reference(freedom: float) -> np.ndarray:
        latent = rng.standard_normal(shape) @ factor.T / scales((*shape[:2], 1), freedom, rng)
        return _scatter(rearranged(ordered, latent))

    seen, plain = float(_scatter(scores)), reference(math.inf)
    if seen <= plain.mean() + CLEARLY * plain.std(ddof=1):
        return math.inf
    heights = np.maximum.accumulate([plain.mean(), *(reference(freedom).mean() for freedom in TRIED)])
    inverse = float(np.interp(seen, heights, [0.0, *(1.0 / freedom for freedom in TRIED)]))
    return 1.0 / inverse if inverse > 0 else math.inf


def scales(shape: tuple[int, ...], freedom: float, rng: np.random.Generator) -> np.ndarray:
    """Return what the latent normal variables of customers are divided by.

    Parameters
    ----------
    shape : tuple of int
        One number for each customer.
    freedom : float
        Degrees of freedom; ``inf``: all are 1, and no chance is used.
    rng : Generator
        Source of chance.
    """
    if math.isinf(freedom):
        return np.ones(shape)
    return np.asarray(np.sqrt(rng.chisquare(freedom, size=shape) / freedom))


def rearranged(ordered: np.ndarray, latent: np.ndarray) -> np.ndarray:
    """Return tables (t, n, f) that hold the sorted values (n, f) of each feature in the order of `latent` (t, n, f)."""
    order = np.argsort(latent, axis=1)
    drawn = np.empty(order.shape)
    np.put_along_axis(drawn, order, np.broadcast_to(ordered, order.shape), axis=1)
    return drawn


def _scatter(scores: np.ndarray) -> np.ndarray:
    """Variance over customers of the squared distance from the middle, for scores (…, n, f).

    The features' own shares of it are the same in all tables; what differs is how far their squares go together.
    """
    return np.asarray((scores**2).sum(axis=-1).var(axis=-1))
