"""`clientage track`, and the options and words of other commands that have to do with MLflow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from clientage.config import TrackSettings

if TYPE_CHECKING:
    from clientage.runs.run import Run
    from clientage.tracking.tracker import Tracked

PANEL = "MLflow"
Track = Annotated[
    str | None,
    typer.Option(
        "--track",
        metavar="URI",
        help="Also log to MLflow: http://server:port or sqlite:///file.",
        rich_help_panel=PANEL,
    ),
]
Register = Annotated[
    str | None,
    typer.Option(
        "--register", metavar="NAME[@ALIAS]", help="Register the model; the alias is newest.", rich_help_panel=PANEL
    ),
]
Experiment = Annotated[str, typer.Option("--experiment", help="Name of the experiment.", rich_help_panel=PANEL)]
DEFAULT = TrackSettings().experiment


def track(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's folder.")],
    uri: Annotated[str, typer.Argument(metavar="URI", help="http://server:port or sqlite:///file.db")],
    register: Register = None,
    experiment: Experiment = DEFAULT,
) -> None:
    """Log RUN to MLflow: settings, figures, report and model, and no customer."""
    from clientage.runs.run import open_run
    from clientage.tracking.tracker import log_run

    settings = replace(TrackSettings(), uri=uri, register=register, experiment=experiment)
    _tell(log_run(open_run(run), settings))


def track_saved(run: Run, settings: TrackSettings, quiet: bool) -> None:
    """Log a run that was just saved, if an address was given; a server's failure is a warning."""
    if settings.uri is None:
        return
    from clientage.tracking.tracker import track_run

    tracked = track_run(run, settings)
    if tracked.problem is not None:
        typer.echo(f"clientage: {tracked.problem}", err=True)
    elif not quiet:
        _tell(tracked)


def _tell(tracked: Tracked) -> None:
    typer.echo(f"Logged: {tracked.uri} (run {tracked.run_id})")
    if tracked.model_uri is None:
        typer.echo("Model:  none to serve: segments made from two tables are scored with `clientage predict`.")
    else:
        typer.echo(f"Model:  {tracked.registered or tracked.model_uri}")
