"""`clientage export`: a run for other programs.

Each format says in `export/catalogue.py` which options it takes; here each has its flag, and all are handed on.
"""

from __future__ import annotations

from typing import Annotated

import typer

from clientage.cli.options import Quiet

FORM = "bi: tables for Power BI, Tableau or a warehouse."


def export(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's folder.")],
    out: Annotated[str, typer.Option("-o", "--output", metavar="PATH", help="The folder or file to write.")],
    form: Annotated[str, typer.Option("--format", help=FORM)] = "bi",
    dialect: Annotated[
        str | None, typer.Option(help="sql: duckdb, postgres, sqlite, bigquery, snowflake, spark.")
    ] = None,
    table: Annotated[str | None, typer.Option(help="sql: the table to score; schema.table is understood.")] = None,
    quiet: Quiet = False,
) -> None:
    """Write RUN in the form another program opens."""
    from clientage.export.catalogue import export_run
    from clientage.runs.run import open_run

    options = {"dialect": dialect, "table": table}
    written = export_run(open_run(run), form, out, **options)
    if not quiet:
        for path in written:
            typer.echo(path)
