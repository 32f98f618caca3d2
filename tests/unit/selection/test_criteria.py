"""Criteria against scikit-learn, and weights as repetition."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_samples

from clientage.selection.criteria import CRITERIA, Partition, partition_of
from clientage.selection.silhouette import sampled_means, silhouettes, simplified


@pytest.fixture(params=[(60, 2, 2), (150, 5, 4), (301, 3, 7)])
def labelled(request: pytest.FixtureRequest) -> tuple[np.ndarray, np.ndarray, int]:
    n, p, k = request.param
    rng = np.random.default_rng(n)
    labels = rng.integers(0, k, size=n)
    labels[:k] = np.arange(k)
    return rng.normal(size=(n, p)) + labels[:, None], labels, k


def _partition(x: np.ndarray, labels: np.ndarray, k: int, weights: np.ndarray | None = None) -> Partition:
    return partition_of(x, np.ones(len(x)) if weights is None else weights, labels, k)


def test_calinski_harabasz_and_davies_bouldin_equal_scikit_learn(labelled: tuple[np.ndarray, np.ndarray, int]) -> None:
    x, labels, k = labelled
    part = _partition(x, labels, k)
    assert CRITERIA["calinski_harabasz"].compute(part) == pytest.approx(calinski_harabasz_score(x, labels), rel=1e-9)
    assert CRITERIA["davies_bouldin"].compute(part) == pytest.approx(davies_bouldin_score(x, labels), rel=1e-9)


def test_silhouettes_of_several_labelings_equal_scikit_learn(labelled: tuple[np.ndarray, np.ndarray, int]) -> None:
    x, labels, _k = labelled
    other = np.random.default_rng(1).permutation(labels)
    found = silhouettes(x, np.ones(len(x)), [labels, other])
    np.testing.assert_allclose(found[0], silhouette_samples(x, labels), atol=1e-9)
    np.testing.assert_allclose(found[1], silhouette_samples(x, other), atol=1e-9)


def test_weights_are_repetition(labelled: tuple[np.ndarray, np.ndarray, int]) -> None:
    x, labels, k = labelled
    counts = np.random.default_rng(2).integers(1, 5, size=len(x))
    long, long_labels = np.repeat(x, counts, axis=0), np.repeat(labels, counts)
    short = _partition(x, labels, k, counts.astype(float))
    full = _partition(long, long_labels, k)
    for key in ("inertia", "explained", "calinski_harabasz", "davies_bouldin"):
        assert CRITERIA[key].compute(short) == pytest.approx(CRITERIA[key].compute(full), rel=1e-9)
    weighted = silhouettes(x, counts.astype(float), [labels])[0]
    np.testing.assert_allclose(
        np.repeat(weighted, counts), silhouettes(long, np.ones(len(long)), [long_labels])[0], atol=1e-9
    )


def test_singletons_and_the_unassigned_have_silhouette_zero() -> None:
    x = np.array([[0.0], [0.1], [5.0], [9.0]])
    found = silhouettes(x, np.ones(4), [np.array([0, 0, 1, -1])])[0]
    assert found[2] == 0.0
    assert found[3] == 0.0
    assert found[0] == pytest.approx(1 - 0.1 / 5.0)


def test_the_unassigned_change_nothing_for_the_others() -> None:
    rng = np.random.default_rng(3)
    x, labels = rng.normal(size=(40, 2)), rng.integers(0, 3, size=40)
    far = np.concatenate([x, rng.normal(size=(5, 2)) + 50])
    with_noise = silhouettes(far, np.ones(45), [np.concatenate([labels, np.full(5, -1)])])[0]
    np.testing.assert_allclose(with_noise[:40], silhouettes(x, np.ones(40), [labels])[0], atol=1e-9)


def test_repetition_is_not_called_perfect_separation() -> None:
    part = _partition(np.repeat([[0.0], [4.0]], 10, axis=0), np.repeat([0, 1], 10), 2)
    assert CRITERIA["calinski_harabasz"].compute(part) is None
    assert CRITERIA["davies_bouldin"].compute(part) is None


def test_one_segment_has_no_separation() -> None:
    part = _partition(np.arange(5.0)[:, None], np.zeros(5, dtype=int), 1)
    assert CRITERIA["calinski_harabasz"].compute(part) is None
    assert CRITERIA["davies_bouldin"].compute(part) is None
    assert CRITERIA["silhouette"].compute(part) is None
    assert CRITERIA["explained"].compute(part) == pytest.approx(0.0)


def test_silhouettes_of_a_sample_come_near_the_exact_mean() -> None:
    rng = np.random.default_rng(4)
    centres = rng.normal(size=(5, 4)) * 3
    labels = rng.integers(0, 5, size=6_000)
    x = centres[labels] + rng.normal(size=(6_000, 4))
    means = np.array([x[labels == j].mean(axis=0) for j in range(5)])
    ((mean, macro),) = sampled_means(x, [labels], [means], 1_500)
    exact = silhouettes(x, np.ones(6_000), [labels])[0]
    plain = silhouettes(x[:1_500], np.ones(1_500), [labels[:1_500]])[0].mean()
    assert mean == pytest.approx(exact.mean(), abs=0.004)
    assert macro == pytest.approx(np.mean([exact[labels == j].mean() for j in range(5)]), abs=0.006)
    assert abs(simplified(x, labels, means).mean() - exact.mean()) > abs(mean - exact.mean()) or abs(
        plain - exact.mean()
    ) > abs(mean - exact.mean())


def test_a_solution_without_customers_has_no_figures_and_no_warning() -> None:
    part = _partition(np.arange(6.0).reshape(3, 2), np.full(3, -1), 2)
    assert {key: c.compute(part) for key, c in CRITERIA.items() if key != "inertia"} == dict.fromkeys(
        [key for key in CRITERIA if key != "inertia"]
    )
