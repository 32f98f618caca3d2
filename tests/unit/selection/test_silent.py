"""Columns that say nothing about groups neither hide them nor keep them from being looked for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency
from sklearn.metrics import adjusted_rand_score

from clientage.clustering.coreset import summarise
from clientage.clustering.models import MixtureModel
from clientage.config import ClusterSettings
from clientage.grid import Grid
from clientage.selection.sample import Sample
from clientage.selection.select import select
from clientage.selection.silent import related, silent_columns

N = 600


def _silent(*columns: np.ndarray) -> tuple[int, ...]:
    x = np.column_stack(columns).astype(float)
    return silent_columns(Sample(x, np.ones(len(x)), len(x), True))


def _scaled(x: np.ndarray) -> np.ndarray:
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    return Grid.for_values(scaled).round(scaled)


def _groups(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Three groups 4 SD apart in two columns."""
    group = rng.integers(0, 3, N)
    return rng.normal(size=(N, 2)) + np.array([[0, 0], [4, 0], [0, 4]])[group], group


def test_only_what_goes_with_nothing_and_is_one_heap_is_silent() -> None:
    rng = np.random.default_rng(0)
    x, _ = _groups(rng)
    even, two_heaps = rng.random(N), rng.normal(size=N) + 6 * rng.integers(0, 2, N)
    rating, yes = rng.integers(1, 6, N), rng.integers(0, 2, N)
    assert _silent(x, even, two_heaps, rating, yes) == (2, 4)


def test_a_month_is_as_silent_as_its_day_and_scales_that_go_together_are_one_party() -> None:
    rng = np.random.default_rng(1)
    x, _ = _groups(rng)
    day = rng.uniform(0, 365, N)
    mood = rng.normal(size=(N, 1)) + 0.7 * rng.normal(size=(N, 3))
    scales = np.clip(np.rint(3 + mood), 1, 5)
    assert _silent(day // 30.5, x, day, scales) == (0, 3, 4, 5, 6)
    heaps = rng.normal(size=N) + 6 * rng.integers(0, 2, N)
    assert _silent(heaps, day, heaps // 3) == (1,)
    mild = np.concatenate([rng.normal(0, 1, N // 2), rng.normal(3, 1, N // 2)])  # as a season is in a column of days
    assert _silent(heaps, mild) == (1,)


def test_where_nothing_would_be_left_and_among_few_customers_none_is_silent() -> None:
    rng = np.random.default_rng(2)
    assert _silent(rng.random((N, 4))) == ()
    x, _ = _groups(rng)
    assert _silent(x[:90], rng.random(90)) == ()
    assert _silent(rng.random(N), rng.integers(0, 2, N)) == ()


@pytest.mark.parametrize(
    "bent",
    [
        lambda a, e: a**2 + 0.5 * e,
        lambda a, e: e * np.exp(0.6 * a),
        lambda a, e: np.sin(2 * a) + 0.3 * e,
        lambda a, e: 0.3 * a + e,
    ],
)
def test_what_is_bent_or_extreme_together_goes_together(bent) -> None:
    rng = np.random.default_rng(3)
    a, e, other = rng.normal(size=(3, N))
    found = related(np.column_stack([a, bent(a, e), other]))
    np.testing.assert_array_equal(found, [[True, True, False], [True, True, False], [False, False, True]])


def test_unrelated_columns_are_seldom_said_to_go_together() -> None:
    rng = np.random.default_rng(4)
    wrong = [related(np.column_stack([rng.exponential(size=(N, 3)), rng.integers(0, 4, N)])) for _ in range(200)]
    assert np.triu(np.mean(wrong, axis=0), 1).max() < 0.02


def test_tables_of_counts_are_those_of_a_chi_squared_test() -> None:
    """SciPy's test rejects about where this one does."""
    rng = np.random.default_rng(5)
    found, theirs = [], []
    for strength in np.linspace(0.0, 0.35, 120):
        a, e = rng.random((2, N))
        b = np.where(rng.random(N) < strength, (2 * a) % 1.0, e)  # bent so that no correlation sees it
        table = np.histogram2d(a, b, bins=6)[0]
        theirs.append(chi2_contingency(table).pvalue)
        found.append(bool(related(np.column_stack([a, b]))[0, 1]))
    agree = np.array(found) == (np.array(theirs) < 0.0011)
    assert agree.mean() > 0.9
    assert 0.2 < np.mean(found) < 0.8


@pytest.mark.parametrize("kind", ["even spreads", "a rating", "days and months"])
def test_groups_are_found_beside_columns_that_say_nothing(kind: str) -> None:
    rng = np.random.default_rng(6)
    x, group = _groups(rng)
    day = rng.uniform(0, 1096, N)
    beside = {
        "even spreads": rng.random((N, 3)),
        "a rating": rng.integers(1, 6, (N, 1)),
        "days and months": np.column_stack([day, day % 365.25 // 30.44]),
    }[kind]
    x_all = _scaled(np.column_stack([x, beside]))
    found = select(x_all, summarise(x_all), ClusterSettings(bootstraps=20))
    assert (found.verdict, found.chosen.k) == ("natural", 3)
    model = found.chosen.model
    assert isinstance(model, MixtureModel)
    assert np.ptp(model.centers[:, 2:], axis=0).max() == 0.0
    assert adjusted_rand_score(group, model.assign(x_all).labels) > 0.85


def test_silent_columns_make_no_groups() -> None:
    rng = np.random.default_rng(7)
    pair = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=N)
    x = _scaled(np.column_stack([pair, rng.random((N, 2)), rng.integers(1, 6, N)]))
    found = select(x, summarise(x), ClusterSettings(bootstraps=20))
    assert found.verdict != "natural"


def test_columns_far_apart_in_a_wide_table_are_found_to_go_together() -> None:
    x = np.random.default_rng(0).uniform(size=(800, 70))
    x[:, 65] = (3 * x[:, 2]) % 1
    together = related(x)
    assert together[2, 65]
    assert (together == together.T).all()
    assert together.sum() == 72  # each with itself, and this pair
