"""A run made on several cores is the run made on one: the same files, byte by byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clientage import cores
from clientage.config import settings_from
from clientage.data import csv_arrow, csv_few
from clientage.data.samples import write_shop
from clientage.publish import FOR_PAGES, publish
from clientage.runs.run import Run
from clientage.study import make_study

QUICK = {"algorithm": "kmeans", "k": 4, "bootstraps": 2, "null_draws": 2}
TOLD = {"timings", "peak_memory_mb"}  # of the summary: what this machine took


def _run(file: Path, folder: Path, **more: Any) -> Run:
    settings = settings_from({"cluster": QUICK, "output": {"keep_clean": True}})
    return publish(make_study(file, settings, also=FOR_PAGES, **more), folder, moment=0.0)


def _same(one: Run, other: Run) -> None:
    hashes = [{name: file["sha256"] for name, file in run.manifest["files"].items()} for run in (one, other)]
    assert {name for name in hashes[0] if hashes[0][name] != hashes[1].get(name)} <= {"summary.json"}
    assert set(hashes[0]) == set(hashes[1])
    told = [{k: v for k, v in json.loads(run.read("summary.json")).items() if k not in TOLD} for run in (one, other)]
    assert told[0] == told[1]


@pytest.mark.skipif(cores.core_count() < 2, reason="one core")
def test_customers_and_invoice_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = write_shop(tmp_path, 700)
    assert shop.transactions is not None
    monkeypatch.setattr(csv_few, "FEW_BYTES", 0)
    monkeypatch.setattr(csv_arrow, "SMALL_BLOCK", 1 << 14)  # several batches

    one = _run(shop.customers, tmp_path / "one", transactions=shop.transactions)
    began: list[int] = []
    plain = cores.Ahead.__init__

    def counted(self: cores.Ahead, makers: Any = (), *given: Any, rows: int = 0) -> None:
        plain(self, makers, *given, rows=rows)
        began.append(len(self._coming))

    monkeypatch.setattr(cores, "LARGE", 1)
    monkeypatch.setattr(cores.Ahead, "__init__", counted)
    _same(one, _run(shop.customers, tmp_path / "several", transactions=shop.transactions))
    assert max(began) >= 5  # what is worked out beside the choice was
