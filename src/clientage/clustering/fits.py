"""One function per algorithm: rows and coreset in, one model for each k out.

Receives encoded rows on the grid, their coreset, the wanted k and options; returns {k: model} with the clusters
numbered by their means, so that a number does not depend on the path that led to it. `catalogue` lists them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clientage.clustering.assignment import CHUNK, ClusterModel, canonical
from clientage.clustering.coreset import MOST_COLUMNS, Coreset
from clientage.clustering.density import Dense, fit_dbscan, fit_hdbscan
from clientage.clustering.hashing import numbered_uniforms
from clientage.clustering.lloyd import improve, label
from clientage.clustering.mixture import Mixture, fit_mixtures, moments, one_hot
from clientage.clustering.models import CentreModel, DensityModel, MixtureModel
from clientage.clustering.points import weighted_points
from clientage.clustering.stretches import LEAST_SHARE, ROWS, stretches
from clientage.clustering.sweep import fit_centres, group_means, too_few
from clientage.grid import Grid

MIN_SHARE = 0.01  # of the customers: the smallest dense group
START_STEPS = 20  # of k-means, from the Ward groups to the first components
SHORT_STEPS = 12  # of a mixture, before full and diagonal covariances are compared
HDBSCAN_ROWS = 4_096


@dataclass(frozen=True, slots=True)
class FitOptions:
    """What an algorithm may be told beside the data and k.

    Parameters
    ----------
    seed : int
    eps : float or None
        DBSCAN's radius in scaled units; None: from the curve of distances to the neighbours, and where that tears
        small groups off and bare ground parts the customers, one that bridges no more than groups.
    min_size : float or None
        DBSCAN, HDBSCAN: the smallest dense group as a share of the customers; None: 0.01, and at least 2·p customers.
    threads : int or None
        None: all cores. No result depends on it.
    silent : tuple of int
        Columns known to say nothing about groups, which mixtures of one shape leave alone.
    """

    seed: int = 0
    eps: float | None = None
    min_size: float | None = None
    threads: int | None = None
    silent: tuple[int, ...] = ()


def kmeans_models(x: np.ndarray, coreset: Coreset, ks: Sequence[int], options: FitOptions) -> dict[int, ClusterModel]:
    """Fit k-means: the full sweep, with exact passes over all rows."""
    centres = fit_centres(x, coreset, possible_ks(coreset, ks), seed=options.seed, threads=options.threads)
    return {k: CentreModel(c) for k, c in centres.items()}


def ward_models(x: np.ndarray, coreset: Coreset, ks: Sequence[int], options: FitOptions) -> dict[int, ClusterModel]:
    """Cut Ward's tree of the coreset; customers belong to the nearest mean of a group."""
    del options
    tree = coreset.tree
    grid = Grid.for_values(x)
    models: dict[int, ClusterModel] = {}
    for k in possible_ks(coreset, ks):
        centres = grid.round(group_means(coreset.points, coreset.weights, tree.cut(k), k))
        models[k] = CentreModel(centres[canonical(centres)])
    return without_empty(models, coreset)


def mixture_models(x: np.ndarray, coreset: Coreset, ks: Sequence[int], options: FitOptions) -> dict[int, ClusterModel]:
    """Fit Gaussian mixtures from the Ward groups, with full or diagonal covariances, whichever has the lower BIC."""
    del options
    grid = Grid.for_values(x)
    points = weighted_points(coreset.points, coreset.weights, grid)
    tree = coreset.tree
    cuts = {k: group_means(points.x, points.weights, tree.cut(k), k) for k in possible_ks(coreset, ks)}
    found_starts = improve(points, {k: grid.round(means)[None] for k, means in cuts.items()}, START_STEPS)
    labels = {k: label(points, solutions.centres[0]) for k, solutions in found_starts.items()}
    starts = {k: one_hot(given, k) for k, given in labels.items() if len(np.unique(given)) == k}
    kinds = (False, True) if x.shape[1] <= MOST_COLUMNS else (False,)
    data = {full: moments(points.x, points.weights, coreset.spread, full=full) for full in kinds}
    short = {full: fit_mixtures(data[full], starts, steps=SHORT_STEPS) for full in kinds}
    found: dict[int, Mixture] = {}
    for full in kinds:
        better = [k for k in starts if full == _lower_bic({kind: short[kind][k] for kind in kinds}, coreset.n)]
        found |= fit_mixtures(data[full], {k: short[full][k].shares for k in better})
    models: dict[int, ClusterModel] = {k: _mixture_model(m, coreset, grid) for k, m in sorted(found.items())}
    return without_empty(models, coreset)


