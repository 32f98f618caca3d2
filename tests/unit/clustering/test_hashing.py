"""Keys belong to a row's content."""

import numpy as np

from clientage.clustering.hashing import hash_rows, numbered_uniforms, uniforms
from clientage.grid import Grid

GRID = Grid(2.0**-20, 16.0)


def test_equal_rows_get_equal_keys_wherever_they_stand():
    x = GRID.round(np.random.default_rng(0).normal(size=(50_000, 5)))
    order = np.random.default_rng(1).permutation(len(x))
    np.testing.assert_array_equal(hash_rows(x, GRID, 3)[order], hash_rows(x[order], GRID, 3))


def test_float32_holds_the_same_keys():
    x = GRID.round(np.random.default_rng(0).normal(size=(1000, 5)) * 3)
    np.testing.assert_array_equal(hash_rows(x, GRID, 0), hash_rows(x.astype(np.float32), GRID, 0))


def test_neighbouring_and_swapped_values_get_different_keys():
    steps = np.arange(-500, 500) * GRID.step
    x = np.array(np.meshgrid(steps, steps)).reshape(2, -1).T
    assert len(np.unique(hash_rows(x, GRID, 0))) == len(x)


def test_minus_zero_is_zero():
    assert hash_rows(np.array([[-0.0]]), GRID, 0) == hash_rows(np.array([[0.0]]), GRID, 0)


def test_keys_are_uniform_and_unrelated_between_seeds():
    x = GRID.round(np.random.default_rng(0).normal(size=(40_000, 3)))
    first, second = uniforms(hash_rows(x, GRID, 0)), uniforms(hash_rows(x, GRID, 1))
    counts = np.histogram(first, 20, (0, 1))[0]
    assert ((counts - 2000) ** 2 / 2000).sum() < 50  # chi-squared with 19 degrees of freedom
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.02


def test_numbered_uniforms_are_uniform():
    u = numbered_uniforms(7, 100_000)
    assert 0 <= u.min() < u.max() < 1
    assert abs(u.mean() - 0.5) < 0.005
    assert abs(np.corrcoef(u[1:], u[:-1])[0, 1]) < 0.01
