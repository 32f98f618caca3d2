"""Customers from a table: who is who, what is kept, and where every row went."""

from __future__ import annotations

import numpy as np
import pytest

from clientage.config import FeatureSettings, RoleSettings, Settings
from clientage.data import facts
from clientage.data.columns import assign_roles
from clientage.data.quality import RowAccount
from clientage.data.table import Table
from clientage.errors import ColumnError, DataError
from clientage.features.customers import Customers, build_customers, find_value
from clientage.features.encoding import encode
from clientage.features.joined import join_transactions
from clientage.features.transactions import build_from_transactions, build_joined
from made_tables import rows, table


def build(t: Table, policy: FeatureSettings | None = None, **roles: object) -> Customers:
    settings = Settings(roles=RoleSettings(**roles), features=policy or FeatureSettings())
    return build_customers(t, assign_roles(t, settings.roles, settings.features), settings)


def codes(customers: Customers) -> set[str]:
    return {n.code for n in customers.quality.notes}


def test_a_clean_table_becomes_customers_in_input_order() -> None:
    c = build(table(id=["b", "a", "c"], income=[1.5, 2.5, 9.5], gender=["f", "m", "f"], response=[0, 1, 0]))
    assert (c.n, c.origin) == (3, "customers")
    assert c.ids is not None
    assert c.ids.as_text().tolist() == ["b", "a", "c"]
    assert [[x.name for x in part] for part in (c.features, c.profile, c.outcome)] == [
        ["income"],
        ["gender"],
        ["response"],
    ]
    np.testing.assert_array_equal(c.row_customer, [0, 1, 2])


def test_a_repeated_row_is_one_customer_and_both_rows_get_the_label() -> None:
    c = build(table(id=["a", "b", "a"], income=[1.5, 2.5, 1.5]))
    assert c.n == 2
    np.testing.assert_array_equal(c.row_customer, [0, 1, 0])
    assert c.quality.accounts["customers"] == RowAccount(4, 2, {"duplicate row": 1}, {"header": 1})
    assert "duplicate-rows" in codes(c)


def test_one_id_with_different_rows_is_refused_with_its_rows() -> None:
    t = table(id=["a", "b", "a"], income=[1.5, 2.5, 7.0])
    with pytest.raises(DataError, match=r"'id'.*first in row 4\)"):
        build(t)


@pytest.mark.parametrize("ids", [[1, 2, 2, 3], [1, 2, 3, 3], [1, 2, 3, 1], [1, 1, 2, 3]])
def test_counted_ids_that_repeat_are_found_wherever_they_stand(ids: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "PART", 2)
    with pytest.raises(DataError, match="1 row whose id appears further up"):
        build(table(id=ids, income=[1.5, 2.5, 7.0, 8.5]))


@pytest.mark.parametrize(("policy", "income"), [("first", [1.5, 2.5]), ("last", [2.5, 7.0])])
def test_a_policy_settles_different_rows(policy: str, income: list[float]) -> None:
    c = build(table(id=["a", "b", "a"], income=[1.5, 2.5, 7.0]), FeatureSettings(duplicate_ids=policy))
    assert c.column("income").values.tolist() == income
    assert c.row_customer[0] == c.row_customer[2]
    assert c.quality.accounts["customers"].rejected == {"duplicate id": 1}


def test_customers_without_an_id_are_kept_and_numbered() -> None:
    c = build(table(id=["row 2", None, "c", None], income=[1.5, 2.5, 3.5, 2.5]))
    assert c.n == 4
    assert c.ids is not None
    assert c.ids.as_text().tolist() == ["row 2", "row 2 (no id)", "c", "row 4"]
    assert c.quality.counts["null_ids"] == 2
    assert next(n for n in c.quality.notes if n.code == "null-ids").rows == (3, 5)


