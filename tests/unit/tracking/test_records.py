"""What is logged of a run: complete, and nothing that names a customer or describes a handful of them."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest

from clientage.history.comparing import compare
from clientage.history.listing import list_runs
from clientage.publish import publish
from clientage.runs.run import Run, open_run
from clientage.scoring.scorer import Scorer
from clientage.tracking import records
from clientage.tracking.records import Artifact, DataSource, Metric, ModelFiles, Parameter, Tag, records_of
from clientage.tracking.shared import share
from made_studies import CANARY, hostile_study, shop, shop_study, study


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return publish(shop_study(), tmp_path_factory.mktemp("runs"))


@pytest.fixture
def shared(run: Run, tmp_path: Path) -> Run:
    return share(run, tmp_path)


@pytest.fixture
def logged(shared: Run, monkeypatch: pytest.MonkeyPatch) -> list[records.Record]:
    monkeypatch.setattr(records, "find_spec", lambda _: None)
    return list(records_of(shared))


def test_settings_are_parameters(logged: list[records.Record]) -> None:
    parameters = {r.key: r.value for r in logged if isinstance(r, Parameter)}
    assert parameters["cluster.seed"] == "0"
    assert json.loads(parameters["roles.features"]) == ["income", "store_visits", "total_spend"]
    assert not any(key.startswith(("output.", "track.")) for key in parameters)


def test_every_figure_of_every_candidate_is_a_metric(run: Run, logged: list[records.Record]) -> None:
    metrics = {(m.key, m.step): m.value for m in logged if isinstance(m, Metric)}
    assert all(math.isfinite(value) for value in metrics.values())
    summary = run.summary()
    for candidate in summary["candidates"]:
        for key, value in candidate["criteria"].items():
            place = (f"candidate.{candidate['algorithm']}.{key}", candidate["k"])
            assert metrics.get(place) == value
        assert metrics.get((f"candidate.{candidate['algorithm']}.stability", candidate["k"])) == candidate["stability"]
    for key, value in summary["criteria"].items():
        assert metrics.get((f"criteria.{key}", 0)) == value
    assert metrics["segment.size", 1] == summary["segments"][0]["size"]
    assert metrics["stability", 0] == summary["stability"]


def test_verdict_and_fingerprint_are_there_to_search_by(run: Run, logged: list[records.Record]) -> None:
    tags = {r.key: r.value for r in logged if isinstance(r, Tag)}
    assert tags["clientage.verdict"] == run.summary()["verdict"]
    assert tags["clientage.run_id"] == run.path.name
    assert run.summary()["verdict_sentence"] in tags["mlflow.note.content"]
    assert [(r.name, r.sha256) for r in logged if isinstance(r, DataSource)] == [
        (i["name"], i["sha256"]) for i in run.manifest["inputs"]
    ]


def test_files_are_a_run_that_opens_scores_and_compares(run: Run, logged: list[records.Record], tmp_path: Path) -> None:
    for record in logged:
        if isinstance(record, Artifact):
            (tmp_path / "got" / record.path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "got" / record.path).write_bytes(record.content)
    again = open_run(tmp_path / "got" / "run")
    assert list_runs(again.path, verify=True)[0].sealed
    assert (again.path / "report.html").read_bytes() == run.read("report.html")
    expected, scored = (Scorer(r.model()).score(shop()) for r in (run, again))
    assert np.array_equal(expected.segment_ids, scored.segment_ids)
    assert np.array_equal(expected.distance, scored.distance)
    compared = compare(run, again)
    assert compared.movement is None
    assert all(p.a == p.b and p.distance == 0.0 for p in compared.pairs)


def test_figures_are_drawn_where_they_can_be(shared: Run) -> None:
    drawn = [r for r in records_of(shared) if isinstance(r, Artifact) and r.path.startswith("figures/")]
    assert {"figures/sizes.svg", "figures/pca_map.svg"} <= {r.path for r in drawn}
    assert all(r.content.startswith(b"<svg") for r in drawn)


def test_no_customer_is_in_any_record(run: Run, logged: list[records.Record]) -> None:
    """Neither ids nor addresses, wherever they are looked for; the model's own files included."""
    everything = repr([r for r in logged if not isinstance(r, Artifact | ModelFiles)]).encode()
    everything += b"".join(r.content for r in logged if isinstance(r, Artifact))
    everything += b"".join(b"".join(r.files.values()) for r in logged if isinstance(r, ModelFiles))
    with (run.path / "assignments.csv").open(newline="") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    assert len(ids) == 400
    assert not [i for i in ids if i.encode() in everything]
    assert CANARY.encode() not in everything
    assert b"assignments" not in everything.replace(b"assignments.csv", b"")


def test_names_that_would_do_harm_stay_words(tmp_path: Path) -> None:
    run = share(publish(hostile_study(), tmp_path / "runs"), tmp_path / "shared")
    kept = [r for r in records_of(run) if isinstance(r, Metric | Parameter)]
    assert kept
    assert all(not set(r.key) & set("<>\"'&;") for r in kept)


def test_segments_of_a_handful_are_not_described(tmp_path: Path) -> None:
    made = shop(300, k=2)
    for name in ("income", "store_visits", "total_spend"):
        made[name] = np.concatenate([made[name], [9e5, 9.1e5, 9.2e5]])
    made["customer_id"] = [f"C{i:05d}" for i in range(303)]
    columns = {k: made[k] for k in ("customer_id", "income", "store_visits", "total_spend")}
    record = study(columns, cluster={"k": 3, "algorithm": "kmeans"}, features={"outliers": "keep", "skew": "none"})
    assert record.profiles.segments[-1].size == 3
    run = share(publish(record, tmp_path / "runs"), tmp_path / "shared")
    small = run.summary()["segments"][-1]
    assert (small["size"], small["profile"], small["rule"]) == (3, [], None)
    assert run.summary()["segments"][0]["profile"]
    with (run.path / "profiles.csv").open(newline="") as file:
        assert {row["segment_id"] for row in csv.DictReader(file)} == {"1", "2"}
    assert not (run.path / "rules.sql").exists()
    assert Scorer(run.model()).score(columns).segment_ids[-3:].tolist() == [3, 3, 3]


def test_a_persons_own_names_go_with_it(tmp_path: Path) -> None:
    run = publish(shop_study(), tmp_path / "runs")
    (run.path / "names.toml").write_text('2 = "Weekend families"\n', encoding="utf-8")
    shared = share(run, tmp_path / "shared")
    assert shared.summary()["segments"][1]["name"] == shared.model().names[1] == "Weekend families"
    assert "Weekend families" in shared.read("report.html").decode()
    assert "Weekend families" in next(r.value for r in records_of(shared) if isinstance(r, Tag) and "note" in r.key)


def test_long_settings_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LONGEST", 10)
    run = share(publish(shop_study(), tmp_path / "runs"), tmp_path / "shared")
    values = [r.value for r in records_of(run) if isinstance(r, Parameter)]
    assert max(map(len, values)) == 12
