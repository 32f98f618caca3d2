"""Profiles: who the segments are, from the customers' original values.

Receives the customers, their encoded matrix, the segmentation and the selection; returns `Profiles`: for each
segment its name, size, share of customers and of value, traits in original units, outcomes and one recommendation.
Values are neither filled nor winsorised here: missing ones are left out and counted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from clientage.cores import side_by_side
from clientage.data.quality import Note
from clientage.data.table import Column
from clientage.segments import effects
from clientage.segments.describing import column_traits
from clientage.segments.everybody import Everybody
from clientage.segments.groups import Groups
from clientage.segments.headings import headings
from clientage.segments.long_table import long_table
from clientage.segments.measures import measure_of
from clientage.segments.names import name_segments, value_tier
from clientage.segments.outcomes import Outcome, outcomes_of
from clientage.segments.recommendations import Standing, recommend
from clientage.segments.segment import Segment
from clientage.segments.traits import ColumnRole, ColumnSummary, ColumnTraits, Trait
from clientage.segments.uplift import ControlGroup, control_group
from clientage.spool import rows_in_memory

if TYPE_CHECKING:
    from clientage.features.customers import Customers
    from clientage.features.encoding import FeatureMatrix
    from clientage.segments.segmentation import Segmentation
    from clientage.selection.selection import Selection


@dataclass(frozen=True, slots=True)
class Overall:
    """All customers.

    Parameters
    ----------
    n : int
        Customers, with and without a segment.
    columns : tuple of ColumnSummary
        Features, then profile columns, then outcomes.
    value : str or None
        The column that says what a customer is worth.
    value_total, value_mean : float or None
        Its sum and mean over the customers that have one.
    """

    n: int
    columns: tuple[ColumnSummary, ...]
    value: str | None = None
    value_total: float | None = None
    value_mean: float | None = None


@dataclass(frozen=True, slots=True)
class Profiles:
    """Every segment, described.

    Parameters
    ----------
    segments : tuple of Segment
        In order of id.
    unassigned : int
        Customers without a segment.
    overall : Overall
        All customers.
    notes : tuple of Note
        What was left out of the description.
    """

    segments: tuple[Segment, ...]
    unassigned: int
    overall: Overall
    notes: tuple[Note, ...] = ()

    def __getitem__(self, segment_id: int) -> Segment:
        """Return a segment by its id."""
        return next(s for s in self.segments if s.id == segment_id)

    def frame(self) -> dict[str, np.ndarray]:
        """Return all traits and outcomes as one long table, a column for each entry of `FRAME`.

        Numbers are float64 with NaN where nothing applies, counts int64, texts objects with None.
        """
        return long_table(self.segments)


CONFIDENCE_GRID = 2.0**28


def profile(
    customers: Customers,
    matrix: FeatureMatrix,
    segmentation: Segmentation,
    selection: Selection,
    *,
    control: str | None = None,
    known: Mapping[str, Everybody] | None = None,
) -> Profiles:
    """Describe every segment.

    Parameters
    ----------
    customers : Customers
        With original values.
    matrix : FeatureMatrix
        The encoded features the segments were made in, (n, p).
    segmentation : Segmentation
        The segment of every customer.
    selection : Selection
        Its verdict and the stability of the chosen candidate's segments decide whether advice is given.
    control : str, optional
        ``roles.control``: "column=value" of the customers who were left alone.
    known : mapping of str to Everybody, optional
        The figures of columns for all customers, where they are known already.

    Returns
    -------
    Profiles
        No figure depends on the order of rows.

    Raises
    ------
    ColumnError
        When `control` names nobody or everybody.
    """
    groups = Groups(segmentation.labels, segmentation.k)
    described, asked, answered = _described(customers, groups, control_group(customers, control), known or {})
    traits = _ranked(described, groups.k)
    outcomes = [tuple(o for column in answered for o in column[j]) for j in range(groups.k)]
    value = _Value.of(customers, groups)
    tiers = [value_tier(i) for i in value.index]
    columns = [d.summary.column for d in described]
    names = name_segments(traits, tiers, columns, value=value.column, derived=customers.titles)
    segments = tuple(
        Segment(
            id=j + 1,
            name=names[j],
            size=standing.size,
            share=standing.share,
            value_share=standing.value_share,
            traits=traits[j],
            outcomes=outcomes[j],
            stability=standing.stability,
            confidence=standing.confidence,
            recommendation=recommend(traits[j], outcomes[j], standing),
            tier=tiers[j],
        )
        for j, standing in enumerate(_standings(segmentation, selection, groups, value))
    )
    drives = _drives(matrix, groups)
    summaries = tuple(replace(d.summary, drives=drives.get(d.summary.column)) for d in described) + asked
    overall = Overall(groups.n, summaries, value.column, value.total, value.mean)
    return Profiles(segments, segmentation.unassigned, overall, _notes(described, value))


def _described(
    customers: Customers, groups: Groups, control: ControlGroup | None, known: Mapping[str, Everybody]
) -> tuple[list[ColumnTraits], tuple[ColumnSummary, ...], list[tuple[tuple[Outcome, ...], ...]]]:
    """Traits of features and profile columns; summaries and outcomes of outcome columns."""
    used: list[tuple[Column, ColumnRole]] = [(c, "feature") for c in customers.features]
    used += [(c, "profile") for c in customers.profile]
    answers = [c for c in customers.outcome if c.kind != "date"]
    names = dict.fromkeys([*(c.name for c, _ in used), *(c.name for c in answers)])
    words = headings(names, customers.titles, customers.units)
    measured = {name: measure_of(name, heading) for name, heading in words.items()}
    rows = rows_in_memory(c.held for c in (*customers.features, *customers.profile, *answers))

    def described(one: tuple[Column, ColumnRole]) -> ColumnTraits:
        column, role = one
        return column_traits(column, words[column.name], role, measured[column.name], groups, known.get(column.name))

    def answered(column: Column) -> tuple[ColumnSummary, tuple[tuple[Outcome, ...], ...]]:
        name, whole = column.name, known.get(column.name)
        summary = column_traits(column, words[name], "outcome", None, groups, whole).summary
        return summary, outcomes_of(column, words[name], measured[name], groups, control, whole)

    traits = side_by_side(described, used, rows)
    asked = side_by_side(answered, answers, rows)
    return traits, tuple(summary for summary, _ in asked), [outcomes for _, outcomes in asked]


@dataclass(frozen=True, slots=True)
class _Value:
    """What customers are worth: shares of the total, and the mean of each segment against everybody's (100)."""

    column: str | None
    total: float | None
    mean: float | None
    shares: tuple[float | None, ...]
    index: tuple[float | None, ...]

    @classmethod
    def of(cls, customers: Customers, groups: Groups) -> _Value:
        nothing: tuple[float | None, ...] = (None,) * groups.k
        held = [c for c in (*customers.features, *customers.profile) if c.name == customers.value]
        if not held or held[0].kind != "number":
            return cls(None, None, None, nothing, nothing)
        parts = groups.sorted_parts(held[0].values)
        sums = [float(np.sum(p)) for p in parts]
        total, n = math.fsum(sums), sum(len(p) for p in parts)
        if n == 0 or total <= 0:  # shares of a loss mean nothing
            return cls(customers.value, total if n else None, total / n if n else None, nothing, nothing)
        mean = total / n
        return cls(
            customers.value,
            total,
            mean,
            tuple(s / total for s in sums[: groups.k]),
            tuple(
                effects.index_of(s / len(p), mean) if len(p) and s >= 0 else 0.0 if len(p) else None
                for s, p in zip(sums[: groups.k], parts, strict=False)
            ),
        )


