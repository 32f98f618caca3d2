"""The encoding: what each kind of column becomes, and that nothing in it can lead or vanish."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from clientage.config import FeatureSettings
from clientage.data.quality import QualityReport
from clientage.data.table import Column
from clientage.errors import ColumnError, DataError, ModelError, SettingsError
from clientage.features.customers import Customers
from clientage.features.encoding import FeatureMatrix, Recipe, encode
from made_tables import column

RNG = np.random.default_rng(0)
PLAIN = FeatureSettings()


def people(*features: Column) -> Customers:
    n = len(features[0])
    return Customers(n, None, features, (), (), None, "customers", np.arange(n), {}, {}, QualityReport({}))


def number(name: str, values: np.ndarray) -> Column:
    return Column(name, "number", np.asarray(values, dtype=np.float64))


def matrix(*features: Column, **settings: object) -> FeatureMatrix:
    return encode(people(*features), FeatureSettings(**settings))


def test_a_regular_number_is_standardised_and_nothing_else() -> None:
    x = RNG.normal(50, 9, 1_000)
    m = matrix(number("x", x))
    np.testing.assert_allclose(m.values[:, 0], (x - x.mean()) / x.std(), atol=2.0**-20)
    (told,) = m.recipe.describe()
    assert (told["transformation"], told["winsorised"], told["missing"]) == ("as it is", 0, 0)


def test_everything_lies_on_the_grid() -> None:
    m = matrix(number("x", RNG.lognormal(0, 1, 500)), column("c", ["a", "b", "c", "b", "a"] * 100))
    steps = m.values / m.recipe.grid_step
    np.testing.assert_array_equal(steps, np.rint(steps))
    assert np.abs(m.values).max() <= m.recipe.grid_limit


def test_a_skewed_column_is_compared_on_a_log_scale_which_is_told() -> None:
    x = RNG.lognormal(5, 1, 5_000)
    m = matrix(number("spend", x))
    assert np.corrcoef(m.values[:, 0], np.log(x))[0, 1] > 0.99
    assert [n.code for n in m.notes] == ["transformed"]
    assert "skewness" in m.recipe.describe()[0]["reason"]


def test_skew_with_negative_values_takes_a_power() -> None:
    m = matrix(number("x", RNG.lognormal(0, 1, 2_000) - 0.6))
    assert m.recipe.describe()[0]["transformation"] == "Yeo-Johnson"
    assert abs(float(np.mean(m.values[:, 0] ** 3))) < 0.3


def test_one_slip_does_not_make_a_column_skewed() -> None:
    x = np.abs(RNG.normal(50_000, 9_000, 2_000))
    x[7] = 666_666
    m = matrix(number("income", x))
    (told,) = m.recipe.describe()
    assert (told["transformation"], told["winsorised"]) == ("as it is", 1)


@pytest.mark.parametrize("n", [40, 1_000])
def test_one_outlier_cannot_lead(n: int) -> None:
    x = RNG.normal(size=n)
    x[0] = 1e6
    m = matrix(number("x", x), number("y", RNG.normal(size=n)))
    assert np.abs(m.values).max() < 6.5
    assert next(note for note in m.notes if note.code == "winsorised").count == 1


def test_columns_of_mostly_one_value_do_not_explode() -> None:
    x = np.r_[np.zeros(900), RNG.normal(3, 1, 100)]
    assert np.abs(matrix(number("x", x)).values).max() < 10


def test_outliers_can_be_kept() -> None:
    x = np.r_[RNG.normal(size=999), 1e6]
    m = matrix(number("x", x), outliers="keep")
    assert m.values[-1, 0] == pytest.approx(np.sqrt(999), rel=1e-3)
    assert m.recipe.describe()[0]["bounds"] is None


def test_missing_numbers_count_as_the_median() -> None:
    m = matrix(number("x", [1, 2, np.nan, 4, 9, 3, 2, 5]), number("y", np.arange(8)))
    encoded = m.recipe.apply([number("x", [3.0, np.nan]), number("y", [0.0, 0.0])])
    assert encoded.values[0, 0] == encoded.values[1, 0] == m.values[2, 0]
    assert encoded.filled == {"x": 1}
    assert next(n for n in m.notes if n.code == "filled-missing").count == 1


def test_constant_and_nearly_constant_columns_are_no_features() -> None:
    one_off = np.zeros(1_000)
    one_off[5], one_off[6] = 3, 1e6
    m = matrix(number("x", RNG.normal(size=1_000)), number("same", np.full(1_000, 7.0)), number("odd", one_off))
    assert m.names == ("x",)
    assert [n.column for n in m.notes if n.code == "no-spread"] == ["same", "odd"]


def test_without_spread_there_is_nothing_to_encode() -> None:
    with pytest.raises(DataError, match="customers differ"):
        matrix(number("same", np.full(50, 7.0)))


def test_a_category_weighs_as_one_number_whatever_its_number_of_categories() -> None:
    for k in (2, 3, 8):
        codes = (np.arange(1_200) % k).astype(np.int32)
        m = matrix(Column("c", "text", codes, tuple("abcdefgh"[:k])), number("x", RNG.normal(size=1_200)))
        assert m.values[:, :k].var(axis=0).sum() == pytest.approx(1.0, abs=1e-4)
        np.testing.assert_allclose(m.values.mean(axis=0), 0.0, atol=1e-4)
        assert m.feature_of.tolist() == [0] * k + [1]
        assert m.names[:2] == ("c=a", "c=b")


def test_two_categories_are_as_far_apart_as_a_yes_no_number() -> None:
    yes = (RNG.random(1_000) < 0.3).astype(float)
    x = number("x", RNG.normal(size=1_000))
    text = matrix(Column("c", "text", yes.astype(np.int32), ("n", "y")), x).values
    plain = matrix(number("c", yes), x).values
    far = np.sum((text[yes == 1][0, :2] - text[yes == 0][0, :2]) ** 2)
    assert far == pytest.approx((plain[yes == 1][0, 0] - plain[yes == 0][0, 0]) ** 2, rel=1e-4)


def test_yes_no_columns_alone_share_one_scale() -> None:
    rare, common = (RNG.random(1_000) < 0.05).astype(float), (RNG.random(1_000) < 0.5).astype(float)
    m = matrix(number("rare", rare), number("common", common))
    spread = np.ptp(m.values, axis=0)
    assert spread[0] == pytest.approx(spread[1], rel=1e-5)
    assert m.values.var(axis=0).sum() == pytest.approx(2.0, abs=1e-4)


def test_a_rare_yes_is_bounded() -> None:
    once = np.zeros(5_000)
    once[9] = 1
    assert np.abs(matrix(number("once", once), number("x", RNG.normal(size=5_000))).values).max() < 8


def test_missing_categories_are_a_category() -> None:
    m = matrix(column("c", ["a", None, "b", "a", None, "b"] * 20))
    assert m.names == ("c=a", "c=b", "c=(missing)")


def test_unseen_categories_are_the_average_customer_and_counted() -> None:
    m = matrix(column("c", ["a", "b", "b", "a"] * 20))
    encoded = m.recipe.apply([column("c", ["zebra", "B ", None])])
    np.testing.assert_array_equal(encoded.values[0], [0.0, 0.0])
    np.testing.assert_array_equal(encoded.values[1], m.values[1])
    assert encoded.unseen == {"c": 1}
    assert encoded.filled == {"c": 1}


def test_rare_categories_share_one_bucket() -> None:
    values = [f"c{i}" for i in range(40) for _ in range(40 - i)]
    m = matrix(column("c", values))
    assert len(m.names) == 30
    assert m.names[-1] == "c=(other)"
    assert next(n for n in m.notes if n.code == "rare-categories").count == sum(40 - i for i in range(29, 40))
    assert m.recipe.apply([column("c", ["never seen"])]).unseen == {}


def test_numbers_out_of_the_range_of_training_are_counted_and_bounded() -> None:
    m = matrix(number("x", RNG.normal(size=1_000)))
    encoded = m.recipe.apply([number("x", [1e9, 0.0, -1e9, np.nan])])
    assert encoded.out_of_range == {"x": 0.5}
    assert np.abs(encoded.values).max() < 6.5


def test_weights_multiply_squared_differences() -> None:
    x, y = number("x", RNG.normal(size=500)), number("y", RNG.normal(size=500))
    m = matrix(x, y, weights={"y": 4.0})
    np.testing.assert_allclose(m.values.var(axis=0), [1.0, 4.0], rtol=1e-4)
    with pytest.raises(ColumnError, match="Did you mean 'y'"):
        matrix(x, y, weights={"yy": 1.0})
    with pytest.raises(SettingsError, match="above 0"):
        matrix(x, y, weights={"y": 0.0})


def test_scale_and_skew_can_be_left_alone() -> None:
    x = RNG.lognormal(0, 1, 400)
    m = matrix(number("x", x), skew="none", scale="none", outliers="keep")
    np.testing.assert_allclose(m.values[:, 0], x, atol=m.recipe.grid_step)


def test_huge_numbers_are_refused_and_infinite_ones_are_missing() -> None:
    with pytest.raises(DataError, match="'x'"):
        matrix(number("x", [1e308, 1.0, 2.0]))
    assert matrix(number("x", [np.inf, 1.0, 2.0, 3.0])).recipe.describe()[0]["missing"] == 1


def test_dates_are_no_features() -> None:
    with pytest.raises(ColumnError, match="days since"):
        matrix(column("day", [np.datetime64("2024-01-01"), np.datetime64("2024-01-02")]))


def test_few_customers_are_noted() -> None:
    codes = [n.code for n in matrix(*(number(f"x{i}", RNG.normal(size=9)) for i in range(12))).notes]
    assert "few-customers" in codes
    assert "fewer-customers-than-features" in codes


def test_apply_needs_the_columns_of_training_in_their_kinds() -> None:
    recipe = matrix(number("income", RNG.normal(size=50))).recipe
    with pytest.raises(ColumnError, match="Did you mean 'Income'"):
        recipe.apply([number("Income", [1.0])])
    with pytest.raises(ColumnError, match="numbers in the column 'income'"):
        recipe.apply([column("income", ["much"])])
    assert recipe.apply([column("income", [None, None])]).filled == {"income": 2}


def test_no_rows_give_an_empty_matrix() -> None:
    recipe = matrix(number("x", RNG.normal(size=50)), column("c", ["a", "b"] * 25)).recipe
    empty = recipe.apply([number("x", []), Column("c", "text", np.empty(0, dtype=np.int32))])
    assert empty.values.shape == (0, 3)
    assert (empty.unseen, empty.out_of_range, empty.filled) == ({}, {}, {})


def test_codes_read_as_numbers_match_categories() -> None:
    recipe = matrix(column("channel", ["1", "2"] * 25)).recipe
    assert recipe.apply([column("channel", [1, 2])]).unseen == {}


def test_a_recipe_survives_json_and_a_damaged_one_is_refused() -> None:
    recipe = matrix(number("x", RNG.lognormal(0, 1, 300) - 0.5), column("c", ["a", None, "b"] * 100)).recipe
    assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe
    broken = recipe.to_dict()
    del broken["features"][0]["scale"]
    for damaged in ({}, broken, {"features": [1], "grid_step": 1, "grid_limit": 16}):
        with pytest.raises(ModelError):
            Recipe.from_dict(damaged)


def test_describing_gives_bounds_in_original_units() -> None:
    x = np.r_[RNG.lognormal(5, 0.5, 999), 1e9]
    (told,) = matrix(number("spend", x)).recipe.describe()
    low, high = told["bounds"]
    assert 0 <= low < np.median(x) < high < 1e9
    assert told["winsorised"] >= 1


def test_a_step_without_bounds_inverts_as_well() -> None:
    step = matrix(number("x", RNG.lognormal(0, 1, 500) - 0.6)).recipe.features[0]
    for power in (0.0, 0.5, 1.0, 2.0, 2.5):
        moved = replace(step, power=power)  # type: ignore[call-arg]
        assert moved.invert(0.0) == pytest.approx(0.0, abs=1e-12)
