"""What a report may show of small segments: a report is passed around, and a figure of a few customers is theirs.

Receives a study, returns it without the figures of segments below a number of customers; and does the same to a
summary. Their names and sizes stay. The run's own files keep everything.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from clientage.segments.recommendations import NONE, Recommendation
from clientage.segments.wording import counted

if TYPE_CHECKING:
    from clientage.segments.segment import Segment
    from clientage.study import StudyRecord


def shareable(record: StudyRecord) -> StudyRecord:
    """Return the study as a report may show it.

    Parameters
    ----------
    record : StudyRecord
        Its setting ``output.fewest_shown`` says how many customers a segment needs.

    Returns
    -------
    StudyRecord
        The same where every segment is large enough. Else small segments have no traits, outcomes, share of value,
        rule or advice, and their customers are in no segment for the figures.
    """
    fewest = record.settings.output.fewest_shown
    hidden = {s.id for s in record.profiles.segments if is_hidden(s.size, fewest)}
    if not hidden:
        return record
    segments = tuple(_without_figures(s, fewest) if s.id in hidden else s for s in record.profiles.segments)
    labels = np.where(np.isin(record.segment_ids, list(hidden)), np.int32(-1), record.segmentation.labels)
    rules = record.rules
    if rules is not None:
        rules = replace(rules, rules=tuple(r for r in rules.rules if r.segment_id not in hidden))
    return replace(
        record,
        profiles=replace(record.profiles, segments=segments),
        segmentation=replace(record.segmentation, labels=labels.astype(np.int32)),
        rules=rules,
    )


def is_hidden(size: int, fewest: int) -> bool:
    """Return whether a segment of so many customers is too small to be shown.

    Examples
    --------
    >>> is_hidden(9, 10), is_hidden(10, 10), is_hidden(3, 0)
    (True, False, False)
    """
    return 0 < size < fewest


def shareable_summary(summary: Mapping[str, Any], hidden: Collection[int]) -> dict[str, Any]:
    """Return a summary without the figures of these segments.

    Parameters
    ----------
    summary : mapping
        As in `summary.json`.
    hidden : collection of int
        Ids of segments.
    """
    segments = [
        {**s, "value_share": None, "profile": [], "outcomes": [], "rule": None, "recommendation": _advice(s["size"])}
        if s["id"] in hidden
        else s
        for s in summary["segments"]
    ]
    return {**summary, "segments": segments}


def _advice(size: int) -> dict[str, Any]:
    return {"play": NONE, "title": "No advice", "text": hidden_words(size), "evidence": []}


def _without_figures(segment: Segment, fewest: int) -> Segment:
    advice = Recommendation(NONE, f"{hidden_words(segment.size)} {_how_to_see(fewest)}", (), "No advice")
    return replace(segment, value_share=None, traits=(), outcomes=(), recommendation=advice)


def hidden_words(size: int) -> str:
    """Return why nothing is shown of a segment."""
    return f"Its figures are hidden: with {counted(size, 'customer')} they would speak of single people."


def _how_to_see(fewest: int) -> str:
    return (
        f"A report shows segments of {fewest} customers and more; the run's own files hold the others too "
        "(--set output.fewest_shown=0 shows all)."
    )
