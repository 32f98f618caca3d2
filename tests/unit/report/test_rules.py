"""Rules in the report: on every card and in a part of their own, or nowhere."""

from __future__ import annotations

from dataclasses import replace

import made_studies
from clientage.report.blocks import DataTable, SegmentCard
from clientage.report.document import build_document
from clientage.report.html import render_html
from clientage.summary import summary_of


def test_cards_and_table_say_the_rules_of_the_summary() -> None:
    record = made_studies.shop_study()
    summary = summary_of(record)
    document = build_document(record)
    cards = [b for b in document.section("segments").blocks if isinstance(b, SegmentCard)]
    (table,) = [b for b in document.section("rules").blocks if isinstance(b, DataTable)]
    for card, row, segment in zip(cards, table.rows, summary["segments"], strict=True):
        rule = segment["rule"]
        assert card.rule == rule["text"] == row[1]
        assert (rule["precision"], rule["recall"]) == row[2:]
        assert row[0] == segment["name"]
    assert summary["rules"]["fidelity"] == record.rules.fidelity > 0.95
    assert "As a rule" in render_html(document, charts=False)


def test_without_rules_none_are_shown() -> None:
    record = made_studies.shop_study()
    document = build_document(replace(record, rules=None))
    assert "rules" not in [section.key for section in document.sections]
    assert "As a rule" not in render_html(document, charts=False)
    assert summary_of(replace(record, rules=None))["segments"][0]["rule"] is None


def test_a_segment_without_a_rule_is_named() -> None:
    record = made_studies.shop_study()
    fewer = replace(record.rules, rules=record.rules.rules[1:])
    document = build_document(replace(record, rules=fewer))
    said = [b.text for b in document.section("rules").blocks if hasattr(b, "text")]
    assert any(record.profiles.segments[0].name in text for text in said)
