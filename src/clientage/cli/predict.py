"""`clientage predict`: the segment of every customer in a new file, however large."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from clientage.cli.options import Quiet, Transactions
from clientage.errors import SettingsError


def predict(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's folder.")],
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="New customers, with the columns the run used: a file, or a database URL with #table."
        ),
    ],
    out: Annotated[
        str,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="A .csv or .parquet file, a database URL with #table, or - for stdout.",
        ),
    ] = "-",
    transactions: Transactions = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Measure recency from this day, as 2026-01-31.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the table when it exists.")] = False,
    append: Annotated[bool, typer.Option("--append", help="Add to the table when it exists.")] = False,
    quiet: Quiet = False,
) -> None:
    """Score the customers of FILE with the model of RUN and write their segments to OUT."""
    from clientage.memory import give_back_large_arrays
    from clientage.runs.run import open_run
    from clientage.scoring.scorer import Scorer
    from clientage.scoring.sink import write_scored

    if replace and append:
        raise SettingsError("--replace or --append", "both", "Leave one of them out.")
    when: Literal["refuse", "replace", "append"] = "replace" if replace else "append" if append else "refuse"
    give_back_large_arrays()  # a study, of far more arrays, does so under --memory alone: it costs half a second
    scored = Scorer(open_run(run).model()).stream(file, transactions=transactions, as_of=as_of)
    write_scored(scored, out, source=file, when_there=when)
    if quiet:
        return
    for note in scored.notes:
        if note.severity != "info":  # nothing else says what was left out or replaced
            typer.echo(f"clientage: {note.text}", err=True)
    if out != "-":
        typer.echo(f"{scored.n:,} customers scored: {_without_password(out)}")


def _without_password(out: str) -> str:
    """Return a path as it is, and a database URL with nothing between the user and the host."""
    scheme, slashes, rest = out.partition("://")
    user, at, host = rest.rpartition("@")
    return f"{scheme}{slashes}{user.partition(':')[0]}{at}{host}" if slashes and at else out
