"""Work in a process of its own: it ends, it is stopped, and its death is told."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import made_studies
from clientage.config import Settings, settings_from
from clientage.dashboard.jobs import Job
from clientage.dashboard.worker import Task
from clientage.data.writing import write_csv


def until(said: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not said():
        assert time.monotonic() < end
        time.sleep(0.01)


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
    settings = settings_from({"cluster": {"bootstraps": 20_000}})
    job = Job(Task("study", str(shop), settings, tmp_path / "runs"), "Segmenting")
    until(lambda: job.step.startswith("Trying"))
    begin = time.monotonic()
    job.cancel()
    until(lambda: job.done)
    assert time.monotonic() - begin < 10
    assert job.cancelled
    assert job.refusal is None
    assert not (tmp_path / "runs").exists()


def test_a_process_that_is_killed_from_outside_says_so(shop: Path, tmp_path: Path) -> None:
    settings = settings_from({"cluster": {"bootstraps": 20_000}})
    job = Job(Task("study", str(shop), settings, tmp_path / "runs"), "Segmenting")
    until(lambda: job.step.startswith("Trying"))
    os.kill(job._process.pid, signal.SIGKILL)
    until(lambda: job.done)
    assert job.refusal is not None
    assert "ended from outside" in job.refusal.found


def test_work_that_waits_its_turn_is_stopped_as_well(shop: Path, tmp_path: Path) -> None:
    settings = settings_from({"cluster": {"bootstraps": 20_000}})
    jobs = [Job(Task("study", str(shop), settings, tmp_path / "runs"), "Segmenting") for _ in range(9)]
    until(lambda: any(j.step.startswith("Trying") for j in jobs))
    waiting = [j for j in jobs if j.step.startswith("Waiting")]
    assert waiting
    for job in jobs:
        job.cancel()
    until(lambda: all(j.done for j in jobs))
    assert all(not j.parts for j in jobs)
