"""What must not change the encoding: the order of rows, units, other columns, the batch a row comes in."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientage.config import FeatureSettings
from clientage.data.quality import QualityReport
from clientage.data.table import Column
from clientage.errors import DataError
from clientage.features.customers import Customers
from clientage.features.encoding import FeatureMatrix, Recipe, encode

SHAPES = ("normal", "lognormal", "shifted", "counts", "zeros", "binary", "outlier", "negative")


def draw_numbers(rng: np.random.Generator, shape: str, n: int) -> np.ndarray:
    made = {
        "normal": lambda: rng.normal(5, 2, n),
        "lognormal": lambda: rng.lognormal(2, 1, n),
        "shifted": lambda: rng.lognormal(0, 1, n) - 0.7,
        "counts": lambda: rng.poisson(2, n).astype(float),
        "zeros": lambda: np.where(rng.random(n) < 0.8, 0.0, rng.gamma(2, 3, n)),
        "binary": lambda: (rng.random(n) < 0.3).astype(float),
        "outlier": lambda: np.r_[rng.normal(size=n - 1), 1e6],
        "negative": lambda: -rng.lognormal(1, 1, n),
    }[shape]()
    made[rng.random(n) < 0.05] = np.nan
    return made


@st.composite
def features(draw: st.DrawFn) -> tuple[Column, ...]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n = draw(st.integers(5, 400))
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=4))
    numbers = [Column(f"{s}{i}", "number", draw_numbers(rng, s, n)) for i, s in enumerate(shapes)]
    k = draw(st.integers(2, 6))
    codes = rng.integers(-1, k, n).astype(np.int32)
    return (*numbers, Column("kind", "text", codes, tuple("abcdef"[:k])))


def people(columns: tuple[Column, ...]) -> Customers:
    n = len(columns[0])
    return Customers(n, None, columns, (), (), None, "customers", np.arange(n), {}, {}, QualityReport({}))


def encoded(columns: tuple[Column, ...]) -> FeatureMatrix:
    return encode(people(columns), FeatureSettings())


@settings(max_examples=60, deadline=None)
@given(features(), st.integers(0, 2**32))
def test_row_order_gives_a_bit_identical_recipe(columns: tuple[Column, ...], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(columns[0]))
    one, other = encoded(columns), encoded(tuple(c.take(order) for c in columns))
    assert other.recipe == one.recipe
    np.testing.assert_array_equal(other.values, one.values[order])


@settings(max_examples=60, deadline=None)
@given(features(), st.sampled_from([1000.0, 0.01, 2.54, 0.5]))
def test_units_change_nothing(columns: tuple[Column, ...], factor: float) -> None:
    scaled = tuple(
        Column(c.name, "number", c.values * factor) if c.kind == "number" and not c.name.startswith("binary") else c
        for c in columns
    )
    one, other = encoded(columns), encoded(scaled)
    assert other.names == one.names
    # The power of Yeo-Johnson is searched to 1e-6; everything else agrees to a step of the grid.
    powers = [getattr(s, "transform", "") == "yeo-johnson" for s in one.recipe.features]
    loose = np.array(powers)[one.feature_of]
    np.testing.assert_allclose(other.values[:, ~loose], one.values[:, ~loose], atol=4 * one.recipe.grid_step, rtol=0)
    np.testing.assert_allclose(other.values[:, loose], one.values[:, loose], atol=1e-4, rtol=0)


@settings(max_examples=40, deadline=None)
@given(features())
def test_constant_columns_change_nothing(columns: tuple[Column, ...]) -> None:
    n = len(columns[0])
    one = encoded(columns)
    other = encoded(
        (
            *columns,
            Column("same", "number", np.full(n, 4.0)),
            Column("one", "text", np.zeros(n, dtype=np.int32), ("x",)),
        )
    )
    assert other.recipe == one.recipe
    np.testing.assert_array_equal(other.values, one.values)


@settings(max_examples=60, deadline=None)
@given(features(), st.data())
def test_a_row_alone_equals_the_row_in_a_batch(columns: tuple[Column, ...], data: st.DataObject) -> None:
    m = encoded(columns)
    np.testing.assert_array_equal(m.recipe.apply(columns).values, m.values)
    start = data.draw(st.integers(0, len(columns[0]) - 1))
    rows = np.arange(start, min(len(columns[0]), start + data.draw(st.integers(1, 17))))
    some = m.recipe.apply([c.take(rows) for c in reversed(columns)])
    np.testing.assert_array_equal(some.values, m.values[rows])


@settings(max_examples=40, deadline=None)
@given(features())
def test_json_keeps_a_recipe_bit_for_bit(columns: tuple[Column, ...]) -> None:
    m = encoded(columns)
    again = Recipe.from_dict(json.loads(json.dumps(m.recipe.to_dict())))
    assert again == m.recipe
    np.testing.assert_array_equal(again.apply(columns).values, m.values)
    assert json.dumps(m.recipe.describe())


@settings(max_examples=40, deadline=None)
@given(features())
def test_values_are_finite_bounded_and_on_the_grid(columns: tuple[Column, ...]) -> None:
    m = encoded(columns)
    assert np.isfinite(m.values).all()
    assert np.abs(m.values).max() <= 12
    np.testing.assert_array_equal(np.rint(m.values / m.recipe.grid_step) * m.recipe.grid_step, m.values)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e9, 1e9, width=32) | st.just(float("nan")), min_size=2, max_size=60))
def test_any_numbers_are_encoded_or_refused(values: list[float]) -> None:
    column = Column("x", "number", np.array(values))
    try:
        m = encoded((column,))
    except DataError:
        assert len({v for v in values if v == v}) < 2 or len(values) >= 8
        return
    assert np.isfinite(m.values).all()


def test_doubling_every_row_gives_the_same_encoding() -> None:
    rng = np.random.default_rng(0)
    columns = (Column("x", "number", rng.normal(size=301)), Column("y", "number", rng.lognormal(0, 0.3, 301)))
    twice = tuple(c.take(np.r_[np.arange(301), np.arange(301)]) for c in columns)
    np.testing.assert_allclose(encoded(twice).values[:301], encoded(columns).values, atol=1e-5)
    assert encoded(twice).values[:, 0].std() == pytest.approx(1.0, abs=1e-5)
