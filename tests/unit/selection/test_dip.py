"""The dip test against published values and its own definition."""

from __future__ import annotations

import numpy as np
import pytest

from clientage.selection.dip import dip_p_value, dip_statistic, dip_test, spread_ties

# Hartigan's example of 63 whole numbers (R package diptest, `statfaculty`), whose dip is 0.05952381
FACULTY = (
    "30 33 35 36 37 37 39 39 39 39 39 40 40 40 40 41 42 43 43 43 44 44 45 45 46 46 47 47 48 48 48 49 50 50 51 52 52 53 "
    "53 53 53 53 54 54 57 57 59 60 60 60 61 61 61 61 62 62 62 62 63 66 70 72 72"
)


def test_the_published_example() -> None:
    values = np.array([float(v) for v in FACULTY.split()])
    assert dip_statistic(values) == pytest.approx(0.05952381, abs=1e-8)


@pytest.mark.parametrize("n", [5, 50, 333])
def test_an_even_grid_has_the_smallest_dip(n: int) -> None:
    assert dip_statistic(np.arange(n)) == pytest.approx(1 / (2 * n))


def test_two_points_far_apart_have_nearly_the_largest_dip() -> None:
    rng = np.random.default_rng(0)
    heaps = np.concatenate([rng.normal(0, 1e-6, 500), rng.normal(1, 1e-6, 500)])
    assert dip_statistic(heaps) == pytest.approx(0.25, abs=0.002)


def test_it_does_not_depend_on_order_unit_or_direction() -> None:
    x = np.random.default_rng(1).gamma(2.0, size=400)
    dip = dip_statistic(x)
    assert dip_statistic(x[::-1]) == dip
    assert dip_statistic(1000 * x - 7) == pytest.approx(dip, rel=1e-9)
    assert dip_statistic(-x) == pytest.approx(dip, rel=1e-9)


@pytest.mark.parametrize(
    ("n", "survival", "published"),
    # qDiptab of the R package diptest: quantiles of 1,000,001 uniform samples
    [
        (20, 0.05, 0.105130),
        (50, 0.05, 0.070274),
        (100, 0.05, 0.051128),
        (100, 0.10, 0.047153),
        (200, 0.05, 0.036842),
        (500, 0.05, 0.023729),
        (1_000, 0.05, 0.016934),
    ],
)
def test_quantiles_agree_with_a_published_simulation(n: int, survival: float, published: float) -> None:
    assert dip_p_value(published, n) == pytest.approx(survival, rel=0.06)


def test_p_values_fall_with_the_dip_and_the_size() -> None:
    values = [dip_p_value(d, 300) for d in (0.01, 0.02, 0.03, 0.04)]
    assert values == sorted(values, reverse=True)
    assert dip_p_value(0.03, 1_000) < dip_p_value(0.03, 100)


def test_uniform_samples_are_rejected_as_often_as_stated() -> None:
    rng = np.random.default_rng(2)
    found = [dip_test(rng.random(150)) for _ in range(300)]
    assert 0.02 < np.mean([d is not None and d.p_value <= 0.05 for d in found]) < 0.09


def test_rounding_does_not_make_heaps() -> None:
    x = np.random.default_rng(3).normal(50, 8, size=800)
    for rounded in (np.round(x), np.round(x, 1), 2 * np.round(x / 2)):
        found = dip_test(rounded)
        assert found is not None
        assert found.p_value > 0.05


def test_counts_of_purchases_on_a_logarithm_are_one_heap() -> None:
    counts = np.log1p(1 + np.random.default_rng(4).poisson(np.random.default_rng(5).gamma(0.8, 4, size=900)))
    found = dip_test(counts)
    assert found is not None
    assert found.p_value > 0.05


def test_two_heaps_are_seen() -> None:
    rng = np.random.default_rng(6)
    found = dip_test(np.concatenate([rng.normal(0, 1, 200), rng.normal(5, 1, 200)]))
    assert found is not None
    assert found.p_value <= 0.001


@pytest.mark.parametrize("values", [np.arange(10.0), np.repeat([0.0, 1.0], 50), np.repeat(np.arange(5.0), 20)])
def test_few_rows_or_steps_cannot_be_judged(values: np.ndarray) -> None:
    assert dip_test(values) is None


def test_those_who_spend_nothing_are_no_heap_and_the_others_may_be() -> None:
    rng = np.random.default_rng(0)
    money = np.exp(rng.normal(3, 0.5, size=600))
    nothing = np.where(rng.random(600) < 0.4, 0.0, np.log1p(money))
    one_heap = dip_test(nothing)
    assert one_heap is not None
    assert one_heap.p_value > 0.05
    two = dip_test(np.where(rng.random(600) < 0.5, nothing, nothing + 4.0 * (nothing > 0)))
    assert two is not None
    assert two.p_value < 0.01


def test_a_few_at_the_end_stay_in() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=400)
    x[:6] = x.min()
    found = dip_test(x)
    assert found is not None
    assert found.statistic == dip_statistic(spread_ties(*np.unique(x, return_counts=True)))
