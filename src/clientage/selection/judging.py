"""From fitted models to candidates: labels of the judged customers and every criterion.

Receives models and the sample they are judged on; returns `Judged` candidates. Silhouettes of all
labelings come from one set of distances.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from clientage.clustering.models import CentreModel, ClusterModel, MixtureModel
from clientage.clustering.passes import label_rows
from clientage.grid import Grid
from clientage.selection.candidate import Candidate
from clientage.selection.criteria import CRITERIA, Partition, partition_of
from clientage.selection.information import mixture_information
from clientage.selection.sample import EXACT_ROWS, Sample
from clientage.selection.silhouette import sampled_means, silhouettes


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model and where it came from."""

    algorithm: str
    k: int
    model: ClusterModel


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate, its labels on the sample and its moments.

    Parameters
    ----------
    candidate : Candidate
        With its criteria.
    labels : int ndarray of shape (m,)
        Cluster of each row of the sample, -1 for none.
    partition : Partition
        Moments of that labeling.
    rows : ndarray of shape (m,) or None
        Silhouette of each row; None where only means were estimated.
    """

    candidate: Candidate
    labels: np.ndarray
    partition: Partition
    rows: np.ndarray | None


def judge(
    fitted: Sequence[Fitted], sample: Sample, of_number: Mapping[int, Mapping[str, float]] | None = None
) -> list[Judged]:
    """Compute all criteria of all candidates.

    Parameters
    ----------
    fitted : sequence of Fitted
        Models to judge.
    sample : Sample
        The customers to judge them on.
    of_number : mapping of int to mapping, optional
        What belongs to k-means with a number of segments, from `clientage.selection.number_criteria`.
    """
    labelings = _labelings(fitted, sample.points)
    partitions = [
        partition_of(sample.points, sample.weights, labels, f.model.n_clusters)
        for f, labels in zip(fitted, labelings, strict=True)
    ]
    rows: Sequence[np.ndarray | None]
    if len(sample.points) <= EXACT_ROWS:
        exact = list(silhouettes(sample.points, sample.weights, labelings))
        rows = exact
        means = [_means(s, labels, part, sample) for s, labels, part in zip(exact, labelings, partitions, strict=True)]
    else:
        rows = [None] * len(fitted)
        means = sampled_means(sample.points, labelings, [p.means for p in partitions], EXACT_ROWS)
    numbers = of_number or {}
    figured = [
        replace(
            _with_figures(part, mean, f.model, sample), of_number=numbers.get(f.k) if f.algorithm == "kmeans" else None
        )
        for f, part, mean in zip(fitted, partitions, means, strict=True)
    ]
    return [
        _judged(f, labels, part, s, sample) for f, labels, part, s in zip(fitted, labelings, figured, rows, strict=True)
    ]


def _labelings(fitted: Sequence[Fitted], points: np.ndarray) -> list[np.ndarray]:
    """Return the cluster of every point under every model: one pass serves all that go by the nearest centre."""
    centres = {i: f.model.centers for i, f in enumerate(fitted) if isinstance(f.model, CentreModel)}
    nearest = label_rows(points, centres, Grid.for_values(points)).labels if centres else {}

    def labels(i: int) -> np.ndarray:
        model = fitted[i].model
        if i in nearest:
            found = nearest[i]
        else:
            found = model.labels(points) if isinstance(model, MixtureModel) else model.assign(points).labels
        return found.astype(np.int64)

    return [labels(i) for i in range(len(fitted))]


def _means(rows: np.ndarray, labels: np.ndarray, part: Partition, sample: Sample) -> tuple[float, float]:
    """Mean over customers in a segment, and mean of the segments' means."""
    there = labels >= 0
    if not there.any():
        return 0.0, 0.0
    sums = np.bincount(labels[there], weights=(rows * sample.weights)[there], minlength=part.k)
    present = part.sizes > 0
    # sums of square roots depend in their last digits on how they were added; equal solutions must be equal
    return round(float(sums.sum() / part.total), 12), round(float((sums[present] / part.sizes[present]).mean()), 12)


def _with_figures(part: Partition, mean: tuple[float, float], model: ClusterModel, sample: Sample) -> Partition:
    information = mixture_information(model, sample.n)
    if part.k < 2:
        return replace(part, information=information)
    return replace(part, silhouette=mean[0], silhouette_macro=mean[1], information=information)


def _judged(f: Fitted, labels: np.ndarray, part: Partition, rows: np.ndarray | None, sample: Sample) -> Judged:
    sizes = np.rint(part.sizes).astype(np.int64)
    candidate = Candidate(
        algorithm=f.algorithm,
        k=part.k,
        model=f.model,
        sizes=sizes,
        criteria={key: c.compute(part) for key, c in CRITERIA.items()},
        noise=max(0, sample.n - int(sizes.sum())) if (labels < 0).any() else 0,
    )
    return Judged(candidate, labels, part, rows)
