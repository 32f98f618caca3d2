"""`clientage show`: a run, again."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def show(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON and nothing else.")] = False,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Also every check with its answer, and every solution tried with all criteria."),
    ] = False,
    names: Annotated[
        bool, typer.Option("--names", help="Write names.toml into RUN, for you to edit: your names win everywhere.")
    ] = False,
) -> None:
    """Show the segments of RUN."""
    from clientage.cli.present import show_judgement, show_summary
    from clientage.runs.contents import json_bytes
    from clientage.runs.naming import write_names
    from clientage.runs.run import open_run

    opened = open_run(run)
    if names:
        typer.echo(write_names(opened.path, opened.summary()))
    elif as_json:
        sys.stdout.write(json_bytes(opened.summary()).decode())
    else:
        summary = opened.summary()
        show_summary(summary, opened.path)
        if everything:
            show_judgement(summary)
