"""Why this number of segments: the reason in words, the criteria, every candidate.

Receives a study; returns a section.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clientage.charts.catalogue import draw
from clientage.charts.figure import in_words
from clientage.report.blocks import Block, Bullets, Heading, Section, Text
from clientage.report.criteria import candidate_tables, criteria_table
from clientage.segments.wording import capitalised
from clientage.selection.trade_off import cost_of

if TYPE_CHECKING:
    from clientage.selection.selection import Selection
    from clientage.study import StudyRecord

MOST_OTHERS = 3


def choice_section(record: StudyRecord, parts: Mapping[str, Any]) -> Section:
    """The reason for the winner, what each criterion says, and the candidates it was chosen from."""
    selection = record.selection
    k = selection.chosen.k
    blocks: list[Block | None] = [
        Text(selection.reason, ("silhouette", "stability", "elbow"), "lead"),
        _against_chance(selection),
        draw("chance", parts),
        draw("silhouette", parts),
        draw("knife", parts),
        draw("borders", parts),
        draw("stability", parts),
        draw("solutions", parts),
        draw("elbow", parts),
        draw("criteria", parts),
        criteria_table(selection),
        draw("dendrogram", parts),
        Text(
            "No single criterion decides. The silhouette, for one, nearly always prefers two segments, which nobody "
            "can work with; so all of them are shown, and the rule that weighs them is stated under Method.",
            ("silhouette",),
        ),
        *_runners_up(selection),
        Heading("Every solution that was tried"),
        *candidate_tables(selection),
    ]
    title = f"Why {in_words(k)} segment{'s' * (k != 1)}?"
    return Section("choice", title, tuple(b for b in blocks if b is not None), title.rstrip("?"))


def _against_chance(selection: Selection) -> Text | None:
    null = selection.null
    if null is None:
        return Text("The segments were not compared with what chance alone gives.", ("what chance gives",), "quiet")
    side = "clearly higher than" if null.p_value <= 0.05 else "not clearly higher than"
    return Text(
        f"The best silhouette of these customers is {null.observed:.3f}. The same search on {null.draws} simulated "
        f"sets of customers without any groups gave {null.mean:.3f} on average and {null.maximum:.3f} at most: the "
        f"real one is {side} what chance gives (p-value {null.p_value:.2f}).",
        ("silhouette", "what chance gives", "p-value"),
    )


def _runners_up(selection: Selection) -> tuple[Block, ...]:
    """The next best solutions, and what each would cost and bring."""
    others = [c for c in selection.runners_up[:MOST_OTHERS] if c.k > 1]
    if not others or selection.chosen.k < 2:
        return ()
    return (
        Heading("What another choice would cost and bring"),
        Bullets(tuple(capitalised(cost_of(selection, c).sentence) for c in others)),
        Text("Another number can be asked for with --k, another algorithm with --algorithm.", (), "quiet"),
    )
