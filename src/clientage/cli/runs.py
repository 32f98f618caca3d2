"""`clientage runs`: what has been made so far."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from clientage.cli.track import DEFAULT, Experiment, Track
from clientage.config import TrackSettings

if TYPE_CHECKING:
    from clientage.history.listing import RunEntry

WIDTH_OF_A_PIPE = 140  # where nobody says how wide the page is
WIDE = 110  # columns from which figures fit beside the runs' names, which are there to be copied
FIGURES = {"Silhouette": "silhouette", "without groups": "null_silhouette", "Stability": "stability"}


def runs(
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="The folder that `clientage run` writes to.")
    ] = "runs",
    verify: Annotated[
        bool, typer.Option("--verify", help="Compute the hash of every file, not only sizes and the summary's hash.")
    ] = False,
    track: Track = None,
    experiment: Experiment = DEFAULT,
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON and nothing else.")] = False,
) -> None:
    """List the runs in FOLDER, or those logged to MLflow, the newest first, damaged ones as such."""
    entries = _local(folder, verify) if track is None else _logged(track, experiment)
    if as_json:
        sys.stdout.write(json.dumps([e.as_dict() for e in entries], indent=2, ensure_ascii=False) + "\n")
    elif entries:
        _show(entries)
    else:
        place = f"'{folder}'" if track is None else f"the experiment '{experiment}'"
        typer.echo(f"No runs in {place}. Make one with `clientage run`.")


def _local(folder: str, verify: bool) -> Sequence[RunEntry]:
    from clientage.history.listing import list_runs

    return list_runs(folder, verify=verify)


def _logged(uri: str, experiment: str) -> Sequence[RunEntry]:
    from clientage.tracking.tracker import tracked_runs

    return tracked_runs(replace(TrackSettings(), uri=uri, experiment=experiment))


def _show(entries: Sequence[RunEntry]) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH_OF_A_PIPE)
    shown = FIGURES if console.width >= WIDE else {}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Run", overflow="fold", no_wrap=True)
    for title in ("Customers", "k"):
        table.add_column(title, justify="right")
    table.add_column("Algorithm")
    table.add_column("Verdict", overflow="fold")
    for title in shown:
        table.add_column(title, justify="right")
    for e in entries:
        if e.damage is not None:
            table.add_row(escape(e.id), "", "", "", f"[bold]damaged[/bold]: {escape(e.damage)}")
            continue
        figures = [_figure(getattr(e, name)) for name in shown.values()]
        table.add_row(escape(e.id), f"{e.n:,}", str(e.k), e.algorithm, e.headline, *figures)
    console.print(table)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
