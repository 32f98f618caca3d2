"""The judged sample: the same customers in whatever order they come."""

from __future__ import annotations

import numpy as np
import pytest

from clientage.clustering.coreset import summarise
from clientage.selection.sample import EXACT_ROWS, SIZED_ROWS, Sample, draw_sample, row_hashes


def _rows(n: int, seed: int = 0) -> np.ndarray:
    return np.rint(np.random.default_rng(seed).normal(size=(n, 3)) * 2**10) / 2**10


@pytest.mark.parametrize("n", [500, 3_000, 9_000])
def test_row_order_changes_nothing(n: int) -> None:
    x = _rows(n)
    shuffled = x[np.random.default_rng(1).permutation(n)]
    a, b = draw_sample(x, summarise(x)), draw_sample(shuffled, summarise(shuffled))
    np.testing.assert_array_equal(a.points, b.points)
    np.testing.assert_array_equal(a.weights, b.weights)
    np.testing.assert_array_equal(a.spread(100).points, b.spread(100).points)


@pytest.mark.parametrize("n", [500, EXACT_ROWS])
def test_small_tables_are_judged_whole(n: int) -> None:
    x = np.concatenate([_rows(n - 40), _rows(40)])  # forty rows twice
    sample = draw_sample(x, summarise(x))
    assert sample.exact
    assert sample.total == n
    assert len(sample.points) == n - 40
    np.testing.assert_allclose(sample.weights @ sample.points, x.sum(axis=0))


def test_large_tables_are_sampled_without_bias() -> None:
    x = _rows(SIZED_ROWS + 20_000)
    sample = draw_sample(x, summarise(x))
    assert len(sample.points) == SIZED_ROWS
    assert sample.total == pytest.approx(len(x))
    np.testing.assert_allclose(sample.points.mean(axis=0), x.mean(axis=0), atol=0.02)


def test_rows_with_much_weight_come_often_in_a_spread() -> None:
    sample = Sample(np.array([[0.0], [1.0]]), np.array([75.0, 25.0]), 100, True)
    assert sample.spread(20).points.mean() == 0.25
    assert len(sample.spread(1_000).points) == 100


def test_hashes_tell_rows_apart_and_zeros_alike() -> None:
    x = _rows(20_000)
    assert len(np.unique(row_hashes(x))) == len(np.unique(x, axis=0))
    assert row_hashes(np.array([[0.0]])) == row_hashes(np.array([[-0.0]]))
    assert row_hashes(np.array([[1.0, 2.0]])) != row_hashes(np.array([[2.0, 1.0]]))
