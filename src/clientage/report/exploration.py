"""The page of `clientage explore`: data quality and columns, before any clustering.

Receives what is known of a source before any clustering; returns a document, or its page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clientage.charts.parts import parts_of
from clientage.report.blocks import Document, Section
from clientage.report.columns import exploration_section
from clientage.report.document import footer, subtitle_of
from clientage.report.glossary import definitions
from clientage.report.html import render_html
from clientage.report.inputs import quality_section

if TYPE_CHECKING:
    from clientage.features.encoding import FeatureMatrix
    from clientage.study import Prepared

WORDS = ("feature", "profile column", "outcome", "skew", "outlier", "correlation")


def build_exploration(prepared: Prepared, matrix: FeatureMatrix | None = None, *, made: str = "") -> Document:
    """Return the exploration of a source.

    Parameters
    ----------
    prepared : Prepared
        Inputs, roles and customers.
    matrix : FeatureMatrix, optional
        The encoding, to show the transformations that a study would use.
    made : str
        Time to show.
    """
    customers = prepared.customers
    parts = parts_of(prepared)
    sections = (
        quality_section(prepared.sources, prepared.roles, customers, matrix),
        exploration_section(customers, parts),
        Section("glossary", "The words explained", (definitions(WORDS),), "Glossary"),
    )
    name = prepared.sources[0].name
    return Document(f"A look at {name}", subtitle_of(prepared.sources, customers, made=made), sections, (), footer())


def render_exploration(prepared: Prepared, matrix: FeatureMatrix | None = None, *, made: str = "") -> str:
    """Return the exploration of a source as one self-contained page.

    Parameters
    ----------
    prepared, matrix, made
        As for `build_exploration`.
    """
    return render_html(build_exploration(prepared, matrix, made=made))