def test_integer_ids_with_gaps_keep_their_digits() -> None:
    c = build(table(id=[9007199254740991, 12, None], income=[1.5, 2.5, 3.5]))
    assert c.ids is not None
    assert sorted(c.ids.as_text().tolist()) == ["12", "9007199254740991", "row 3"]


def test_ids_that_differ_in_case_or_space_are_doubted_and_kept() -> None:
    c = build(table(id=["A1", "a1", "A 1"], income=[1.5, 2.5, 3.5]))
    assert c.n == 3
    assert next(n for n in c.quality.notes if n.code == "id-variants").count == 2


def test_customers_alike_apart_from_their_id_are_counted_and_kept_unless_asked() -> None:
    t = table(id=["a", "b", "c"], income=[1.5, 1.5, 2.5], gender=["f", "f", "f"])
    kept = build(t)
    assert (kept.n, kept.quality.counts["duplicates_apart_from_id"]) == (3, 1)
    dropped = build(t, FeatureSettings(duplicate_rows="drop"))
    assert dropped.n == 2
    np.testing.assert_array_equal(dropped.row_customer, [0, 0, 1])


def test_rows_without_any_feature_value_are_rejected() -> None:
    c = build(table(a=[1.5, None, 3.0, 4.0], b=[1.0, None, None, 2.0], city=["x", "y", "x", "y"]))
    assert c.n == 3
    np.testing.assert_array_equal(c.row_customer, [0, -1, 1, 2])
    assert c.quality.counts["rows_without_features"] == 1
    assert c.quality.counts["missing_cells"] == 3
    strict = build(table(a=[1.5, None, 3.0, 4.0], b=[1.0, None, None, 2.0]), FeatureSettings(missing="drop"))
    np.testing.assert_array_equal(strict.row_customer, [0, -1, -1, 1])


def test_labels_come_back_in_the_order_of_the_input_file() -> None:
    t = table(a=[1.5, 2.5, 3.5])
    cut = Table(t.columns, 3, t.source, RowAccount(6, 3, {"too long": 2}, {"header": 1}), (), np.array([0, 2, 4]))
    np.testing.assert_array_equal(build(cut).row_customer, [0, -1, 1, -1, 2])


def test_accounts_add_up_whatever_happens() -> None:
    t = table(id=["a", "a", "b", None, "c"], x=[1.5, 1.5, None, 4.0, 2.0], y=[1.0, 1.0, None, 2.0, 3.0])
    account = build(t).quality.accounts["customers"]
    assert account.rejected == {"duplicate row": 1, "no feature value": 1}
    assert account.kept == 3


def test_integer_codes_become_categories_and_spellings_are_merged() -> None:
    c = build(table(x=[1.5, 2.5, 3.5, 4.5], channel=[2, 1, 2, 4], city=["West", "west", "West", "East"]))
    assert [p.kind for p in c.profile] == ["text", "text"]
    assert set(c.column("channel").as_text()) == {"1", "2", "4"}
    assert c.column("city").as_text().tolist() == ["West", "West", "West", "East"]
    assert next(n for n in c.quality.notes if n.code == "category-spelling").count == 1


def test_text_features_are_nominal_features() -> None:
    c = build(table(x=[1.5, 2.5, 3.5], city=["West", "East", "West"]), features=("city", "x"))
    assert [(f.name, f.kind) for f in c.features] == [("x", "number"), ("city", "text")]


def test_without_a_feature_the_reasons_are_told() -> None:
    with pytest.raises(DataError, match="'city' is profile because"):
        build(table(city=["West", "East", "West"]))


def test_a_feature_made_of_purchases_needs_purchases() -> None:
    with pytest.raises(ColumnError, match="recency"):
        build(table(income=[1.5, 2.5]), features=("recency",))


def test_doubtful_values_are_noted_and_kept() -> None:
    c = build(table(age=[31, -3, 999, 40], income=[60, 60_000, 61_000, 62_000]))
    assert "impossible-age" in codes(c)
    assert c.column("age").values.tolist() == [31, -3, 999, 40]


