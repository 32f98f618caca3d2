"""The segments as rules: who is in which, in original units, and how far the rules can be trusted.

Receives a study's rules; returns a section, and what the card of a segment says. Without rules there is nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clientage.charts.figure import DataTable, TableColumn
from clientage.report.blocks import Block, Section, Text
from clientage.segments.wording import counted, joined, percent

if TYPE_CHECKING:
    from clientage.segments.rules import RuleSet
    from clientage.study import StudyRecord

COLUMNS = (
    TableColumn("Segment"),
    TableColumn("Rule"),
    TableColumn("Right", "percent", "precision"),
    TableColumn("Finds", "percent", "recall"),
)
FAITHFUL = 0.9  # share of agreement from which rules may stand for the model


def rules_sections(record: StudyRecord) -> tuple[Section, ...]:
    """The section of the rules; none where the study has none."""
    rules = record.rules
    if rules is None:
        return ()
    rows = tuple((record.profiles[r.segment_id].name, r.words, r.precision, r.recall) for r in rules.rules)
    told = {r.segment_id for r in rules.rules}
    silent = [f"{s.id} ({s.name})" for s in record.profiles.segments if s.id not in told]
    blocks: list[Block] = [
        Text(_agreement(rules), ("fidelity",), "lead"),
        Text(
            "Rules are a shorthand for people and databases. The model itself decides who is in a segment; a rule "
            "that is right less often than needed should be left to it.",
        ),
        DataTable(COLUMNS, rows, "Who is in which segment; judged on customers the rules were not learned from"),
    ]
    if silent:
        blocks.append(Text(f"Too small or too scattered for a rule: {joined(silent)}.", (), "quiet"))
    blocks.append(Text("The same rules for a database are in rules.sql of the run's folder.", (), "quiet"))
    return (Section("rules", "Who is in which segment, as rules?", tuple(blocks), "Rules"),)


def rule_words(rules: RuleSet | None, segment_id: int) -> tuple[str, str]:
    """Return the rule of a segment and how well it says it; empty where there is none."""
    found = [r for r in rules.rules if r.segment_id == segment_id] if rules is not None else []
    return (found[0].words, found[0].quality) if found else ("", "")


def _agreement(rules: RuleSet) -> str:
    judged = counted(rules.judged_on, "customer")
    verdict = "they can stand for the model" if rules.fidelity >= FAITHFUL else "they are a rough picture of the model"
    return (
        f"{counted(rules.thresholds, 'condition')} on single columns say who is in which segment. Their fidelity is "
        f"{percent(rules.fidelity)}: so many of {judged} that they were not learned from get the segment the model "
        f"gives them, so {verdict}."
    )
