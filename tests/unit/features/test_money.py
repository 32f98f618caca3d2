"""Sums of money are exact, and the same in any order."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from clientage.features.money import minor_units, sum_by, times

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(("values", "per_unit"), [([1, 2], 1), ([2.5], 10), ([2.55, None], 100), ([0.0001], 10_000)])
def test_minor_units_are_the_fewest_decimals_in_use(values: list, per_unit: int) -> None:
    numbers = np.array([np.nan if v is None else v for v in values], dtype=float)
    made = minor_units(numbers)
    assert made.per_unit == per_unit
    np.testing.assert_array_equal(made.values / per_unit, np.nan_to_num(numbers))


def test_more_than_four_decimals_stay_as_they_are() -> None:
    assert minor_units(np.array([1 / 3])).values.dtype == np.float64


def test_a_late_decimal_is_not_overlooked() -> None:
    values = np.ones(5_000)
    values[-1] = 0.25
    assert minor_units(values).per_unit == 100


def test_ten_thousand_dimes_are_a_thousand() -> None:
    amounts = times(minor_units(np.full(10_000, 0.1)), minor_units(np.ones(10_000)))
    assert amounts.total(np.zeros(10_000, dtype=np.int32), 1).tolist() == [1000.0]


@pytest.mark.parametrize("decimals", [2, 12])
def test_sums_do_not_depend_on_the_order(decimals: int) -> None:
    values = RNG.lognormal(3, 2, 20_000).round(decimals)
    customer = RNG.integers(0, 50, 20_000)
    order = RNG.permutation(20_000)
    one = minor_units(values).total(customer, 50)
    other = minor_units(values[order]).total(customer[order], 50)
    np.testing.assert_array_equal(one, other)
    np.testing.assert_allclose(one, np.bincount(customer, values), rtol=1e-12)


def test_sums_beyond_the_exact_range_of_floats() -> None:
    values = np.array([2**52, 1, 2**52, 1, 3], dtype=np.int64)
    assert sum_by(np.zeros(5, dtype=np.int64), values, 1).tolist() == [float(Fraction(2**53 + 5))]


def test_fractions_of_pieces_are_multiplied_as_they_are() -> None:
    made = times(minor_units(np.array([2.0])), minor_units(np.array([1 / 3])))
    assert made.total(np.array([0]), 1)[0] == pytest.approx(2 / 3)


def test_products_too_large_for_whole_numbers_become_floats() -> None:
    made = times(minor_units(np.array([1e13])), minor_units(np.array([1e13])))
    assert made.total(np.array([0]), 1)[0] == pytest.approx(1e26)
