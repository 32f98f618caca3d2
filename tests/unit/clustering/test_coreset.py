"""The coreset: exact where it can be, order-free always."""

import numpy as np
import pytest

from clientage.clustering.coreset import summarise
from clientage.clustering.sample import draw, split_sums, sum_columns
from clientage.grid import Grid


def test_small_data_are_their_own_coreset_with_duplicates_as_weights(blobs):
    x, _ = blobs(700, 3)
    x = np.vstack([x, x[:100], x[:50]])
    core = summarise(x)
    distinct, counts = np.unique(x, axis=0, return_counts=True)
    assert core.exact
    np.testing.assert_array_equal(core.points, distinct)
    np.testing.assert_array_equal(core.weights, counts)


def test_many_rows_with_few_distinct_values_are_exact():
    x = np.random.default_rng(0).integers(0, 3, size=(200_000, 4)).astype(float)
    core = summarise(x)
    assert core.exact
    assert len(core.points) == 81
    assert core.weights.sum() == core.n == 200_000


@pytest.mark.parametrize("n", [5_000, 200_000])
def test_large_data_keep_weight_mean_and_covariance(n, skewed):
    x = skewed(n, 4)
    core = summarise(x)
    assert not core.exact
    assert core.weights.sum() == core.n == n
    assert 1500 < len(core.points) <= 2048
    assert core.weights.min() >= 1
    mean = np.average(core.points, axis=0, weights=core.weights)
    np.testing.assert_allclose(mean, x.mean(axis=0), atol=0.02)
    between = np.cov(core.points.T, aweights=core.weights, ddof=0)
    inside = np.average(core.spread, axis=0, weights=core.weights)
    np.testing.assert_allclose(between + inside, np.cov(x.T), atol=0.06)


@pytest.mark.parametrize("n", [1_500, 5_000, 150_000])
def test_row_order_changes_nothing(n, blobs):
    x, _ = blobs(n, 3)
    x[: n // 10] = x[n // 2 : n // 2 + n // 10]  # duplicates
    shuffled = x[np.random.default_rng(1).permutation(n)]
    first, second = summarise(x, seed=4), summarise(shuffled, seed=4)
    np.testing.assert_array_equal(first.points, second.points)
    np.testing.assert_array_equal(first.weights, second.weights)


def test_points_are_on_the_grid_and_sorted(blobs):
    x, _ = blobs(20_000, 3)
    core = summarise(x)
    np.testing.assert_array_equal(Grid.for_values(x).round(core.points), core.points)
    np.testing.assert_array_equal(np.lexsort(core.points.T[::-1]), np.arange(len(core.points)))


def test_points_are_far_nearer_to_the_rows_than_a_random_choice(blobs):
    x, _ = blobs(30_000, 3, apart=1.0)
    core = summarise(x)
    rows = x[:2000]
    lost = ((rows[:, None] - core.points) ** 2).sum(axis=2).min(axis=1).mean()
    random = ((rows[:, None] - x[5000 : 5000 + len(core.points)]) ** 2).sum(axis=2).min(axis=1).mean()
    assert lost < 0.7 * random


def test_sample_is_unbiased_for_counts_and_sums(skewed):
    x = skewed(60_000, 2)
    x = np.vstack([x, np.repeat(x[:20], 500, axis=0)])  # twenty heavy duplicates
    grid = Grid.for_values(x)
    totals = np.array([draw(x, grid, size=4_000, seed=s).weights.sum() for s in range(40)])
    error = totals.std(ddof=1) / np.sqrt(len(totals))
    assert abs(totals.mean() - len(x)) < 4 * error
    assert totals.std() / len(x) < 0.03


def test_sample_never_takes_two_copies_as_two_rows(skewed):
    x = np.repeat(skewed(30_000, 2), 5, axis=0)
    sample = draw(x, Grid.for_values(x), size=4_000)
    assert len(np.unique(sample.x, axis=0)) == len(sample.x)
    assert not sample.exact


def test_sums_do_not_depend_on_order(skewed):
    x = skewed(100_000, 5)
    grid = Grid.for_values(x)
    order = np.random.default_rng(0).permutation(len(x))
    squares = (x * x).sum(axis=1)
    np.testing.assert_array_equal(split_sums(squares[None], grid), split_sums(squares[None, order], grid))
    np.testing.assert_array_equal(sum_columns(x), sum_columns(x[order]))
