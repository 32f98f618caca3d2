"""`clientage run`: from a file to a run directory."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from clientage.cli.options import (
    Control,
    Features,
    Id,
    Ignore,
    Memory,
    Outcome,
    Profile,
    Quiet,
    Set,
    StudyFile,
    Transactions,
    settings_of,
)
from clientage.cli.track import Register, Track, track_saved


def run(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="CSV, TSV, Parquet, XLSX, or a database URL with #table.")
    ],
    transactions: Transactions = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="FOLDER", help="Where the run's folder goes. Default: runs.")
    ] = None,
    k: Annotated[int | None, typer.Option("--k", help="This many segments, chosen by you.")] = None,
    algorithm: Annotated[
        str | None, typer.Option("--algorithm", help="kmeans, ward, mixture, one_shape, dbscan, hdbscan, or auto.")
    ] = None,
    id_column: Id = None,
    features: Features = None,
    profile: Profile = None,
    outcome: Outcome = None,
    control: Control = None,
    ignore: Ignore = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Same seed, same segments. Default 0.")] = None,
    keep_clean: Annotated[
        bool, typer.Option("--keep-clean", help="Keep the data as used as well: cleaned.csv and cleaned.parquet.")
    ] = False,
    memory: Memory = None,
    track: Track = None,
    register: Register = None,
    study: StudyFile = None,
    assignments: Set = [],  # noqa: B006 - typer copies it
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON and nothing else.")] = False,
    quiet: Quiet = False,
) -> None:
    """Segment the customers of FILE and keep everything in a new folder."""
    from clientage.cli.progress import steps_shown
    from clientage.memory import give_back_large_arrays
    from clientage.publish import FOR_PAGES, publish
    from clientage.study import make_study
    from clientage.tracking.tracker import check_tracking

    settings = settings_of(
        study,
        assignments,
        output__folder=out,
        output__keep_clean=keep_clean or None,
        cluster__k=k,
        cluster__algorithm=algorithm,
        cluster__seed=seed,
        roles__id=id_column,
        roles__features=features,
        roles__profile=profile,
        roles__outcome=outcome,
        roles__control=control,
        roles__ignore=ignore,
        read__memory=memory,
        track__uri=track,
        track__register=register,
    )
    check_tracking(settings.track)
    if settings.read.memory is not None:  # who says how much there is would rather wait half a second than exceed it
        give_back_large_arrays()
    with steps_shown(quiet or as_json) as on_step:
        record = make_study(file, settings, transactions=transactions, on_step=on_step, also=FOR_PAGES)
        made = publish(record, settings.output.folder)
    if as_json:
        sys.stdout.write(made.read("summary.json").decode())
    elif not quiet:
        from clientage.cli.present import show_summary

        show_summary(made.summary(), made.path)
    track_saved(made, settings.track, quiet or as_json)
