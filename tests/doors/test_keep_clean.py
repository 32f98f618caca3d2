"""`--keep-clean`: the data as used, beside the run, with an account for each column."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyarrow import parquet

import clientage as package
from clientage.data.samples import write_shop
from clientage.runs.store import runs_in
from made_studies import shop

FAST = ["--set", "cluster.bootstraps=5", "--set", "cluster.k_max=5", "--algorithm", "kmeans", "--quiet"]


@pytest.fixture
def customers(tmp_path: Path) -> Path:
    made = shop(200)
    made["income"][5] = np.nan
    made["income"][6] = 9e9
    made["city"][0] = "=1+1"
    made["Segment_ID"] = np.arange(200) % 7 * 1.5
    path = tmp_path / "customers.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        write = csv.writer(file)
        write.writerow(made)
        write.writerows(zip(*made.values(), strict=True))
    return path


def kept(run: Path) -> tuple[list[dict[str, str]], dict[str, list[Any]], dict[str, Any]]:
    with (run / "cleaned.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return rows, parquet.read_table(run / "cleaned.parquet").to_pydict(), json.loads((run / "cleaned.json").read_text())


def test_a_run_keeps_the_data_as_used_when_asked(clientage: Callable, customers: Path, tmp_path: Path) -> None:
    assert clientage("run", customers, "--out", tmp_path / "out", "--keep-clean", *FAST).code == 0
    (run,) = runs_in(tmp_path / "out")
    rows, columns, account = kept(run)
    assert list(rows[0]) == list(columns)
    assert next(iter(columns)) == "id"
    assert list(columns)[-2:] == ["segment_id", "segment_name"]
    assert "Segment_ID (2)" in columns
    assert not any("canary" in cell for row in rows for cell in row.values())
    told = {c["column"]: c for c in account["columns"]}
    assert list(told) == list(columns)[1:-2]
    assert told["Segment_ID (2)"]["source"] == "Segment_ID"

    income = np.array(columns["income"])
    assert np.isfinite(income).all()
    assert income.max() == told["income"]["bounds"][1] < 9e9
    assert (told["income"]["filled"], told["income"]["bounded"]) == (1, 1)
    assert income[5] == told["income"]["filled_with"]
    for word, said in zip(("nan", "filled", "bound"), told["income"]["done"], strict=True):
        assert word in said
    assert columns["city"][0] == "=1+1"
    assert rows[0]["city"] == "'=1+1"
    with (run / "assignments.csv").open(newline="", encoding="utf-8") as file:
        assigned = list(csv.DictReader(file))
    assert [(r["id"], r["segment_id"], r["segment_name"]) for r in rows] == [
        (a["id"], a["segment_id"], a["segment_name"]) for a in assigned
    ]
    assert "cleaned.parquet" in json.loads((run / "manifest.json").read_text())["files"]


def test_nothing_is_kept_when_not_asked(clientage: Callable, customers: Path, tmp_path: Path) -> None:
    assert clientage("run", customers, "--out", tmp_path / "out", *FAST).code == 0
    (run,) = runs_in(tmp_path / "out")
    assert not list(run.glob("cleaned.*"))


def test_a_table_and_its_transactions_are_kept_together(tmp_path: Path) -> None:
    bought = write_shop(tmp_path, 200)
    study = package.segment(
        bought.customers,
        transactions=bought.transactions,
        keep_clean=True,
        algorithm="kmeans",
        cluster={"bootstraps": 5, "k_max": 4},
    )
    rows, columns, account = kept(study.save(tmp_path / "out").path)
    assert len(rows) == 200
    assert {"discount_share", "discount_share (lines)", "recency", "signup_date"} <= set(columns)
    assert len(account["columns"]) == len(columns) - 3
    assert "email" not in columns


def test_customers_made_of_transactions_are_kept_with_units(tmp_path: Path) -> None:
    bought = write_shop(tmp_path, 250)
    study = package.segment(
        bought.transactions, keep_clean=True, algorithm="kmeans", cluster={"bootstraps": 5, "k_max": 4}
    )
    rows, columns, account = kept(study.save(tmp_path / "out").path)
    assert len(rows) == study.record.customers.n
    told = {c["column"]: c for c in account["columns"]}
    assert told["recency"]["unit"] == "days"
    assert told["recency"]["title"] == "days since the last purchase"
    assert [name for name, c in told.items() if c["made_segments"]] == ["recency", "frequency", "monetary"]
    assert columns["id"][0].startswith("0")  # leading zeros stay
    assert told["interpurchase"]["missing"] == sum(v is None for v in columns["interpurchase"])
