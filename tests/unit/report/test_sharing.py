"""Segments of few customers: a report that is passed around shows none of their figures, in any form."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pptx
import pytest

import made_studies
from clientage.publish import publish
from clientage.report.blocks import SegmentCard
from clientage.report.document import build_document
from clientage.report.html import render_html
from clientage.report.saved import saved_report
from clientage.report.slides import render_slides
from clientage.study import StudyRecord

FEW = 6
ROLES = {"features": ["income", "basket"], "profile": ["city"], "outcome": ["response"], "value": "basket"}


def table() -> dict[str, Any]:
    """Two groups of 150, and six customers far from both whose figures could be nobody else's."""
    rng = np.random.default_rng(0)
    return {
        "income": np.concatenate([rng.normal(30_000, 900, 150), rng.normal(60_000, 900, 150), np.full(FEW, 987_654.0)]),
        "basket": np.concatenate([rng.normal(20, 1, 150), rng.normal(50, 1, 150), np.full(FEW, 7_353.0)]),
        "city": ["Rome", "Oslo"] * 150 + ["Kirkwall"] * FEW,
        "response": [0, 1] * 150 + [1] * FEW,
    }


def study(**output: int) -> StudyRecord:
    features = {"outliers": "keep", "skew": "none"}
    return made_studies.study(table(), roles=ROLES, cluster={"k": 3}, features=features, output=output)


@pytest.fixture(scope="module")
def record() -> StudyRecord:
    made = study()
    assert [s.size for s in made.profiles.segments] == [150, 150, FEW]
    return made


def without_columns(record: StudyRecord) -> Any:
    """The document but for the sections on data and columns, which tell of all customers together."""
    document = build_document(record)
    kept = tuple(s for s in document.sections if s.key not in {"quality", "exploration"})
    return replace(document, sections=kept)


def figures(text: str) -> list[float]:
    """Numbers in a text that are, rounded as reports round, what the six earn or spend."""
    found = [float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", text) if n.strip(",")]
    return [x for own in (987_654.0, 987.654, 7_353.0) for x in found if abs(x / own - 1) < 2e-3]


def test_no_figure_of_the_small_segment_is_in_the_page(record: StudyRecord) -> None:
    page = render_html(without_columns(record), charts=False)
    assert figures(page) == []
    assert "Kirkwall: 100%" not in page
    assert figures(json.dumps(without_columns(record).as_dict())) == []
    open_to_all = without_columns(replace(record, settings=study(fewest_shown=0).settings))
    assert len(figures(json.dumps(open_to_all.as_dict()))) > 10  # the search does find them where they are


def test_the_card_says_so_plainly_and_how_to_see_it(record: StudyRecord) -> None:
    cards = [b for b in build_document(record).section("segments").blocks if isinstance(b, SegmentCard)]
    assert [card.hidden for card in cards] == [False, False, True]
    hidden = cards[2]
    assert (hidden.features, hidden.others, hidden.outcomes, hidden.rule, hidden.value_share) == ((), (), (), "", None)
    assert hidden.size == FEW
    assert "hidden: with 6 customers they would speak of single people" in hidden.advice
    assert "output.fewest_shown=0" in hidden.advice


def test_slides_hide_it_as_well_and_the_run_keeps_it(record: StudyRecord, tmp_path: Any) -> None:
    run = publish(record, tmp_path)
    deck = pptx.Presentation(io.BytesIO(render_slides(saved_report(run))))
    said = []
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                said.append(shape.text_frame.text)
            elif shape.has_table:
                said += [cell.text for row in shape.table.rows for cell in row.cells]
    text = "\n".join(said)
    quality = [s for s in said if "7,350" in s or "988," in s]
    assert [word for word in ("Kirkwall", "7,353", "987,") if word in text] == [], quality
    assert "would speak of single people" in text
    kept = run.summary()["segments"][2]
    assert kept["value_share"] > 0.5
    assert any(t["mean"] == pytest.approx(7_353.0) for t in kept["profile"])


def test_whoever_asks_sees_everything() -> None:
    page = render_html(build_document(study(fewest_shown=0)), charts=False)
    assert "Kirkwall" in page
    assert "single people" not in page


def test_a_study_of_small_segments_only_still_has_a_report() -> None:
    made = made_studies.study(made_studies.shop(36), roles={"features": ["income", "total_spend"]}, cluster={"k": 4})
    assert max(s.size for s in made.profiles.segments) < 20
    made = replace(made, settings=replace(made.settings, output=replace(made.settings.output, fewest_shown=20)))
    page = render_html(build_document(made))
    assert page.count("would speak of single people") >= 4
