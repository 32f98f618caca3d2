"""A real MLflow server on loopback: logged, listed, fetched, served, and never told of a customer."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas
import pytest

from clientage.config import TrackSettings
from clientage.errors import TrackingError
from clientage.publish import publish
from clientage.runs.run import Run
from clientage.scoring.scorer import Scorer
from clientage.tracking.tracker import Tracked, log_run, tracked_run, tracked_runs
from made_studies import CANARY, shop, study
from patience import PATIENCE, ended, free_port, until_answering

UNWANTED = ("sklearn", "scipy", "polars", "vl_convert", "rich", "typer")


ABSENT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
"""


@dataclass(frozen=True)
class Server:
    uri: str
    home: Path

    def settings(self, experiment: str, register: str | None = None) -> TrackSettings:
        return TrackSettings(self.uri, experiment, register, PATIENCE)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("mlflow")
    port = free_port()
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{home}/mlflow.db", "--artifacts-destination", str(home / "files")]
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (home / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, cwd=home, env={**os.environ, **quiet}, stdout=log, stderr=log)
        try:
            until_answering(f"http://127.0.0.1:{port}/health", process)
            yield Server(f"http://127.0.0.1:{port}", home)
        finally:
            process.terminate()
            ended(process)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of customers whose names, addresses and numbers would be recognised anywhere."""
    made = shop()
    made["phone"] = [f"+49 170 {5_550_000 + i}" for i in range(400)]
    made["full_name"] = [f"Zebedee Canary{i}" for i in range(400)]
    roles = {"features": ["income", "store_visits", "total_spend"], "id": "customer_id", "outcome": ["response"]}
    return publish(study(made, roles=roles), tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def tracked(server: Server, run: Run) -> Tracked:
    return log_run(run, server.settings("shop", "shop-segments@champion"))


def test_a_run_is_logged_with_its_figures_and_files(server: Server, run: Run, tracked: Tracked) -> None:
    import mlflow

    client = mlflow.MlflowClient(server.uri, server.uri)
    logged = client.get_run(tracked.run_id)
    summary = run.summary()
    assert logged.info.status == "FINISHED"
    assert logged.data.metrics["criteria.silhouette"] == summary["silhouette"]
    assert logged.data.params["cluster.seed"] == "0"
    assert logged.data.tags["clientage.verdict"] == summary["verdict"]
    assert logged.inputs.dataset_inputs[0].dataset.name == summary["input"]
    curve = client.get_metric_history(tracked.run_id, "candidate.kmeans.silhouette")
    expected = {c["k"]: c["criteria"]["silhouette"] for c in summary["candidates"] if c["algorithm"] == "kmeans"}
    assert {m.step: m.value for m in curve} == {k: v for k, v in expected.items() if v is not None}
    files = {f.path for f in client.list_artifacts(tracked.run_id, "run")}
    assert {"run/report.html", "run/summary.json", "run/manifest.json"} <= files
    assert client.list_artifacts(tracked.run_id, "figures")


def test_logged_runs_are_listed_and_come_back_as_runs(
    server: Server, run: Run, tracked: Tracked, tmp_path: Path
) -> None:
    (entry,) = tracked_runs(server.settings("shop"))
    summary = run.summary()
    assert (entry.id, entry.k, entry.verdict) == (run.path.name, summary["n_segments"], summary["verdict"])
    assert entry.headline == summary["verdict_headline"]
    assert entry.silhouette == summary["silhouette"]
    assert entry.sealed
    assert tracked_runs(server.settings("there is none")) == ()
    again = tracked_run(str(tracked.run_id), server.settings("shop"), tmp_path)
    assert again.path.name == run.path.name
    assert again.summary() == summary
    assert "assignments.csv" not in again.manifest["files"]
    with pytest.raises(TrackingError, match=run.path.name):
        tracked_run("nobody", server.settings("shop"), tmp_path / "other")


def test_the_registered_model_gives_the_scorers_segments(server: Server, run: Run, tracked: Tracked) -> None:
    """Loaded by its alias in a process where nothing but MLflow's own needs and clientage can be imported."""
    assert tracked.registered == "models:/shop-segments@champion"
    made = shop(120, seed=9)
    made["income"][3] = float("nan")
    made["total_spend"] = made["total_spend"].round().astype("int64")  # fractions in training
    made["surplus"] = list(range(120))
    path = server.home / "new.parquet"
    pandas.DataFrame(made).to_parquet(path)
    answered = _served(server, str(tracked.registered), path, missing="store_visits")
    expected = Scorer(run.model()).score(pandas.read_parquet(path))
    assert list(answered["segment_id"]) == expected.segment_ids.tolist()
    assert list(answered["segment_name"]) == expected.segment_names.tolist()
    assert answered["distance"].to_numpy() == pytest.approx(expected.distance, abs=1e-6)
    assert answered["confidence"].to_numpy() == pytest.approx(expected.confidence, abs=1e-6)
    assert list(answered["runner_up_id"]) == expected.runner_up_ids.tolist()


