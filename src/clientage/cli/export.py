"""`clientage export`: a run for other programs."""

from __future__ import annotations

from typing import Annotated

import typer

from clientage.cli.options import Quiet


def export(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's folder.")],
    out: Annotated[str, typer.Option("-o", "--output", metavar="FOLDER", help="Where the files go.")],
    form: Annotated[str, typer.Option("--format", help="bi: tables for Power BI, Tableau or a warehouse.")] = "bi",
    quiet: Quiet = False,
) -> None:
    """Write RUN in the form another program opens."""
    from clientage.export.catalogue import export_run
    from clientage.runs.run import open_run

    written = export_run(open_run(run), form, out)
    if not quiet:
        for path in written:
            typer.echo(path)
