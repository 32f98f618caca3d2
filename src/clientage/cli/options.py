"""Options that several commands share, and how they become settings."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clientage.config import Settings, read_toml, settings_from, with_assignments

Set = Annotated[
    list[str],
    typer.Option("--set", metavar="SECTION.KEY=VALUE", help="Any setting, for example read.decimal=','. Repeatable."),
]
StudyFile = Annotated[
    str | None, typer.Option("--study", metavar="FILE", help="Settings from a study.toml, for example of an old run.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Id = Annotated[str | None, typer.Option("--id", help="The column that says who a customer is.")]
Features = Annotated[str | None, typer.Option("--features", help='Columns to segment by, and no others: "age,income".')]
Profile = Annotated[str | None, typer.Option("--profile", help="Columns that only describe.")]
Outcome = Annotated[str | None, typer.Option("--outcome", help="Columns that hold a response or result.")]
Control = Annotated[
    str | None,
    typer.Option("--control", metavar="COLUMN=VALUE", help="Who was left alone when the others were treated."),
]
Ignore = Annotated[str | None, typer.Option("--ignore", help="Columns to leave out.")]
Memory = Annotated[
    str | None,
    typer.Option(
        "--memory",
        metavar="SIZE",
        help="Such as 1GB; default: a quarter of the machine's, at most 1.5GB. Larger tables live on disk.",
    ),
]
Transactions = Annotated[
    str | None, typer.Option("--transactions", metavar="FILE", help="Invoice lines of these customers.")
]


def settings_of(study: str | None, assignments: list[str], **given: Any) -> Settings:
    """Return settings from a study file, then options, then ``--set``: the later wins.

    Parameters
    ----------
    study : str or None
        Path of a study file.
    assignments : list of str
        What ``--set`` was given.
    **given
        ``section__key=value`` of the other options; None means not given.
    """
    tree: dict[str, dict[str, Any]] = {} if study is None else read_toml(study)
    for name, value in given.items():
        if value is not None:
            section, _, key = name.partition("__")
            tree.setdefault(section, {})[key] = value
    return settings_from(with_assignments(tree, assignments))
