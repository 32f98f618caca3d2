"""Every export format: its name, what it is for, the options it takes, and the function that writes it.

To add one: write a function `(run, target, *, its options) -> paths` in a file of this room and name it here. An
option that is new to the command gets its flag in `cli/export.py`; what it may be is said here, for every door.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clientage.errors import InputError, SettingsError, did_you_mean, listed
from clientage.export import bi
from clientage.export.audience.account import tell_audience
from clientage.export.audience.files import write_audience
from clientage.export.onnx_graph.file import write_onnx
from clientage.export.sql.dialects import DIALECTS
from clientage.export.sql.query import write_sql
from clientage.runs.run import Run


@dataclass(frozen=True, slots=True)
class ExportOption:
    """What a person can say about one format, beside where it goes.

    Parameters
    ----------
    name : str
        Keyword of the writing function; ``--name`` on the command line, with hyphens for underscores.
    meaning : str
        Half a sentence: what it says.
    choices : tuple of str
        What it may be; empty: anything, and the writing function checks it.
    needed : bool
        The format cannot do without.

    Examples
    --------
    >>> ExportOption("least_size", "smallest segment written").flag
    '--least-size'
    """

    name: str
    meaning: str
    choices: tuple[str, ...] = ()
    needed: bool = False

    @property
    def flag(self) -> str:
        """How the command line calls it."""
        return f"--{self.name.replace('_', '-')}"


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One entry of the catalogue.

    Parameters
    ----------
    name : str
        What a person asks for.
    title : str
        What they get.
    write : callable
        Receives a run, where to write, and the options given as keywords; returns the written paths.
    options : tuple of ExportOption
        What it takes. An option that is not given is not passed: its default is the function's own.
    tell : callable, optional
        From the written paths to what a person should know of them, where that is more than their names.
    """

    name: str
    title: str
    write: Callable[..., tuple[Path, ...]]
    options: tuple[ExportOption, ...] = ()
    tell: Callable[[tuple[Path, ...]], str] | None = None


_AUDIENCE = (
    ExportOption("contacts", "the customer file with e-mail addresses or telephone numbers"),
    ExportOption("platform", "google, meta, tiktok, crm, or several with commas; all by default"),
    ExportOption("id", "its column of customer ids, where it is not called as in the run"),
    ExportOption("email", "its column of e-mail addresses, where the name does not say so"),
    ExportOption("phone", "its column of telephone numbers, where the name does not say so"),
    ExportOption("consent", "its column of who agreed; or 'assumed', where everybody did"),
    ExportOption("country", "where numbers without calling code belong, as DE"),
    ExportOption("least", "customers below which no list is written; by default what the platform asks"),
    ExportOption("control", "share of customers kept aside; 0.1 by default"),
    ExportOption("seed", "of the control group; 0 by default"),
)
_ALL = (
    ExportFormat("bi", "tables that Power BI, Tableau or a warehouse joins as they are", bi.write_bi),
    ExportFormat(
        "audience",
        "a list for each segment and advertising platform, hashed, and a control group",
        write_audience,
        _AUDIENCE,
        tell_audience,
    ),
    ExportFormat(
        "sql",
        "one query that scores a raw table where it lies, and one that checks the table",
        write_sql,
        (
            ExportOption("dialect", "the database the query is for", tuple(DIALECTS), needed=True),
            ExportOption("table", "the raw table to score", needed=True),
        ),
    ),
    ExportFormat("onnx", "one ONNX file that scores raw columns", write_onnx),
)
FORMATS: Mapping[str, ExportFormat] = {f.name: f for f in _ALL}


def export_run(run: Run, form: str, target: str | Path, **options: Any) -> tuple[Path, ...]:
    """Write a run in another form; from the run directory alone.

    Parameters
    ----------
    run : Run
        Opened and verified.
    form : str
        Key of `FORMATS`.
    target : str or Path
        A folder or file outside the run; files of the same names are replaced, each as a whole.
    **options
        Those of the format; None stands for "not given".

    Raises
    ------
    InputError
        For an unknown format, or when the target cannot be written.
    SettingsError
        For an option that the format does not take, or needs and did not get, or a value that is none of its choices.
    ModelError
        When a file of the run is not as it was written.
    """
    if form not in FORMATS:
        known = list(FORMATS)
        raise InputError(f"a format out of {listed(known)}", f"'{form}'", f"Choose one.{did_you_mean(form, known)}")
    path = Path(target)
    if path.resolve().is_relative_to(run.path.resolve()):
        raise InputError(
            "a place outside the run", f"'{target}'", "Runs are never changed: give another folder with -o."
        )
    return FORMATS[form].write(run, path, **_checked(FORMATS[form], options))


def _checked(form: ExportFormat, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that were given, after checking their names and choices."""
    given = {name: value for name, value in options.items() if value is not None}
    known = {option.name: option for option in form.options}
    for name in given:
        if name not in known:
            flags = listed([o.flag for o in form.options]) or "none"
            others = [f"'{f.name}'" for f in FORMATS.values() if name in {o.name for o in f.options}]
            fix = f"It belongs to {' and '.join(others)}: leave it out." if others else "Leave it out."
            found = f"--{name.replace('_', '-')}"
            raise SettingsError(f"an option of the format '{form.name}' ({flags})", f"'{found}'", fix)
    for option in form.options:
        if option.needed and option.name not in given:
            choices = f": one of {listed(option.choices)}" if option.choices else ""
            raise SettingsError(f"{option.flag}, {option.meaning}{choices}", "none", "Give it.")
        value = given.get(option.name)
        if option.choices and value is not None and value not in option.choices:
            raise SettingsError(
                f"{option.flag} to be one of {listed(option.choices)}",
                f"'{value}'",
                f"Choose one.{did_you_mean(str(value), option.choices)}",
            )
    return given