def dbscan_models(x: np.ndarray, coreset: Coreset, ks: Sequence[int], options: FitOptions) -> dict[int, ClusterModel]:
    """Find dense groups of the coreset; customers belong to the group of the nearest core within the radius."""
    del ks
    smallest = _smallest(coreset.n, x.shape[1], options)
    dense = fit_dbscan(coreset.points, coreset.weights, smallest, options.eps)
    if options.eps is None and dense.labels.max() > 0:
        dense = _bridged(dense, coreset, smallest, options.seed)
    if not dense.core.any():
        return {}
    grid = Grid.for_values(x)
    k = int(dense.labels.max()) + 1
    inside = dense.labels >= 0
    centres = grid.round(group_means(coreset.points[inside], coreset.weights[inside], dense.labels[inside], k))
    labels = np.where(dense.core, dense.labels, -1)
    model = _density_model(centres, coreset.points[dense.core], labels[dense.core], np.full(k, dense.eps))
    return {k: model} if _reaches(model, coreset) else {}


def hdbscan_models(x: np.ndarray, coreset: Coreset, ks: Sequence[int], options: FitOptions) -> dict[int, ClusterModel]:
    """Run scikit-learn's HDBSCAN on an even sample; customers belong where the nearest sampled one does."""
    del ks
    rows = even_rows(coreset, options.seed)
    share = MIN_SHARE if options.min_size is None else options.min_size
    labels = fit_hdbscan(rows, max(2, 2 * x.shape[1] if options.min_size is None else 2, math.ceil(share * len(rows))))
    k = int(labels.max()) + 1
    if k == 0:
        return {}
    inside = labels >= 0
    grid = Grid.for_values(x)
    centres = grid.round(group_means(rows[inside], np.ones(int(inside.sum())), labels[inside], k))
    radius = np.array([_widest_gap(rows[labels == j]) for j in range(k)])
    return {k: _density_model(centres, rows, np.where(inside, labels, k), radius)}


def possible_ks(coreset: Coreset, ks: Sequence[int]) -> list[int]:
    """Return the k, sorted, for which there are enough distinct rows."""
    possible = sorted({k for k in ks if k <= len(coreset.points)})
    if not possible:
        raise too_few(min(ks), coreset)
    return possible


def without_empty(models: Mapping[int, ClusterModel], coreset: Coreset) -> dict[int, ClusterModel]:
    """Leave out models with a cluster that no point belongs to: they have fewer clusters than they say."""
    return {k: m for k, m in models.items() if len(np.unique(m.assign(coreset.points).labels)) == k}


def _reaches(model: DensityModel, coreset: Coreset) -> bool:
    """Whether any customer belongs to a group: of many columns, micro-clusters lie nearer together than customers."""
    return coreset.sample is None or bool((model.assign(coreset.sample.x[:ROWS]).labels >= 0).any())


def _smallest(n: int, p: int, options: FitOptions) -> float:
    """Return the customers of the smallest dense group; by default 2·p at least (Sander et al. 1998)."""
    if options.min_size is None:
        return float(max(MIN_SHARE * n, min(2 * p, n)))
    return max(options.min_size * n, 1.0)


def _bridged(dense: Dense, coreset: Coreset, smallest: float, seed: int) -> Dense:
    """Take a radius that bridges groups and no bare ground between them, where there is any.

    The knee of the curve is where outliers begin. Its radius may tear small pieces off a group, or hold by a thread a
    group that another sample would tear. Where it finds more groups and all are large, they are left.
    """
    rows = even_rows(coreset, seed, ROWS)
    found = stretches(rows, round(smallest * len(rows) / coreset.n))
    if not found.wide:
        return dense
    bridged = fit_dbscan(coreset.points, coreset.weights, smallest, found.radius)
    inside = dense.labels >= 0
    torn = np.bincount(dense.labels[inside], weights=coreset.weights[inside]).min() < LEAST_SHARE * coreset.n
    return bridged if torn or bridged.labels.max() >= dense.labels.max() else dense


