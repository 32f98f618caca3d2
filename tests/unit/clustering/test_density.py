"""DBSCAN against scikit-learn, and what happens to points at the edge."""

import numpy as np
import pytest
from sklearn.cluster import DBSCAN, HDBSCAN
from sklearn.metrics import adjusted_rand_score

from clientage.clustering.catalogue import ALGORITHMS, FitOptions
from clientage.clustering.coreset import summarise
from clientage.clustering.density import fit_dbscan, reach


def moons(n, seed=0):
    rng = np.random.default_rng(seed)
    angle, group = rng.uniform(0, np.pi, n), rng.integers(0, 2, n)
    x = np.column_stack([np.cos(angle), np.sin(angle)])
    x[group == 1] = [1.0, 0.5] - x[group == 1]
    x += rng.normal(scale=0.06, size=x.shape)
    return np.rint(x * 2**20) / 2**20, group


@pytest.mark.parametrize(("eps", "smallest"), [(0.3, 5), (0.5, 10), (0.9, 4), (0.15, 3)])
@pytest.mark.parametrize("weighted", [False, True])
def test_equals_scikit_learn(blobs, eps, smallest, weighted):
    x, _ = blobs(500, 3, 4, 3.0)
    weights = np.random.default_rng(0).integers(1, 4, 500).astype(float) if weighted else np.ones(500)
    ours = fit_dbscan(x, weights, smallest, eps)
    theirs = DBSCAN(eps=eps, min_samples=smallest).fit(x, sample_weight=weights)
    core = np.zeros(500, dtype=bool)
    core[theirs.core_sample_indices_] = True
    np.testing.assert_array_equal(ours.core, core)
    np.testing.assert_array_equal(ours.labels[core], theirs.labels_[core])
    np.testing.assert_array_equal(ours.labels < 0, theirs.labels_ < 0)


def test_an_edge_point_goes_to_its_nearest_core():
    x = np.array([[0.0], [0.1], [0.2], [1.1], [1.8], [1.9], [2.0]])
    dense = fit_dbscan(x, np.ones(7), 3, eps=0.95)
    assert dense.core.tolist() == [True] * 7
    dense = fit_dbscan(x, np.ones(7), 3, eps=0.85)
    assert dense.labels.tolist() == [0, 0, 0, 1, 1, 1, 1]


@pytest.mark.parametrize("weighted", [False, True])
def test_reach_holds_the_weight_and_no_less(blobs, weighted):
    x, _ = blobs(400, 3)
    weights = np.random.default_rng(1).integers(1, 9, 400).astype(float) if weighted else np.ones(400)
    found = reach(x, weights, 30.0)
    distance = np.sqrt(((x[:, None] - x) ** 2).sum(axis=2))
    assert ((distance <= found[:, None] + 1e-7) @ weights >= 30).all()
    assert ((distance < found[:, None] - 1e-6) @ weights < 30).all()


def test_everything_noise_and_everything_one_group():
    x = np.arange(10.0)[:, None]
    assert (fit_dbscan(x, np.ones(10), 2, eps=0.5).labels == -1).all()
    assert (fit_dbscan(x, np.ones(10), 2, eps=1.0).labels == 0).all()
    assert ALGORITHMS["dbscan"].fit(x, summarise(x), [2], FitOptions(eps=0.5, min_size=0.2)) == {}


@pytest.mark.parametrize("n", [1_200, 40_000])
def test_moons_are_found_without_a_radius_and_customers_follow(n):
    x, group = moons(n)
    models = ALGORITHMS["dbscan"].fit(x, summarise(x), range(2, 11), FitOptions())
    assert list(models) == [2]
    given = models[2].assign(x)
    assert (given.labels >= 0).mean() > 0.9
    assert adjusted_rand_score(group[given.labels >= 0], given.labels[given.labels >= 0]) > 0.98


def test_small_data_are_assigned_as_scikit_learn_labels_them(blobs):
    x, _ = blobs(600, 3, 3, 4.0)
    theirs = DBSCAN(eps=0.5, min_samples=12).fit_predict(x)
    model = ALGORITHMS["dbscan"].fit(x, summarise(x), [], FitOptions(eps=0.5, min_size=0.02))[theirs.max() + 1]
    given = model.assign(x)
    np.testing.assert_array_equal(given.labels < 0, theirs < 0)
    assert adjusted_rand_score(given.labels, theirs) > 0.99
    assert (given.confidence[theirs < 0] == 0).all()
    assert (given.runner_up[theirs < 0] >= 0).all()


def test_hdbscan_labels_the_rows_as_scikit_learn_does():
    x = np.unique(moons(800)[0], axis=0)  # scikit-learn's own labels depend a little on the order of the rows
    model = ALGORITHMS["hdbscan"].fit(x, summarise(x), [], FitOptions(min_size=0.05))
    theirs = HDBSCAN(min_cluster_size=40, copy=True).fit_predict(x)
    assert list(model) == [theirs.max() + 1]
    given = model[theirs.max() + 1].assign(x).labels
    np.testing.assert_array_equal(given < 0, theirs < 0)
    assert adjusted_rand_score(given, theirs) == 1.0


def test_hdbscan_of_large_data_finds_the_same_groups():
    x, group = moons(30_000)
    models = ALGORITHMS["hdbscan"].fit(x, summarise(x), [], FitOptions(min_size=0.05))
    assert list(models) == [2]
    given = models[2].assign(x).labels
    assert adjusted_rand_score(group[given >= 0], given[given >= 0]) > 0.95
    assert (given >= 0).mean() > 0.7


def test_groups_that_no_customer_belongs_to_are_none():
    """Of 120 columns every micro-cluster's mean lies far from its own customers and near the other means."""
    rng = np.random.default_rng(7)
    x = rng.normal(0, 0.8, (3, 120))[rng.integers(0, 3, 12_000)] + rng.normal(size=(12_000, 120))
    x = np.rint(x * 2**10) / 2**10
    coreset = summarise(x)
    assert fit_dbscan(coreset.points, coreset.weights, 240).labels.max() == 2
    assert ALGORITHMS["dbscan"].fit(x, coreset, [2], FitOptions()) == {}
