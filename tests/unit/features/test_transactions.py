"""Purchases: which lines count, what they say of a customer, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clientage.config import ReadSettings, RoleSettings, Settings, TransactionSettings
from clientage.data.columns import assign_roles
from clientage.data.quality import RowAccount
from clientage.data.table import Table
from clientage.data.transaction_columns import DERIVED
from clientage.errors import ColumnError, DataError, SettingsError
from clientage.features.behaviour import FIGURES
from clientage.features.customers import Customers
from clientage.features.encoding import encode
from clientage.features.transactions import build_from_transactions
from made_tables import rows, table

DAY = np.datetime64("2024-03-01")  # a Friday
LINES = {
    "CustomerID": ["b", "b", "a", None, "b", "c", "a", "b"],
    "InvoiceNo": ["1", "1", "2", "3", "4", "C5", "C6", "7"],
    "InvoiceDate": [DAY, DAY, DAY + 1, DAY + 1, DAY + 4, DAY + 5, DAY + 6, DAY + 10],
    "StockCode": ["tea", "cup", "tea", "tea", "tea", "cup", "tea", "POST"],
    "Quantity": [2, 1, 10, 1, 3, -1, -4, 1],
    "UnitPrice": [2.5, 7.99, 2.5, 2.5, 2.5, 7.99, 2.5, 5.0],
    "Country": ["DE", "DE", "UK", "UK", "DE", "UK", "UK", "FR"],
}


def build(t: Table, roles: RoleSettings | None = None, **policy: object) -> Customers:
    settings = Settings(roles=roles or RoleSettings(kind="transactions"), transactions=TransactionSettings(**policy))
    return build_from_transactions(t, assign_roles(t, settings.roles, settings.features), settings)


def lines(**change: list) -> Table:
    return table("lines.csv", **{**LINES, **change})


def of(c: Customers, name: str) -> list[float]:
    return c.column(name).values.tolist()


def note(c: Customers, code: str) -> str:
    return next(n.text for n in c.quality.notes if n.code == code)


def test_derived_names_are_the_same_in_both_rooms() -> None:
    assert (*FIGURES, "rfm_score", "rfm_segment") == DERIVED


def test_what_lines_say_of_their_customers() -> None:
    c = build(lines())
    assert c.ids is not None
    assert c.ids.as_text().tolist() == ["a", "b"]
    assert [f.name for f in c.features] == ["recency", "frequency", "monetary"]
    assert of(c, "recency") == [10, 1]
    assert of(c, "frequency") == [1, 3]
    assert of(c, "monetary") == [15.0, 25.49]  # the return reduces a's 25.00; postage counts as money
    assert of(c, "tenure") == [10, 11]
    assert np.isnan(of(c, "interpurchase")[0])
    assert of(c, "interpurchase")[1] == 5.0
    assert of(c, "interpurchase_cv")[1] == pytest.approx(np.std([4, 6], ddof=1) / 5)
    assert of(c, "basket_value") == [25.0, pytest.approx(25.49 / 3)]
    assert of(c, "items_per_order") == [10.0, 2.0]  # postage is no piece
    assert of(c, "breadth") == [1.0, 2.0]
    assert of(c, "return_rate") == [40.0, 0.0]
    assert of(c, "weekend_share") == [100.0, 0.0]
    assert c.column("Country").as_text().tolist() == ["UK", "DE"]
    assert (c.value, c.origin) == ("monetary", "transactions")
    assert c.units["recency"] == "days"
    assert c.titles["frequency"] == "days with a purchase"


def test_every_line_is_accounted_for() -> None:
    c = build(lines())
    assert c.quality.accounts["transactions"] == RowAccount(
        9, 6, {"no customer": 1, "customer bought nothing": 1}, {"header": 1}
    )
    np.testing.assert_array_equal(c.row_customer, [1, 1, 0, -1, 1, -1, 0, 1])
    expected = {
        "lines": 8,
        "lines_without_customer": 1,
        "cancelled_lines": 2,
        "negative_quantity": 2,
        "customers_with_id": 3,
        "customers_only_returns": 1,
        "customers": 2,
        "one_time_customers": 1,
        "service_lines": 1,
    }
    assert expected.items() <= c.quality.counts.items()


def test_returns_can_be_dropped() -> None:
    c = build(lines(), returns="drop")
    assert of(c, "monetary")[0] == 25.0
    assert "return_rate" not in [x.name for x in c.profile]
    assert c.quality.accounts["transactions"].rejected["returned"] == 2


def test_customers_with_only_returns_can_be_kept_with_defined_figures() -> None:
    c = build(lines(), only_returns="keep")
    assert c.n == 3
    assert [of(c, name)[2] for name in ("recency", "frequency", "monetary")] == [6, 0, -7.99]
    assert np.isnan(of(c, "basket_value")[2])


def test_cancelled_orders_with_positive_lines_are_dropped() -> None:
    c = build(lines(Quantity=[2, 1, 10, 1, 3, -1, 4, 1]))
    assert of(c, "monetary")[0] == 25.0
    assert c.quality.accounts["transactions"].rejected["order cancelled"] == 1


def test_a_prefix_that_most_orders_have_marks_no_cancellation() -> None:
    c = build(lines(InvoiceNo=[f"C{i}" for i in range(8)]))
    assert c.quality.counts["cancelled_lines"] == 0
    assert "marks no cancellation" in note(c, "cancelled-prefix")


def test_prices_that_are_not_positive_are_dropped_and_counted_over_the_whole_file() -> None:
    c = build(lines(UnitPrice=[2.5, 0.0, 2.5, -1.0, 2.5, 7.99, 2.5, 5.0]))
    assert c.quality.counts["price_not_positive"] == 2
    assert c.quality.accounts["transactions"].rejected["price not positive"] == 1  # the other has no customer
    assert of(c, "monetary")[1] == 17.5


def test_repeated_lines_go_where_order_and_product_identify_them() -> None:
    twice = rows(lines(), [0, 0, 1, 2, 3, 4, 5, 6, 7])
    auto = build(twice)
    assert of(auto, "monetary") == of(build(lines()), "monetary")
    assert auto.quality.counts["duplicate_lines"] == 1
    assert of(build(twice, duplicates="keep"), "monetary")[1] == 30.49


def test_repeated_lines_stay_where_nothing_identifies_them() -> None:
    t = table(kunde=["a", "a", "b"], datum=[DAY, DAY, DAY + 2], betrag=[9.5, 9.5, 1.0])
    c = build(t)
    assert of(c, "monetary") == [19.0, 1.0]
    assert "no order and product" in note(c, "duplicate-lines")
    assert of(build(t, duplicates="drop"), "monetary") == [9.5, 1.0]


def test_an_amount_is_the_total_of_a_line_and_a_price_is_not() -> None:
    days = [DAY, DAY + 1]
    amount = table(kunde=["a", "b"], datum=days, menge=[3, 2], betrag=[9.0, 8.0])
    price = table(kunde=["a", "b"], datum=days, menge=[3, 2], preis=[9.0, 8.0])
    assert of(build(amount), "monetary") == [9.0, 8.0]
    assert of(build(price), "monetary") == [27.0, 16.0]


def test_negative_amounts_are_returns_whatever_sign_the_quantity_has() -> None:
    t = table(
        kunde=["a", "a", "a", "b"],
        datum=[DAY + i for i in range(4)],
        menge=[1, -1, 1, 1],
        betrag=[20.0, 5.0, -2.0, 1.0],
    )
    assert of(build(t), "monetary") == [13.0, 1.0]


def test_zero_amounts_are_purchases_and_doubted() -> None:
    c = build(table(kunde=["a", "b", "a"], datum=[DAY, DAY + 1, DAY + 2], betrag=[0.0, 8.0, None]))
    assert of(c, "frequency") == [1, 1]
    assert c.quality.counts["zero_amount_lines"] == 1
    assert c.quality.accounts["transactions"].rejected == {"no amount": 1}


def test_lines_without_money_still_have_recency_and_frequency() -> None:
    t = table(kunde=["a", "b"], datum=[DAY, DAY + 1], ware=["x", "y"])
    c = build(t, RoleSettings(kind="transactions", customer="kunde", date="datum"))
    assert [f.name for f in c.features] == ["recency", "frequency"]
    assert c.value is None
    assert "no monetary value" in note(c, "no-money")


def test_discounts_are_a_share_of_lines() -> None:
    c = build(lines(discount=[0.0, 0.1, None, 0.0, 0.2, 0.0, 0.0, 0.0]))
    assert of(c, "discount_share") == [0.0, 50.0]


def test_lines_after_the_as_of_date_are_not_used() -> None:
    c = build(lines(), as_of="2024-03-05")
    assert of(c, "recency") == [3, 0]
    assert of(c, "frequency") == [1, 2]
    assert c.quality.accounts["transactions"].rejected["after the as-of date"] == 3
    assert "2024-03-12" in note(build(lines()), "as-of")


FAR = np.datetime64("2187-03-04")


def _many(future: int) -> Table:
    """Forty lines of ten customers, the first ones dated in the future."""
    days = [FAR + i if i < future else DAY + i for i in range(40)]
    return table(CustomerID=[f"c{i % 10}" for i in range(40)], Date=days, Amount=[5.0 + i for i in range(40)])


@pytest.mark.parametrize("slips", [1, 2])
def test_a_slip_into_the_future_does_not_move_the_as_of_date(slips: int) -> None:
    c = build(_many(slips))
    assert c.as_of == "2024-04-10"
    assert c.quality.accounts["transactions"].rejected == {"dated in the future": slips}
    assert c.quality.counts["lines_in_future"] == slips
    assert "dated in the future" in note(c, "future-lines")
    assert c.row_customer[:slips].tolist() == [-1] * slips
    assert max(of(c, "recency")) == 10.0
    # with the date found, the same lines count
    again = build(_many(slips), as_of=c.as_of)
    assert of(again, "recency") == of(c, "recency")


@pytest.mark.parametrize("meant", [3, 40])
def test_many_lines_in_the_future_are_meant_so(meant: int) -> None:
    lately = build(_many(meant))
    assert lately.as_of is not None
    assert lately.as_of.startswith("2187-")
    assert "transactions.as_of" in note(lately, "future-lines-kept")


def test_the_clock_is_not_asked_where_the_as_of_date_is_given() -> None:
    c = build(_many(3), as_of="2187-03-09")
    assert c.quality.accounts["transactions"].rejected == {}


@pytest.mark.parametrize(
    ("as_of", "error", "words"),
    [("2024-02-01", DataError, "2024-03-01"), ("next week", SettingsError, "'next week'")],
)
def test_an_impossible_as_of_date_is_refused(as_of: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        build(lines(), as_of=as_of)


def test_purchases_of_one_day_are_refused() -> None:
    with pytest.raises(DataError, match="more than one day"):
        build(table(kunde=["a", "b"], datum=[DAY, DAY], betrag=[9.0, 8.0]))


def test_when_no_line_counts_the_reasons_are_told() -> None:
    with pytest.raises(DataError, match="8 lines: no customer"):
        build(lines(CustomerID=[None] * 8), RoleSettings(kind="transactions", customer="CustomerID"))


def test_ambiguous_dates_are_refused_unless_a_format_is_given() -> None:
    t = table("a.csv", kunde=["a", "b"], datum=["03/04/2024", "05/06/2024"], betrag=[9.0, 8.0])
    with pytest.raises(ColumnError, match="datum"):
        build(t)
    settings = Settings(read=ReadSettings(date_format="%d/%m/%Y"))
    c = build_from_transactions(t, assign_roles(t, RoleSettings(kind="transactions"), settings.features), settings)
    assert of(c, "recency") == [64, 1]


def test_one_customer_with_most_of_the_money_is_noted() -> None:
    c = build(table(kunde=["a", "b", "c"], datum=[DAY, DAY + 1, DAY + 1], betrag=[900.0, 8.0, 9.0]))
    assert "98%" in note(c, "concentrated-spend")


def test_one_time_buyers_keep_undefined_intervals_missing() -> None:
    c = build(lines())
    assert "1 of 2 customers" in note(c, "one-time-customers")
    asked = build(lines(), RoleSettings(features=("recency", "interpurchase"), kind="transactions"))
    assert [f.name for f in asked.features] == ["recency", "interpurchase"]
    assert asked.features[1].n_missing == 1


def test_settings_choose_among_derived_columns() -> None:
    c = build(
        lines(), RoleSettings(kind="transactions", outcome=("return_rate",), ignore=("breadth",), value="basket_value")
    )
    assert [x.name for x in c.outcome] == ["return_rate"]
    assert "breadth" not in {x.name for x in (*c.features, *c.profile)}
    assert c.value == "basket_value"
    with pytest.raises(ColumnError, match="Did you mean 'recency'"):
        build(lines(), RoleSettings(kind="transactions", features=("recncy",)))
    with pytest.raises(ColumnError, match="'Quantity'"):
        build(lines(), RoleSettings(kind="transactions", features=("Quantity",)))


def test_numeric_ids_come_back_as_they_were() -> None:
    c = build(lines(CustomerID=[12350, 12350, 12347, None, 12350, 99999999, 12347, 12350]))
    assert c.ids is not None
    assert c.ids.as_text().tolist() == ["12347", "12350"]


def test_wide_and_fractional_ids_are_told_apart() -> None:
    wide = [1e15, 1e15, 12, None, 1e15, 5, 12, 1e15]
    assert of(build(lines(CustomerID=wide)), "monetary") == [15.0, 25.49]


def test_labels_come_back_in_the_order_of_the_input_file() -> None:
    t = lines()
    numbers = np.array([0, 1, 2, 3, 5, 6, 7, 9])
    cut = replace(t, row_numbers=numbers, account=RowAccount(11, 8, {"too long": 2}, {"header": 1}))
    np.testing.assert_array_equal(build(cut).row_customer, [1, 1, 0, -1, -1, 1, -1, 0, -1, 1])


def test_the_order_of_lines_changes_nothing() -> None:
    t = lines()
    order = np.random.default_rng(3).permutation(8)
    c, moved = build(t), build(rows(t, order))
    for one, other in zip((*c.features, *c.profile), (*moved.features, *moved.profile), strict=True):
        assert one.as_text().tolist() == other.as_text().tolist()
    np.testing.assert_array_equal(moved.row_customer, c.row_customer[order])


def test_customers_of_lines_can_be_encoded() -> None:
    rng = np.random.default_rng(0)
    who = [f"c{i:03d}" for i in rng.integers(0, 200, 3_000)]
    t = table(
        kunde=who,
        datum=[DAY + int(d) for d in rng.integers(0, 400, 3_000)],
        betrag=rng.lognormal(3, 1, 3_000).round(2).tolist(),
    )
    m = encode(build(t), Settings().features)
    assert m.names == ("recency", "frequency", "monetary")
