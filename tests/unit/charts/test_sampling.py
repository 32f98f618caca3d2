"""A sample must be the same whatever the order, and must not follow the values."""

from __future__ import annotations

import numpy as np

from clientage.charts.sampling import sample_rows


def test_the_same_rows_in_any_order(rng: np.random.Generator) -> None:
    values = rng.integers(0, 5, (3_000, 2)).astype(float)  # many rows alike
    order = rng.permutation(len(values))
    one = values[sample_rows(values, 400)]
    other = values[order][sample_rows(values[order], 400)]
    np.testing.assert_array_equal(one, other)


def test_rows_are_drawn_once_and_all_of_a_small_table() -> None:
    values = np.zeros((50, 1))
    assert sorted(sample_rows(values, 50)) == list(range(50))
    assert len(set(sample_rows(values, 20).tolist())) == 20


def test_a_value_held_by_half_of_the_rows_holds_half_of_the_sample(rng: np.random.Generator) -> None:
    values = np.where(rng.random(20_000) < 0.5, 0.0, rng.normal(size=20_000))[:, None]
    drawn = values[sample_rows(values, 2_000), 0]
    assert abs(np.mean(drawn == 0.0) - 0.5) < 0.05
    assert abs(np.mean(drawn)) < 0.1


def test_negative_zero_is_zero() -> None:
    values = np.array([[0.0], [-0.0]] * 50)
    flipped = -values
    np.testing.assert_array_equal(sample_rows(values, 10), sample_rows(flipped, 10))
