"""`clientage report`: the report of a run, in any form."""

from __future__ import annotations

from typing import Annotated

import typer

from clientage.cli.options import Quiet


def report(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's folder.")],
    form: Annotated[str, typer.Option("--format", help="html, pptx, pdf, png or svg.")] = "html",
    out: Annotated[
        str | None, typer.Option("-o", "--output", metavar="OUT", help="A file, or a folder for png and svg.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write the report of RUN, from its folder alone; names in its names.toml win."""
    from clientage.rendering import write_report
    from clientage.runs.run import open_run

    written = write_report(open_run(run), form, out)
    if not quiet:
        for path in written:
            typer.echo(path)
