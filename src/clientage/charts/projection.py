"""Customers on the two directions in which they differ most: principal components.

Receives the encoded matrix; returns points, loadings and shares of variance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clientage.charts.sampling import sample_rows
from clientage.spool import chunks, gathered

BLOCK = 1 << 20  # customers looked at together: a matrix on disk is never in memory as a whole


@dataclass(frozen=True, slots=True)
class Projection:
    """Customers on the two directions in which they differ most.

    Parameters
    ----------
    points : ndarray of shape (m, 2)
        A sample of customers.
    rows : ndarray of shape (m,)
        Which customers they are.
    loadings : ndarray of shape (p, 2)
        Direction of each encoded column; columns have length one.
    explained : tuple of float
        Share of all variance along each of the two directions.
    """

    points: np.ndarray
    rows: np.ndarray
    loadings: np.ndarray
    explained: tuple[float, float]


def project(values: np.ndarray, sample: np.ndarray | None = None, most: int = 1_500) -> Projection:
    """Principal components of the encoded customers: axes from all of them, points for a sample.

    Parameters
    ----------
    values : ndarray of shape (n, p)
        Encoded values.
    sample : ndarray of int, optional
        Rows that points may be taken from. Default: all.
    most : int
        Points returned.

    Notes
    -----
    With one column the second axis is empty. Signs are fixed: the largest loading is positive.

    References
    ----------
    Pearson (1901), doi 10.1080/14786440109462720.

    Examples
    --------
    >>> p = project(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]))
    >>> p.explained
    (1.0, 0.0)
    """
    n = len(values)
    mean, loadings, explained = loadings_of(values)
    pool = np.arange(n) if sample is None else sample
    rows = pool[sample_rows(gathered(values, pool), most)]
    return Projection((gathered(values, rows) - mean) @ loadings, rows, loadings, explained)


def loadings_of(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple[float, float]]:
    """Return the mean of the customers, their two principal axes and the shares of variance along these.

    Parameters
    ----------
    values : ndarray of shape (n, p)
        Encoded values.

    Returns
    -------
    mean : ndarray of shape (p,)
    loadings : ndarray of shape (p, 2)
        A customer's place on the map is ``(values - mean) @ loadings``.
    explained : tuple of float
    """
    n, p = values.shape
    total, products = np.zeros(p), np.zeros((p, p))
    for _, part in chunks(values, BLOCK):
        total += part.sum(axis=0)
        products += part.T @ part
    mean = total / n
    moment = products / n - np.outer(mean, mean)
    power, directions = np.linalg.eigh(moment)
    loadings = np.zeros((p, 2))
    loadings[:, : min(p, 2)] = directions[:, ::-1][:, :2]
    largest = np.take_along_axis(loadings, np.abs(loadings.round(6)).argmax(axis=0)[None], axis=0)[0]
    loadings *= np.where(largest < 0, -1.0, 1.0)
    whole = max(float(power.clip(0).sum()), np.finfo(float).tiny)
    share = np.concatenate([power.clip(0)[::-1], [0.0]])[:2] / whole
    return mean, loadings, (round(float(share[0]), 6), round(float(share[1]), 6))