@pytest.mark.parametrize(
    ("names", "value"),
    [
        (["Total Spend", "income"], "Total Spend"),
        (["monetary", "recency"], "monetary"),
        (["Umsatz", "Alter"], "Umsatz"),
        (["MntWines", "MntFruits"], None),
        (["revenue", "turnover"], None),
    ],
)
def test_value_is_named_only_where_one_column_evidently_is_it(names: list[str], value: str | None) -> None:
    assert find_value(table(**{n: [1.5, 2.5] for n in names})) == value


def test_one_customer_is_built_for_scoring_and_refused_for_training() -> None:
    c = build(table(id=["a"], income=[1.5]), id="id", features=("income",))
    assert c.n == 1
    with pytest.raises(DataError, match="at least 2 customers"):
        encode(c, FeatureSettings())


def test_the_order_of_rows_changes_nothing_but_the_order() -> None:
    t = table(
        id=["a", "b", "c", "d", "e"],
        x=[1.5, 2.5, 3.5, 4.5, 0.5],
        city=["West", "west", "East", "West", "west"],
    )
    order = np.array([4, 2, 0, 3, 1])
    c, moved = build(t), build(rows(t, order))
    assert moved.column("city").as_text().tolist() == c.column("city").as_text()[order].tolist()
    assert {(n.code, n.count) for n in c.quality.notes} == {(n.code, n.count) for n in moved.quality.notes}


DAY = np.datetime64("2024-03-01")
LINES = table(
    kunde=["b", "b", "c", "x", "c"],
    datum=[DAY, DAY + 5, DAY + 9, DAY + 2, DAY + 9],
    betrag=[10.0, 5.5, 7.25, 1.0, 2.0],
)


def joined(people: Table, **roles: object) -> Customers:
    settings = Settings(roles=RoleSettings(**roles))
    line_roles = assign_roles(LINES, RoleSettings(kind="transactions"), FeatureSettings())
    return build_joined(people, assign_roles(people, settings.roles, settings.features), LINES, line_roles, settings)


def test_purchases_are_joined_and_counted_both_ways() -> None:
    c = joined(table(id=["a", "b", "c"], income=[1.5, 2.5, 3.5]))
    assert (c.n, c.origin, c.value) == (3, "both", "monetary")
    assert c.column("monetary").values.tolist() == [0.0, 15.5, 9.25]
    assert c.column("frequency").values.tolist() == [0.0, 2.0, 1.0]
    assert c.column("recency").values.tolist() == [8.0, 5.0, 1.0]  # the longest there is for who bought nothing
    assert np.isnan(c.column("basket_value").values[0])
    assert c.quality.counts["customers_without_transactions"] == 1
    assert c.quality.counts["transaction_customers_not_in_table"] == 1
    assert set(c.quality.accounts) == {"customers", "transactions"}
    assert [f.name for f in c.features] == ["income", "recency", "frequency", "monetary"]


def test_given_features_may_come_from_either_side() -> None:
    people = table(id=["a", "b", "c"], income=[1.5, 2.5, 3.5], age=[31, 44, 27])
    assert [f.name for f in joined(people, features=("income", "recency")).features] == ["income", "recency"]
    assert [f.name for f in joined(people, features=("income",)).features] == ["income"]
    assert [f.name for f in joined(people, features=("recency", "frequency")).features] == ["recency", "frequency"]


def test_files_that_share_no_id_are_refused() -> None:
    with pytest.raises(DataError, match="share"):
        joined(table(id=["1", "2"], income=[1.5, 2.5]))


def test_a_table_without_ids_cannot_be_joined() -> None:
    people = build(table(income=[1.5, 2.5]))
    settings = Settings()
    bought = build_from_transactions(LINES, assign_roles(LINES, RoleSettings(), FeatureSettings()), settings)
    with pytest.raises(DataError, match=r"roles\.id"):
        join_transactions(people, bought)
