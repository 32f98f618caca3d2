"""`clientage predict`: the segment of every customer in a new file."""

from __future__ import annotations

from typing import Annotated

import typer

from clientage.cli.options import Quiet, Transactions


def predict(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's folder.")],
    file: Annotated[str, typer.Argument(metavar="FILE", help="New customers, with the columns the run used.")],
    out: Annotated[str, typer.Option("-o", "--output", metavar="OUT", help="A .csv or .parquet file; - for stdout.")],
    transactions: Transactions = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Measure recency from this day, as 2026-01-31.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Score the customers of FILE with the model of RUN and write their segments to OUT."""
    from clientage.runs.run import open_run
    from clientage.scoring.scorer import Scorer
    from clientage.scoring.sink import write_assignments

    scored = Scorer(open_run(run).model()).score(file, transactions=transactions, as_of=as_of)
    write_assignments(scored, out)
    if quiet:
        return
    for note in scored.notes:
        if note.severity != "info":  # nothing else says what was left out or replaced
            typer.echo(f"clientage: {note.text}", err=True)
    if out != "-":
        typer.echo(f"{len(scored):,} customers scored: {out}")
