"""Finding logged runs again: as lines of a list, and as run directories to open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clientage.errors import TrackingError, listed
from clientage.extras import require
from clientage.history.listing import RunEntry, newest_first
from clientage.tracking.mlflow_writer import client_of
from clientage.tracking.pyfunc import PURPOSE
from clientage.tracking.records import RUN

AT_ONCE = 1_000


def logged_runs(uri: str, experiment: str) -> tuple[RunEntry, ...]:
    """Return what was logged into an experiment, the newest first; nothing when there is no such experiment.

    Parameters
    ----------
    uri : str
        Of the tracking server or database.
    experiment : str
        Its name.
    """
    client = client_of(uri)
    found = client.get_experiment_by_name(experiment)
    if found is None:
        return ()
    runs, token = [], None
    while True:
        page = client.search_runs([found.experiment_id], max_results=AT_ONCE, page_token=token)
        runs += page
        token = page.token
        if not token:
            return newest_first(_entry(run) for run in runs)


def fetch_logged(uri: str, experiment: str, name: str, folder: Path) -> Path:
    """Download the run directory of a logged run into a folder and return its path.

    Parameters
    ----------
    uri, experiment
        As for `logged_runs`.
    name : str
        Name of the run as `clientage runs` shows it, or MLflow's own id.
    folder : Path
        New.

    Raises
    ------
    TrackingError
        When no run is called so, or it has no files of clientage.
    """
    client = client_of(uri)
    found = client.get_experiment_by_name(experiment)
    runs = [] if found is None else list(client.search_runs([found.experiment_id], max_results=AT_ONCE))
    wanted = [r for r in runs if name in (r.info.run_id, r.data.tags.get("clientage.run_id"))]
    if not wanted:
        known = [str(r.info.run_name) for r in runs]
        raise TrackingError(f"a run logged into '{experiment}'", f"'{name}'", f"There are {listed(known) or 'none'}.")
    artifacts = require("mlflow.artifacts", PURPOSE)
    artifacts.download_artifacts(
        run_id=wanted[0].info.run_id, artifact_path=RUN, dst_path=str(folder), tracking_uri=uri
    )
    return (folder / RUN).rename(folder / str(wanted[0].data.tags.get("clientage.run_id", RUN)))


def _entry(run: Any) -> RunEntry:
    tags, figures = run.data.tags, run.data.metrics
    return RunEntry(
        id=str(run.info.run_name),
        path=f"runs:/{run.info.run_id}",
        made=tags.get("clientage.made"),
        source=tags.get("clientage.input"),
        fingerprint=tags.get("clientage.fingerprint"),
        n=_whole(figures.get("n_customers")),
        k=_whole(figures.get("n_segments")),
        algorithm=tags.get("clientage.algorithm"),
        verdict=tags.get("clientage.verdict"),
        silhouette=figures.get("criteria.silhouette"),
        null_silhouette=figures.get("null_silhouette_mean"),
        stability=figures.get("stability"),
        seed=_whole(float(run.data.params["cluster.seed"])) if "cluster.seed" in run.data.params else None,
        damage=None if run.info.status == "FINISHED" else f"not logged to the end ({run.info.status.lower()})",
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
