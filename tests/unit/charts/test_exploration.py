"""Statistics of columns, against scipy and by their invariants."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from clientage.charts.exploration import (
    FEWEST_SHOWN,
    TOP_CATEGORIES,
    explore,
    histogram,
    summarise_column,
)
from clientage.data.table import Column


def number(values: object, name: str = "x", **more: bool) -> Column:
    return Column(name, "number", np.asarray(values, dtype=float), **more)


def text(values: list[str | None], name: str = "c") -> Column:
    kinds = tuple(dict.fromkeys(v for v in values if v is not None))
    return Column(name, "text", np.array([-1 if v is None else kinds.index(v) for v in values], dtype=np.int32), kinds)


def test_numbers_agree_with_scipy(rng: np.random.Generator) -> None:
    values = rng.lognormal(size=501)
    values[::50] = np.nan
    there = values[~np.isnan(values)]
    found = summarise_column(number(values))
    assert (found.n, found.missing, found.distinct) == (501, 11, len(np.unique(there)))
    assert found.mean == pytest.approx(there.mean())
    assert found.sd == pytest.approx(there.std())
    assert found.median == pytest.approx(np.median(there))
    assert found.skew == pytest.approx(stats.skew(there))
    assert found.histogram is not None
    assert found.histogram.log
    assert found.histogram.counts.sum() == len(there)


def test_outliers_lie_beyond_the_outer_fences() -> None:
    values = np.concatenate([np.arange(100.0), [99 + 3 * 50.0 + 10, -160.0]])
    assert summarise_column(number(values)).outliers == 2


@pytest.mark.parametrize("values", [[np.nan, np.nan], [3.0, 3.0, np.nan]])
def test_a_column_without_spread_has_no_histogram(values: list[float]) -> None:
    found = summarise_column(number(values))
    assert found.histogram is None
    assert found.skew is None


def test_yes_and_no_are_counted_and_not_averaged() -> None:
    found = summarise_column(number([1, 0, 0, np.nan, 0]))
    assert (found.type, found.top, found.mean) == ("yes/no", (("no", 3), ("yes", 1)), 0.25)


def test_rare_categories_are_never_named() -> None:
    values = ["big"] * 10 + ["rare"] * (FEWEST_SHOWN - 1) + [None]
    found = summarise_column(text(values))
    assert found.top == (("big", 10),)
    assert found.other == FEWEST_SHOWN - 1


def test_categories_do_not_depend_on_the_order_of_rows(rng: np.random.Generator) -> None:
    values = [f"kind {i % 20:02d}" for i in range(200)]
    shuffled = rng.permutation(np.array(values, dtype=object)).tolist()
    found = summarise_column(text(values))
    assert found.top == summarise_column(text(shuffled)).top
    assert len(found.top) == TOP_CATEGORIES
    assert found.other == 200 - 8 * 10


def test_dates_have_a_span() -> None:
    days = np.array(["2024-02-29", "NaT", "2023-01-01"], dtype="datetime64[us]")
    found = summarise_column(Column("d", "date", days))
    assert (found.first, found.last, found.missing) == ("2023-01-01", "2024-02-29", 1)


@pytest.mark.parametrize(
    "values",
    [np.array([-50.0, 0.0, 1e6, 20.0]), np.array([0.0, 1e9]), np.array([1.0, 2.0, 2.0, 7.0]), np.array([0.1, 0.2])],
)
@pytest.mark.parametrize("skewed", [True, False])
def test_every_value_lies_in_a_bin(values: np.ndarray, skewed: bool) -> None:
    found = histogram(values, skewed=skewed)
    assert found.counts.sum() == len(values)
    assert np.all(np.diff(found.edges) > 0)


def test_few_whole_numbers_get_a_bin_each() -> None:
    found = histogram(np.array([1.0, 3.0, 3.0]))
    assert found.edges.tolist() == [0.5, 1.5, 2.5, 3.5]
    assert found.counts.tolist() == [1, 0, 2]


def test_only_columns_that_vary_are_compared() -> None:
    columns = [number([1, 2, 3], "a"), number([5, 5, 5], "b"), text(["x", "x", "x"])]
    found = explore(columns)
    assert found.associations is None
    assert [c.name for c in found.columns] == ["a", "b", "c"]


def test_the_sample_does_not_depend_on_the_order_of_rows(rng: np.random.Generator) -> None:
    spend = rng.normal(size=25_000).round(2)
    city = rng.choice(["Rome", "Oslo", "Lima"], 25_000).tolist()
    order = rng.permutation(25_000)
    one = explore([number(spend, "spend"), text(city, "city")])
    other = explore([number(spend[order], "spend"), text([city[i] for i in order], "city")])
    assert len(one.sample) == len(other.sample) == 20_000
    assert spend[one.sample].tolist() == spend[order][other.sample].tolist()
