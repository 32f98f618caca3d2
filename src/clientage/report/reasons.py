"""Why this number of segments: the reason in words, the criteria, every candidate.

Receives a study; returns a section.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from clientage.charts.catalogue import draw
from clientage.charts.choice import algorithm_title
from clientage.charts.figure import Cell, DataTable, TableColumn, in_words
from clientage.report.blocks import Block, Bullets, Fold, Heading, Section, Text
from clientage.segments.wording import capitalised, percent
from clientage.selection.trade_off import cost_of

if TYPE_CHECKING:
    from clientage.selection.candidate import Candidate
    from clientage.selection.select import Selection
    from clientage.study import StudyRecord

# criterion -> its column; those that no candidate of a table has are left out of it
CRITERION_COLUMNS = {
    "silhouette": TableColumn("Silhouette", "score", "silhouette"),
    "calinski_harabasz": TableColumn("Calinski-Harabasz", "number", "Calinski-Harabasz"),
    "davies_bouldin": TableColumn("Davies-Bouldin", "score", "Davies-Bouldin"),
    "gap": TableColumn("Gap", "score", "gap statistic"),
    "prediction_strength": TableColumn("Prediction strength", "score", "prediction strength"),
}
BEFORE = (TableColumn("Algorithm"), TableColumn("Segments", "count"))
AFTER = (
    TableColumn("Stability", "score", "stability"),
    TableColumn("Smallest", "percent"),
    TableColumn("Remarks"),
)

MOST_OTHERS = 3


def choice_section(record: StudyRecord, parts: Mapping[str, Any]) -> Section:
    """The reason for the winner, what each criterion says, and the candidates it was chosen from."""
    selection = record.selection
    k = selection.chosen.k
    blocks: list[Block | None] = [
        Text(selection.reason, ("silhouette", "stability", "elbow"), "lead"),
        _against_chance(selection),
        draw("silhouette", parts),
        draw("knife", parts),
        draw("stability", parts),
        draw("elbow", parts),
        draw("criteria", parts),
        draw("dendrogram", parts),
        Text(
            "No single criterion decides. The silhouette, for one, nearly always prefers two segments, which nobody "
            "can work with; so all of them are shown, and the rule that weighs them is stated under Method.",
            ("silhouette",),
        ),
        *_runners_up(selection),
        Heading("Every solution that was tried"),
        *_candidate_tables(record),
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


def _candidate_tables(record: StudyRecord) -> tuple[Block, ...]:
    """The chosen algorithm's candidates in sight; those of the others folded away."""
    chosen = record.selection.chosen
    own = [c for c in record.selection.candidates if c.algorithm == chosen.algorithm]
    others = [c for c in record.selection.candidates if c.algorithm != chosen.algorithm]
    first = _table(own, chosen, f"Solutions by {algorithm_title(chosen.algorithm)}; the chosen one is stressed")
    if not others:
        return (first,)
    return first, Fold("Solutions by the other algorithms", (_table(others, chosen, "Solutions by other algorithms"),))


def _table(candidates: list[Candidate], chosen: Candidate, caption: str) -> DataTable:
    ordered = sorted(candidates, key=lambda c: (c.algorithm, c.k))
    strong = tuple(i for i, c in enumerate(ordered) if (c.algorithm, c.k) == (chosen.algorithm, chosen.k))
    shown = [key for key in CRITERION_COLUMNS if any(c.criteria.get(key) is not None for c in ordered)]
    columns = (*BEFORE, *(CRITERION_COLUMNS[key] for key in shown), *AFTER)
    return DataTable(columns, tuple(_row(c, chosen, shown) for c in ordered), caption, strong)


def _row(candidate: Candidate, chosen: Candidate, criteria: Sequence[str]) -> tuple[Cell, ...]:
    sizes = [int(s) for s in candidate.sizes]
    total = sum(sizes) + candidate.noise
    remarks = list(candidate.marks)
    if candidate.noise:
        remarks.append(f"{percent(candidate.noise / total)} of customers in no segment")
    if (candidate.algorithm, candidate.k) == (chosen.algorithm, chosen.k):
        remarks.insert(0, "chosen")
    elif not candidate.usable:
        remarks.insert(0, "not usable")
    return (
        algorithm_title(candidate.algorithm),
        candidate.k,
        *(candidate.criteria.get(key) for key in criteria),
        candidate.stability,
        min(sizes) / total if sizes and total else None,
        "; ".join(remarks),
    )
