"""Roles: guessed with reasons, overridden by settings, refused with the nearest name."""

from __future__ import annotations

import numpy as np
import pytest

from clientage.config import FeatureSettings, RoleSettings
from clientage.data.columns import Roles, assign_roles
from clientage.data.table import Table
from clientage.errors import ColumnError
from made_tables import rows, table

N = 60
NUMBERS = [float(v) for v in np.random.default_rng(0).normal(50, 9, N).round(3)]


def roles_of(t: Table, *, demographics: str = "profile", **settings: object) -> Roles:
    return assign_roles(t, RoleSettings(**settings), FeatureSettings(demographics=demographics))


def role_of(name: str, values: list, **settings: object) -> str:
    return roles_of(table(**{"income": NUMBERS, name: values}), **settings).of(name).role


DAYS = [np.datetime64("2024-01-01") + i for i in range(N)]


def cycle(*values: object) -> list:
    return [values[i % len(values)] for i in range(N)]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("CUST_ID", [f"C{i}" for i in range(N)], "id"),
        ("Kundennummer", [10_000 + 7 * i for i in range(N)], "id"),
        ("id", list(range(N)), "id"),
        ("household_id", [900 + 3 * i for i in range(N)], "id"),
        ("age", [18 + i for i in range(N)][::-1], "ignored"),  # consecutive and unique: it counts the rows
        ("age", cycle(31, 44, 27, 65, 51), "feature"),
        ("gender", cycle("f", "m"), "profile"),
        ("Geschlecht", cycle(1, 2), "profile"),
        ("Year_Birth", cycle(1957, 1980, 1991), "profile"),
        ("Kidhome", cycle(0, 1, 2), "profile"),
        ("Region", cycle(1, 2, 3), "profile"),
        ("store_type", cycle(4, 8), "profile"),
        ("cluster5", cycle(1, 2, 3, 4, 5), "profile"),
        ("NumStorePurchases", cycle(1, 2, 3, 4, 5), "feature"),
        ("number_of_stores", cycle(1, 2, 3, 4, 5), "feature"),
        ("likes sport", cycle(0, 1, 1), "feature"),
        ("subscribed", cycle(True, False, True), "feature"),
        ("Response", cycle(0, 0, 1), "outcome"),
        ("AcceptedCmp3", cycle(0, 0, 1), "outcome"),
        ("churn", cycle("yes", "no"), "outcome"),
        ("y", cycle("yes", "no", "no"), "outcome"),
        ("Revenue", cycle("TRUE", "FALSE", "FALSE"), "outcome"),
        ("default.payment.next.month", cycle(0, 0, 1), "outcome"),
        ("response_time", NUMBERS[::-1], "feature"),
        ("Complain", cycle(0, 0, 1), "profile"),
        ("Z_Revenue", cycle(11), "ignored"),
        ("empty", cycle(None), "ignored"),
        ("comment", [f"text number {i}" for i in range(N)], "ignored"),
        ("favourite", cycle("a", "b", "c"), "profile"),
        ("signup", [np.datetime64("2024-01-01") + i % 9 for i in range(N)], "profile"),
        ("email", [f"p{i}@example.org" for i in range(N)], "ignored"),
        ("Unnamed: 0", list(range(N)), "ignored"),
    ],
)
def test_a_column_is_what_its_name_and_values_say(name: str, values: list, expected: str) -> None:
    assert role_of(name, values) == expected


def test_every_role_has_a_reason_and_stands_in_the_order_of_the_table() -> None:
    t = table(id=list(range(N)), income=NUMBERS, region=cycle(1, 2))
    roles = roles_of(t)
    assert [i.column for i in roles.items] == list(t.names)
    assert all(i.reason for i in roles.items)
    assert roles.as_dict()["columns"][2]["categorical"] is True


def test_integer_codes_are_noted_and_numeric_makes_them_quantities() -> None:
    t = table(income=NUMBERS, region=cycle(1, 2, 3))
    assert [n.code for n in roles_of(t).notes] == ["integer-codes"]
    asked = roles_of(t, numeric=("Region",))
    assert asked.of("region").role == "feature"
    assert not asked.of("region").categorical
    assert asked.notes == ()


