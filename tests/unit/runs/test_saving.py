"""Saving a study: threads change nothing, and the summary tells the seconds of saving."""

from __future__ import annotations

from pathlib import Path

import pytest

import made_studies
from clientage.publish import publish
from clientage.runs import run as saving


def test_large_files_written_in_threads_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = made_studies.shop_study()
    plain = publish(record, tmp_path / "plain", moment=0.0)
    monkeypatch.setattr(saving, "LARGE", 1)
    threaded = publish(record, tmp_path / "threaded", moment=0.0)
    hashes = [{n: f["sha256"] for n, f in r.manifest["files"].items()} for r in (plain, threaded)]
    assert {n for n in hashes[0] if hashes[0][n] != hashes[1].get(n)} == {"summary.json"}  # it tells what they took
    assert set(hashes[0]) == set(hashes[1])


def test_the_summary_tells_the_seconds_of_every_step(tmp_path: Path) -> None:
    record = made_studies.one_study()
    timings = publish(record, tmp_path).summary()["timings"]
    assert list(timings) == [*record.timings, "report", "save"]
    assert timings["report"] > 0
    assert timings["save"] > 0
