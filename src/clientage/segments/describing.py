"""From a column's values to what each segment is like in it.

Receives `Column`s and `Groups`, returns `ColumnTraits`: one `Trait` for each segment and column, and for each
category of a text column.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from clientage.data.table import Column
from clientage.segments import effects
from clientage.segments.everybody import Everybody, as_numbers
from clientage.segments.groups import Groups, NumberFigures, number_figures
from clientage.segments.headings import Heading, is_count
from clientage.segments.traits import (
    FIRST_YEAR,
    LAST_YEAR,
    ColumnRole,
    ColumnSummary,
    ColumnTraits,
    Trait,
    date_words,
    number_words,
)
from clientage.segments.wording import percent

MOST_CATEGORIES = 24  # of a text column; the rest is counted and left out


def column_traits(
    column: Column,
    heading: Heading,
    role: ColumnRole,
    measure: str | None,
    groups: Groups,
    known: Everybody | None = None,
) -> ColumnTraits:
    """Return what one column says about each segment.

    Parameters
    ----------
    column : Column
        Original values, of any kind.
    heading : Heading
        Its words and unit.
    role : {"feature", "profile", "outcome"}
        What it was used for.
    measure : str or None
        What it measures.
    groups : Groups
        The segments.
    known : Everybody, optional
        The figures of all customers, where they are known already.

    Examples
    --------
    >>> income = Column("income", "number", np.array([10.0, 12.0, 30.0, 32.0]))
    >>> traits = column_traits(income, Heading("income", "$"), "feature", "income", Groups(np.array([0, 0, 1, 1]), 2))
    >>> traits.by_segment[1][0].words
    'income $31, 48% above the average of $21'
    """
    if column.kind == "text":
        return _category_traits(column, heading, role, measure, groups)
    if column.kind == "date":
        return _date_traits(column, heading, role, groups, known)
    return _number_traits(column, heading, role, measure, groups, known)


def _number_traits(
    column: Column, heading: Heading, role: ColumnRole, measure: str | None, groups: Groups, known: Everybody | None
) -> ColumnTraits:
    f = number_figures(column.values, groups, known)
    whole = f.whole
    year = column.is_integer and whole.n > 0 and whole.smallest >= FIRST_YEAR and whole.largest <= LAST_YEAR
    unit = "share" if whole.binary else heading.unit or ("year" if year else None)
    v = effects.v_test(f.effect, f.part_n, whole.n)
    everybody = Trait(
        column=column.name,
        title=heading.words,
        kind="number",
        category=None,
        mean=None,
        median=None,
        overall_mean=_known(whole.mean),
        overall_median=_known(whole.median),
        share=None,
        overall_share=_known(whole.mean) if whole.binary else None,
        index=None,
        effect=0.0,
        marker=False,
        unit=unit,
        words="",
        role=role,
        n=0,
        missing=0,
        family="count" if column.is_integer and is_count(heading) else heading.family,
        measure=measure,
        skewed=f.skewed,
    )
    traits = tuple((_number_trait(everybody, f, j, groups, float(v[j])),) for j in range(groups.k))
    return ColumnTraits(replace(_number_summary(column, heading, role, f, groups), unit=unit), traits)


def _number_trait(everybody: Trait, f: NumberFigures, j: int, groups: Groups, v: float) -> Trait:
    mean, n, spread, whole = float(f.part_mean[j]), int(f.part_n[j]), f.spreads[j], f.whole
    ratio = n > 0 and everybody.unit != "year" and whole.smallest >= 0
    trait = replace(
        everybody,
        mean=_known(mean),
        median=spread.median if spread else None,
        share=_known(mean) if whole.binary else None,
        index=effects.index_of(mean, whole.mean) if ratio else None,
        effect=float(f.effect[j]),
        marker=n > 0 and effects.is_marker(mean - whole.mean, whole.mean, whole.largest, whole.smallest, whole.sd),
        n=n,
        missing=int(groups.sizes[j]) - n,
        low=spread.lower if spread else None,
        high=spread.upper if spread else None,
        delta=float(f.delta[j]),
        v_test=v,
    )
    return replace(trait, words=number_words(trait))


def _number_summary(
    column: Column, heading: Heading, role: ColumnRole, f: NumberFigures, groups: Groups
) -> ColumnSummary:
    whole = f.whole
    return ColumnSummary(
        column=column.name,
        title=heading.words,
        unit=heading.unit,
        role=role,
        kind="number",
        n=whole.n,
        missing=groups.n - whole.n,
        mean=_known(whole.mean),
        median=_known(whole.median),
        sd=whole.sd,
        smallest=_known(whole.smallest),
        largest=_known(whole.largest),
        skew=whole.skew,
        association=f.eta,
        skewed=f.skewed,
        spreads=f.spreads,
    )


def _category_traits(
    column: Column, heading: Heading, role: ColumnRole, measure: str | None, groups: Groups
) -> ColumnTraits:
    kinds = len(column.categories)
    table = groups.counts(column.values, kinds)
    totals, part_n = table.sum(axis=0), table[: groups.k].sum(axis=1)
    n = int(totals.sum())
    # commonest first, ties by name: the order categories were met in is the order of rows
    ranked = sorted(range(kinds), key=lambda c: (-int(totals[c]), column.categories[c]))
    ranked = [c for c in ranked if totals[c] > 0]
    shares = tuple((column.categories[c], float(totals[c]) / n) for c in ranked)
    everybody = Trait(
        column=column.name,
        title=heading.words,
        kind="category",
        category=None,
        mean=None,
        median=None,
        overall_mean=None,
        overall_median=None,
        share=None,
        overall_share=None,
        index=None,
        effect=0.0,
        marker=False,
        unit="share",
        words="",
        role=role,
        n=0,
        missing=0,
        measure=measure,
    )
    rows: list[list[Trait]] = [[] for _ in range(groups.k)]
    for c in ranked[:MOST_CATEGORIES]:
        one = replace(everybody, category=column.categories[c], overall_share=float(totals[c]) / n)
        for row, trait in zip(rows, _of_category(one, table[: groups.k, c], part_n, n, groups), strict=True):
            row.append(trait)
    summary = ColumnSummary(
        column=column.name,
        title=heading.words,
        unit=None,
        role=role,
        kind="category",
        n=n,
        missing=groups.n - n,
        shares=shares,
        association=effects.cramers_v(table[: groups.k]),
    )
    return ColumnTraits(summary, tuple(tuple(r) for r in rows), max(0, len(ranked) - MOST_CATEGORIES))


def _of_category(one: Trait, counts: np.ndarray, part_n: np.ndarray, n: int, groups: Groups) -> list[Trait]:
    """The traits of all segments in one category; `one` holds what is common to them."""
    overall = one.overall_share or 0.0
    shares = counts / np.maximum(part_n, 1)
    effect = np.where(part_n > 0, effects.share_effect(shares, overall), 0.0)
    v = effects.v_test(effects.standardised(shares - overall, math.sqrt(overall * (1.0 - overall))), part_n, n)
    traits = []
    for j in range(groups.k):
        share = float(shares[j]) if part_n[j] else None
        traits.append(
            replace(
                one,
                share=share,
                index=None if share is None else effects.index_of(share, overall),
                effect=float(effect[j]),
                marker=share is not None and effects.is_marker(share - overall, overall, 1.0, 0.0),
                words=f"{one.title} {one.category}: {percent(share)}, against {percent(overall)} overall",
                n=int(part_n[j]),
                missing=int(groups.sizes[j] - part_n[j]),
                v_test=float(v[j]),
            )
        )
    return traits


def _date_traits(
    column: Column, heading: Heading, role: ColumnRole, groups: Groups, known: Everybody | None
) -> ColumnTraits:
    """Dates as days: places in time, of which the median is told and no ratio is taken."""
    f = number_figures(as_numbers(column), groups, known)
    v = effects.v_test(f.effect, f.part_n, f.whole.n)
    everybody = _iso(f.whole.median)
    rows = []
    for j in range(groups.k):
        spread = f.spreads[j]
        n, median = int(f.part_n[j]), spread.median if spread else math.nan
        gap, day = median - f.whole.median, _iso(median)
        trait = Trait(
            column=column.name,
            title=heading.words,
            kind="date",
            category=None,
            mean=None,
            median=None,
            overall_mean=None,
            overall_median=None,
            share=None,
            overall_share=None,
            index=None,
            effect=float(f.effect[j]),
            marker=n > 0 and abs(gap) >= (f.whole.largest - f.whole.smallest) / 4 > 0,
            unit="date",
            words=date_words(heading.words, day, everybody, gap),
            role=role,
            n=n,
            missing=int(groups.sizes[j]) - n,
            delta=float(f.delta[j]),
            v_test=float(v[j]),
            skewed=f.skewed,
            date=day,
            overall_date=everybody,
        )
        rows.append((trait,))
    summary = ColumnSummary(
        column=column.name,
        title=heading.words,
        unit="date",
        role=role,
        kind="date",
        n=f.whole.n,
        missing=groups.n - f.whole.n,
        association=f.eta,
        skewed=f.skewed,
    )
    return ColumnTraits(summary, tuple(rows))


def _iso(days: float) -> str | None:
    return None if math.isnan(days) else str(np.datetime64(math.floor(days), "D"))


def _known(x: float) -> float | None:
    return None if math.isnan(x) else x
