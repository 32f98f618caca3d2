"""From a study to a document: the one thing that every rendering shows.

Receives a `StudyRecord`, returns a `Document`. Every number in it
comes from the study; nothing is formatted for a medium here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import clientage
from clientage.charts.parts import parts_of
from clientage.report.answers import segments_section, verdict_section
from clientage.report.blocks import Document, Section
from clientage.report.columns import exploration_section
from clientage.report.glossary import definitions
from clientage.report.inputs import quality_section
from clientage.report.method import method_section
from clientage.report.reasons import choice_section
from clientage.report.rules import rules_sections
from clientage.report.sharing import shareable
from clientage.segments.wording import counted, joined

if TYPE_CHECKING:
    from clientage.data.table import Source
    from clientage.features.customers import Customers
    from clientage.study import StudyRecord


def build_document(record: StudyRecord, *, run: str = "", made: str = "") -> Document:
    """Return the report of a study.

    Parameters
    ----------
    record : StudyRecord
        A finished study.
    run, made : str
        Id and time of the run, when they are to be shown; two documents of one study differ in these alone.
    """
    record = shareable(record)
    customers = record.customers
    parts = parts_of(record)
    sections = (
        verdict_section(record),
        segments_section(record, parts),
        *rules_sections(record),
        choice_section(record, parts),
        quality_section(record.prepared.sources, record.prepared.roles, customers, record.matrix),
        exploration_section(customers, parts),
        method_section(record),
        Section("glossary", "The words explained", (definitions(),), "Glossary"),
    )
    return Document(
        title=f"Customer segments of {record.prepared.sources[0].name}",
        subtitle=subtitle_of(record.prepared.sources, customers, run, made),
        sections=sections,
        segments=tuple((s.id, s.name) for s in record.profiles.segments),
        footer=footer(),
    )


def subtitle_of(sources: Sequence[Source], customers: Customers, run: str = "", made: str = "") -> str:
    """Return what a document is about, in one line."""
    said = [f"{counted(customers.n, 'customer')} from {joined([s.name for s in sources])}"]
    said += [f"run {run}"] if run else []
    said += [made] if made else []
    return " · ".join(said)


def footer() -> str:
    """Return how a document was made."""
    return f"Made by clientage {clientage.__version__}. Nothing in this page is loaded from elsewhere."
