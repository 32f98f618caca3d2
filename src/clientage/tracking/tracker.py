"""Logging a run, listing logged runs and getting one back, without ever being held up by a tracking server.

Receives a run on disk, which is complete before anything here begins; returns what became of logging it. MLflow runs
in a process of its own: a server that is down, failing or hung costs `TrackSettings.patience` seconds of waiting and a
sentence, whatever MLflow itself would do.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from clientage.config import TrackSettings
from clientage.errors import MissingExtraError, SettingsError, TrackingError
from clientage.history.listing import RunEntry
from clientage.runs.run import Run, open_run
from clientage.tracking.waiting import SERVERS, done_in_time

DATABASE = "sqlite"
ALIAS = "newest"


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
    name, at, alias = (track.register or "").partition("@")
    if track.register and (not name or (at and alias in {"", "latest"})):
        found, fix = f"'{track.register}'", "'latest' is MLflow's own word; for example: shop@champion"
        raise SettingsError("--register NAME or NAME@ALIAS", found, fix)
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
    done = done_in_time(task, track.patience)
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
    return tuple(RunEntry(**entry) for entry in done_in_time(task, track.patience))


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
    return open_run(done_in_time({**task, "folder": str(folder)}, track.patience))


def without_password(uri: str) -> str:
    """Return an address as it may be shown.

    Examples
    --------
    >>> without_password("https://me:secret@tracking.example:5000/x")
    'https://tracking.example:5000/x'
    """
    parts = urlsplit(uri)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else uri


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
