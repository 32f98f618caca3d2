"""Logging a run, listing logged runs and getting one back, without ever being held up by a tracking server.

Receives a run on disk, which is complete before anything here begins; returns what became of logging it. MLflow runs
in a process of its own: a server that is down, failing or hung costs `TrackSettings.patience` seconds of waiting and a
sentence, whatever MLflow itself would do.
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
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from clientage.config import TrackSettings
from clientage.errors import MissingExtraError, SettingsError, TrackingError
from clientage.history.listing import RunEntry
from clientage.runs.run import Run, open_run

SERVERS = ("http", "https")
DATABASE = "sqlite"
OWN_WORK = 120.0  # seconds that importing MLflow, drawing figures or making a database may take: no server's fault
OWN_STEPS = {"start", "answered", "files"}  # after which this machine works first; MLflow's own short wait holds then
ALIAS = "newest"
# MLflow's own: one try, a short wait, nothing to telemetry, nothing about this machine
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "GIT_PYTHON_REFRESH": "quiet",
}


@dataclass(frozen=True, slots=True)
class Tracked:
    """What became of logging a run.

    Parameters
    ----------
    uri : str
        Of the server or database, without a password.
    run_id, experiment_id : str or None
        MLflow's own; None when it was not logged to the end.
    model_uri : str or None
        What `mlflow.pyfunc.load_model` takes; None where there is no model to serve: segments made from two tables.
    registered : str or None
        ``models:/NAME@ALIAS``, when asked for.
    problem : str or None
        Why the run was not logged, in one sentence; None when it was.
    """

    uri: str
    run_id: str | None = None
    experiment_id: str | None = None
    model_uri: str | None = None
    registered: str | None = None
    problem: str | None = None


def check_tracking(track: TrackSettings) -> None:
    """Refuse an address or a name that cannot be used, before a study is made.

    Raises
    ------
    SettingsError
        When the address is neither a server's nor a SQLite file's, or there is a name to register and no address.
    MissingExtraError
        When MLflow is not installed.
    """
    if track.uri is None:
        if track.register:
            raise SettingsError("an address to register at", "none", "Give one: --track sqlite:///mlflow.db")
        return
    parts = urlsplit(track.uri)
    if not (parts.scheme in SERVERS and parts.hostname) and not (parts.scheme == DATABASE and len(parts.path) > 1):
        raise SettingsError(
            "the address of an MLflow server or of a SQLite file",
            f"'{without_password(track.uri)}'",
            "For example: http://127.0.0.1:5000 or sqlite:///mlflow.db",
        )
    if find_spec("mlflow") is None:
        found, fix = "it is not installed", "Install it with: pip install 'clientage[tracking]'"
        raise MissingExtraError("the library 'mlflow' for tracking with MLflow", found, fix)


def track_run(run: Run, track: TrackSettings) -> Tracked:
    """Log a run that was just saved; a server that does not play along is told of and raises nothing.

    Parameters
    ----------
    run : Run
        Saved.
    track : TrackSettings
        With an address.

    Raises
    ------
    SettingsError, MissingExtraError
        As `check_tracking`, which should be asked before the study.
    """
    try:
        return log_run(run, track)
    except TrackingError as problem:
        shown = without_password(str(track.uri))
        return Tracked(shown, problem=f"The run was saved and not logged to {shown}: {problem.found}. {problem.fix}")


def log_run(run: Run, track: TrackSettings) -> Tracked:
    """Log a saved run.

    Parameters
    ----------
    run : Run
        Saved.
    track : TrackSettings
        With an address.

    Raises
    ------
    TrackingError
        When the server does not answer or refuses; what it took until then stays there, marked as failed if it can be.
    SettingsError, MissingExtraError
        As `check_tracking`.
    """
    check_tracking(track)
    name, _, alias = (track.register or "").partition("@")
    alias = alias or ALIAS
    uri = _absolute(str(track.uri))
    to = {"uri": uri, "experiment": track.experiment, "artifacts": _artifacts(uri), "register": name or None}
    task = {"task": "log", "uri": uri, "run": str(run.path.resolve()), "to": {**to, "alias": alias}}
    done = _done(task, track.patience)
    registered = f"models:/{name}@{alias}" if name and done["version"] else None
    shown = without_password(str(track.uri))
    return Tracked(shown, done["run_id"], done["experiment_id"], done["model_uri"], registered)


def tracked_runs(track: TrackSettings) -> tuple[RunEntry, ...]:
    """Return the runs logged into an experiment, the newest first.

    Raises
    ------
    TrackingError
        When the server does not answer or refuses.
    SettingsError, MissingExtraError
        As `check_tracking`.
    """
    check_tracking(track)
    task = {"task": "list", "uri": _absolute(str(track.uri)), "experiment": track.experiment}
    return tuple(RunEntry(**entry) for entry in _done(task, track.patience))


def tracked_run(name: str, track: TrackSettings, folder: Path) -> Run:
    """Download a logged run into a folder and open it: without customers, and with everything else.

    Parameters
    ----------
    name : str
        As `clientage runs` shows it, or MLflow's own id.
    track : TrackSettings
        With an address.
    folder : Path
        Where it goes.

    Raises
    ------
    TrackingError
        When the server does not answer or refuses, or has no such run.
    ModelError
        When what came is not what was logged.
    """
    check_tracking(track)
    task = {"task": "fetch", "uri": _absolute(str(track.uri)), "experiment": track.experiment, "name": name}
    return open_run(_done({**task, "folder": str(folder)}, track.patience))


def without_password(uri: str) -> str:
    """Return an address as it may be shown.

    Examples
    --------
    >>> without_password("https://me:secret@tracking.example:5000/x")
    'https://tracking.example:5000/x'
    """
    parts = urlsplit(uri)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else uri


def _done(task: Mapping[str, Any], patience: float) -> Any:
    """Do a task in a process of its own and return what came of it.

    Raises
    ------
    TrackingError
        When it failed, or when the server did not answer in time.
    """
    environment = {**os.environ, **QUIET, "MLFLOW_HTTP_REQUEST_TIMEOUT": str(max(1, int(patience)))}
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
        try:
            return _follow(child, {**task, "patience": patience})
        finally:
            child.kill()
            child.wait()
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    stream.close()


def _follow(child: subprocess.Popen[str], task: Mapping[str, Any]) -> Any:
    assert child.stdin is not None
    assert child.stdout is not None
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_hand_over, args=(child.stdout, lines), daemon=True).start()
    child.stdin.write(json.dumps(task))
    child.stdin.close()
    asks_a_server = urlsplit(task["uri"]).scheme in SERVERS
    secret = "".join(urlsplit(task["uri"]).netloc.rpartition("@")[:2])  # MLflow's words may repeat the address
    step = "start"
    while True:
        wait = task["patience"] + 0.5 if asks_a_server and step not in OWN_STEPS else OWN_WORK
        try:
            line = lines.get(timeout=wait)
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


def _hand_over(stream: IO[str], lines: queue.Queue[str]) -> None:
    for line in stream:
        lines.put(line)
    lines.put("")


def _refused(found: str) -> TrackingError:
    return TrackingError(
        "an MLflow server that answers", found, "Look at the server, then log the saved run with `clientage track`."
    )


def _absolute(uri: str) -> str:
    """Return a database's address that is the same from any folder."""
    if urlsplit(uri).scheme != DATABASE:
        return uri
    return f"sqlite:///{Path(uri.removeprefix('sqlite:///')).absolute()}"


def _artifacts(uri: str) -> str | None:
    """Return where a new experiment in a SQLite file keeps its files: beside the database."""
    if urlsplit(uri).scheme != DATABASE:
        return None
    return Path(f"{uri.removeprefix('sqlite:///')}-files").as_uri()
