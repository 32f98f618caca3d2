"""Every clustering algorithm of the house, by name.

Receives nothing; returns the table that settings, selection and doors look into. To add an algorithm: write its
function in `fits` (and its mathematics in a file of its own), then add one `Algorithm` here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from clientage.clustering import fits
from clientage.clustering.assignment import ClusterModel
from clientage.clustering.coreset import Coreset
from clientage.clustering.fits import FitOptions
from clientage.clustering.one_shape_models import one_shape_models

__all__ = ["ALGORITHMS", "Algorithm", "FitOptions"]


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One way to cluster.

    Parameters
    ----------
    name, title : str
        What it is called in settings, and in a sentence.
    takes_k : bool
        False: it finds the number of clusters itself and returns one model, or none.
    default : bool
        Whether it is tried without being asked for.
    fit : callable
        (x on the grid, coreset of x, ks, options) -> {k: model}. Left out are a k above the number of distinct rows
        (`DataError` when that leaves none) and a k whose model would have an empty cluster.

    Examples
    --------
    >>> [a.name for a in ALGORITHMS.values() if a.default]
    ['kmeans', 'ward', 'mixture', 'one_shape', 'dbscan']
    """

    name: str
    title: str
    takes_k: bool
    default: bool
    fit: Callable[[np.ndarray, Coreset, Sequence[int], FitOptions], dict[int, ClusterModel]]


ALGORITHMS: dict[str, Algorithm] = {
    algorithm.name: algorithm
    for algorithm in (
        Algorithm("kmeans", "k-means", True, True, fits.kmeans_models),
        Algorithm("ward", "Ward's hierarchical clustering", True, True, fits.ward_models),
        Algorithm("mixture", "Gaussian mixture", True, True, fits.mixture_models),
        Algorithm("one_shape", "Gaussian mixture of one shape", True, True, one_shape_models),
        Algorithm("dbscan", "DBSCAN", False, True, fits.dbscan_models),
        Algorithm("hdbscan", "HDBSCAN", False, False, fits.hdbscan_models),
    )
}
