"""Work in a process of its own: it ends, it is stopped, and its death is told."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from threading import BoundedSemaphore

import pytest

import made_studies
from clientage.config import Settings, settings_from
from clientage.dashboard import jobs
from clientage.dashboard.jobs import Job
from clientage.dashboard.worker import Task
from clientage.data.writing import write_csv
from clientage.study import STEPS
from patience import until

TRYING = STEPS["select"]
LONG = settings_from({"cluster": {"bootstraps": 20_000}})  # minutes of work


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.csv"
    write_csv(path, made_studies.shop(300))
    return path


def test_a_study_comes_back_whole(shop: Path, tmp_path: Path) -> None:
    settings = settings_from({"cluster": {"k": 3, "bootstraps": 0, "null_draws": 0}})
    job = Job(Task("study", str(shop), settings, tmp_path / "runs"), "Segmenting")
    until(lambda: job.done)
    assert job.succeeded
    assert job.parts["selection"].chosen.k == 3
    assert job.parts["run"].parent == tmp_path / "runs"
    assert [step for step, _ in job.steps_done][2:4] == ["Reading the data", "Preparing the customers"]


def test_a_refusal_comes_back_in_its_three_parts(tmp_path: Path) -> None:
    job = Job(Task("look", str(tmp_path / "none.csv"), Settings(), tmp_path), "Looking")
    until(lambda: job.done)
    assert not job.succeeded
    assert job.refusal is not None
    assert job.refusal.expected == "an existing file"


def test_stopping_is_immediate_and_leaves_no_run(shop: Path, tmp_path: Path) -> None:
    job = Job(Task("study", str(shop), LONG, tmp_path / "runs"), "Segmenting")
    until(lambda: job.step == TRYING, lambda: job.step)
    job.cancel()
    until(lambda: job.done)
    assert job.cancelled
    assert job.refusal is None
    assert not (tmp_path / "runs").exists()


def test_a_process_that_is_killed_from_outside_says_so(shop: Path, tmp_path: Path) -> None:
    job = Job(Task("study", str(shop), LONG, tmp_path / "runs"), "Segmenting")
    until(lambda: job.step == TRYING, lambda: job.step)
    os.kill(job._process.pid, signal.SIGKILL)
    until(lambda: job.done)
    assert job.refusal is not None
    assert "ended from outside" in job.refusal.found


def test_work_that_waits_its_turn_is_stopped_as_well(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_turns", BoundedSemaphore(1))  # as on a machine of one core
    both = [Job(Task("study", str(shop), LONG, tmp_path / "runs"), "Segmenting") for _ in range(2)]
    until(lambda: any(j.step == TRYING for j in both))
    assert sum(j.step.startswith("Waiting") for j in both) == 1
    for job in both:
        job.cancel()
    until(lambda: all(j.done for j in both))
    assert all(not j.parts for j in both)
