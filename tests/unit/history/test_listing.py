"""What a folder holds: sealed runs with their figures, damaged ones with what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clientage.history.listing import list_runs
from clientage.runs.run import Run, save_run
from made_studies import one_study, shop_study


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for moment, record in ((0.0, one_study()), (90_000.0, shop_study()), (90_000.0, shop_study())):
        save_run(record, tmp_path / "runs", {"report.html": b"<html>"}, moment)
    return tmp_path / "runs"


def test_entries_are_the_summaries_newest_first(folder: Path) -> None:
    entries = list_runs(folder)
    assert [e.made for e in entries] == ["1970-01-02T01:00:00Z", "1970-01-02T01:00:00Z", "1970-01-01T00:00:00Z"]
    assert [e.id.rpartition("-")[2] for e in entries[:2]] == ["2", "frame"], "the second of a second is the newer one"
    assert len({e.id for e in entries}) == 3
    for entry in entries:
        summary = json.loads((folder / entry.id / "summary.json").read_text())
        shown = (entry.n, entry.k, entry.algorithm, entry.verdict, entry.silhouette, entry.stability)
        keys = ("n_customers", "n_segments", "algorithm", "verdict", "silhouette", "stability")
        assert shown == tuple(summary[key] for key in keys)
        assert entry.null_silhouette == summary["null_silhouette_at_k"]
        assert entry.sealed


@pytest.mark.parametrize(
    ("name", "change", "what"),
    [
        ("summary.json", lambda raw: raw.replace(b"1", b"2", 1), "summary.json"),
        ("report.html", lambda raw: raw + b" ", "report.html"),
        ("manifest.json", lambda raw: raw.replace(b"seed", b"feed"), "seal"),
        ("manifest.json", lambda raw: raw[:40], "seal"),
        ("manifest.json", None, "manifest.json is missing"),
        ("model/arrays.npz", None, "missing"),
    ],
)
def test_a_damaged_run_is_listed_as_damaged(folder: Path, name: str, change: object, what: str) -> None:
    run = list_runs(folder)[2]
    path = folder / run.id / name
    raw = path.read_bytes()
    path.unlink()
    if callable(change):
        path.write_bytes(change(raw))
    entries = list_runs(folder)
    assert [e.id for e in entries] == [e.id for e in list_runs(folder)]
    damaged = entries[2]
    assert (damaged.id, damaged.made, damaged.sealed) == (run.id, run.made, False)
    assert what in (damaged.damage or "")
    assert damaged.verdict is None
    assert all(e.sealed for e in entries[:2])


def test_a_flipped_byte_anywhere_is_found_when_asked(folder: Path) -> None:
    path = folder / list_runs(folder)[0].id / "report.html"
    path.write_bytes(b"<hTml>")
    assert list_runs(folder)[0].sealed, "of the same length: only its hash tells"
    assert "report.html" in (list_runs(folder, verify=True)[0].damage or "")


def test_what_is_no_run_is_not_listed(folder: Path) -> None:
    (folder / "notes").mkdir()
    (folder / ".half.1.2.part").mkdir()
    (folder / ".half.1.2.part" / "summary.json").write_text("{}")
    (folder / "a.csv").write_text("x")
    assert len(list_runs(folder)) == 3
    assert list_runs(folder / "notes") == list_runs(folder / "nowhere") == ()


def test_a_runs_own_folder_is_a_list_of_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = list_runs(folder)[0]
    assert list_runs(entry.path) == (entry,)
    monkeypatch.chdir(entry.path)
    assert list_runs(".")[0].id == entry.id


def test_a_summary_of_another_version_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_run(one_study(), tmp_path, {})
    monkeypatch.setattr(Run, "summary", lambda _: {"schema_version": 99})
    assert "another version" in (list_runs(tmp_path)[0].damage or "")
