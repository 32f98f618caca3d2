"""How far candidates come back: k-means in one batch, others fitted to every bootstrap sample.

Receives judged candidates and what the selection looks at; returns their stability.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from clientage.clustering.catalogue import ALGORITHMS, FitOptions
from clientage.clustering.coreset import Coreset
from clientage.clustering.models import ClusterModel, DensityModel
from clientage.clustering.one_shape import HEAD
from clientage.clustering.one_shape_models import MORE_HEADS, looked_at, refit_one_shape, tilts_of
from clientage.config import ClusterSettings
from clientage.selection.bare_ground import Tables
from clientage.selection.judging import Judged
from clientage.selection.marks import Categories
from clientage.selection.sample import Sample
from clientage.selection.shape_groups import NAME as SHAPE
from clientage.selection.stability import Refit, Stability, kmeans_stability, refit_stability

SLOW_BOOTSTRAPS = 16  # at most, for algorithms that have to be fitted one bootstrap at a time


@dataclass(frozen=True, slots=True)
class Study:
    """What every step of a selection looks at."""

    coreset: Coreset
    sample: Sample
    categories: Categories
    settings: ClusterSettings
    without_groups: Tables | None = None  # tables as these customers might be; None where bare ground is no evidence
    silent: tuple[int, ...] = ()  # columns that say nothing about groups

    @property
    def options(self) -> FitOptions:
        """What algorithms are told."""
        return fit_options(self.settings, self.silent)


def fit_options(settings: ClusterSettings, silent: tuple[int, ...] = ()) -> FitOptions:
    """Return what algorithms are told beside the data and k."""
    return FitOptions(seed=settings.seed, eps=settings.eps, min_size=settings.min_size, silent=silent)


def stability_of(
    name: str, judged: Sequence[Judged], study: Study, *, thorough: bool = False
) -> dict[tuple[str, int], Stability]:
    """Measure candidates of one algorithm: k-means in one batch, others fitted to each bootstrap.

    Parameters
    ----------
    name : str
        In the catalogue.
    judged : sequence of Judged
        Its candidates; those of a single segment are left out.
    study : Study
        What the selection looks at.
    thorough : bool, default False
        Whether mixtures of one shape are looked for from several starts in every bootstrap.
    """
    core, settings = study.coreset, study.settings
    models = {j.candidate.k: j.candidate.model for j in judged if j.candidate.k >= 2}
    if settings.bootstraps < 2 or not models:
        return {}
    if name == SHAPE:
        core = looked_at(core, settings.seed)
    labels = {k: m.assign(core.points).labels.astype(np.int64) for k, m in models.items()}
    if name == "kmeans":
        found = kmeans_stability(core.points, core.weights, labels, settings.bootstraps, settings.seed)
    else:
        count = min(settings.bootstraps, SLOW_BOOTSTRAPS)
        found = refit_stability(_refit(name, study, core, models, thorough), core.weights, labels, count, settings.seed)
    return {(name, k): s for k, s in found.items()}


def _refit(name: str, study: Study, core: Coreset, models: Mapping[int, ClusterModel], thorough: bool) -> Refit:
    """How an algorithm is fitted to a bootstrap sample of the points it looks at."""
    points, algorithm, ks = core.points, ALGORITHMS[name], list(models)
    if name == SHAPE:
        heads, tilts = MORE_HEADS if thorough else (HEAD,), tilts_of(core, models.values())
        return lambda weights: refit_one_shape(core, weights, ks, heads, tilts, study.silent)

    # as the number of segments is that of the solution judged, so is DBSCAN's radius (as in R's fpc)
    radii = [float(m.radius[0]) for m in models.values() if name == "dbscan" and isinstance(m, DensityModel)]
    options = replace(study.options, eps=radii[0]) if radii else study.options

    def refit(weights: np.ndarray) -> dict[int, np.ndarray]:
        drawn = weights > 0
        possible = [k for k in ks if k <= int(drawn.sum())]
        part = Coreset(points[drawn], weights[drawn], True, round(float(weights.sum())))
        fitted = algorithm.fit(part.points, part, possible, options)
        found = {k: m.assign(points).labels.astype(np.int64) for k, m in fitted.items()}
        # an algorithm that finds its own k is compared whatever number it finds
        return found if algorithm.takes_k else {k: labels for k in ks for labels in found.values()}

    return refit
