"""Every export format: its name, what it is for, and the function that writes it.

To add one: write a function `(run, target) -> paths` in a file of this room and name it here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from clientage.errors import InputError, did_you_mean, listed
from clientage.export import bi
from clientage.runs.run import Run


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
        Receives a run and where to write; returns the written paths.
    """

    name: str
    title: str
    write: Callable[[Run, Path], tuple[Path, ...]]


_ALL = (ExportFormat("bi", "tables that Power BI, Tableau or a warehouse joins as they are", bi.write_bi),)
FORMATS: Mapping[str, ExportFormat] = {f.name: f for f in _ALL}


def export_run(run: Run, form: str, target: str | Path) -> tuple[Path, ...]:
    """Write a run in another form; from the run directory alone.

    Parameters
    ----------
    run : Run
        Opened and verified.
    form : str
        Key of `FORMATS`.
    target : str or Path
        A folder or file outside the run; files of the same names are replaced, each as a whole.

    Raises
    ------
    InputError
        For an unknown format, or when the target cannot be written.
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
    return FORMATS[form].write(run, path)
