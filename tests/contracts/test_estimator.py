"""`Segmenter` keeps scikit-learn's contract, checked by scikit-learn's own suite."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import clientage


@parametrize_with_checks([clientage.Segmenter(), clientage.Segmenter(n_clusters=3, algorithm="kmeans")])
def test_scikit_learns_own_checks(estimator: clientage.Segmenter, check) -> None:
    check(estimator)


@pytest.mark.parametrize("algorithm", ["auto", "kmeans", "ward", "mixture", "one_shape", "dbscan", "hdbscan"])
def test_planted_groups_come_back(algorithm: str) -> None:
    X, truth = make_blobs(400, centers=4, n_features=3, cluster_std=0.6, center_box=(-8, 8), random_state=7)
    segmenter = clientage.Segmenter(algorithm=algorithm).fit(X)
    assert segmenter.n_clusters_ == 4
    placed = segmenter.labels_ >= 0  # density algorithms leave lonely rows out
    assert placed.mean() > 0.9
    assert adjusted_rand_score(truth[placed], segmenter.labels_[placed]) > 0.98
    np.testing.assert_array_equal(segmenter.predict(X), segmenter.labels_)
    means = [X[segmenter.labels_ == j].mean(axis=0) for j in range(4)]
    np.testing.assert_allclose(segmenter.cluster_centers_, means)


def test_it_works_in_a_pipeline_and_clones() -> None:
    X, truth = make_blobs(200, centers=3, cluster_std=0.5, random_state=1)
    labels = make_pipeline(StandardScaler(), clone(clientage.Segmenter(n_clusters=3))).fit_predict(X)
    assert adjusted_rand_score(truth, labels) == 1.0


def test_row_order_changes_nothing() -> None:
    X, _ = make_blobs(300, centers=5, random_state=3)
    order = np.random.default_rng(0).permutation(len(X))
    first, second = clientage.Segmenter().fit(X), clientage.Segmenter().fit(X[order])
    np.testing.assert_array_equal(first.labels_[order], second.labels_)


@pytest.mark.parametrize("n_clusters", [0, -1, 301])
def test_an_impossible_number_of_clusters_is_a_value_error(n_clusters: int) -> None:
    X, _ = make_blobs(300, random_state=3)
    with pytest.raises(ValueError, match="Expected"):
        clientage.Segmenter(n_clusters=n_clusters).fit(X)
