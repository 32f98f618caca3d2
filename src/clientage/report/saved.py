"""The report of a run: its stored document and summary, with the names a person gave.

Receives a run; returns what every form of the report is made from. The data are not needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clientage.report.blocks import Document, SegmentCard
from clientage.report.renaming import rename
from clientage.report.sharing import shareable_summary
from clientage.report.stored import STORED, stored_document
from clientage.runs.run import Run


@dataclass(frozen=True, slots=True)
class SavedReport:
    """What a report is made from.

    Parameters
    ----------
    document : Document
        As shown in `report.html`.
    summary : mapping
        As `Run.summary` returns it, without the figures of segments too small to be shown.
    run_id, created : str
        Which run it is, and when it was made (ISO 8601, UTC).
    """

    document: Document
    summary: Mapping[str, Any]
    run_id: str
    created: str


def saved_report(run: Run) -> SavedReport:
    """Return what the report of a run is made from.

    Raises
    ------
    ModelError
        When the run keeps no document, or a file is not as it was written.
    SettingsError
        When `names.toml` is broken.
    """
    summary = run.summary()
    names = [segment["name"] for segment in summary["segments"]]
    document = rename(stored_document(run.read(STORED)), names)
    cards = [b for section in document.sections for b in section.blocks if isinstance(b, SegmentCard)]
    summary = shareable_summary(summary, {card.id for card in cards if card.hidden})
    return SavedReport(document, summary, run.run_id, str(run.manifest["created"]))
