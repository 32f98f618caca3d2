"""Gap statistic and prediction strength: definitions, and what they say about known tables."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans

from clientage.selection.gap import gap_statistic
from clientage.selection.prediction_strength import prediction_strength
from clientage.selection.sample import Sample


def _sample(x: np.ndarray) -> Sample:
    return Sample(x, np.ones(len(x)), len(x), True)


def _groups(k: int, apart: float = 8.0) -> np.ndarray:
    rng = np.random.default_rng(k)
    angle = 2 * np.pi * np.arange(k) / k
    centres = np.column_stack([np.cos(angle), np.sin(angle)]) * apart
    return centres[np.arange(60 * k) % k] + rng.normal(size=(60 * k, 2))


@pytest.mark.parametrize("k", [2, 3, 5])
def test_both_find_separate_groups(k: int) -> None:
    x = _groups(k)
    found = gap_statistic(_sample(x), range(1, 8), draws=20)
    assert max(found.gap, key=lambda j: found.gap[j]) == k
    assert found.k == k or found.gap[2] - found.error[2] <= found.gap[1]  # the rule stops where the gap first dips
    strength = prediction_strength(x, np.ones(len(x)), range(2, 8))
    assert max(j for j, s in strength.items() if s >= 0.8) == k


@pytest.mark.parametrize("seed", range(3))
def test_one_cloud_is_one_group_for_the_gap(seed: int) -> None:
    assert gap_statistic(_sample(np.random.default_rng(seed).normal(size=(200, 3))), range(1, 6), draws=30).k == 1


def test_the_gap_of_one_segment_follows_from_its_definition() -> None:
    x = np.random.default_rng(0).normal(size=(150, 2)) * [2.0, 0.5]
    found = gap_statistic(_sample(x), range(1, 4), draws=300)
    turned = (x - x.mean(axis=0)) @ np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[2].T
    sides = np.ptp(turned, axis=0)
    expected = np.log(150 * (sides**2 / 12).sum()) - np.log(((x - x.mean(axis=0)) ** 2).sum())
    assert found.gap[1] == pytest.approx(expected, abs=0.02)
    # ln W_3 of the data must be as low as scikit-learn's
    references = found.gap[3] + np.log(KMeans(3, n_init=20, random_state=0).fit(x).inertia_)
    assert references < expected + np.log(((x - x.mean(axis=0)) ** 2).sum())


def test_weights_are_repetition() -> None:
    x = _groups(3, apart=3.0)
    short = prediction_strength(x, np.full(len(x), 3.0), range(2, 5), splits=40)
    long = prediction_strength(np.repeat(x, 3, axis=0), np.ones(3 * len(x)), range(2, 5), splits=40)
    assert short == pytest.approx(long, abs=0.08)
