"""`clientage explore`: the data alone, before any clustering."""

from __future__ import annotations

from typing import Annotated

import typer

from clientage.cli.options import Features, Id, Ignore, Outcome, Profile, Quiet, Set, StudyFile, settings_of


def explore(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="CSV, TSV, Parquet, XLSX, or a database URL with #table.")
    ],
    out: Annotated[str, typer.Option("-o", "--output", metavar="PAGE", help="The page to write.")] = "exploration.html",
    id_column: Id = None,
    features: Features = None,
    profile: Profile = None,
    outcome: Outcome = None,
    ignore: Ignore = None,
    study: StudyFile = None,
    assignments: Set = [],  # noqa: B006 - typer copies it
    quiet: Quiet = False,
) -> None:
    """Look at the columns of FILE: what they are, what was repaired, and how they are distributed."""
    from clientage.publish import publish_exploration

    settings = settings_of(
        study,
        assignments,
        roles__id=id_column,
        roles__features=features,
        roles__profile=profile,
        roles__outcome=outcome,
        roles__ignore=ignore,
    )
    page = publish_exploration(file, settings, out)
    if not quiet:
        typer.echo(f"Page: {page}")