def _ranked(described: Sequence[ColumnTraits], k: int) -> list[tuple[Trait, ...]]:
    """Correct for the number of tests, decide the markers, and order each segment's traits by effect."""
    flat = [t for d in described for row in d.by_segment for t in row]
    corrected = effects.holm(effects.two_sided_p(np.array([t.v_test for t in flat])))
    settled = iter(
        replace(t, p_holm=float(p), marker=t.marker and p < effects.SIGNIFICANT)
        for t, p in zip(flat, corrected, strict=True)
    )
    by_segment: list[list[Trait]] = [[] for _ in range(k)]
    for d in described:
        for j, row in enumerate(d.by_segment):
            by_segment[j] += [next(settled) for _ in row]
    return [tuple(sorted(traits, key=lambda t: -abs(t.effect))) for traits in by_segment]


def _standings(segmentation: Segmentation, selection: Selection, groups: Groups, value: _Value) -> list[Standing]:
    stability = selection.chosen.segment_stability
    # on a grid, so that the order of rows cannot change the sums
    confidence = groups.sums(np.rint(segmentation.confidence * CONFIDENCE_GRID)) / CONFIDENCE_GRID
    return [
        Standing(
            size=int(groups.sizes[j]),
            share=float(groups.sizes[j]) / groups.n if groups.n else 0.0,
            value_share=value.shares[j],
            stability=None if stability is None else _finite(float(stability[int(segmentation.order[j])])),
            confidence=float(confidence[j]) / max(int(groups.sizes[j]), 1),
            verdict=selection.verdict,
            value=value.column,
        )
        for j in range(groups.k)
    ]


def _drives(matrix: FeatureMatrix, groups: Groups) -> dict[str, float]:
    """Each feature's share of the variance between segments, in the scaled units the segments were made in."""
    part = groups.sizes.astype(np.float64)
    there = part > 0
    between: dict[str, float] = {}
    for column, feature in enumerate(np.asarray(matrix.feature_of).tolist()):
        sums = groups.sums(np.ascontiguousarray(matrix.values[:, column]))
        spread = float(np.sum(sums[there] ** 2 / part[there])) - float(sums.sum()) ** 2 / max(float(part.sum()), 1.0)
        name = matrix.recipe.features[feature].name
        between[name] = between.get(name, 0.0) + max(0.0, spread)
    total = sum(between.values())
    return {name: b / total for name, b in between.items()} if total > 0 else {}


def _notes(described: Sequence[ColumnTraits], value: _Value) -> tuple[Note, ...]:
    notes = [
        Note(
            "rare-categories",
            "info",
            f"'{d.summary.column}' has {len(d.summary.shares)} categories; the {d.left_out} rarest are not described.",
            column=d.summary.column,
            count=d.left_out,
        )
        for d in described
        if d.left_out
    ]
    if value.column is not None and value.total is not None and value.total <= 0:
        text = f"'{value.column}' adds up to no positive amount, so there are no shares of value."
        notes.append(Note("no-value-share", "warning", text, column=value.column))
    return tuple(notes)


def _finite(x: float) -> float | None:
    return x if math.isfinite(x) else None
