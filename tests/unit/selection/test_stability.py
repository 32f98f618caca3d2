"""Stability: high where the same segments come back, low where they do not."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from clientage.selection.stability import (
    bootstrap_weights,
    carried_over,
    continued,
    judged,
    kmeans_stability,
    refit_stability,
)


def _groups(n: int = 300, apart: float = 8.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, size=n)
    return np.array([[0.0, 0.0], [apart, 0.0], [0.0, apart]])[labels] + rng.normal(size=(n, 2)), labels


def test_separate_groups_come_back_wholly() -> None:
    x, labels = _groups()
    found = kmeans_stability(x, np.ones(len(x)), {3: labels}, 20, 0)[3]
    assert found.mean > 0.98
    assert found.segments.min() > 0.98


def test_a_cut_through_a_round_cloud_does_not_come_back() -> None:
    x = np.random.default_rng(1).normal(size=(300, 4))
    labels = KMeans(3, n_init=5, random_state=0).fit_predict(x)
    assert kmeans_stability(x, np.ones(300), {3: labels}, 30, 0)[3].mean < 0.6


@pytest.mark.parametrize("kind", ["ellipse", "uniform"])
def test_it_agrees_with_fitting_scikit_learn_to_real_bootstrap_samples(kind: str) -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(250, 3)) * [3, 1, 1] if kind == "ellipse" else rng.random((250, 3))
    labels = KMeans(4, n_init=10, random_state=0).fit_predict(x)
    solutions = [
        KMeans(4, n_init=5, random_state=b).fit(x[rng.integers(0, 250, size=250)]).predict(x) for b in range(60)
    ]
    slow = np.mean([adjusted_rand_score(solutions[a], solutions[b]) for b in range(60) for a in range(b)])
    quick = kmeans_stability(x, np.ones(250), {4: labels}, 120, 0)[4]
    assert quick.mean == pytest.approx(slow, abs=0.08)


def test_weights_are_repetition() -> None:
    x, labels = _groups(60, apart=3.0)
    counts = np.random.default_rng(3).integers(1, 6, size=60)
    short = kmeans_stability(x, counts.astype(float), {3: labels}, 60, 0)[3]
    long = kmeans_stability(np.repeat(x, counts, axis=0), np.ones(counts.sum()), {3: np.repeat(labels, counts)}, 60, 0)[
        3
    ]
    assert short.mean == pytest.approx(long.mean, abs=0.08)


def test_bootstrap_weights_have_the_size_of_the_data() -> None:
    weights = np.array([1.0, 5.0, 4.0])
    drawn = bootstrap_weights(weights, 400, np.random.default_rng(0))
    assert (drawn.sum(axis=1) == 10).all()
    np.testing.assert_allclose(drawn.mean(axis=0), weights, atol=0.35)


def test_a_lost_segment_is_seen_in_its_jaccard() -> None:
    labels = np.repeat([0, 1, 2], 10)
    merged = np.repeat([0, 1, 1], 10)
    found = judged(np.stack([merged, merged]), labels, np.ones(30))
    assert found.segments.tolist() == [1.0, 0.5, 0.5]
    assert found.mean == 1.0


def test_any_algorithm_can_be_judged_by_refitting() -> None:
    x, labels = _groups(120)

    def refit(weights: np.ndarray) -> dict[int, np.ndarray]:
        drawn = np.repeat(np.arange(120), weights.astype(int))
        return {3: KMeans(3, n_init=3, random_state=0).fit(x[drawn]).predict(x).astype(np.int64)}

    found = refit_stability(refit, np.ones(120), {3: labels}, 6, 0)[3]
    assert found.mean > 0.95
    assert refit_stability(lambda _: {}, np.ones(120), {3: labels}, 4, 0) == {}


@pytest.mark.parametrize(("same", "fitted"), [(1.0, 8), (0.93, 16), (0.3, 8)])
def test_bootstraps_end_early_where_no_doubt_is_left(same: float, fitted: int) -> None:
    """Labels that agree in a share of the customers: .3 and 1 are far from what is asked for, .93 is near it."""
    labels = np.arange(600) % 3
    asked: list[int] = []

    def refit(weights: np.ndarray) -> dict[int, np.ndarray]:
        rng = np.random.default_rng(weights.astype(np.int64))
        asked.append(1)
        return {3: np.where(rng.random(600) < same, labels, rng.integers(0, 3, size=600))}

    found = refit_stability(refit, np.ones(600), {3: labels}, 16, 0)[3]
    assert len(asked) == fitted
    assert abs(found.mean - 0.75) > 0.05 or fitted == 16


def test_segments_that_come_from_one_segment_are_told_from_new_mixtures() -> None:
    before = np.repeat([0, 1, 2], 8)
    split = np.concatenate([np.repeat([0, 3], 4), np.repeat([1, 2], 8)])
    mixed = np.concatenate([np.repeat([0, 1], 4), np.repeat([1, 2], 4), np.repeat([2, 3], 4)])
    assert carried_over(before, split, np.ones(24)) == pytest.approx([1, 1, 1, 1])
    found = carried_over(before, mixed, np.ones(24))
    assert found is not None
    assert found[0] == pytest.approx(1.0)
    assert found[1] == pytest.approx(1 - np.log(2) / np.log(3))
    assert carried_over(np.zeros(4, int), np.array([0, 0, 1, 1]), np.ones(4)) is None


def test_adjacent_solutions_are_aligned_one_to_one() -> None:
    """Both halves of a split come from it wholly; only the larger one continues it."""
    before = np.repeat([0, 1, 2], [10, 12, 8])
    after = np.concatenate([np.full(10, 3), np.repeat([0, 2], [8, 4]), np.full(8, 1)])
    weights = np.ones(30)
    assert continued(before, after, weights).tolist() == [1, 2, -1, 0]
    assert carried_over(before, after, weights) == pytest.approx([1, 1, 1, 1])
    weights[np.flatnonzero(after == 2)] = 5.0  # five customers each: now this half is the larger one
    assert continued(before, after, weights).tolist() == [-1, 2, 1, 0]


def test_alignment_leaves_out_who_shares_nobody_and_who_is_in_no_segment() -> None:
    before, after = np.array([0, 0, 1, -1, 2]), np.array([0, 0, -1, 1, 0])
    assert continued(before, after, np.ones(5)).tolist() == [0, -1]
