"""From a study to a run directory with its pages: what `clientage run` and `Study.save` both do."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from clientage.charts.exploration import explored
from clientage.config import Settings
from clientage.errors import InputError
from clientage.export.placing import place_files
from clientage.features.encoding import encode
from clientage.report.document import build_document
from clientage.report.exploration import render_exploration
from clientage.report.html import page_bytes
from clientage.report.stored import STORED, document_bytes
from clientage.runs.run import Run, save_run
from clientage.study import StudyRecord, prepare

FOR_PAGES = (explored,)  # what pages ask of customers before there are segments: `make_study` may make it ahead


def publish(record: StudyRecord, folder: str | Path, moment: float | None = None) -> Run:
    """Render the report and save everything as a new run directory inside `folder`.

    Parameters
    ----------
    record : StudyRecord
        A finished study.
    folder : str or Path
        Made when absent.
    moment : float, optional
        Seconds since 1970 that the run is dated with. Default: now.

    Raises
    ------
    InputError
        When the folder cannot be written to; nothing is left behind.
    """
    return save_run(record, folder, partial(_pages, record), moment)


def _pages(record: StudyRecord) -> dict[str, bytes]:
    document = build_document(record)
    return {"report.html": page_bytes(document), STORED: document_bytes(document)}


def publish_exploration(source: Any, settings: Settings, page: str | Path) -> Path:
    """Explore a source without clustering it, write the page, and return its path.

    Parameters
    ----------
    source : path, database URL or frame
        A customer table or transactions.
    settings : Settings
        How it is read and what its columns are.
    page : str or Path
        The HTML file to write.

    Raises
    ------
    InputError
        When the page cannot be written.
    """
    prepared = prepare(source, settings)
    matrix = encode(prepared.customers, settings.features)
    html = render_exploration(prepared, matrix)
    path = Path(page)
    if path.is_dir():
        raise InputError("a file to write", f"'{path}' is a folder", "Give the path of a file with -o.")
    (written,) = place_files(path.parent, {path.name: html.encode()})
    return written
