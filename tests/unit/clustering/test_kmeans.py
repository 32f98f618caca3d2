"""Weighted k-means against scikit-learn and against brute force."""

import itertools

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from clientage.clustering.coreset import summarise
from clientage.clustering.kmeans import fit_kmeans, plus_plus
from clientage.clustering.lloyd import gather, improve, label
from clientage.clustering.points import weighted_points
from clientage.clustering.sweep import fit_centres
from clientage.grid import Grid


def points_of(x, weights=None):
    return weighted_points(x, np.ones(len(x)) if weights is None else weights, Grid.for_values(x))


@pytest.mark.parametrize("shape", ["apart", "overlapping", "skewed"])
def test_no_worse_than_scikit_learn_at_its_best(shape, blobs, skewed):
    x = {
        "apart": lambda: blobs(400, 4, 5)[0],
        "overlapping": lambda: blobs(300, 2, 3, 1.0)[0],
        "skewed": lambda: skewed(300),
    }[shape]()
    found = fit_kmeans(points_of(x), range(2, 8), {}, seed=1)
    for k in (2, 3, 5, 7):
        theirs = KMeans(k, n_init=20, random_state=0, tol=0).fit(x).inertia_
        assert found[k].cost[0] <= theirs * (1 + 1e-6), k


def test_finds_the_best_of_all_partitions(inertia_of):
    x = Grid(2.0**-20, 16.0).round(np.random.default_rng(3).normal(size=(9, 2)))
    best = min(
        inertia_of(x, np.array((0, *rest))) for rest in itertools.product(range(3), repeat=8) if len({0, *rest}) == 3
    )
    assert fit_kmeans(points_of(x), [3], {})[3].cost[0] == pytest.approx(best, rel=1e-9)


def test_weights_are_repetition(blobs, inertia_of):
    x = np.unique(blobs(300, 3, 3, 1.5)[0], axis=0)  # in the coreset's order: the draws are then the same
    weights = np.random.default_rng(0).integers(1, 6, len(x)).astype(float)
    repeated = np.repeat(x, weights.astype(int), axis=0)
    weighted = fit_kmeans(points_of(x, weights), range(2, 7), {})
    core = summarise(repeated)
    again = fit_kmeans(points_of(core.points, core.weights), range(2, 7), {})
    for k in range(2, 7):
        assert weighted[k].cost[0] == pytest.approx(again[k].cost[0], rel=1e-9)
        labels = label(points_of(repeated), weighted[k].centres[0])
        assert inertia_of(repeated, labels) == pytest.approx(weighted[k].cost[0], rel=1e-9)


def test_cost_is_that_of_the_partition_and_centres_are_its_means(blobs, inertia_of):
    x, _ = blobs(500, 4, 5, 1.0)
    points = points_of(x)
    for k, found in fit_kmeans(points, range(1, 6), {}).items():
        labels = label(points, found.centres[0])
        assert found.cost[0] == pytest.approx(inertia_of(x, labels), rel=1e-9)
        for j in range(k):
            np.testing.assert_allclose(found.centres[0, j], x[labels == j].mean(axis=0), atol=2.0**-20)


def test_solutions_are_different_and_best_first(skewed):
    found = fit_kmeans(points_of(skewed(500)), [6], {}, keep=3)[6]
    assert (np.diff(found.cost) > 0).all()


def test_more_steps_never_cost_more(blobs):
    x, _ = blobs(2_000, 4, 6, 0.7)
    points = points_of(x)
    start = plus_plus(points, np.empty((5, 0, 4)), 6, 0)
    costs = np.array([improve(points, {6: start}, steps)[6].cost for steps in (1, 2, 4, 8, 16, 64)])
    assert (np.diff(costs, axis=0) <= 0).all()


def test_a_tie_goes_to_the_lowest_number_and_counts_once():
    points = points_of(np.array([[-1.0], [0.0], [1.0]]))
    totals = gather(points, np.array([[-1.0], [1.0], [1.0], [-1.0], [9.0]]), np.array([2, 2, 1]))
    assert totals[:, 1].tolist() == [2.0, 1.0, 2.0, 1.0, 3.0]
    assert totals[:, 0].tolist() == [-1.0, 1.0, 1.0, -1.0, 0.0]


def test_a_centre_without_points_is_put_to_use():
    x = np.array([[0.0], [1.0], [10.0], [11.0]])
    found = improve(points_of(x), {3: np.array([[[0.5], [15.0], [16.0]]])}, 10)[3]
    assert found.cost[0] == pytest.approx(0.5)
    assert len(np.unique(label(points_of(x), found.centres[0]))) == 3


def test_plus_plus_never_draws_a_point_twice():
    x = np.arange(12.0)[:, None]
    for centres in plus_plus(points_of(x), np.empty((30, 0, 1)), 12, 5):
        assert len(np.unique(centres)) == 12


def test_as_many_clusters_as_points(blobs):
    x, _ = blobs(8, 2, 2)
    found = fit_kmeans(points_of(x), range(1, 9), {})
    assert found[8].cost[0] == pytest.approx(0, abs=1e-9)


def test_planted_groups_come_back_at_every_size(blobs):
    for n in (200, 3_000, 150_000):
        x, group = blobs(n, 5, 6, 9.0, seed=2)
        centres = fit_centres(x, summarise(x), [6])[6]
        nearest = ((x[:2000, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
        assert adjusted_rand_score(group[:2000], nearest) > 0.98
