"""Tables without groups in which whether somebody buys and how much are two variables."""

from __future__ import annotations

import numpy as np
import pytest

from clientage.selection.null import null_test
from clientage.selection.null_tables.copula import fit_copula
from clientage.selection.null_tables.hurdles import draw_with_hurdles, hurdles_of
from clientage.selection.sample import Sample

N = 800


def _spend(rng: np.random.Generator, p: int = 5) -> np.ndarray:
    """Logarithms of spend in categories: who buys there has one common reason, how much another one."""
    whether, how_much = rng.normal(size=(2, N, 1))
    bought = whether + rng.normal(size=(N, p)) > np.linspace(-1, 1, p)
    return np.where(bought, 5 + 0.7 * how_much + 0.6 * rng.normal(size=(N, p)), 0.0)


def _drawn(x: np.ndarray, count: int = 20, seed: int = 1) -> np.ndarray:
    return draw_with_hurdles(x, np.arange(x.shape[1]), count, np.random.default_rng(seed))


def test_amounts_that_many_have_nothing_of_are_found() -> None:
    rng = np.random.default_rng(0)
    spend = _spend(rng, 1)[:, 0]
    counts = np.minimum(rng.poisson(1.0, N), 6).astype(float)
    rare = np.where(np.arange(N) < 10, spend + 1, 0.0)
    category = np.eye(3)[rng.integers(0, 3, N)] * spend[:, None]
    x = np.column_stack([spend, counts, rng.normal(size=N), rare, category])
    assert hurdles_of(x, np.array([0, 1, 2, 3, 4, 4, 4])) == [0]


def test_nothing_stays_as_frequent_and_goes_together_as_it_does() -> None:
    x = _spend(np.random.default_rng(2))
    drawn = _drawn(x)
    np.testing.assert_array_equal((drawn == 0).sum(axis=1), np.tile((x == 0).sum(axis=0), (20, 1)))
    flat = drawn.reshape(-1, x.shape[1])
    np.testing.assert_allclose(np.corrcoef((flat > 0).T), np.corrcoef((x > 0).T), atol=0.05)


def test_amounts_of_buyers_go_together_as_they_do_and_are_theirs() -> None:
    x = _spend(np.random.default_rng(3))
    drawn = _drawn(x)
    flat = drawn.reshape(-1, x.shape[1])
    for i, j in ((0, 1), (1, 3), (0, 4)):
        both, theirs = (t[(t[:, i] > 0) & (t[:, j] > 0)][:, [i, j]] for t in (x, flat))
        assert np.corrcoef(theirs.T)[0, 1] == pytest.approx(np.corrcoef(both.T)[0, 1], abs=0.1)
        assert theirs[:, 0].mean() == pytest.approx(both[:, 0].mean(), abs=0.1)
    for drawn_column, column in zip(flat.T, x.T, strict=True):
        assert drawn_column.max() <= column.max()


def test_without_such_columns_the_draws_are_those_of_the_copula() -> None:
    x = np.random.default_rng(4).normal(size=(100, 3))
    plain = fit_copula(x, np.arange(3), (rng := np.random.default_rng(1))).draw(2, rng)
    np.testing.assert_array_equal(_drawn(x, 2), plain)


def test_spend_with_a_reason_of_its_own_to_buy_is_no_more_separated_than_chance() -> None:
    """One variable cut at nothing had rejected six of ten such tables."""
    found = []
    for seed in range(6):
        x = _spend(np.random.default_rng([5, seed]))
        found.append(null_test(Sample(x / x.std(axis=0), np.ones(N), N, True), range(2, 8), 19, 0).p_value)
    assert np.mean(np.array(found) <= 0.05) < 0.4
    assert np.mean(found) > 0.2


def test_groups_of_which_one_buys_nothing_are_seen() -> None:
    rng = np.random.default_rng(6)
    group = rng.choice(3, size=N, p=[0.35, 0.4, 0.25])
    visits = np.array([0.5, 2.0, 4.0])[group] + 0.3 * rng.normal(size=N)
    spend = np.where(group == 0, 0.0, np.array([0.0, 4.0, 6.5])[group] + 0.4 * rng.normal(size=N))
    x = np.column_stack([visits, spend])
    assert hurdles_of(x, np.arange(2)) == [1]
    assert null_test(Sample(x / x.std(axis=0), np.ones(N), N, True), range(2, 8), 19, 0).p_value == 0.05
