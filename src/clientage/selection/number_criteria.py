"""Criteria that judge a number of segments rather than one division: the gap statistic and prediction strength.

Receives the sample of customers; returns, for every number of segments, what k-means of it says, and which number
each of the two would take by its authors' rule. Both cluster the customers anew and often, so that a few hundred of
them, spread evenly, are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from clientage.config import ClusterSettings
from clientage.selection.gap import gap_statistic
from clientage.selection.prediction_strength import prediction_strength
from clientage.selection.sample import Sample

ROWS = 400  # customers looked at
CELLS = 40_000  # fewer of many columns
FEWEST = 20  # customers
MOST_K = 30
REFERENCES = 10
SPLITS = 8
STRONG = 0.8  # prediction strength from which Tibshirani and Walther call a number of segments supported


@dataclass(frozen=True, slots=True)
class NumberCriteria:
    """What the two criteria say.

    Parameters
    ----------
    by_k : mapping of int to mapping of str to float
        Number of segments -> key of the criterion -> figure; absent where undefined.
    choices : mapping of str to int
        Key of the criterion -> the number it takes by its rule; 1: no division.
    """

    by_k: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    choices: Mapping[str, int] = field(default_factory=dict)


def number_criteria(sample: Sample, ks: Sequence[int], settings: ClusterSettings) -> NumberCriteria:
    """Compute both criteria for neighbouring numbers of segments from 2 to the largest tried, at most 30.

    The gap statistic simulates and is left out where the null test is (``null_draws`` of 0), prediction strength
    resamples and is left out where bootstraps are.

    Parameters
    ----------
    sample : Sample
        Customers; at most 400 of them are looked at.
    ks : sequence of int
        Numbers of segments tried.
    settings : ClusterSettings
        ``null_draws``, ``bootstraps`` and ``seed``.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(60, 2))
    >>> x[30:] += 9
    >>> number_criteria(Sample(x, np.ones(60), 60, True), range(2, 5), ClusterSettings()).choices
    {'gap': 2, 'prediction_strength': 2}
    """
    looked_at = _looked_at(sample)
    top = max((k for k in ks if k <= min(MOST_K, len(looked_at.points) // 4)), default=0)
    if top < 2 or looked_at.total < FEWEST:
        return NumberCriteria()
    by_k: dict[int, dict[str, float]] = {k: {} for k in range(2, top + 1)}
    choices: dict[str, int] = {}
    if settings.null_draws > 0:
        gap = gap_statistic(looked_at, range(1, top + 1), REFERENCES, settings.seed)
        choices["gap"] = gap.k
        for k in by_k.keys() & gap.gap.keys():
            by_k[k]["gap"] = gap.gap[k]
    if settings.bootstraps >= 2:
        strength = prediction_strength(looked_at.points, looked_at.weights, range(2, top + 1), SPLITS, settings.seed)
        choices["prediction_strength"] = max((k for k, s in strength.items() if s >= STRONG), default=1)
        for k, s in strength.items():
            by_k[k]["prediction_strength"] = s
    return NumberCriteria(by_k, choices)


def _looked_at(sample: Sample) -> Sample:
    """A few hundred customers in the space they span: never more columns than customers, distances as they are."""
    p = sample.points.shape[1]
    part = sample.spread(max(100, min(ROWS, CELLS // p)))
    if p <= len(part.points):
        return part
    centred = part.points - part.points.mean(axis=0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    return Sample((u * s).round(9), part.weights, part.n, part.exact)
