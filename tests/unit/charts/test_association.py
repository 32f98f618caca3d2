"""How columns go together: against scipy's figures, and nothing where there is nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from clientage.charts.association import associate, correlation_ratio, cramers_v, spearman
from clientage.data.table import Column


def number(values: object, name: str = "x") -> Column:
    return Column(name, "number", np.asarray(values, dtype=float))


def category(codes: object, kinds: int, name: str = "c") -> Column:
    return Column(name, "text", np.asarray(codes, dtype=np.int32), tuple(f"kind {i}" for i in range(kinds)))


def test_spearman_agrees_with_scipy(rng: np.random.Generator) -> None:
    values = rng.normal(size=(200, 3)).round(1)  # with ties
    values[:, 2] += values[:, 0]
    np.testing.assert_allclose(spearman(values), stats.spearmanr(values).statistic, atol=1e-12)


def test_cramers_v_is_bergsmas_correction_of_scipys(rng: np.random.Generator) -> None:
    a = rng.integers(0, 4, 500)
    b = np.where(rng.random(500) < 0.4, a % 3, rng.integers(0, 3, 500))
    table = stats.contingency.crosstab(a, b).count
    n, (r, c) = table.sum(), table.shape
    plain = stats.contingency.association(table, method="cramer", correction=False)
    phi = plain**2 * (min(r, c) - 1)
    corrected = max(0.0, phi - (r - 1) * (c - 1) / (n - 1))
    side = min(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1
    found = cramers_v(category(a, 4), category(b, 3))
    assert found == pytest.approx(math.sqrt(corrected / side))
    assert found < plain


def test_the_correlation_ratio_is_kelleys_correction_of_scipys_f(rng: np.random.Generator) -> None:
    codes = rng.integers(0, 5, 400)
    x = rng.normal(size=400) + codes % 2
    f = stats.f_oneway(*(x[codes == j] for j in range(5))).statistic
    epsilon = (f - 1) * 4 / (f * 4 + 400 - 5)  # F in terms of ε²: Kelley 1935
    assert correlation_ratio(number(x), category(codes, 5)) == pytest.approx(math.sqrt(epsilon))


def test_many_categories_do_not_make_noise_look_related(rng: np.random.Generator) -> None:
    codes, others = rng.integers(0, 200, 1000), rng.integers(0, 150, 1000)
    x = rng.normal(size=1000)
    assert correlation_ratio(number(x), category(codes, 200)) < 0.2
    assert cramers_v(category(codes, 200), category(others, 150)) < 0.2


def test_missing_values_are_left_out_pair_by_pair() -> None:
    kind = category([0, 0, 1, 1, -1], 2)
    assert correlation_ratio(number([1, 1, 5, 5, 99]), kind) == 1.0
    assert correlation_ratio(number([1, 1, 5, 5, np.nan]), category([0, 0, 1, 1, 1], 2)) == 1.0
    assert correlation_ratio(number([2, 2, 2, 2, 2]), kind) is None
    assert cramers_v(kind, category([0, 0, 0, 0, 0], 1)) is None


def test_one_table_holds_all_three_and_leaves_dates_out(rng: np.random.Generator) -> None:
    a = rng.normal(size=300)
    kind = category((a > 0).astype(int), 2, "kind")
    days = Column("day", "date", np.full(300, np.datetime64("2024-01-01", "us")))
    found = associate([kind, number(a, "a"), days, number(-a, "b"), category(rng.integers(0, 3, 300), 3, "noise")])
    assert found is not None
    assert found.names == ("a", "b", "kind", "noise")
    assert found.categories == (False, False, True, True)
    np.testing.assert_allclose(found.values, found.values.T)
    assert found.values[0, 1] == -1
    assert found.values[0, 2] > 0.7
    assert found.values[2, 3] < 0.1
    assert associate([number(a, "a"), days]) is None
