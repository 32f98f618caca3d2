"""On the grid, sums and distances are exact: the same in any order and by any route."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clientage.grid import EXACT_BITS, MOST_BITS, SMALLEST_LIMIT, Grid

SIDES = st.integers(1, 12)
MATRICES = st.tuples(SIDES, SIDES).flatmap(lambda s: arrays(np.float64, s, elements=st.floats(-1e6, 1e6)))


@given(MATRICES)
def test_rounding_moves_by_at_most_half_a_step_and_twice_is_once(x: np.ndarray) -> None:
    grid = Grid.for_values(x)
    rounded = grid.round(x)
    assert np.max(np.abs(rounded - x)) <= grid.step / 2
    assert np.array_equal(grid.round(rounded), rounded)


@given(MATRICES)
def test_step_and_limit_are_powers_of_two_and_no_value_is_cut(x: np.ndarray) -> None:
    grid = Grid.for_values(x)
    assert math.frexp(grid.step)[0] == math.frexp(grid.limit)[0] == 0.5
    assert grid.limit >= max(SMALLEST_LIMIT, float(np.max(np.abs(x))))


@given(MATRICES)
def test_products_are_exact_whatever_the_order_of_the_columns(x: np.ndarray) -> None:
    """What nearest-centre assignment computes: |c|² − 2c·x, against rational arithmetic."""
    rounded = Grid.for_values(x).round(x)
    row, centre = rounded[0], rounded[-1]
    exact = sum(Fraction(c) ** 2 - 2 * Fraction(c) * Fraction(v) for c, v in zip(centre, row, strict=True))
    assert float(centre @ centre - 2 * (centre @ row)) == exact
    assert float(centre[::-1] @ centre[::-1] - 2 * (centre[::-1] @ row[::-1])) == exact


@pytest.mark.parametrize("columns", [1, 2, 8, 9, 31, 32, 33, 100, 128, 129, 500, 5_000])
def test_distances_stay_inside_the_significand_at_the_worst_values(columns: int) -> None:
    grid = Grid.for_values(np.ones((1, columns)))
    worst = 3 * columns * grid.limit**2  # |c|² + 2|c·x| with every coordinate at the limit
    assert worst / grid.step**2 <= 2.0 ** (EXACT_BITS + 1)
    at_limit = np.full(columns, grid.limit)
    below = at_limit - grid.step
    exact = sum(Fraction(v) ** 2 for v in at_limit) - 2 * columns * Fraction(grid.limit) * Fraction(float(below[0]))
    assert float(at_limit @ at_limit - 2 * (at_limit @ below)) == exact


def test_few_columns_use_all_the_bits_and_more_columns_fewer() -> None:
    steps = [Grid.for_values(np.ones((1, p))).step for p in (1, 4, 16, 64, 256, 1024)]
    assert steps[0] == 2.0**-MOST_BITS
    assert steps == sorted(steps)
    assert steps[-1] / steps[-2] == 2, "a factor of four in columns costs one bit"


def test_float32_holds_values_of_the_smallest_grid() -> None:
    grid = Grid.for_values(np.ones((1, 4)))
    x = grid.round(np.random.default_rng(0).normal(0, 4, 10_000))
    assert np.array_equal(x.astype(np.float32).astype(np.float64), x)


def test_values_beyond_the_limit_are_moved_to_it() -> None:
    assert Grid(0.5, 16.0).round(np.array([1e9, -1e9, 15.9])).tolist() == [16.0, -16.0, 16.0]


@pytest.mark.parametrize("largest", [0.0, 16.0, 16.5, 1024.0, 1e12])
def test_limit_is_the_smallest_power_of_two_above(largest: float) -> None:
    limit = Grid.for_values(np.array([[largest]])).limit
    assert limit >= largest
    assert limit == SMALLEST_LIMIT or limit / 2 < largest


def test_no_rows_and_no_columns_still_have_a_grid() -> None:
    assert Grid.for_values(np.empty((0, 3))).limit == SMALLEST_LIMIT
    assert Grid.for_values(np.empty((3, 0))).step == 2.0**-MOST_BITS
