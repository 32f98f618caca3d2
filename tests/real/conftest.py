"""Studies of the real files, each made once in a whole test run, whatever the number of workers."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from clientage.config import settings_from
from clientage.study import StudyRecord, make_study

Studies = Callable[..., StudyRecord]
Tree = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="session")
def studies(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Studies:
    """Return `studies(file, settings tree)`: made by the first worker that asks, read by the others."""
    here = tmp_path_factory.getbasetemp()
    home = (here.parent if "PYTEST_XDIST_WORKER" in os.environ else here) / "real-studies"
    home.mkdir(exist_ok=True)
    known: dict[str, StudyRecord] = {}

    def study(name: str, tree: Tree | None = None) -> StudyRecord:
        key = hashlib.sha256(json.dumps([name, tree or {}], sort_keys=True).encode()).hexdigest()
        if key not in known:
            known[key] = _made_once(home / key, lambda: make_study(shared_data / name, settings_from(tree or {})))
        return known[key]

    return study


def _made_once(path: Path, make: Callable[[], StudyRecord]) -> StudyRecord:
    """Return what lies at the path, or make it and lay it there, one process at a time."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():
            with path.open("rb") as file:
                return pickle.load(file)  # written by a worker of this very test run
        record = make()
        with path.open("wb") as file:
            pickle.dump(record, file)
        return record
