"""The command line: what a person types, what they get, and the code a scheduler sees."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from clientage.runs.store import runs_in

SUMMARY_KEYS = {
    "schema_version",
    "input",
    "rows_read",
    "n_customers",
    "rejected",
    "repaired",
    "features",
    "algorithm",
    "n_segments",
    "criteria",
    "segments",
    "timings",
    "peak_memory_mb",
    "seed",
    "verdict",
    "silhouette",
    "null_silhouette_mean",
    "null_silhouette_max",
    "p_value",
    "stability",
}
FILES = {
    "study.toml",
    "manifest.json",
    "summary.json",
    "assignments.csv",
    "assignments.parquet",
    "profiles.csv",
    "selection.csv",
    "quality.json",
    "model/model.json",
    "model/arrays.npz",
    "report.html",
    "document.json",
    "rules.txt",
    "rules.sql",
}


@pytest.fixture
def customers(tmp_path: Path) -> Path:
    """Three groups of customers, well apart, with an id, a profile column and a few missing cells."""
    rng = np.random.default_rng(5)
    centres = np.array([[20.0, 2.0], [60.0, 9.0], [120.0, 4.0]])
    group = np.repeat([0, 1, 2], [80, 60, 40])
    values = centres[group] + rng.normal(0, [4.0, 0.5], (180, 2))
    path = tmp_path / "customers.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        write = csv.writer(file)
        write.writerow(["customer_id", "basket", "visits", "city"])
        for i, (basket, visits) in enumerate(values):
            city = ["Köln", "Zürich", "Wien"][i % 3]
            write.writerow([f"C{i:04d}", "" if i == 7 else round(basket, 2), round(visits, 2), city])
    return path


def test_run_makes_a_whole_run(clientage: Callable, customers: Path, tmp_path: Path) -> None:
    result = clientage("run", customers, "--out", tmp_path / "out")
    assert result.code == 0, result.err
    (run,) = runs_in(tmp_path / "out")
    assert {p.relative_to(run).as_posix() for p in run.rglob("*") if p.is_file()} == FILES
    assert str(run / "report.html") in result.out.replace("\n", "")
    summary = json.loads((run / "summary.json").read_text())
    assert set(summary) >= SUMMARY_KEYS
    assert summary["n_segments"] == 3
    assert [s["size"] for s in summary["segments"]] == [80, 60, 40]
    assert len({s["name"] for s in summary["segments"]}) == 3
    assert summary["rows_read"] == summary["n_customers"] == 180
    assert summary["features"] == ["basket", "visits"]


def test_json_prints_the_summary_alone(clientage: Callable, customers: Path, tmp_path: Path) -> None:
    result = clientage("run", customers, "--out", tmp_path / "out", "--json")
    (run,) = runs_in(tmp_path / "out")
    assert json.loads(result.out) == json.loads((run / "summary.json").read_text())
    assert result.err == ""


def test_quiet_prints_nothing(clientage: Callable, customers: Path, tmp_path: Path) -> None:
    result = clientage("run", customers, "--out", tmp_path / "out", "--quiet")
    assert (result.code, result.out, result.err) == (0, "", "")


def test_running_again_keeps_both_runs(clientage: Callable, customers: Path, tmp_path: Path) -> None:
    for _ in range(2):
        assert clientage("run", customers, "--out", tmp_path / "out", "-q").code == 0
    assert len(runs_in(tmp_path / "out")) == 2


def test_predict_gives_training_customers_their_segments(clientage: Callable, customers: Path, tmp_path: Path) -> None:
    clientage("run", customers, "--out", tmp_path / "out", "-q")
    (run,) = runs_in(tmp_path / "out")
    result = clientage("predict", run, customers, "-o", tmp_path / "again.csv")
    assert result.code == 0, result.err
    assert (tmp_path / "again.csv").read_text() == (run / "assignments.csv").read_text()


def test_one_row_alone_equals_the_row_in_the_batch(clientage: Callable, customers: Path, tmp_path: Path) -> None:
    clientage("run", customers, "--out", tmp_path / "out", "-q")
    (run,) = runs_in(tmp_path / "out")
    header, *lines = customers.read_text().splitlines()
    stored = (run / "assignments.csv").read_text().splitlines()
    for i in (0, 7, 100, 179):
        one = tmp_path / "one.csv"
        one.write_text(f"{header}\n{lines[i]}\n")
        assert clientage("predict", run, one, "-o", tmp_path / "scored.csv", "-q").code == 0
        assert (tmp_path / "scored.csv").read_text().splitlines()[1] == stored[i + 1]


def test_no_rows_to_score_give_a_header_and_exit_0(clientage: Callable, customers: Path, tmp_path: Path) -> None:
    clientage("run", customers, "--out", tmp_path / "out", "-q")
    none = tmp_path / "none.csv"
    none.write_text(customers.read_text().splitlines()[0] + "\n")
    result = clientage("predict", tmp_path / "out", none, "-o", tmp_path / "scored.csv")
    assert result.code == 0, result.err
    assert len((tmp_path / "scored.csv").read_text().splitlines()) == 1


def test_scoring_wants_the_columns_of_the_model(clientage: Callable, customers: Path, tmp_path: Path) -> None:
    clientage("run", customers, "--out", tmp_path / "out", "-q")
    other = tmp_path / "other.csv"
    other.write_text(customers.read_text().replace("visits", "visitz", 1))
    result = clientage("predict", tmp_path / "out", other, "-o", tmp_path / "scored.csv")
    assert result.code == 2
    assert "'visits'" in result.err
    assert "Did you mean 'visitz'?" in result.err
    assert not (tmp_path / "scored.csv").exists()


def test_reordered_and_additional_columns_are_harmless(clientage: Callable, customers: Path, tmp_path: Path) -> None:
    clientage("run", customers, "--out", tmp_path / "out", "-q")
    (run,) = runs_in(tmp_path / "out")
    rows = list(csv.reader(customers.read_text(encoding="utf-8").splitlines()))
    other = tmp_path / "other.csv"
    with other.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([[r[2], "x", r[3], r[1], r[0]] for r in rows])
    assert clientage("predict", run, other, "-o", tmp_path / "scored.csv", "-q").code == 0
    assert (tmp_path / "scored.csv").read_text() == (run / "assignments.csv").read_text()


def test_a_study_file_repeats_the_study(clientage: Callable, customers: Path, tmp_path: Path) -> None:
    clientage("run", customers, "--out", tmp_path / "out", "--k", "4", "--seed", "9", "-q")
    (run,) = runs_in(tmp_path / "out")
    again = clientage("run", customers, "--study", run / "study.toml", "--out", tmp_path / "again", "-q")
    assert again.code == 0, again.err
    (repeated,) = runs_in(tmp_path / "again")
    assert (repeated / "assignments.csv").read_text() == (run / "assignments.csv").read_text()


def test_the_same_study_whatever_the_row_order(clientage: Callable, customers: Path, tmp_path: Path) -> None:
    clientage("run", customers, "--out", tmp_path / "out", "-q")
    header, *lines = customers.read_text().splitlines()
    shuffled = tmp_path / "shuffled.csv"
    order = np.random.default_rng(1).permutation(len(lines))
    shuffled.write_text("\n".join([header, *(lines[i] for i in order)]) + "\n")
    clientage("run", shuffled, "--out", tmp_path / "out2", "-q")
    first = (runs_in(tmp_path / "out")[0] / "assignments.csv").read_text().splitlines()
    second = (runs_in(tmp_path / "out2")[0] / "assignments.csv").read_text().splitlines()
    assert sorted(first) == sorted(second)


def test_show_repeats_the_summary(clientage: Callable, customers: Path, tmp_path: Path) -> None:
    made = clientage("run", customers, "--out", tmp_path / "out")
    assert clientage("show", tmp_path / "out").out == made.out
    (run,) = runs_in(tmp_path / "out")
    assert json.loads(clientage("show", run, "--json").out) == json.loads((run / "summary.json").read_text())


@pytest.mark.parametrize("algorithm", ["kmeans", "ward", "mixture", "one_shape", "dbscan", "hdbscan"])
def test_every_algorithm_can_be_asked_for_and_scores(
    clientage: Callable, customers: Path, tmp_path: Path, algorithm: str
) -> None:
    result = clientage("run", customers, "--out", tmp_path / "out", "--algorithm", algorithm, "-q")
    assert result.code == 0, result.err
    (run,) = runs_in(tmp_path / "out")
    assert json.loads((run / "summary.json").read_text())["algorithm"] == algorithm
    assert clientage("predict", run, customers, "-o", tmp_path / "again.csv", "-q").code == 0
    assert (tmp_path / "again.csv").read_text() == (run / "assignments.csv").read_text()


def test_explore_writes_a_page(clientage: Callable, customers: Path, tmp_path: Path) -> None:
    result = clientage("explore", customers, "-o", tmp_path / "page.html")
    assert result.code == 0, result.err
    assert "visits" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_demo_says_how_well_the_planted_groups_came_back(clientage: Callable, tmp_path: Path) -> None:
    result = clientage("demo", "--out", tmp_path / "demo")
    assert result.code == 0, result.err
    assert "adjusted Rand index of" in result.out
    assert (runs_in(tmp_path / "demo" / "runs")[0] / "report.html").is_file()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["run", "absent.csv"], ["absent.csv"]),
        (["run", "FILE", "--features", "basket,visit"], ["'visit'", "Did you mean 'visits'?"]),
        (["run", "FILE", "--algorithm", "kmean"], ["kmean", "Did you mean 'kmeans'?"]),
        (["run", "FILE", "--k", "0"], ["cluster.k", "0"]),
        (["run", "FILE", "--k", "500"], ["500", "180"]),
        (["run", "FILE", "--set", "cluster.sed=3"], ["cluster.sed", "Did you mean 'seed'?"]),
        (["run", "FILE", "--set", "nonsense"], ["--set section.key=value"]),
        (["run", "FILE", "--study", "absent.toml"], ["absent.toml"]),
        (["show", "absent"], ["no such folder"]),
        (["predict", "absent", "FILE", "-o", "x.csv"], ["no such folder"]),
        (["run"], ["FILE"]),
        (["nonsense"], ["nonsense"]),
    ],
)
def test_a_refusal_exits_with_2_and_a_sentence(
    clientage: Callable, customers: Path, tmp_path: Path, args: list[str], words: list[str]
) -> None:
    out = tmp_path / "out"
    given = [str(customers) if a == "FILE" else a for a in args]
    result = clientage(*given, *(["--out", out] if args[0] == "run" else []))
    assert result.code == 2
    assert result.out == ""
    for word in words:
        assert word in " ".join(result.err.replace("│", " ").split())
    assert "Traceback" not in result.err
    assert not out.exists()


def test_the_same_labels_at_any_thread_count(customers: Path, tmp_path: Path) -> None:
    seen = set()
    for threads in ("1", "2", "4"):
        environment = {**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        command = [sys.executable, "-m", "clientage", "run", str(customers), "--out", str(tmp_path / threads), "-q"]
        subprocess.run(command, env=environment, check=True)
        seen.add((runs_in(tmp_path / threads)[0] / "assignments.csv").read_text())
    assert len(seen) == 1


def test_help_names_every_command_without_loading_numpy() -> None:
    script = "import sys; sys.argv=['clientage','--help']\nfrom clientage.__main__ import main\n"
    script += "try: main()\nexcept SystemExit: print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert all(command in done.stdout for command in ("demo", "run", "explore", "predict", "show"))
    assert done.stdout.endswith("False\n")
