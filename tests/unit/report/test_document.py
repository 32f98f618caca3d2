"""What the document says, and that it says the same as the study."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import made_studies
from clientage.checks.catalogue import CHECKS
from clientage.report import blocks
from clientage.report.blocks import Document, Section
from clientage.report.criteria import criteria_table
from clientage.report.document import build_document
from clientage.report.exploration import build_exploration
from clientage.selection.criteria import CRITERIA
from clientage.selection.favourites import criterion_curve
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
    choices, own = of_kind(section, blocks.DataTable)
    everything = of_kind(section, blocks.Fold)[0].blocks[0]
    places = {column.label: i for i, column in enumerate(everything.columns)}
    rows = {(row[0], row[1]): row for row in everything.rows}
    assert len(rows) == len(everything.rows) == len(summary["candidates"])
    for label, key in (("Silhouette", "silhouette"), ("BIC", "bic"), ("Gap", "gap"), ("Explained", "explained")):
        shown = [row[places[label]] for row in rows.values() if row[places[label]] is not None]
        told = [c["criteria"][key] for c in summary["candidates"] if c["criteria"][key] is not None]
        assert sorted(shown) == sorted(told), label
    spread = {c.stability_sd for c in record.selection.candidates}
    assert {row[places["± SD"]] for row in rows.values()} == spread
    strong = [table.rows[i] for table in (own, everything) for i in table.strong]
    assert [(row[1], row[2]) for row in strong] == [(summary["n_segments"], summary["silhouette"])] * 2
    assert {row[0] for row in choices.rows} == {CRITERIA[key].title for key in summary["favourites"]}


def test_each_criterion_tells_its_own_choice_and_its_values(record: StudyRecord) -> None:
    table = criteria_table(record.selection)
    assert table is not None
    by_title = {CRITERIA[key].title: key for key in record.selection.favourites}
    for title, _, said, there, here, _ in table.rows:
        key = by_title[str(title)]
        k = record.selection.favourites[key]
        assert said == ("no choice" if k is None else "no division" if k == 1 else f"{k} segments")
        curve = criterion_curve(record.selection.candidates, key, record.selection.chosen.algorithm)
        values = {c.k: c.criteria[key] for c in curve}
        assert there == (None if k is None else values.get(k))
        assert here == values.get(record.selection.chosen.k)


def test_every_check_is_told_with_its_answer(document: Document, record: StudyRecord) -> None:
    fold = of_kind(document.section("verdict"), blocks.Fold)[-1]
    rows = fold.blocks[0].rows
    assert [row[0] for row in rows] == [f"{c.title} ({c.code})" for c in CHECKS]
    for check, row in zip(CHECKS, rows, strict=True):
        why = [u.why for u in record.unjudged if u.code == check.code]
        found = any(f.code == check.code for f in record.findings)
        expected = "Found" if found else f"Could not judge: {why[0]}." if why else "Nothing found."
        remark = [f for f in record.findings if f.code == check.code and f.severity == "info"]
        assert str(row[1]).startswith("A remark" if remark else expected)
    callouts = of_kind(document.section("verdict"), blocks.Callout)[1:]
    assert {c.code for c in callouts} == {f.code for f in record.findings if f.severity != "info"}


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