def test_the_answers_of_a_numbered_questionnaire_are_quantities() -> None:
    asked = table(**{f"q{i}": cycle(1, 2, 3, 4, 5) for i in range(1, 8)})
    assert {r.role for r in roles_of(asked).items} == {"feature"}
    assert roles_of(table(income=NUMBERS, cluster_3=cycle(1, 2, 3))).of("cluster_3").categorical
    several = roles_of(table(income=NUMBERS, cluster_3=cycle(1, 2, 3), cluster_4=cycle(1, 2, 3, 4)))
    assert several.of("cluster_3").categorical
    assert several.of("cluster_4").categorical


def test_a_code_given_as_feature_is_still_a_category() -> None:
    roles = roles_of(table(income=NUMBERS, region=cycle(1, 2, 3)), features=("region",))
    assert roles.of("region").role == "feature"
    assert roles.of("region").categorical
    assert roles.of("income").role == "profile"


def test_categorical_turns_a_quantity_into_a_category() -> None:
    role = roles_of(table(income=NUMBERS, visits=cycle(1, 2, 3)), categorical=("visits",)).of("visits")
    assert (role.role, role.categorical) == ("profile", True)


def test_given_features_are_all_the_features() -> None:
    roles = roles_of(table(a=NUMBERS, b=NUMBERS[::-1], c=cycle("x", "y")), features=("b", "c"))
    assert roles.names("feature") == ("b", "c")
    assert roles.of("a").role == "profile"
    assert all(roles.of(n).given for n in "bc")


def test_settings_win_over_guesses() -> None:
    t = table(id=list(range(N)), code=[f"k{i}" for i in range(N)], response=cycle(0, 1), income=NUMBERS)
    roles = roles_of(t, id="code", profile=("response",), ignore=("income",), outcome=("id",))
    assert [(i.column, i.role) for i in roles.items] == [
        ("id", "outcome"),
        ("code", "id"),
        ("response", "profile"),
        ("income", "ignored"),
    ]


def test_demographics_can_be_features() -> None:
    t = table(
        gender=cycle("f", "m"),
        kids=cycle(0, 1, 2),
        signup=cycle(np.datetime64("2024-01-01"), np.datetime64("2025-01-01")),
    )
    roles = roles_of(t, demographics="feature")
    assert roles.names("feature") == ("gender", "kids")
    assert roles.of("signup").role == "profile"


@pytest.mark.parametrize("setting", ["features", "profile", "outcome", "ignore", "categorical", "numeric"])
def test_an_unknown_name_is_refused_with_the_nearest(setting: str) -> None:
    with pytest.raises(ColumnError, match="Did you mean 'income'"):
        roles_of(table(income=NUMBERS), **{setting: ("incme",)})


@pytest.mark.parametrize("setting", ["id", "value"])
def test_an_unknown_single_name_is_refused(setting: str) -> None:
    with pytest.raises(ColumnError, match="Did you mean 'income'"):
        roles_of(table(income=NUMBERS), **{setting: "incme"})


def test_one_column_has_one_role() -> None:
    with pytest.raises(ColumnError, match="one role"):
        roles_of(table(income=NUMBERS), features=("income",), ignore=("income",))


def test_dates_and_texts_cannot_be_quantities() -> None:
    t = table(day=DAYS, kind=cycle("x", "y"), a=NUMBERS)
    with pytest.raises(ColumnError, match="date values"):
        roles_of(t, features=("day",))
    with pytest.raises(ColumnError, match="'x'"):
        roles_of(t, numeric=("kind",))


def test_a_refusal_never_shows_personal_values() -> None:
    t = table(email=[f"p{i}@example.org" for i in range(N)], a=NUMBERS)
    with pytest.raises(ColumnError) as refused:
        roles_of(t, numeric=("email",))
    assert "example.org" not in str(refused.value)


def test_the_value_column_is_kept_even_where_it_would_be_ignored() -> None:
    assert roles_of(table(a=NUMBERS, worth=cycle(7)), value="worth").of("worth").role == "profile"


def test_roles_do_not_depend_on_the_order_of_rows() -> None:
    t = table(id=list(range(N)), income=NUMBERS, region=cycle(1, 2, 3), note=[f"t{i}" for i in range(N)])
    shuffled = np.random.default_rng(1).permutation(N)
    assert roles_of(rows(t, shuffled)) == roles_of(t)


