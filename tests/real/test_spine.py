"""The main job on the real files: what each is known to hold, end to end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import clientage

TABLES = [
    "customer_segmentation_data.csv",
    "segmentation_data.csv",
    "jewellery.csv",
    "Mall_Customers.csv",
    "Wholesale customers data.csv",
    "marketing_campaign.csv",
    "CC GENERAL.csv",
    "vacmot.csv",
    "vacmotdesc.csv",
    "dirty/Mall_Customers_plus_Location.csv",
    "dirty/Wholesale_customers_500rows_tampered.csv",
    "dirty/jewellery_semicolon_decimalcomma_cp1252.csv",
    "dirty/marketing_campaign_semicolon_bom_isodate.csv",
    "dirty/marketing_campaign_semicolon_ddmmyyyy_slash.csv",
    "dirty/wholesale_utf8bom.csv",
    "CDNOW_master.txt",
    "online_retail.csv.gz",
    "dirty/OnlineRetail_latin1_usdate_20k.csv",
]


HEADLESS = {
    "read": {"header": False},
    "roles": {
        "kind": "transactions",
        "customer": "column_2",
        "date": "column_3",
        "quantity": "column_4",
        "amount": "column_5",
    },
}
MALL = {"roles": {"features": ["Annual Income (k$)", "Spending Score (1-100)"]}}


@pytest.fixture
def study(studies):
    """Studies as the Python door gives them, by file name."""
    return lambda name, tree=None: clientage.Study(studies(name, tree))


@pytest.mark.parametrize("name", TABLES)
def test_every_file_runs_saves_and_scores_itself(study, shared_data: Path, tmp_path: Path, name: str) -> None:
    made = study(name)
    summary = made.summary()
    assert sum(s["size"] for s in summary["segments"]) + summary["unassigned"] == summary["n_customers"]
    assert len({s["name"] for s in summary["segments"]}) == summary["n_segments"]
    run = made.save(tmp_path)
    scored = clientage.open_run(run.path).predict(shared_data / name)
    np.testing.assert_array_equal(scored.labels, made.labels)


@pytest.mark.parametrize("name", ["jewellery.csv", "dirty/jewellery_semicolon_decimalcomma_cp1252.csv"])
def test_jewellery_has_five_natural_segments(study, name: str) -> None:
    summary = study(name).summary()
    assert [s["size"] for s in summary["segments"]] == [157, 147, 126, 50, 25]
    assert summary["verdict"] == "natural"


def test_mall_by_income_and_score_has_five(study) -> None:
    summary = study("Mall_Customers.csv", MALL).summary()
    assert summary["n_segments"] == 5
    assert summary["verdict"] == "natural"
    assert summary["silhouette"] == pytest.approx(0.555, abs=0.01)


@pytest.mark.parametrize("name", ["customer_segmentation_data.csv", "segmentation_data.csv"])
def test_noise_is_called_noise(study, name: str) -> None:
    assert study(name).summary()["verdict"] == "constructive"


def test_online_retail_accounts_for_every_line(study) -> None:
    made = study("online_retail.csv.gz")
    assert made.summary()["n_customers"] == 4338
    counts = made.quality["counts"]
    expected = {
        "lines_without_customer": 135_080,
        "cancelled_lines": 9_288,
        "negative_quantity": 10_624,
        "price_not_positive": 2_517,
        "duplicate_lines": 5_268,
    }
    assert {key: counts[key] for key in expected} == expected
    assert len(made.labels) == 541_909
    assert made.summary()["verdict"] == "reproducible"
    assert min(s["share"] for s in made.summary()["segments"]) > 0.01


def test_marketing_campaign_knows_its_columns(study) -> None:
    summary = study("marketing_campaign.csv").summary()
    assert not {"ID", "Z_CostContact", "Z_Revenue", "Response", "Year_Birth"} & set(summary["features"])
    assert {"Income", "Recency", "MntWines"} <= set(summary["features"])
    assert "Response" in summary["outcome_columns"]
    assert summary["n_customers"] == 2240


@pytest.mark.parametrize("dates", ["bom_isodate", "ddmmyyyy_slash"])
def test_how_a_file_is_written_changes_nothing(study, dates: str) -> None:
    clean = study("marketing_campaign.csv")
    other = study(f"dirty/marketing_campaign_semicolon_{dates}.csv")
    np.testing.assert_array_equal(clean.labels, other.labels)


def test_the_published_partition_alone_is_refused(shared_data: Path) -> None:
    with pytest.raises(clientage.ClientageError, match="feature"):
        clientage.segment(shared_data / "vacmot6.csv")


def test_a_file_without_a_header_is_refused_and_then_read(study, shared_data: Path) -> None:
    with pytest.raises(clientage.ClientageError, match=r"read\.header"):
        clientage.segment(shared_data / "CDNOW_sample.txt")
    assert study("CDNOW_sample.txt", HEADLESS).summary()["n_customers"] == 2357
