"""Tables without groups keep what is tied by construction: shares, bounds, and columns that follow."""

from __future__ import annotations

import numpy as np
import pytest

from clientage.selection.null_tables.bounds import Bound, bounds_of, ratios
from clientage.selection.null_tables.copula import fit_copula
from clientage.selection.null_tables.followers import followers_of, nearest
from clientage.selection.null_tables.simplex import concentration, draw_shares
from clientage.selection.null_tables.tables import tables_without_groups
from clientage.selection.null_tables.wholes import Whole, closed

N = 400


def _drawn(x: np.ndarray, count: int = 4, feature_of: np.ndarray | None = None) -> np.ndarray:
    of = np.arange(x.shape[1]) if feature_of is None else feature_of
    return tables_without_groups(x, of, x, count, np.random.default_rng(1))


def test_drawn_shares_add_up_and_keep_their_means_spreads_and_zeros() -> None:
    rng = np.random.default_rng(0)
    parts = rng.gamma([4.0, 2.0, 1.0], size=(N, 3))
    parts[:, 2] *= rng.random(N) < 0.7
    x = closed(parts)
    drawn = _drawn(x, 10)
    assert drawn.shape == (20, N, 3)
    off = np.abs(drawn.sum(axis=2) - 1)  # each is the nearest value that its column has, and tails are thin
    assert np.quantile(off, 0.95) < 0.03
    np.testing.assert_allclose(drawn.mean(axis=(0, 1)), x.mean(axis=0), atol=0.02)
    np.testing.assert_allclose(drawn.std(axis=(0, 1)), x.std(axis=0), atol=0.03)
    assert (drawn[..., 2] == 0).mean() == pytest.approx((x[:, 2] == 0).mean(), abs=0.02)


def test_dirichlet_shares_are_drawn_as_correlated_as_they_are() -> None:
    x = np.random.default_rng(2).dirichlet([1.0, 1.0, 1.0, 3.0], size=2_000)
    drawn = draw_shares(x, np.arange(4), x, [Whole(np.arange(4), 1.0)], 3, np.random.default_rng(3))[:3]
    found = np.mean([np.corrcoef(t.T) for t in drawn], axis=0)
    np.testing.assert_allclose(found, np.corrcoef(x.T), atol=0.05)


def test_shares_of_nearly_nothing_are_no_obstacle() -> None:
    x = np.random.default_rng(11).dirichlet(np.full(4, 0.002), size=N)
    drawn = draw_shares(x, np.arange(4), x, [Whole(np.arange(4), 1.0)], 2, np.random.default_rng(1))
    assert np.isfinite(drawn).all()
    assert drawn.sum(axis=2).mean() == pytest.approx(1.0, abs=0.05)


def test_concentration_is_that_of_the_dirichlet_distribution() -> None:
    x = np.random.default_rng(4).dirichlet([0.3, 0.5, 0.9], size=5_000)
    assert concentration(x) == pytest.approx(1.7, rel=0.06)


def test_with_a_share_left_out_the_others_never_pass_the_whole() -> None:
    x = np.random.default_rng(5).dirichlet([1.0, 1.0, 1.0], size=N)[:, :2]
    assert _drawn(x).sum(axis=2).max() < 1.05
    assert (
        fit_copula(x, np.arange(2), np.random.default_rng(1)).draw(4, np.random.default_rng(1)).sum(axis=2).max() > 1.2
    )


def test_a_part_stays_below_its_total_also_through_another() -> None:
    rng = np.random.default_rng(6)
    total = rng.exponential(100.0, size=N)
    part = total * rng.beta(2, 1, size=N)
    piece = part * rng.beta(2, 1, size=N)
    x = np.column_stack([piece, total, rng.normal(size=N), part])
    assert bounds_of(x) == (Bound(3, 1), Bound(0, 3))
    drawn = _drawn(x)
    slack = 0.05 * total.max()
    assert (drawn[..., 3] <= drawn[..., 1] + slack).all()
    assert (drawn[..., 0] <= drawn[..., 3] + slack).all()
    np.testing.assert_array_equal(np.sort(drawn[0, :, 1]), np.sort(total))


def test_columns_of_their_own_bound_nothing() -> None:
    rng = np.random.default_rng(7)
    age, spend = rng.normal(45, 10, size=N), np.exp(rng.normal(9, 0.3, size=N))
    assert bounds_of(np.column_stack([age, spend])) == ()  # never more, since spend is of another size
    assert bounds_of(rng.normal(size=(N, 3))) == ()
    assert bounds_of(np.full((N, 2), np.nan)) == ()
    same = rng.random(N)
    assert bounds_of(np.column_stack([same, same])) == (Bound(1, 0),)


def test_ratios_of_nothing_are_nothing() -> None:
    np.testing.assert_array_equal(ratios(np.array([[0.0, 0.0], [3.0, 4.0]]), (Bound(0, 1),)), [[0, 0], [0.75, 4]])


def test_a_month_follows_its_day_and_a_nominal_band_its_age() -> None:
    rng = np.random.default_rng(8)
    day, age = rng.uniform(0, 1096, size=N), rng.integers(18, 90, size=N).astype(float)
    band = np.eye(4)[np.searchsorted([30, 45, 65], age)]
    x = np.column_stack([day, day % 365.25 // 30.44, rng.normal(size=N), age, band])
    of = np.array([0, 1, 2, 3, 4, 4, 4, 4])
    assert [(f.columns.tolist(), f.leader) for f in followers_of(x, of)] == [([1], 0), ([4, 5, 6, 7], 3)]
    drawn = _drawn(x, 2, of)
    np.testing.assert_array_equal(drawn[..., 1], drawn[..., 0] % 365.25 // 30.44)
    np.testing.assert_array_equal(drawn[..., 4], (drawn[..., 3] <= 30).astype(float))


def test_what_is_only_likely_does_not_follow() -> None:
    rng = np.random.default_rng(9)
    spend = rng.normal(size=N)
    often = (spend + 0.3 * rng.normal(size=N) > 0).astype(float)
    assert followers_of(np.column_stack([spend, often, rng.integers(0, 7, size=N)]), np.arange(3)) == ()
    assert followers_of(rng.integers(0, 2, size=(N, 4)).astype(float), np.arange(4)) == ()


def test_without_ties_the_draws_are_the_copulas_own() -> None:
    x = np.random.default_rng(10).normal(size=(100, 3))
    expected = fit_copula(x, np.arange(3), (rng := np.random.default_rng(1))).draw(4, rng)
    np.testing.assert_array_equal(_drawn(x), expected)


def test_the_nearest_customer_is_looked_up() -> None:
    known, values = np.array([3.0, 1.0, 1.0, 2.0]), np.array([30.0, 10.0, 10.0, 20.0])
    np.testing.assert_array_equal(nearest(np.array([[-9.0, 1.4], [1.6, 99.0]]), known, values), [[10, 10], [20, 30]])
