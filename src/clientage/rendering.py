"""From a run to its report in any form: what `clientage report` and `SavedRun.report` both do.

Receives a run and a form; writes files outside the run. The data the run was made from are not needed.
To add a form: write a function `SavedReport -> {file name: bytes}` and name it in `FORMS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from clientage.charts.figure import Figure
from clientage.charts.pictures import draw_picture
from clientage.errors import InputError, did_you_mean, listed
from clientage.export.placing import place_files
from clientage.report.blocks import Fold
from clientage.report.html import page_bytes, render_html
from clientage.report.pdf import print_pdf
from clientage.report.saved import SavedReport, saved_report
from clientage.report.slides import render_slides
from clientage.runs.run import Run

PICTURES = "images"
# files people look for under these names
PICTURE_NAMES = {"map": "pca_map"}


@dataclass(frozen=True, slots=True)
class ReportForm:
    """One entry of the catalogue.

    Parameters
    ----------
    name : str
        What a person asks for.
    title : str
        What they get.
    make : callable
        Returns the files, name to content.
    folder : bool
        Whether they are several, and so go into a folder.
    """

    name: str
    title: str
    make: Callable[[SavedReport], dict[str, bytes]]
    folder: bool = False


def write_report(run: Run, form: str = "html", target: str | Path | None = None) -> tuple[Path, ...]:
    """Write the report of a run.

    Parameters
    ----------
    run : Run
        Opened and verified.
    form : str
        Key of `FORMS`.
    target : str or Path, optional
        A file, or a folder for pictures, outside the run; an earlier one is replaced as a whole. Default:
        ``report.<form>`` or ``images`` in the current folder.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    InputError
        For an unknown form, or when the target cannot be written.
    MissingExtraError
        When a library that the form needs is not installed.
    ModelError
        When the run keeps no document, or a file is not as it was written.
    """
    if form not in FORMS:
        known = list(FORMS)
        raise InputError(f"a form out of {listed(known)}", f"'{form}'", f"Choose one.{did_you_mean(form, known)}")
    chosen = FORMS[form]
    path = Path(target) if target is not None else Path(PICTURES if chosen.folder else f"report.{form}")
    if path.resolve().is_relative_to(run.path.resolve()):
        found, fix = f"'{path}'", "Runs are never changed: give another place with -o."
        raise InputError("a place outside the run", found, fix)
    files = chosen.make(saved_report(run))
    if chosen.folder:
        return place_files(path, files)
    if path.is_dir():
        raise InputError("a file to write", f"'{path}' is a folder", "Give the path of a file with -o.")
    (content,) = files.values()
    return place_files(path.parent, {path.name: content})


def _html(report: SavedReport) -> dict[str, bytes]:
    return {"report.html": page_bytes(report.document)}


def _pdf(report: SavedReport) -> dict[str, bytes]:
    return {"report.pdf": print_pdf(render_html(report.document))}


def _pptx(report: SavedReport) -> dict[str, bytes]:
    return {"report.pptx": render_slides(report)}


def _pictures(report: SavedReport, form: Literal["png", "svg"]) -> dict[str, bytes]:
    shown = [block for section in report.document.sections for block in section.blocks]
    return {f"{PICTURE_NAMES.get(f.name, f.name)}.{form}": draw_picture(f, form) for f in _figures(shown)}


def _figures(shown: Any) -> Iterator[Figure]:
    for block in shown:
        if isinstance(block, Figure):
            yield block
        elif isinstance(block, Fold):
            yield from _figures(block.blocks)


_ALL = (
    ReportForm("html", "one page that needs no network", _html),
    ReportForm("pptx", "slides with charts to edit", _pptx),
    ReportForm("pdf", "the page, printed by an installed Chromium", _pdf),
    ReportForm("png", "every figure as a picture", partial(_pictures, form="png"), folder=True),
    ReportForm("svg", "every figure as a drawing that scales", partial(_pictures, form="svg"), folder=True),
)
FORMS: Mapping[str, ReportForm] = {f.name: f for f in _ALL}
