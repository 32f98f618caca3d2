"""The data as used: cleaning is what encoding does, told in original units."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clientage.config import FeatureSettings
from clientage.data.quality import QualityReport
from clientage.data.table import Column
from clientage.features.cleaned import CleanColumn, clean_columns
from clientage.features.customers import Customers
from clientage.features.encoding import encode
from made_tables import column

RNG = np.random.default_rng(3)


def people(*features: Column, profile: tuple[Column, ...] = ()) -> Customers:
    n = len(features[0])
    return Customers(n, None, features, profile, (), None, "customers", np.arange(n), {}, {}, QualityReport({}))


def number(values: np.ndarray, name: str = "x") -> Column:
    return Column(name, "number", np.asarray(values, dtype=np.float64))


def cleaned(*features: Column, **settings: object) -> tuple[CleanColumn, ...]:
    customers = people(*features)
    return clean_columns(customers, encode(customers, FeatureSettings(**settings)).recipe)


def test_gaps_get_the_median_and_nothing_else_changes() -> None:
    x = RNG.normal(50, 9, 400)
    holes = np.arange(0, 400, 40)
    gone = x.copy()
    gone[holes] = np.nan
    (clean,) = cleaned(number(gone))
    np.testing.assert_array_equal(np.delete(clean.column.values, holes), np.delete(x, holes))
    np.testing.assert_array_equal(clean.column.values[holes], np.nanmedian(gone))
    assert (clean.filled, clean.bounded, clean.missing) == (10, 0, 0)


@pytest.mark.parametrize("shape", ["normal", "log", "negative"])
def test_outliers_are_set_to_the_bounds_that_the_recipe_names(shape: str) -> None:
    x = {
        "normal": RNG.normal(50, 9, 600),
        "log": RNG.lognormal(3, 1, 600),
        "negative": RNG.lognormal(0, 1, 600) - 0.5,
    }[shape]
    x[:2] = [-1e6, 1e6] if shape != "log" else [x[0], 1e12]
    customers = people(number(x))
    recipe = encode(customers, FeatureSettings()).recipe
    (told,) = recipe.describe()
    (clean,) = clean_columns(customers, recipe)
    assert clean.bounded == told["winsorised"] >= 1
    changed = clean.column.values != x
    assert np.count_nonzero(changed) == clean.bounded
    bounds = [b for b in told["bounds"] if b is not None]
    assert set(clean.column.values[changed].tolist()) <= set(bounds)
    assert clean.column.values.max() <= max(bounds)


def test_categories_are_those_the_segments_know() -> None:
    many = [f"c{i:03d}" for i in range(60) for _ in range(60 - i)]
    (clean,) = cleaned(column("city", [*many, None, None]))
    assert clean.filled == 2
    assert clean.lumped == clean.treatment["winsorised"] > 0  # type: ignore[index]
    assert clean.column.as_text()[-1] == "(missing)"
    assert "(other)" in set(clean.column.as_text())
    assert clean.column.as_text()[0] == "c000"


def test_a_feature_without_spread_stays_as_it_came() -> None:
    clean = cleaned(number(RNG.normal(0, 1, 50)), number(np.full(50, 7.0), "same"))
    assert clean[1].treatment is None
    np.testing.assert_array_equal(clean[1].column.values, 7.0)


def test_what_only_describes_keeps_its_gaps() -> None:
    customers = people(number(RNG.normal(0, 1, 50)), profile=(column("g", ["f", None] * 25),))
    clean = clean_columns(customers, encode(customers, FeatureSettings()).recipe)
    assert (clean[1].role, clean[1].missing) == ("profile", 25)


@given(
    arrays(np.float64, st.integers(5, 60), elements=st.floats(-1e6, 1e6) | st.just(np.nan)),
    st.sampled_from(["auto", "none"]),
    st.sampled_from(["winsorise", "keep"]),
)
def test_encoding_the_cleaned_column_is_encoding_the_column(x: np.ndarray, skew: str, outliers: str) -> None:
    spread = np.linspace(0, 1, len(x)) ** 3
    customers = people(number(np.where(np.isnan(x), spread, x * spread), "a"), number(spread, "b"))
    matrix = encode(customers, FeatureSettings(skew=skew, outliers=outliers))
    clean = [c.column for c in clean_columns(customers, matrix.recipe)]
    np.testing.assert_allclose(matrix.recipe.apply(clean).values, matrix.values, atol=2 * matrix.recipe.grid_step)
