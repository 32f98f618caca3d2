"""Names by a person: `names.toml` in a run wins everywhere, and the computed names stay on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import clientage
import made_studies
from clientage.errors import SettingsError
from clientage.publish import publish
from clientage.runs.run import Run, open_run

OWN = 'Weekend "families" & 東京'


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return publish(made_studies.shop_study(), tmp_path / "runs")


def test_show_writes_a_names_file_that_changes_nothing_until_edited(clientage: Callable, run: Run) -> None:
    before = clientage("show", run.path, "--json").out
    told = clientage("show", run.path, "--names")
    assert told.out.strip().endswith("names.toml")
    assert clientage("show", run.path, "--json").out == before == (run.path / "summary.json").read_text()
    again = clientage("show", run.path, "--names")
    assert again.code == 2
    assert "already" in again.err


def test_an_edited_name_wins_everywhere(clientage: Callable, run: Run) -> None:
    (run.path / "names.toml").write_text(f"1 = {json.dumps(OWN, ensure_ascii=False)}\n", encoding="utf-8")
    computed = json.loads(run.read("summary.json"))["segments"][0]["name"]
    assert "Weekend" in clientage("show", run.path).out
    shown = json.loads(clientage("show", run.path, "--json").out)["segments"][0]
    assert (shown["name"], shown["computed_name"]) == (OWN, computed)
    columns = made_studies.shop()
    scored = open_saved(run).predict(columns)
    assert set(scored.segment_names[scored.segment_ids == 1]) == {OWN}
    stored = json.loads((run.path / "summary.json").read_text())["segments"][0]
    assert (stored["name"], stored["computed_name"]) == (computed, computed)


def open_saved(run: Run) -> clientage.SavedRun:
    return clientage.open_run(run.path)


@pytest.mark.parametrize("text", ["1 = ", "9 = 'x'", "one = 'x'", "1 = ''", "1 = 'a'\n2 = 'A'", "1 = 2"])
@pytest.mark.parametrize("command", ["show", "predict"])
def test_a_broken_names_file_is_refused_by_name(clientage: Callable, run: Run, text: str, command: str) -> None:
    (run.path / "names.toml").write_text(text, encoding="utf-8")
    rest = [] if command == "show" else [run.path / "assignments.csv", "-o", "-"]
    result = clientage(command, run.path, *rest)
    assert result.code == 2
    assert "names.toml" in result.err


def test_a_study_can_be_renamed_and_keeps_what_was_computed(tmp_path: Path) -> None:
    study = clientage.Study(made_studies.shop_study())
    named = study.rename({2: OWN})
    assert named.profiles[2].name == OWN
    assert study.profiles[2].name != OWN
    segment = named.summary()["segments"][1]
    assert (segment["name"], segment["computed_name"]) == (OWN, study.profiles[2].name)
    saved = named.save(tmp_path)
    assert open_run(saved.path).summary()["segments"][1]["name"] == OWN
    with pytest.raises(SettingsError):
        study.rename({17: "x"})


def test_findings_name_segments_by_their_own_names() -> None:
    study = clientage.Study(made_studies.noise_study())
    named = study.rename({s.id: f"Cut {s.id} of all" for s in study.profiles.segments})
    told = " ".join(f.text for f in named.record.findings)
    assert not [s.name for s in study.profiles.segments if f"({s.name})" in told]
