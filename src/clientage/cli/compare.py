"""`clientage compare`: two runs side by side."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clientage.cli.track import DEFAULT, Experiment, Track
from clientage.config import TrackSettings

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from clientage.history.comparing import Comparison
    from clientage.runs.run import Run


def compare(
    first: Annotated[str, typer.Argument(metavar="RUN", help="A run's folder.")],
    second: Annotated[str, typer.Argument(metavar="RUN", help="Another run's folder.")],
    track: Track = None,
    experiment: Experiment = DEFAULT,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON and nothing else.")] = False,
) -> None:
    """Compare two runs: settings, criteria, who moved, and which segment corresponds to which.

    With --track, a RUN that is no folder is looked for in MLflow. No customers are kept there, so that segments are
    then matched by their figures.
    """
    from clientage.history.comparing import compare as compare_runs

    with TemporaryDirectory() as folder:
        settings = replace(TrackSettings(), uri=track, experiment=experiment)
        a, b = (_opened(run, settings, Path(folder) / side) for side, run in (("a", first), ("b", second)))
        made = compare_runs(a, b)
    if as_json:
        sys.stdout.write(json.dumps(made.as_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        _show(made)


def _opened(run: str, track: TrackSettings, folder: Path) -> Run:
    from clientage.runs.run import open_run

    if track.uri is None or Path(run).exists():
        return open_run(run)
    from clientage.tracking.tracker import tracked_run

    return tracked_run(run, track, folder)


def _show(made: Comparison) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    for letter, entry in (("A", made.a), ("B", made.b)):
        console.print(f"[bold]{letter}[/bold] {escape(entry.id)} ({entry.headline})", soft_wrap=True)
    for note in made.notes:
        console.print(escape(note))
    _show_settings(made, console)
    _show_criteria(made, console)
    _show_segments(made, console)
    if made.movement is not None:
        agreement = "" if made.adjusted_rand is None else f" Adjusted Rand index {made.adjusted_rand:.3f}."
        console.print(f"{made.moved:,} of {made.movement.shared:,} shared customers moved.{agreement}")
        _show_movement(made, console)


def _show_settings(made: Comparison, console: Console) -> None:
    table = _table("Setting", "A", "B")
    for s in made.settings:
        table.add_row(*_escaped(s.name, _value(s.a), _value(s.b)))
    console.print(table if made.settings else "\nSame settings.")


def _show_criteria(made: Comparison, console: Console) -> None:
    table = _table("Figure", ">A", ">B", "Better")
    for c in made.criteria:
        table.add_row(*_escaped(c.title, _value(c.a), _value(c.b), c.better or ""))
    console.print(table)


def _show_segments(made: Comparison, console: Console) -> None:
    by_customers = made.movement is not None
    table = _table("A", "B", ">Shared", ">Jaccard") if by_customers else _table("A", "B", ">Distance")
    for p in made.pairs:
        ends = [_named(p.a, made.names_a), _named(p.b, made.names_b)]
        figures = (p.shared, p.jaccard) if by_customers else (p.distance,)
        table.add_row(*_escaped(*ends, *map(_value, figures)))
    console.print(table)


def _show_movement(made: Comparison, console: Console) -> None:
    assert made.movement is not None
    counts = made.movement.table
    rows = [j for j in range(len(counts)) if j or counts[0].any()]
    columns = [j for j in range(counts.shape[1]) if j or counts[:, 0].any()]
    table = _table("A \\ B", *(f">{j or 'none'}" for j in columns))
    for row in rows:
        cells = [f"{counts[row, column]:,}" for column in columns]
        table.add_row(*_escaped(_named(row, made.names_a) if row else "none", *cells))
    console.print(table)


def _table(*titles: str) -> Table:
    """Return a table; a title that begins with > is of numbers."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in titles:
        table.add_column(title.removeprefix(">"), justify="right" if title[0] == ">" else "left", overflow="fold")
    return table


def _escaped(*cells: str) -> list[str]:
    from rich.markup import escape

    return [escape(cell) for cell in cells]


def _named(segment: int | None, names: tuple[str, ...]) -> str:
    return "–" if segment is None else f"{segment} {names[segment - 1]}"


def _value(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 100 else f"{value:,.0f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
