"""`clientage show`: a run, again."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def show(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON and nothing else.")] = False,
) -> None:
    """Show the segments of RUN."""
    from clientage.cli.present import show_summary
    from clientage.runs.run import open_run

    opened = open_run(run)
    if as_json:
        sys.stdout.write(opened.read("summary.json").decode())
    else:
        show_summary(opened.summary(), opened.path)
