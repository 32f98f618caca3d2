"""The public sweep: its promises on size, order, threads, scale and refusals."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from clientage.clustering.sweep import sweep
from clientage.errors import DataError


def same(first, second, order=None):
    for k in first.centers:
        np.testing.assert_array_equal(first.centers[k], second.centers[k])
        labels = first.labels[k] if order is None else first.labels[k][order]
        np.testing.assert_array_equal(labels, second.labels[k])
    assert first.inertia == second.inertia


@pytest.mark.parametrize("n", [500, 9_000, 160_000])
def test_same_labels_for_any_order_and_any_threads(n):
    rng = np.random.default_rng(n)
    x = rng.normal(size=(n, 4)) + rng.integers(0, 2, size=(n, 1)) * 1.5
    x[: n // 8] = np.round(x[: n // 8])  # duplicates
    once = sweep(x, [2, 3, 7], threads=1)
    same(once, sweep(x, [2, 3, 7], threads=2))
    order = rng.permutation(n)
    same(once, sweep(np.asfortranarray(x[order]), [2, 3, 7], threads=3), order)


@pytest.mark.parametrize("n", [300, 20_000])
def test_inertia_and_labels_belong_to_the_centres(n):
    x = np.random.default_rng(0).normal(size=(n, 5)) * [1, 20, 3, 400, 0.1] + [0, 9, -5, 1000, 3]
    found = sweep(x)
    assert list(found.centers) == list(range(2, 11))
    for k, centers in found.centers.items():
        squares = ((x[:, None] - centers) ** 2).sum(axis=2)
        assert found.inertia[k] == pytest.approx(squares.min(axis=1).sum(), rel=1e-6)
        assert (found.labels[k] == squares.argmin(axis=1)).mean() > 0.9999
        assert found.labels[k].dtype == np.int32
        assert np.bincount(found.labels[k], minlength=k).min() > 0
        assert (np.lexsort(centers.T[::-1]) == np.arange(k)).all()
    assert (np.diff(list(found.inertia.values())) < 0).all()


@pytest.mark.parametrize("n", [22, 42, 50, 88])
def test_all_alike_but_one_are_two_clusters(n):
    """Their cost is nothing, and rounding must not make it less."""
    x = np.where(np.arange(n) == 0, 12.752, -12.752)[:, None]
    for table in (x, (x - x.mean()) / x.std()):
        found = sweep(table, [1, 2])
        assert sorted(np.bincount(found.labels[2]).tolist()) == [1, n - 1]
        assert found.inertia[2] == 0


@pytest.mark.parametrize("n", [3_000, 140_000])
def test_large_data_come_close_to_scikit_learn(n):
    rng = np.random.default_rng(5)
    x = np.vstack([rng.normal(c, s, size=(n // 4, 4)) for c, s in [(0, 1), (3, 0.5), (-3, 1.5), (6, 0.7)]])
    found = sweep(x, [3, 4, 6])
    for k in (3, 4, 6):
        theirs = KMeans(k, n_init=4, random_state=0).fit(x).inertia_
        assert found.inertia[k] <= theirs * 1.002


@pytest.mark.parametrize("n", [400, 5_000])
def test_powers_of_two_change_only_the_scale(n):
    x = np.random.default_rng(1).normal(size=(n, 3))
    plain, scaled = sweep(x, [4]), sweep(x * 2.0**300, [4])
    np.testing.assert_array_equal(plain.centers[4] * 2.0**300, scaled.centers[4])
    np.testing.assert_array_equal(plain.labels[4], scaled.labels[4])


def test_far_from_the_origin():
    x = np.random.default_rng(1).normal(size=(500, 3)).round(3)
    near, far = sweep(x, [3]), sweep(x + 1e6, [3])
    np.testing.assert_array_equal(near.labels[3], far.labels[3])
    assert far.inertia[3] == pytest.approx(near.inertia[3], rel=1e-5)


def test_doubled_rows_double_the_inertia_and_keep_the_centres():
    x = np.random.default_rng(2).normal(size=(700, 3))
    once, twice = sweep(x, [2, 5]), sweep(np.vstack([x, x]), [2, 5])
    for k in (2, 5):
        np.testing.assert_array_equal(once.centers[k], twice.centers[k])
        assert twice.inertia[k] == 2 * once.inertia[k]


def test_an_added_constant_column_changes_nothing():
    x = np.random.default_rng(2).normal(size=(400, 3))
    once, more = sweep(x, [3]), sweep(np.column_stack([x, np.full(400, 7.0)]), [3])
    assert more.inertia[3] == pytest.approx(once.inertia[3], rel=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.int16, bool])
def test_other_number_types(dtype):
    x = np.maximum(np.random.default_rng(0).normal(size=(200, 3)) * 3, 0).astype(dtype)
    found = sweep(x, [2])
    assert found.inertia[2] == sweep(x.astype(float), [2]).inertia[2]


def test_one_cluster_is_the_mean():
    x = np.random.default_rng(0).normal(size=(50, 2))
    np.testing.assert_allclose(sweep(x, [1]).centers[1][0], x.mean(axis=0), atol=1e-6)


def test_as_many_clusters_as_distinct_rows():
    x = np.repeat(np.eye(4), 10, axis=0)
    assert sweep(x, [4]).inertia[4] == 0.0


def test_k_above_the_distinct_rows_is_refused_by_their_number():
    with pytest.raises(DataError, match=r"4 distinct rows among 40"):
        sweep(np.repeat(np.eye(4), 10, axis=0), [2, 5])
    with pytest.raises(DataError, match="1 distinct rows"):
        sweep(np.full((100, 3), 2.5), [2])


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros(5), r"shape \(5,\)"),
        (np.zeros((0, 3)), r"shape \(0, 3\)"),
        (np.zeros((3, 0)), r"shape \(3, 0\)"),
        (np.array([["a", "b"]]), "type <U1"),
        (np.array([[1.0], [np.nan], [np.inf]]), r"2 rows with missing or infinite values, first at index 1, 2"),
        (np.array([[1e200], [0.0]]), "1.000e[+]200"),
    ],
)
def test_what_is_no_matrix_of_usable_numbers_is_refused(x, message):
    with pytest.raises(DataError, match=message):
        sweep(x, [1])


@pytest.mark.parametrize("ks", [[], [0, 2], [-1]])
def test_impossible_ks_are_refused(ks):
    with pytest.raises(DataError, match="at least 1"):
        sweep(np.eye(5), ks)


def test_input_is_not_changed():
    x = np.random.default_rng(0).normal(size=(300, 2))
    copy = x.copy()
    sweep(x, [3])
    np.testing.assert_array_equal(x, copy)
