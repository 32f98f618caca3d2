"""The main job on the real files: what each is known to hold, end to end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import clientage
from clientage.selection.adjusted_rand import adjusted_rand

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


@pytest.fixture(scope="session")
def studies(shared_data: Path):
    """Studies by file name, each made once."""
    made: dict[str, clientage.Study] = {}

    def study(name: str) -> clientage.Study:
        if name not in made:
            made[name] = clientage.segment(shared_data / name)
        return made[name]

    return study


@pytest.mark.parametrize("name", TABLES)
def test_every_file_runs_saves_and_scores_itself(studies, shared_data: Path, tmp_path: Path, name: str) -> None:
    study = studies(name)
    summary = study.summary()
    assert sum(s["size"] for s in summary["segments"]) + summary["unassigned"] == summary["n_customers"]
    assert len({s["name"] for s in summary["segments"]}) == summary["n_segments"]
    run = study.save(tmp_path)
    scored = clientage.open_run(run.path).predict(shared_data / name)
    np.testing.assert_array_equal(scored.labels, study.labels)


@pytest.mark.parametrize("name", ["jewellery.csv", "dirty/jewellery_semicolon_decimalcomma_cp1252.csv"])
def test_jewellery_has_five_natural_segments(studies, name: str) -> None:
    summary = studies(name).summary()
    assert [s["size"] for s in summary["segments"]] == [157, 147, 126, 50, 25]
    assert summary["verdict"] == "natural"


def test_mall_by_income_and_score_has_five(shared_data: Path) -> None:
    features = ["Annual Income (k$)", "Spending Score (1-100)"]
    summary = clientage.segment(shared_data / "Mall_Customers.csv", features=features).summary()
    assert summary["n_segments"] == 5
    assert summary["verdict"] == "natural"
    assert summary["silhouette"] == pytest.approx(0.555, abs=0.01)


@pytest.mark.parametrize("name", ["customer_segmentation_data.csv", "segmentation_data.csv"])
def test_noise_is_called_noise(studies, name: str) -> None:
    assert studies(name).summary()["verdict"] == "constructive"


def test_online_retail_accounts_for_every_line(studies) -> None:
    study = studies("online_retail.csv.gz")
    assert study.summary()["n_customers"] == 4338
    counts = study.quality["counts"]
    expected = {
        "lines_without_customer": 135_080,
        "cancelled_lines": 9_288,
        "negative_quantity": 10_624,
        "price_not_positive": 2_517,
        "duplicate_lines": 5_268,
    }
    assert {key: counts[key] for key in expected} == expected
    assert len(study.labels) == 541_909
    assert study.summary()["verdict"] == "reproducible"
    assert min(s["share"] for s in study.summary()["segments"]) > 0.01


def test_marketing_campaign_knows_its_columns(studies) -> None:
    summary = studies("marketing_campaign.csv").summary()
    assert not {"ID", "Z_CostContact", "Z_Revenue", "Response", "Year_Birth"} & set(summary["features"])
    assert {"Income", "Recency", "MntWines"} <= set(summary["features"])
    assert "Response" in summary["outcome_columns"]
    assert summary["n_customers"] == 2240


@pytest.mark.parametrize("dates", ["bom_isodate", "ddmmyyyy_slash"])
def test_how_a_file_is_written_changes_nothing(studies, dates: str) -> None:
    clean = studies("marketing_campaign.csv")
    other = studies(f"dirty/marketing_campaign_semicolon_{dates}.csv")
    np.testing.assert_array_equal(clean.labels, other.labels)


def test_vacmot_comes_near_its_published_partition(shared_data: Path) -> None:
    study = clientage.segment(shared_data / "vacmot.csv", k=6, algorithm="kmeans")
    published = np.loadtxt(shared_data / "vacmot6.csv", skiprows=1, dtype=int)
    assert adjusted_rand(published - 1, study.labels - 1) >= 0.75


def test_the_published_partition_alone_is_refused(shared_data: Path) -> None:
    with pytest.raises(clientage.ClientageError, match="feature"):
        clientage.segment(shared_data / "vacmot6.csv")


def test_a_file_without_a_header_is_refused_and_then_read(shared_data: Path) -> None:
    with pytest.raises(clientage.ClientageError, match=r"read\.header"):
        clientage.segment(shared_data / "CDNOW_sample.txt")
    study = clientage.segment(
        shared_data / "CDNOW_sample.txt",
        read={"header": False},
        roles={
            "kind": "transactions",
            "customer": "column_2",
            "date": "column_3",
            "quantity": "column_4",
            "amount": "column_5",
        },
    )
    assert study.summary()["n_customers"] == 2357
