"""`clientage runs` and `clientage compare`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import clientage as package
from made_studies import CANARY, shop


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("history") / "runs"
    for k in (3, 4):
        study = package.segment(
            shop(200), id="customer_id", features=["income", "store_visits", "total_spend"], k=k, algorithm="kmeans"
        )
        study.save(home)
    return home


def paths(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_runs_are_listed(clientage: Callable, folder: Path) -> None:
    result = clientage("runs", folder)
    assert result.code == 0, result.err
    assert all(path.name in result.out for path in paths(folder))
    listed = json.loads(clientage("runs", folder, "--json").out)
    assert [entry["k"] for entry in listed] == [4, 3], "the newest first"
    headlines = [entry["headline"] for entry in listed]
    assert headlines == [json.loads((p / "summary.json").read_text())["verdict_headline"] for p in paths(folder)[::-1]]
    assert all(headline in " ".join(result.out.split()) for headline in headlines)
    assert listed[0]["verdict"] not in result.out
    assert {entry["path"] for entry in listed} == {str(path) for path in paths(folder)}


def test_names_of_runs_stay_whole_in_a_narrow_window(
    clientage: Callable, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Stability" in clientage("runs", folder).out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    seen = clientage("runs", folder).out
    assert all(path.name in seen for path in paths(folder))
    assert "Stability" not in seen


def test_a_damaged_run_is_shown_as_damaged(clientage: Callable, tmp_path: Path) -> None:
    run = package.segment(shop(100), features=["income", "total_spend"], k=2, algorithm="kmeans").save(tmp_path)
    (run.path / "summary.json").write_text("{}")
    result = clientage("runs", tmp_path)
    assert result.code == 0
    assert "damaged" in result.out
    assert "summary.json" in json.loads(clientage("runs", tmp_path, "--json").out)[0]["damage"]


def test_no_runs_is_no_failure(clientage: Callable, tmp_path: Path) -> None:
    result = clientage("runs", tmp_path)
    assert (result.code, result.err) == (0, "")
    assert "No runs" in result.out
    assert json.loads(clientage("runs", tmp_path / "nowhere", "--json").out) == []


def test_two_runs_side_by_side(clientage: Callable, folder: Path) -> None:
    a, b = paths(folder)
    result = clientage("compare", a, b)
    assert result.code == 0, result.err
    for words in ("cluster.k", "Silhouette", "Jaccard", "of 200 shared customers moved", "Adjusted Rand index"):
        assert words in result.out
    assert json.loads((a / "summary.json").read_text())["verdict_headline"] in result.out
    told = clientage("compare", a, b, "--json")
    made = json.loads(told.out)
    assert (made["a"]["k"], made["b"]["k"], made["shared_customers"]) == (3, 4, 200)
    assert CANARY not in told.out + result.out
    assert "C00" not in told.out + result.out


def test_what_is_no_run_is_refused(clientage: Callable, folder: Path, tmp_path: Path) -> None:
    result = clientage("compare", paths(folder)[0], tmp_path)
    assert result.code == 2
    assert "it holds no run" in result.err
