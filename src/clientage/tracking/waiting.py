"""Waiting for MLflow no longer than a person should have to.

Receives a task; returns what came of it. MLflow does the task in a process of its own (`job.py`) and tells a line for
every answer of the server. When the lines stay away, that process is ended, whatever it waits for.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import SplitResult, urlsplit

from clientage.errors import TrackingError

SERVERS = ("http", "https")
OWN_WORK = 120.0  # seconds that importing MLflow, drawing figures or making a database may take: no server's fault
# after these this machine works first; MLflow's own short wait holds then
OWN_STEPS = frozenset({"start", "answered", "run", "files"})
# MLflow's own: one try, a short wait, nothing to telemetry, nothing about this machine
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "GIT_PYTHON_REFRESH": "quiet",
}
# MLflow's own as well, and meant for another run
ELSEWHERE = {"MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_ACTIVE_MODEL_ID"}


def done_in_time(task: Mapping[str, Any], patience: float) -> Any:
    """Do a task in a process of its own and return what came of it.

    Parameters
    ----------
    task : mapping
        JSON-ready; ``task`` names one of `clientage.tracking.job.TASKS`, ``uri`` the server or database.
    patience : float
        Seconds a server has for each answer.

    Raises
    ------
    TrackingError
        When it failed, or when the server did not answer in time.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    environment = {**inherited, **QUIET, "MLFLOW_HTTP_REQUEST_TIMEOUT": str(max(1, int(patience)))}
    with tempfile.TemporaryDirectory() as nowhere, tempfile.TemporaryFile() as noise:
        child = subprocess.Popen(
            [sys.executable, "-m", "clientage.tracking.job"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=noise,
            cwd=nowhere,  # MLflow makes folders where it stands
            env=environment,
            text=True,
        )
        lines: queue.Queue[str] = queue.Queue()
        listener = threading.Thread(target=_hand_over, args=(child, lines), daemon=True)
        listener.start()
        try:
            _ask(child, {**task, "patience": patience})
            return _follow(lines, urlsplit(task["uri"]), patience)
        finally:
            child.kill()
            child.wait()
            listener.join()


def _ask(child: subprocess.Popen[str], task: Mapping[str, Any]) -> None:
    assert child.stdin is not None
    with suppress(BrokenPipeError), child.stdin as stream:  # it ended at once: the listener says so
        stream.write(json.dumps(task))


def _hand_over(child: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    assert child.stdout is not None
    with child.stdout as stream:
        for line in stream:
            lines.put(line)
    lines.put("")


def _follow(lines: queue.Queue[str], uri: SplitResult, patience: float) -> Any:
    """Wait for line after line until one says what came of the task."""
    secret = "".join(uri.netloc.rpartition("@")[:2])  # MLflow's words may repeat the address
    step = "start"
    while True:
        try:
            line = lines.get(timeout=patience + 0.5 if uri.scheme in SERVERS and step not in OWN_STEPS else OWN_WORK)
        except queue.Empty:
            raise _refused("no answer in time") from None
        told = json.loads(line.replace(secret, "")) if line else {"problem": "the process that logs ended early"}
        if "done" in told:
            return told["done"]
        if "refusal" in told:
            raise TrackingError(*told["refusal"])
        if "problem" in told:
            raise _refused(told["problem"])
        step = told["step"]


def _refused(found: str) -> TrackingError:
    fix = "Look at the server, then log the saved run with `clientage track`."
    return TrackingError("an MLflow server that answers", found, fix)
