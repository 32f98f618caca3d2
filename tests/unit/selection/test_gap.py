"""Gap statistic and prediction strength: definitions, and what they say about known tables."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans

from clientage.clustering.coreset import summarise
from clientage.config import ClusterSettings
from clientage.selection.gap import gap_statistic
from clientage.selection.number_criteria import MOST_K, number_criteria
from clientage.selection.prediction_strength import prediction_strength
from clientage.selection.sample import Sample
from clientage.selection.select import select


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


def test_a_run_has_both_for_kmeans_and_says_why_others_have_not() -> None:
    x = np.rint(_groups(4) * 2**16) / 2**16
    found = select(x, summarise(x), ClusterSettings(k_max=6, bootstraps=5, null_draws=3))
    assert found.favourites["prediction_strength"] == 4
    assert found.favourites["silhouette"] == 4
    assert found.favourites["gap"] in (1, 4)  # the rule may stop at 1, where two of four groups explain little
    for c in found.candidates:
        own = c.algorithm == "kmeans"
        for key in ("gap", "prediction_strength"):
            assert (c.criteria[key] is not None) == own
            assert (key in c.not_applicable) == (not own)
        assert ("bic" in c.not_applicable) == (c.criteria["bic"] is None)
    assert found.frame()["gap"] == [c.criteria["gap"] for c in found.candidates]


@pytest.mark.parametrize(
    ("changed", "left_out"), [({"null_draws": 0}, "gap"), ({"bootstraps": 0}, "prediction_strength")]
)
def test_each_is_left_out_with_what_it_belongs_to(changed: dict[str, int], left_out: str) -> None:
    found = number_criteria(_sample(_groups(3)), range(2, 6), ClusterSettings(**changed))
    assert found.choices.keys() == {"gap", "prediction_strength"} - {left_out}
    assert all(left_out not in figures for figures in found.by_k.values())


def test_too_few_customers_and_too_many_segments_have_none() -> None:
    x = np.random.default_rng(0).normal(size=(19, 2))
    assert number_criteria(_sample(x), range(2, 6), ClusterSettings()).by_k == {}
    many = np.random.default_rng(0).normal(size=(200, 2))
    assert max(number_criteria(_sample(many), [2, 3, MOST_K + 1], ClusterSettings()).by_k) == 3


def test_customers_of_three_kinds_have_no_gap_at_three() -> None:
    """All differences gone: the logarithm of nothing is no evidence."""
    x = np.repeat(np.array([[0.0, 0.0], [5.0, 0.0], [0.0, 5.0]]), 40, axis=0)
    found = number_criteria(_sample(x), range(2, 6), ClusterSettings())
    assert "gap" in found.by_k[2]
    assert all("gap" not in found.by_k[k] for k in (3, 4, 5))


def test_more_columns_than_customers_are_looked_at_in_the_space_they_span() -> None:
    rng = np.random.default_rng(0)
    x = np.repeat(np.eye(3), 40, axis=0) @ rng.normal(size=(3, 500)) * 3 + rng.normal(size=(120, 500))
    strength = {
        k: f["prediction_strength"] for k, f in number_criteria(_sample(x), range(2, 6), ClusterSettings()).by_k.items()
    }
    assert strength[3] == pytest.approx(1.0)
    assert strength[5] < 0.8
