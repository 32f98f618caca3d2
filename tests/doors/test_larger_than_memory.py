"""A run whose tables live on disk is the run whose tables are in memory: the same files, byte by byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clientage.config import settings_from
from clientage.data.samples import write_shop
from clientage.publish import publish
from clientage.spool import Stored
from clientage.study import StudyRecord, make_study

QUICK = {"bootstraps": 3, "null_draws": 3, "k_max": 4}
TOLD = {"timings", "peak_memory_mb"}  # of the summary: what this machine took
NOT_COMPARED = {"manifest.json", "study.toml", "summary.json", "document.json", "report.html"}  # they hold the above
MODEL = "model/model.json"  # holds the settings, the budget among them


def _study(file: Path, memory: str, **more: Any) -> StudyRecord:
    settings = settings_from({"read": {"memory": memory}, "cluster": QUICK, "output": {"keep_clean": True}})
    return make_study(file, settings, **more)


def _on_disk(record: StudyRecord) -> bool:
    return any(isinstance(c.held, Stored) for c in (*record.customers.features, *record.customers.profile))


def _same_runs(record: StudyRecord, other: StudyRecord, home: Path) -> None:
    one, two = (publish(r, home / name, moment=0.0) for r, name in ((record, "one"), (other, "two")))
    assert sorted(one.manifest["files"]) == sorted(two.manifest["files"])
    compared = [name for name in one.manifest["files"] if name not in {MODEL, *NOT_COMPARED}]
    assert {"assignments.csv", "assignments.parquet", "cleaned.parquet", "profiles.csv", "quality.json"} < set(compared)
    assert [name for name in compared if one.read(name) != two.read(name)] == []
    models = [json.loads(run.read(MODEL)) for run in (one, two)]
    assert [model["settings"]["read"].pop("memory") for model in models] != [None, None]
    assert models[0] == models[1]
    found = [{k: v for k, v in json.loads(run.read("summary.json")).items() if k not in TOLD} for run in (one, two)]
    assert found[0] == found[1]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_customer_table(tmp_path: Path, form: Any) -> None:
    file = write_shop(tmp_path, 2_600, format=form, transactions=False).customers
    held, stored = _study(file, "1GB"), _study(file, "10KB")
    assert (_on_disk(held), _on_disk(stored)) == (False, True)
    assert isinstance(stored.matrix.held, Stored)
    _same_runs(held, stored, tmp_path)


def test_invoice_lines_alone_and_beside_customers(tmp_path: Path) -> None:
    shop = write_shop(tmp_path, 400)
    assert shop.transactions is not None
    _same_runs(_study(shop.transactions, "1GB"), _study(shop.transactions, "1KB"), tmp_path / "lines")
    both = [_study(shop.customers, memory, transactions=shop.transactions) for memory in ("1GB", "1KB")]
    _same_runs(both[0], both[1], tmp_path / "both")
