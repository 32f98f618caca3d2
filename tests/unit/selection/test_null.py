"""The null: it keeps what it must keep, and is rejected when it must be."""

from __future__ import annotations

import numpy as np
import pytest

from clientage.selection.null import heaped_columns, null_test
from clientage.selection.null_tables.copula import fit_copula
from clientage.selection.sample import Sample


def _sample(x: np.ndarray) -> Sample:
    return Sample(x, np.ones(len(x)), len(x), True)


def _correlated(n: int, r: float, p: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).multivariate_normal(
        np.zeros(p), np.full((p, p), r) + (1 - r) * np.eye(p), size=n
    )


def test_draws_keep_every_column_exactly_and_its_correlations() -> None:
    x = np.exp(_correlated(400, 0.6))
    rng = np.random.default_rng(1)
    tables = fit_copula(x, np.arange(3), rng).draw(30, rng)
    np.testing.assert_array_equal(np.sort(tables[7], axis=0), np.sort(x, axis=0))
    drawn = np.mean([np.corrcoef(np.log(t).T) for t in tables], axis=0)
    np.testing.assert_allclose(drawn, np.corrcoef(np.log(x).T), atol=0.03)


def test_binary_columns_keep_their_association() -> None:
    x = (_correlated(500, 0.7, p=4) > np.array([0.0, 0.8, -0.5, 1.2])).astype(float)
    rng = np.random.default_rng(2)
    tables = fit_copula(x, np.arange(4), rng).draw(40, rng)
    drawn = np.mean([np.corrcoef(t.T) for t in tables], axis=0)
    np.testing.assert_allclose(drawn, np.corrcoef(x.T), atol=0.04)


def test_a_nominal_feature_stays_whole() -> None:
    rng = np.random.default_rng(3)
    category = rng.integers(0, 3, size=200)
    x = np.column_stack([rng.normal(size=200) + category, np.eye(3)[category]])
    tables = fit_copula(x, np.array([0, 1, 1, 1]), rng).draw(5, rng)
    np.testing.assert_array_equal(tables[..., 1:].sum(axis=2), 1.0)
    np.testing.assert_array_equal(tables[0, :, 1:].sum(axis=0), x[:, 1:].sum(axis=0))
    means = [np.mean([t[t[:, 1 + c] == 1, 0].mean() for t in tables]) for c in range(3)]
    assert means[0] < means[1] < means[2]


def test_more_features_than_customers_is_no_obstacle() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(12, 30))
    assert fit_copula(x, np.arange(30), rng).draw(2, rng).shape == (2, 12, 30)


@pytest.mark.parametrize("seed", range(3))
def test_groups_are_told_from_a_cloud(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, 3, size=400)[:, None] * np.array([4.0, 0.0, 0.0]) + rng.normal(size=(400, 3))
    groups[:, 1] += 4.0 * (np.abs(groups[:, 0] - 4) < 2)
    assert null_test(_sample(groups), range(2, 7), 19, 0).rejected
    cloud = null_test(_sample(_correlated(400, 0.8, seed=seed)), range(2, 7), 19, 0)
    assert cloud.observed - cloud.mean < 0.04


def test_the_p_value_counts_the_draws_at_least_as_separated() -> None:
    found = null_test(_sample(_correlated(150, 0.3)), range(2, 5), 19, 0)
    assert 0.05 <= found.p_value <= 1.0
    assert found.mean <= found.maximum
    assert found.draws == 19
    assert found.expected(3) is not None
    assert found.expected(9) is None
    assert (found.p_value == 0.05) == (found.observed > found.maximum)


def test_repeated_and_reordered_calls_agree() -> None:
    x = _correlated(200, 0.5)
    assert null_test(_sample(x), range(2, 5), 9, 3) == null_test(_sample(x), range(2, 5), 9, 3)


def test_a_column_in_heaps_is_named_and_indicators_are_not() -> None:
    rng = np.random.default_rng(5)
    heaps = np.where(rng.random(500) < 0.5, 0.0, 6.0) + rng.normal(size=500)
    category = np.eye(3)[rng.integers(0, 3, size=500)]
    x = np.column_stack([rng.normal(size=500), heaps, category])
    assert heaped_columns(x, np.array([0, 1, 2, 2, 2])) == (1,)


def test_waves_and_prices_of_one_column_are_no_heaps() -> None:
    rng = np.random.default_rng(6)
    day = rng.random(4_000) * 1_096
    day = day[rng.random(4_000) < (1 + 0.4 * np.cos(2 * np.pi * day / 365.25)) / 1.4][:1_000]
    month = np.floor(day % 365.25 / 30.44)
    price = np.log(rng.choice([4.99, 9.99, 19.99, 49.99], size=1_000) * np.where(rng.random(1_000) < 0.5, 1, day))
    deep = np.where(rng.random(1_000) < 0.5, 0.0, 4.5) + rng.normal(size=1_000)
    assert heaped_columns(np.column_stack([day, month, price, deep]), np.arange(4)) == (3,)


def test_shares_without_groups_are_not_more_separated_than_theirs_and_groups_of_shares_are() -> None:
    rng = np.random.default_rng(7)
    even = rng.dirichlet([2.0, 2.0, 2.0, 2.0], size=400)
    found = null_test(_sample(even), range(2, 7), 19, 0)
    assert not found.rejected
    assert found.draws == len(found.drawn) == 19
    centres = np.array([[8.0, 1.0, 1.0, 1.0], [1.0, 8.0, 1.0, 1.0], [1.0, 1.0, 5.0, 5.0]])
    groups = np.array([rng.dirichlet(3 * centres[j]) for j in rng.integers(0, 3, size=400)])
    assert null_test(_sample(groups), range(2, 7), 19, 0).rejected
