"""Every clustering algorithm of the house, by name.

Receives encoded rows, their coreset and the wanted k; returns one model for each k. To add an algorithm: write its
file, then add one `Algorithm` here; if it assigns customers in a new way, add its model to `models`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clientage.clustering.coreset import Coreset
from clientage.clustering.models import CentreModel, ClusterModel, canonical
from clientage.clustering.sweep import fit_centres, group_means
from clientage.clustering.ward import fit_ward
from clientage.errors import DataError
from clientage.grid import Grid


@dataclass(frozen=True, slots=True)
class FitOptions:
    """What an algorithm may be told beside the data and k.

    Parameters
    ----------
    seed : int
    eps : float or None
        DBSCAN's radius in scaled units; None: from the curve of distances to the neighbours.
    min_size : float or None
        DBSCAN, HDBSCAN: the smallest dense group as a share of the customers; None: 0.01.
    threads : int or None
        None: all cores. No result depends on it.
    """

    seed: int = 0
    eps: float | None = None
    min_size: float | None = None
    threads: int | None = None


Fit = Callable[[np.ndarray, Coreset, Sequence[int], FitOptions], Mapping[int, ClusterModel]]


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
        (x on the grid, coreset of x, ks, options) -> {k: model}. A k above the number of distinct rows is left out.
    """

    name: str
    title: str
    takes_k: bool
    default: bool
    fit: Fit


def _possible(coreset: Coreset, ks: Sequence[int]) -> list[int]:
    """Return the k, sorted, for which there are enough distinct rows."""
    distinct = len(coreset.points)
    possible = sorted({k for k in ks if k <= distinct})
    if not possible:
        raise DataError(
            f"at least {min(ks)} different customers for k = {min(ks)}",
            f"{distinct} distinct rows among {coreset.n}",
            "Ask for fewer clusters, or add features that tell customers apart.",
        )
    return possible


def _fit_kmeans(x: np.ndarray, coreset: Coreset, ks: Sequence[int], options: FitOptions) -> dict[int, ClusterModel]:
    centres = fit_centres(x, coreset, _possible(coreset, ks), seed=options.seed, threads=options.threads)
    return {k: CentreModel(c) for k, c in centres.items()}


def _fit_ward(x: np.ndarray, coreset: Coreset, ks: Sequence[int], options: FitOptions) -> dict[int, ClusterModel]:
    del options
    tree = fit_ward(coreset.points, coreset.weights)
    grid = Grid.for_values(x)
    models: dict[int, ClusterModel] = {}
    for k in _possible(coreset, ks):
        centres = grid.round(group_means(coreset.points, coreset.weights, tree.cut(k), k))
        model = CentreModel(centres[canonical(centres)])
        if len(np.unique(model.assign(coreset.points).labels)) == k:  # a group may lie wholly nearer to others
            models[k] = model
    return models


ALGORITHMS: dict[str, Algorithm] = {
    a.name: a
    for a in (
        Algorithm("kmeans", "k-means", True, True, _fit_kmeans),
        Algorithm("ward", "Ward's hierarchy", True, True, _fit_ward),
    )
}
