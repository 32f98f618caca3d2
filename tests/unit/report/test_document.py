"""What the document says, and that it says the same as the study."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import made_studies
from clientage.report import blocks
from clientage.report.blocks import Document, Section
from clientage.report.document import build_document
from clientage.report.exploration import build_exploration
from clientage.study import StudyRecord
from clientage.summary import summary_of


@pytest.fixture(scope="module")
def record() -> StudyRecord:
    return made_studies.shop_study()


@pytest.fixture(scope="module")
def document(record: StudyRecord) -> Document:
    return build_document(record)


def of_kind(section: Section, kind: type) -> list[Any]:
    return [block for block in section.blocks if isinstance(block, kind)]


def test_sections_come_in_the_order_a_reader_asks(document: Document) -> None:
    keys = [section.key for section in document.sections]
    assert keys == ["verdict", "segments", "rules", "choice", "quality", "exploration", "method", "glossary"]


def test_the_verdict_is_the_first_thing(document: Document, record: StudyRecord) -> None:
    first = document.sections[0].blocks[0]
    assert isinstance(first, blocks.Callout)
    assert first.severity == "good"
    assert first.text == record.verdict.sentence


def test_noise_is_called_arbitrary_and_gets_no_advice() -> None:
    document = build_document(made_studies.noise_study())
    first, meaning = document.section("verdict").blocks[:2]
    assert (first.severity, first.title) == ("serious", "No groups, arbitrary cuts")
    assert "arbitrary" in meaning.text
    glance = of_kind(document.section("segments"), blocks.Glance)[0]
    assert {row.play for row in glance.rows} == {""}


def test_segments_agree_with_the_summary(document: Document, record: StudyRecord) -> None:
    summary = summary_of(record)
    rows = of_kind(document.section("segments"), blocks.Glance)[0].rows
    cards = of_kind(document.section("segments"), blocks.SegmentCard)
    for row, card, expected in zip(rows, cards, summary["segments"], strict=True):
        for shown in (row, card):
            assert (shown.id, shown.name, shown.size) == (expected["id"], expected["name"], expected["size"])
            assert shown.share == expected["share"]
            assert shown.value_share == expected["value_share"]
        assert card.advice == expected["recommendation"]["text"]
        assert set(card.lead) <= {trait["words"] for trait in expected["profile"]}


def test_candidates_agree_with_the_summary(document: Document, record: StudyRecord) -> None:
    summary = summary_of(record)
    section = document.section("choice")
    tables = of_kind(section, blocks.DataTable)
    tables += [table for fold in of_kind(section, blocks.Fold) for table in fold.blocks]
    rows = {(row[0], row[1]): row for table in tables for row in table.rows}
    assert len(rows) == len(summary["candidates"])
    silhouettes = sorted(row[2] for row in rows.values() if row[2] is not None)
    expected = sorted(
        c["criteria"]["silhouette"] for c in summary["candidates"] if c["criteria"]["silhouette"] is not None
    )
    assert silhouettes == expected
    strong = [table.rows[i] for table in tables for i in table.strong]
    assert [(row[1], row[2]) for row in strong] == [(summary["n_segments"], summary["silhouette"])]


def test_every_row_of_the_input_is_accounted_for(document: Document, record: StudyRecord) -> None:
    account = next(iter(record.customers.quality.accounts.values()))
    table = of_kind(document.section("quality"), blocks.DataTable)[0]
    figures = dict(table.rows)
    assert figures["Rows read"] == account.rows_read
    lost = sum(n for name, n in table.rows if name.startswith(("no data", "rejected")))
    assert figures["Rows read"] == figures["Rows kept"] + lost


def test_every_column_has_a_use_with_its_reason(document: Document, record: StudyRecord) -> None:
    tables = of_kind(document.section("quality"), blocks.DataTable)
    uses = next(table for table in tables if table.columns[1].label == "Use")
    assert [row[0] for row in uses.rows] == [item.column for item in record.prepared.roles[0].items]
    assert all(row[2] for row in uses.rows)


def test_no_personal_value_is_in_the_document(document: Document) -> None:
    text = json.dumps(document.as_dict(), ensure_ascii=False)
    assert made_studies.CANARY not in text
    assert "C00017" not in text


@pytest.mark.parametrize("make", [made_studies.shop_study, made_studies.one_study, made_studies.hostile_study])
def test_a_document_is_json(make: Any) -> None:
    plain = build_document(make()).as_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_run_and_time_are_the_only_difference(record: StudyRecord) -> None:
    one = build_document(record).as_dict()
    other = build_document(record, run="2026-11-21-a", made="21 November 2026").as_dict()
    assert other.pop("subtitle") == one.pop("subtitle") + " · run 2026-11-21-a · 21 November 2026"
    assert one == other


def test_every_term_is_in_the_glossary(document: Document) -> None:
    known = {d.term for d in of_kind(document.section("glossary"), blocks.Definitions)[0].items}
    for value in walk(document.as_dict()):
        if value.get("term") and value["kind"] != "Definition":
            assert value["term"] in known
        assert set(value.get("terms", [])) <= known


def walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict) and "kind" in node:
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from walk(child)


def test_an_exploration_needs_no_segments(record: StudyRecord) -> None:
    document = build_exploration(record.prepared, record.matrix)
    assert [s.key for s in document.sections] == ["quality", "exploration", "glossary"]
    assert document.segments == ()
    without = build_exploration(record.prepared)
    assert len(without.section("quality").blocks) < len(document.section("quality").blocks)


def test_one_segment_is_called_undivided_and_not_arbitrary() -> None:
    document = build_document(made_studies.one_study())
    verdict = document.section("verdict").blocks
    assert verdict[0].title == "Nothing was divided"
    assert "arbitrary" not in verdict[1].text
    (card,) = [b for b in document.section("segments").blocks if isinstance(b, blocks.SegmentCard)]
    assert "everybody is in this one segment" in card.advice
