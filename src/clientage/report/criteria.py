"""The criteria in figures: what each of them would choose, and all of them for every solution that was tried.

Receives a selection; returns tables. A marketer can skip them, and a statistician check the choice with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clientage.charts.choice import algorithm_title
from clientage.charts.figure import Cell, DataTable, TableColumn
from clientage.report.blocks import Block, Fold
from clientage.segments.wording import percent
from clientage.selection.criteria import CRITERIA
from clientage.selection.favourites import criterion_curve

if TYPE_CHECKING:
    from clientage.selection.candidate import Candidate
    from clientage.selection.selection import Selection

# criterion -> its column, where its title is too long or its figures need another form
SHORT = {
    "silhouette": TableColumn("Silhouette", "score", "silhouette"),
    "silhouette_macro": TableColumn("Mean of segments", "score"),
    "calinski_harabasz": TableColumn("Calinski-Harabasz", "number", "Calinski-Harabasz"),
    "davies_bouldin": TableColumn("Davies-Bouldin", "score", "Davies-Bouldin"),
    "gap": TableColumn("Gap", "score", "gap statistic"),
    "prediction_strength": TableColumn("Prediction strength", "score", "prediction strength"),
    "explained": TableColumn("Explained", "percent"),
    "inertia": TableColumn("Inertia", "number", "inertia"),
    "bic": TableColumn("BIC", "number", "BIC"),
    "icl": TableColumn("ICL", "number", "ICL"),
}
COLUMNS = SHORT | {key: TableColumn(c.title, "number") for key, c in CRITERIA.items() if key not in SHORT}
IN_SIGHT = ("silhouette", "calinski_harabasz", "davies_bouldin", "gap", "prediction_strength")
BEFORE = (TableColumn("Algorithm"), TableColumn("Segments", "count"))
STABILITY = TableColumn("Stability", "score", "stability")
SPREAD = (TableColumn("± SD", "score"), TableColumn("Weakest segment", "score", "segment stability"))
AFTER = (TableColumn("Smallest", "percent"), TableColumn("Remarks"))
RULES = {  # criteria that choose by a rule of their own, and not by their best value
    "inertia": "the bend of the curve",
    "gap": "the first k that the next does not clearly beat",
    "prediction_strength": "the largest k of at least .8",
}


def criteria_table(selection: Selection) -> DataTable | None:
    """Return what each criterion would choose alone, beside its value there and for the solution that was chosen.

    Parameters
    ----------
    selection : Selection
        Of a study; None is returned where no criterion has a choice.
    """
    rows = tuple(_choice(selection, key) for key in CRITERIA if key in selection.favourites)
    columns = (
        TableColumn("Criterion"),
        TableColumn("Algorithm"),
        TableColumn("Would choose"),
        TableColumn("Value there", "number"),
        TableColumn(f"Value at {selection.chosen.k}, chosen", "number"),
        TableColumn("By"),
    )
    caption = "What each criterion alone would choose; the rule under Method weighs them with stability and use"
    return DataTable(columns, rows, caption) if rows else None


def _choice(selection: Selection, key: str) -> tuple[Cell, ...]:
    criterion, k = CRITERIA[key], selection.favourites[key]
    curve = criterion_curve(selection.candidates, key, selection.chosen.algorithm)
    value = {c.k: c.criteria.get(key) for c in curve}
    said = "no choice" if k is None else "no division" if k == 1 else f"{k} segments"
    by = RULES.get(key, f"the {'highest' if criterion.better == 'higher' else 'lowest'} value")
    title = algorithm_title(curve[0].algorithm) if curve else ""
    return criterion.title, title, said, None if k is None else value.get(k), value.get(selection.chosen.k), by


def candidate_tables(selection: Selection) -> tuple[Block, ...]:
    """Return the chosen algorithm's candidates in sight, and folded away all algorithms with all criteria.

    Parameters
    ----------
    selection : Selection
        Of a study.
    """
    chosen = selection.chosen
    own = [c for c in selection.candidates if c.algorithm == chosen.algorithm]
    title = f"Solutions by {algorithm_title(chosen.algorithm)}; the chosen one is stressed"
    everything = _table(selection.candidates, chosen, tuple(COLUMNS), "Every solution with every criterion", full=True)
    return _table(own, chosen, IN_SIGHT, title), Fold("Every algorithm with every criterion", (everything,))


def _table(
    candidates: Sequence[Candidate], chosen: Candidate, keys: Sequence[str], caption: str, *, full: bool = False
) -> DataTable:
    ordered = sorted(candidates, key=lambda c: (c.algorithm, c.k))
    strong = tuple(i for i, c in enumerate(ordered) if c is chosen)
    shown = [key for key in keys if any(c.criteria.get(key) is not None for c in ordered)]
    columns = (*BEFORE, *(COLUMNS[key] for key in shown), STABILITY, *(SPREAD if full else ()), *AFTER)
    return DataTable(columns, tuple(_row(c, chosen, shown, full=full) for c in ordered), caption, strong)


def _row(candidate: Candidate, chosen: Candidate, keys: Sequence[str], *, full: bool) -> tuple[Cell, ...]:
    sizes = [int(s) for s in candidate.sizes]
    total = sum(sizes) + candidate.noise
    remarks = list(candidate.marks)
    if candidate.noise:
        remarks.append(f"{percent(candidate.noise / total)} of customers in no segment")
    if candidate is chosen:
        remarks.insert(0, "chosen")
    elif not candidate.usable:
        remarks.insert(0, "not usable")
    each = candidate.segment_stability
    spread = (candidate.stability_sd, None if each is None else float(each.min())) if full else ()
    return (
        algorithm_title(candidate.algorithm),
        candidate.k,
        *(candidate.criteria.get(key) for key in keys),
        candidate.stability,
        *spread,
        min(sizes) / total if sizes and total else None,
        "; ".join(remarks),
    )