LINES = {
    "CustomerID": cycle("a", "b", "c"),
    "InvoiceDate": DAYS,
    "Quantity": cycle(1, 2),
    "UnitPrice": cycle(2.5, 9.99, 1.0),
}


def test_purchases_are_told_from_customers_by_their_columns() -> None:
    roles = roles_of(table(**LINES, InvoiceNo=[f"{5_000 + i // 2}" for i in range(N)], StockCode=cycle("x", "y")))
    assert roles.kind == "transactions"
    found = {i.role: i.column for i in roles.items}
    assert found == {
        "customer": "CustomerID",
        "date": "InvoiceDate",
        "quantity": "Quantity",
        "price": "UnitPrice",
        "order": "InvoiceNo",
        "product": "StockCode",
    }


@pytest.mark.parametrize("without", ["CustomerID", "InvoiceDate", "Quantity", "UnitPrice"])
def test_repeated_ids_alone_make_no_purchases(without: str) -> None:
    t = table(**{k: v for k, v in LINES.items() if k != without}, income=NUMBERS)
    assert roles_of(t).kind == "customers"


def test_a_few_duplicate_ids_are_no_purchases() -> None:
    t = table(
        customer_id=[*range(N - 2), 0, 1],
        last_purchase_date=DAYS,
        date=DAYS,
        amount=NUMBERS,
    )
    assert roles_of(t).kind == "customers"


def test_one_purchase_each_is_still_purchases_where_there_are_orders() -> None:
    t = table(
        kunde=list(range(N)),
        Rechnungsdatum=DAYS,
        Rechnungsnummer=[f"r{i}" for i in range(N)],
        Betrag=NUMBERS,
    )
    roles = roles_of(t)
    assert roles.kind == "transactions"
    assert (roles.only("customer"), roles.only("order"), roles.only("amount")) == ("kunde", "Rechnungsnummer", "Betrag")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("customer_id", "date", "number_of_cds", "dollar_value"), ("quantity", "amount")),
        (("cliente", "fecha", "cantidad", "importe"), ("quantity", "amount")),
        (("client", "date", "quantité", "prix"), ("quantity", "price")),
        (("Kundennr", "Bestelldatum", "Menge", "Einzelpreis"), ("quantity", "price")),
        (("user_id", "order_date", "qty", "line_price"), ("quantity", "amount")),
        (("customer_id", "order_date", "freight_value", "payment_value"), ("ignored", "amount")),
        (("customer_id", "order_date", "shipping_price", "line_price"), ("ignored", "amount")),
        (("customer_id", "order_date", "tax amount", "amount incl. tax"), ("ignored", "amount")),
    ],
)
def test_lines_in_several_languages(names: tuple[str, ...], expected: tuple[str, str]) -> None:
    roles = roles_of(table(**dict(zip(names, LINES.values(), strict=True))))
    assert roles.kind == "transactions"
    assert tuple(roles.of(n).role for n in names) == ("customer", "date", *expected)


def test_a_price_without_a_quantity_is_what_a_line_cost() -> None:
    roles = roles_of(
        table(customer_id=cycle("a", "b", "c"), order_date=DAYS, shipping_price=cycle(3, 4), price=NUMBERS)
    )
    assert roles.kind == "transactions"
    assert (roles.only("amount"), roles.of("shipping_price").role) == ("price", "ignored")


def test_columns_without_names_take_their_roles_from_settings() -> None:
    t = table(column_1=cycle("a", "b"), column_2=DAYS, column_3=NUMBERS)
    roles = roles_of(t, customer="column_1", date="column_2", amount="column_3")
    assert roles.kind == "transactions"
    assert [(i.role, i.given) for i in roles.items] == [("customer", True), ("date", True), ("amount", True)]


def test_transactions_without_a_customer_column_are_refused() -> None:
    with pytest.raises(ColumnError, match=r"roles\.customer"):
        roles_of(table(day=DAYS, spend=NUMBERS), kind="transactions")


def test_personal_columns_of_lines_are_left_out() -> None:
    roles = roles_of(table(**LINES, email=cycle(*[f"p{i}@example.org" for i in range(20)])))
    assert roles.of("email").role == "ignored"
    assert [n.code for n in roles.notes] == ["personal-column"]