def _lower_bic(mixtures: Mapping[bool, Mixture], n: int) -> bool:
    return min(mixtures, key=lambda full: mixtures[full].bic(n))


def _mixture_model(mixture: Mixture, coreset: Coreset, grid: Grid) -> MixtureModel:
    """Measure the fit with rounded parameters."""
    model = rounded(mixture, grid)
    x, weights = coreset.points, coreset.weights
    if coreset.sample is not None:
        x, weights = coreset.sample.x, coreset.sample.weights * (coreset.n / coreset.sample.weights.sum())
    likelihood = entropy = 0.0
    for low in range(0, len(x), CHUNK):
        joint = model.log_joint(x[low : low + CHUNK])
        top = joint.max(axis=0)
        posterior = np.exp(joint - top)
        total = posterior.sum(axis=0)
        whole = top + np.log(total)
        w = weights[low : low + CHUNK]
        likelihood += float((whole * w).sum())
        entropy += float((((whole - joint) * posterior).sum(axis=0) / total * w).sum())
    return MixtureModel(
        model.weights, model.centers, model.factors, np.array([likelihood, entropy, mixture.parameters])
    )


def rounded(mixture: Mixture, grid: Grid) -> MixtureModel:
    """Return a model with parameters rounded to what makes assignment exact; its figures are zeros."""
    order = canonical(grid.round(mixture.means))
    covariances = mixture.covariances[order]
    diagonal = covariances.ndim == 2
    factors = np.sqrt(1.0 / covariances) if diagonal else np.linalg.cholesky(np.linalg.inv(covariances))
    bits = 28 - math.ceil(math.log2(max(1, factors.shape[1])))  # 25 of a difference, and the sum of p: 53 together
    largest = np.abs(factors).max(axis=tuple(range(1, factors.ndim)), keepdims=True)
    step = 2.0 ** (np.ceil(np.log2(largest)) - bits)
    factors = np.rint(factors / step) * step
    return MixtureModel(mixture.weights[order], grid.round(mixture.means[order]), factors, np.zeros(3))


def _density_model(centres: np.ndarray, anchors: np.ndarray, labels: np.ndarray, radius: np.ndarray) -> DensityModel:
    """Number the clusters by their means and sort the anchors by cluster; label k is noise and stays last."""
    order = canonical(centres)
    number = np.append(np.argsort(order), len(order))
    cluster = number[labels]
    ranked = np.argsort(cluster, kind="stable")
    return DensityModel(centres[order], anchors[ranked], cluster[ranked].astype(np.int32), radius[order])


def even_rows(coreset: Coreset, seed: int, size: int = HDBSCAN_ROWS) -> np.ndarray:
    """Return up to about `size` customers in which everybody had the same chance to be."""
    if coreset.sample is None:
        x, weights = coreset.points, coreset.weights
        weights = weights * min(1.0, size / weights.sum())
    else:
        x, weights = coreset.sample.x, coreset.sample.weights
        weights = weights * min(1.0, size / weights.sum()) if weights.sum() > 0 else weights
    times = np.floor(weights + numbered_uniforms(seed, len(x))).astype(np.int64)
    return np.repeat(x, times, axis=0)


def _widest_gap(rows: np.ndarray) -> float:
    """Return the largest distance from a row to its nearest other row."""
    norms = (rows * rows).sum(axis=1)
    widest = 0.0
    for low in range(0, len(rows), 256):
        part = rows[low : low + 256]
        squares = norms[low : low + 256, None] + norms - 2.0 * (part @ rows.T)
        squares[np.arange(len(part)), low + np.arange(len(part))] = np.inf
        widest = max(widest, float(squares.min(axis=1).max()))
    return math.sqrt(max(widest, 0.0))