def test_what_mlflow_keeps_is_scored_without_mlflow(server: Server, run: Run, tracked: Tracked, tmp_path: Path) -> None:
    assert tracked.model_uri
    (kept,) = server.home.glob(f"files/*/models/{tracked.model_uri.rpartition('/')[2]}/artifacts/artifacts/run")
    path = tmp_path / "new.csv"
    pandas.DataFrame(shop(50, seed=4)).to_csv(path, index=False)
    code = f"""
{ABSENT.format(names=("mlflow", "pandas", "sklearn", "scipy"))}
sys.argv = ["clientage", "predict", {str(kept)!r}, {str(path)!r}, "-o", {str(tmp_path / "out.csv")!r}]
from clientage.__main__ import main
main()
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    expected = Scorer(run.model()).score(path)
    assert pandas.read_csv(tmp_path / "out.csv")["segment_id"].tolist() == expected.segment_ids.tolist()


def test_a_server_that_takes_half_is_told_that_it_failed(server: Server, run: Run) -> None:
    """Its store for files is broken: the run is there, marked, and listed as not logged to the end."""
    import mlflow

    mlflow.MlflowClient(server.uri, server.uri).create_experiment("half", "mlflow-artifacts:/blocked/here")
    (server.home / "files" / "blocked").write_text("a file where a folder should be")
    with pytest.raises(TrackingError, match="status 500"):
        log_run(run, server.settings("half"))
    (entry,) = tracked_runs(server.settings("half"))
    assert entry.damage == "not logged to the end (failed)"
    assert not entry.sealed


def test_transactions_are_served_by_customer(server: Server, tmp_path: Path) -> None:
    from clientage.config import settings_from
    from clientage.data.samples import write_shop
    from clientage.study import make_study

    lines = write_shop(tmp_path / "shop", 200).transactions
    small = settings_from({"cluster": {"k": 3, "algorithm": "kmeans", "bootstraps": 5}})
    run = publish(make_study(lines, small), tmp_path / "runs")
    tracked = log_run(run, server.settings("lines"))
    frame = pandas.read_csv(lines)
    path = server.home / "lines.parquet"
    frame.to_parquet(path)
    answered = _served(server, str(tracked.model_uri), path)
    expected = Scorer(run.model()).score(frame)
    assert dict(zip(answered["id"], answered["segment_id"], strict=True)) == dict(
        zip(expected.ids.tolist(), expected.segment_ids.tolist(), strict=True)
    )


def test_a_second_version_takes_the_alias(server: Server, run: Run, tracked: Tracked) -> None:
    import mlflow

    log_run(run, server.settings("shop again", "shop-segments@champion"))
    client = mlflow.MlflowClient(server.uri, server.uri)
    assert client.get_model_version_by_alias("shop-segments", "champion").version == "2"
    assert len(client.search_model_versions("name='shop-segments'")) == 2
    assert tracked.registered == "models:/shop-segments@champion"


def test_no_customer_and_no_pickle_reaches_the_server(server: Server, run: Run, tracked: Tracked) -> None:
    assert tracked.run_id
    needles = [CANARY.encode(), b"Zebedee", b"555000", b"170 555", *(f"C{i:05d}".encode() for i in range(0, 400, 7))]
    passing = {".parquet", ".db-journal", ".db-wal", ".db-shm"}  # asked with; of the database, which is read below
    held = [path for path in server.home.rglob("*") if path.is_file() and path.suffix not in passing]
    assert len(held) > 20
    for path in held:
        raw = path.read_bytes()
        assert not [needle for needle in needles if needle in raw], path
        assert path.suffix not in {".pkl", ".pickle", ".joblib"}
        assert not raw.startswith((b"\x80\x04", b"\x80\x05")), f"{path} is a pickle"
    with sqlite3.connect(server.home / "mlflow.db", timeout=PATIENCE) as database:
        said = "\n".join(database.iterdump()).encode()
    database.close()
    assert b"clientage.verdict" in said
    assert not [needle for needle in needles if needle in said]
    assert str(run.path.parent).encode() not in said, "where this machine keeps runs is nobody's business"


def _served(server: Server, model: str, path: Path, missing: str | None = None) -> Any:
    """What a process answers that loads the model and can import nothing but MLflow's own needs and clientage.

    It refuses a frame without the missing column, by its name.
    """
    out = path.with_suffix(".answer.parquet")
    code = f"""
{ABSENT.format(names=UNWANTED)}
import mlflow, pandas
mlflow.set_tracking_uri({server.uri!r})
model = mlflow.pyfunc.load_model({model!r})
frame = pandas.read_parquet({str(path)!r})
model.predict(frame).to_parquet({str(out)!r})
if {missing!r}:
    try:
        model.predict(frame.drop(columns={missing!r}))
    except mlflow.exceptions.MlflowException as refusal:
        assert {missing!r} in str(refusal)
    else:
        raise AssertionError("a column is missing")
"""
    environment = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "type hint" not in ran.stderr.lower()
    return pandas.read_parquet(out)
