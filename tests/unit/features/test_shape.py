"""Skewness, fences and powers against scipy, and where columns are degenerate."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from clientage.features.shape import far_fences, fit_power, skewness, yeo_johnson

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("x", [RNG.normal(size=500), RNG.lognormal(0, 1, 500), RNG.integers(0, 9, 500).astype(float)])
def test_skewness_agrees_with_scipy(x: np.ndarray) -> None:
    assert skewness(np.sort(x)) == pytest.approx(stats.skew(x), abs=1e-9)


def test_constants_have_no_skewness() -> None:
    assert skewness(np.full(5, 0.1)) == 0.0


@pytest.mark.parametrize("power", [-1.5, 0.0, 0.4, 1.0, 2.0, 3.1])
def test_yeo_johnson_agrees_with_scipy(power: float) -> None:
    x = RNG.normal(0, 3, 400)
    np.testing.assert_allclose(yeo_johnson(x, power), stats.yeojohnson(x, power), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    "x", [RNG.normal(size=800), RNG.lognormal(0, 0.7, 800) - 0.5, RNG.gamma(2, 1, 800), -RNG.gamma(2, 1, 800)]
)
def test_the_power_is_the_one_scipy_finds(x: np.ndarray) -> None:
    assert fit_power(np.sort(x)) == pytest.approx(stats.yeojohnson_normmax(x), abs=2e-3)


def test_many_values_give_nearly_the_same_power_as_all_of_them() -> None:
    x = np.sort(RNG.lognormal(0, 0.7, 60_000) - 0.5)
    assert fit_power(x) == pytest.approx(stats.yeojohnson_normmax(x), abs=5e-3)


def test_normal_data_lie_within_the_fences() -> None:
    x = np.sort(RNG.normal(size=10_000))
    low, high = far_fences(x) or (0.0, 0.0)
    assert low == pytest.approx(-4.72, abs=0.2)
    assert high == pytest.approx(4.72, abs=0.2)


@pytest.mark.parametrize("share", [0.001, 0.01, 0.04])
def test_outliers_cannot_widen_the_fences(share: float) -> None:
    x = RNG.normal(size=1_000)
    x[: int(share * 1_000)] = 1e6
    _, high = far_fences(np.sort(x)) or (0.0, 0.0)
    assert high < 6


def test_half_equal_values_have_fences_all_the_same() -> None:
    x = np.sort(np.r_[np.zeros(700), RNG.normal(5, 1, 300)])
    low, high = far_fences(x) or (0.0, 0.0)
    assert low < 0
    assert high > x[-1]


def test_a_shape_is_not_called_outliers() -> None:
    x = np.sort(np.r_[np.full(520, 1.0), RNG.uniform(0.9, 1.0, 350), RNG.uniform(0, 0.5, 130)])
    low, _ = far_fences(x) or (1.0, 1.0)
    assert np.mean(x < low) <= 0.05


def test_nearly_constant_values_have_none() -> None:
    x = np.zeros(1_000)
    x[-1] = 1e6
    assert far_fences(x) is None


def test_a_handful_of_values_is_its_own_range() -> None:
    assert far_fences(np.array([1.0, 2.0, 900.0])) == (1.0, 900.0)
