"""Finding logged runs again: as lines of a list, and as run directories to open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clientage.checks.verdict import headline_of
from clientage.errors import TrackingError, listed
from clientage.extras import require
from clientage.history.listing import RunEntry, newest_first
from clientage.tracking.mlflow_writer import Step, client_of
from clientage.tracking.pyfunc import PURPOSE
from clientage.tracking.records import RUN

AT_ONCE = 1_000


def logged_runs(uri: str, experiment: str, on_step: Step) -> tuple[RunEntry, ...]:
    """Return what was logged into an experiment, the newest first; nothing when there is no such experiment.

    Parameters
    ----------
    uri : str
        Of the tracking server or database.
    experiment : str
        Its name.
    on_step : callable
        Told after every answer of the server.
    """
    return newest_first(_entry(run) for run in _runs(client_of(uri), experiment, on_step))


def fetch_logged(uri: str, experiment: str, name: str, folder: Path, on_step: Step) -> Path:
    """Download the run directory of a logged run into a folder and return its path.

    Parameters
    ----------
    uri, experiment, on_step
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
    runs = _runs(client_of(uri), experiment, on_step)
    wanted = [r for r in runs if name in (r.info.run_id, r.data.tags.get("clientage.run_id"))]
    if not wanted:
        known = [str(r.info.run_name) for r in runs]
        raise TrackingError(f"a run logged into '{experiment}'", f"'{name}'", f"There are {listed(known) or 'none'}.")
    on_step("files")
    require("mlflow.artifacts", PURPOSE).download_artifacts(
        run_id=wanted[0].info.run_id, artifact_path=RUN, dst_path=str(folder), tracking_uri=uri
    )
    return (folder / RUN).rename(folder / str(wanted[0].data.tags.get("clientage.run_id", RUN)))


def _runs(client: Any, experiment: str, on_step: Step) -> list[Any]:
    """Return all runs of an experiment, page by page; none when there is no such experiment."""
    on_step("ready")
    found = client.get_experiment_by_name(experiment)
    runs: list[Any] = []
    token = None
    while found is not None:
        page = client.search_runs([found.experiment_id], max_results=AT_ONCE, page_token=token)
        on_step("page")
        runs += page
        token = page.token
        if not token:
            break
    return runs


def _entry(run: Any) -> RunEntry:
    tags, figures = run.data.tags, run.data.metrics
    verdict = tags.get("clientage.verdict")
    return RunEntry(
        id=str(run.info.run_name),
        path=f"runs:/{run.info.run_id}",
        made=tags.get("clientage.made"),
        source=tags.get("clientage.input"),
        fingerprint=tags.get("clientage.fingerprint"),
        n=_whole(figures.get("n_customers")),
        k=_whole(figures.get("n_segments")),
        algorithm=tags.get("clientage.algorithm"),
        verdict=verdict,
        headline=verdict and headline_of({"verdict": verdict, "verdict_headline": tags.get("clientage.headline")}),
        silhouette=figures.get("criteria.silhouette"),
        null_silhouette=figures.get("null_silhouette_at_k"),
        stability=figures.get("stability"),
        seed=_whole(float(run.data.params["cluster.seed"])) if "cluster.seed" in run.data.params else None,
        damage=None if run.info.status == "FINISHED" else f"not logged to the end ({run.info.status.lower()})",
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
