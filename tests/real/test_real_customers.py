"""Roles, customers and encodings of the real files: what the catalogue says of each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clientage.config import FeatureSettings, ReadSettings, RoleSettings, Settings, TransactionSettings
from clientage.data.columns import Roles, assign_roles
from clientage.data.reading import read
from clientage.errors import DataError
from clientage.features.customers import Customers, build_customers
from clientage.features.encoding import encode
from clientage.features.transactions import build_from_transactions


def prepared(path: Path, settings: Settings | None = None) -> tuple[Roles, Customers]:
    settings = settings or Settings()
    t = read(path, settings.read)
    roles = assign_roles(t, settings.roles, settings.features)
    build = build_customers if roles.kind == "customers" else build_from_transactions
    return roles, build(t, roles, settings)


EXPECTED = {
    "customer_segmentation_data.csv": (
        "id",
        ["age", "income", "spending_score", "membership_years", "purchase_frequency", "last_purchase_amount"],
        ["gender", "preferred_category"],
    ),
    "segmentation_data.csv": (None, ["annual_income", "spending_score", "savings", "age"], []),
    "jewellery.csv": (None, ["Age", "Income", "SpendingScore", "Savings"], []),
    "dirty/jewellery_semicolon_decimalcomma_cp1252.csv": (None, ["Age", "Income", "SpendingScore", "Savings"], []),
    "Mall_Customers.csv": ("CustomerID", ["Age", "Annual Income (k$)", "Spending Score (1-100)"], ["Gender"]),
    "dirty/Mall_Customers_plus_Location.csv": (
        "CustomerID",
        ["Age", "Annual Income (k$)", "Spending Score (1-100)"],
        ["Gender", "Location"],
    ),
    "Wholesale customers data.csv": (
        None,
        ["Fresh", "Milk", "Grocery", "Frozen", "Detergents_Paper", "Delicassen"],
        ["Channel", "Region"],
    ),
    "dirty/wholesale_utf8bom.csv": (
        None,
        ["Fresh", "Milk", "Grocery", "Frozen", "Detergents_Paper", "Delicassen"],
        ["Channel", "Region"],
    ),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_tables_have_the_roles_of_the_catalogue(shared_data: Path, name: str) -> None:
    roles, _ = prepared(shared_data / name)
    identity, features, profile = EXPECTED[name]
    assert roles.kind == "customers"
    assert roles.only("id") == identity
    assert list(roles.names("feature")) == features
    assert list(roles.names("profile")) == profile
    assert roles.names("ignored") == roles.names("outcome") == ()


@pytest.mark.parametrize(
    "name",
    [
        "marketing_campaign.csv",
        "dirty/marketing_campaign_semicolon_bom_isodate.csv",
        "dirty/marketing_campaign_semicolon_ddmmyyyy_slash.csv",
    ],
)
def test_marketing_campaign(shared_data: Path, name: str) -> None:
    roles, customers = prepared(shared_data / name)
    assert roles.only("id") == "ID"
    assert roles.names("ignored") == ("Z_CostContact", "Z_Revenue")
    assert set(roles.names("outcome")) == {"Response", *(f"AcceptedCmp{i}" for i in range(1, 6))}
    described = {"Year_Birth", "Education", "Marital_Status", "Kidhome", "Teenhome", "Dt_Customer", "Complain"}
    assert set(roles.names("profile")) == described
    assert all(n in ("Income", "Recency") or n.startswith(("Mnt", "Num")) for n in roles.names("feature"))
    assert len(roles.names("feature")) == 13
    assert customers.n == 2240
    assert customers.quality.counts["duplicates_apart_from_id"] == 182
    assert customers.column("Income").n_missing == 24
    assert customers.column("Dt_Customer").kind == "date"
    assert customers.value is None  # six spend columns: none of them is what a customer is worth
    assert "old-birth-year" in {n.code for n in customers.quality.notes}
    told = {d["column"]: d for d in encode(customers, FeatureSettings()).recipe.describe()}
    assert told["Income"]["transformation"] == "as it is"  # 666666 alone makes it skewed
    assert told["MntWines"]["transformation"].startswith("log")


def test_card_holders(shared_data: Path) -> None:
    roles, customers = prepared(shared_data / "CC GENERAL.csv")
    assert roles.only("id") == "CUST_ID"
    assert len(customers.features) == 17
    assert customers.quality.counts["missing_cells"] == 314
    assert np.abs(encode(customers, FeatureSettings()).values).max() < 8


def test_motives_share_one_scale_and_labels_are_no_feature(shared_data: Path) -> None:
    roles, customers = prepared(shared_data / "vacmot.csv")
    assert len(roles.names("feature")) == 20
    m = encode(customers, FeatureSettings())
    np.testing.assert_allclose(np.ptp(m.values, axis=0), np.ptp(m.values[:, 0]), atol=1e-5)
    with pytest.raises(DataError, match="vacmot6"):
        prepared(shared_data / "vacmot6.csv")


def test_tampered_wholesale_is_doubted_and_bounded(shared_data: Path) -> None:
    _, customers = prepared(shared_data / "dirty" / "Wholesale_customers_500rows_tampered.csv")
    assert customers.n == 500
    assert customers.quality.counts["missing_cells"] == 27
    assert [n.count for n in customers.quality.notes if n.code == "few-negatives"] == [3, 4, 4, 2, 2, 2]
    assert np.abs(encode(customers, FeatureSettings()).values).max() < 6


def test_spellings_of_a_location_are_merged(shared_data: Path) -> None:
    _, customers = prepared(shared_data / "dirty" / "Mall_Customers_plus_Location.csv")
    assert set(customers.column("Location").as_text()) == {"North", "East", "South", "West"}


@pytest.mark.parametrize("name", ["jewellery.csv", "Mall_Customers.csv"])
def test_regular_files_are_standardised_and_nothing_else(shared_data: Path, name: str) -> None:
    _, customers = prepared(shared_data / name)
    m = encode(customers, FeatureSettings())
    assert all(d["winsorised"] == 0 and d["transformation"] == "as it is" for d in m.recipe.describe())
    x = np.column_stack([c.values for c in customers.features])
    np.testing.assert_allclose(m.values, (x - x.mean(axis=0)) / x.std(axis=0), atol=2.0**-20)


@pytest.fixture(scope="module")
def retail(shared_data: Path) -> tuple[Roles, Customers]:
    return prepared(shared_data / "online_retail.csv.gz")


def test_online_retail_counts(retail: tuple[Roles, Customers]) -> None:
    roles, customers = retail
    found = {i.role: i.column for i in roles.items}
    assert found == {
        "order": "InvoiceNo",
        "product": "StockCode",
        "ignored": "Description",
        "quantity": "Quantity",
        "date": "InvoiceDate",
        "price": "UnitPrice",
        "customer": "CustomerID",
        "profile": "Country",
    }
    assert customers.n == 4338
    expected = {
        "lines": 541_909,
        "lines_without_customer": 135_080,
        "cancelled_lines": 9_288,
        "negative_quantity": 10_624,
        "price_not_positive": 2_517,
        "duplicate_lines": 5_268,
        "customers_with_id": 4_372,
        "customers": 4_338,
    }
    assert expected.items() <= customers.quality.counts.items()
    account = customers.quality.accounts["transactions"]
    assert account.kept + sum(account.rejected.values()) == 541_909
    assert np.count_nonzero(customers.row_customer >= 0) == account.kept


def test_online_retail_figures_agree_with_pandas(retail: tuple[Roles, Customers], shared_data: Path) -> None:
    pandas = pytest.importorskip("pandas")
    d = pandas.read_csv(
        shared_data / "online_retail.csv.gz", dtype={"InvoiceNo": str, "StockCode": str}, parse_dates=["InvoiceDate"]
    )
    d = d.drop_duplicates()
    d = d[d.CustomerID.notna() & (d.UnitPrice > 0)]
    d["day"], d["cents"] = d.InvoiceDate.dt.floor("D"), (d.UnitPrice * 1000).round().astype("int64") * d.Quantity
    bought = d[d.Quantity > 0].groupby("CustomerID")
    _, customers = retail
    assert customers.ids is not None
    np.testing.assert_array_equal(customers.ids.values, list(bought.groups))
    net = d.groupby("CustomerID").cents.sum().loc[customers.ids.values]
    np.testing.assert_allclose(customers.column("monetary").values, net / 1000, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(customers.column("frequency").values, bought.day.nunique())
    recency = (pandas.Timestamp("2011-12-10") - bought.day.max()).dt.days
    np.testing.assert_array_equal(customers.column("recency").values, recency)


def test_the_first_twenty_thousand_lines_as_exported_elsewhere(shared_data: Path) -> None:
    roles, customers = prepared(shared_data / "dirty" / "OnlineRetail_latin1_usdate_20k.csv")
    assert roles.kind == "transactions"
    assert customers.quality.counts["lines_without_customer"] == 6_685
    assert customers.quality.counts["customers_with_id"] == 559


def test_cdnow_master_is_told_by_its_columns(shared_data: Path) -> None:
    roles, customers = prepared(shared_data / "CDNOW_master.txt")
    assert [i.role for i in roles.items] == ["customer", "date", "quantity", "amount"]
    assert customers.n == 23_570
    assert customers.quality.counts["lines"] == 69_659
    assert customers.quality.counts["duplicate_lines"] == 255  # kept: nothing says they are one purchase
    assert customers.column("monetary").values.sum() == pytest.approx(2_500_315.63, abs=0.01)


def test_cdnow_sample_agrees_with_its_published_summary(shared_data: Path) -> None:
    """2,357 customers, 946 of whom came back, 2,457 repeat purchases (Fader, Hardie & Lee 2005)."""
    settings = Settings(
        read=ReadSettings(header=False),
        roles=RoleSettings(customer="column_2", date="column_3", quantity="column_4", amount="column_5"),
        transactions=TransactionSettings(as_of="1997-09-30"),
    )
    roles, customers = prepared(shared_data / "CDNOW_sample.txt", settings)
    assert roles.kind == "transactions"
    frequency = customers.column("frequency").values
    assert customers.n == 2_357
    assert (np.sum(frequency > 1), np.sum(frequency - 1)) == (946, 2_457)
    lines = [line.split() for line in (shared_data / "CDNOW_sample.txt").read_text().splitlines() if line.strip()]
    days = {(line[1], line[2]) for line in lines if line[2] <= "19970930"}
    assert frequency.sum() == len(days)
    cents = sum(round(float(line[4]) * 100) for line in lines if line[2] <= "19970930")
    assert customers.column("monetary").values.sum() == pytest.approx(cents / 100, abs=1e-6)
