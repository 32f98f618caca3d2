"""What a segment is like in each column: figures in original units, how unusual they are, and the sentence.

Receives `Column`s and `Groups`, returns `ColumnTraits`: one `Trait` for each segment and column, and for each
category of a text column.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from clientage.data.table import Column
from clientage.segments import effects
from clientage.segments.groups import Groups, NumberFigures, number_figures
from clientage.segments.headings import Heading, singular
from clientage.segments.wording import UNKNOWN, compared, number, percent

MOST_CATEGORIES = 24  # of a text column; the rest is counted and left out
LONG_TITLE = 4  # words; longer ones are set off from the figure by a colon
FIRST_YEAR, LAST_YEAR = 1800, 2100

ColumnRole = Literal["feature", "profile", "outcome"]


@dataclass(frozen=True, slots=True)
class Trait:
    """One segment in one column, or in one category of it.

    Parameters
    ----------
    column, title : str
        The column's name, and its words.
    kind : {"number", "category"}
        Of the column.
    category : str or None
        The category described.
    mean, median, overall_mean, overall_median : float or None
        In original units, of the values present; None for categories.
    share, overall_share : float or None
        Of the category, or of the ones in a yes/no column.
    index : float or None
        100 is the average of all customers; of categories: 100 times the lift.
    effect : float
        Signed distance from all customers in standard deviations; for skewed numbers, of ranks; for
        categories, of their 0/1 indicator or Cohen's h, whichever is nearer to 0.
    marker : bool
        A marker variable of the segment: the difference is large (METHODS §5) and beyond chance.
    unit : str or None
        ``"share"`` for yes/no columns.
    words : str
        A clause for people: "income 88,200, 46% above the average of 60,400".
    role : {"feature", "profile", "outcome"}
        What the column was used for.
    n, missing : int
        Customers of the segment with and without a value.
    low, high : float or None
        Quartiles of the segment.
    delta : float or None
        Cliff's delta against the other customers.
    v_test, p_holm : float
        Test value, and its two-sided tail probability corrected for all tests of the study.
    family : {"amount", "count", "plain"}
        What the header says about the values.
    measure : str or None
        Key of `measures.toml`.
    skewed : bool
        The effect compares ranks.
    """

    column: str
    title: str
    kind: Literal["number", "category"]
    category: str | None
    mean: float | None
    median: float | None
    overall_mean: float | None
    overall_median: float | None
    share: float | None
    overall_share: float | None
    index: float | None
    effect: float
    marker: bool
    unit: str | None
    words: str
    role: ColumnRole
    n: int
    missing: int
    low: float | None = None
    high: float | None = None
    delta: float | None = None
    v_test: float = 0.0
    p_holm: float = 1.0
    family: str = "plain"
    measure: str | None = None
    skewed: bool = False

    @property
    def significant(self) -> bool:
        """Whether the difference is beyond chance after Holm's correction; for ranking, not as inference."""
        return self.p_holm < effects.SIGNIFICANT

    @property
    def binary(self) -> bool:
        """Whether the column answers yes or no."""
        return self.kind == "number" and self.share is not None


@dataclass(frozen=True, slots=True)
class ColumnSummary:
    """One column over all customers.

    Parameters
    ----------
    column, title, unit : str
        Name, words and unit.
    role : {"feature", "profile", "outcome"}
        What it was used for.
    kind : {"number", "category"}
        Of the column.
    n, missing : int
        Customers with and without a value.
    mean, median, sd, smallest, largest, skew : float or None
        Of the values present; None for categories.
    shares : tuple of (category, share)
        Of the values present, commonest first; empty for numbers.
    association : float or None
        How much segments tell about the column, 0 to 1: η² of numbers, Cramér's V of categories.
    drives : float or None
        Features: share of the variance between segments, in the scaled units the segments were made in.
    skewed : bool
        Effects compare ranks.
    """

    column: str
    title: str
    unit: str | None
    role: ColumnRole
    kind: Literal["number", "category"]
    n: int
    missing: int
    mean: float | None = None
    median: float | None = None
    sd: float | None = None
    smallest: float | None = None
    largest: float | None = None
    skew: float | None = None
    shares: tuple[tuple[str, float], ...] = ()
    association: float | None = None
    drives: float | None = None
    skewed: bool = False


@dataclass(frozen=True, slots=True)
class ColumnTraits:
    """A column's summary, its traits of each segment, and how many categories were left out.

    Parameters
    ----------
    summary : ColumnSummary
        Over all customers.
    by_segment : tuple of tuple of Trait
        Traits of each segment.
    left_out : int
        Rare categories without a trait.
    """

    summary: ColumnSummary
    by_segment: tuple[tuple[Trait, ...], ...]
    left_out: int = 0


def column_traits(
    column: Column, heading: Heading, role: ColumnRole, measure: str | None, groups: Groups
) -> ColumnTraits:
    """Return what one column says about each segment.

    Parameters
    ----------
    column : Column
        Original values; kind number or text.
    heading : Heading
        Its words and unit.
    role : {"feature", "profile", "outcome"}
        What it was used for.
    measure : str or None
        What it measures.
    groups : Groups
        The segments.

    Examples
    --------
    >>> income = Column("income", "number", np.array([10.0, 12.0, 30.0, 32.0]))
    >>> traits = column_traits(income, Heading("income", "$"), "feature", "income", Groups(np.array([0, 0, 1, 1]), 2))
    >>> traits.by_segment[1][0].words
    'income $31, 48% above the average of $21'
    """
    if column.kind == "text":
        return _category_traits(column, heading, role, measure, groups)
    return _number_traits(column, heading, role, measure, groups)


def _number_traits(
    column: Column, heading: Heading, role: ColumnRole, measure: str | None, groups: Groups
) -> ColumnTraits:
    f = number_figures(column.values, groups)
    year = column.is_integer and f.n > 0 and f.smallest >= FIRST_YEAR and f.largest <= LAST_YEAR
    unit = "share" if f.binary else heading.unit or ("year" if year else None)
    v = effects.v_test(f.effect, f.part_n, f.n)
    everybody = Trait(
        column=column.name,
        title=heading.words,
        kind="number",
        category=None,
        mean=None,
        median=None,
        overall_mean=_known(f.mean),
        overall_median=_known(f.median),
        share=None,
        overall_share=_known(f.mean) if f.binary else None,
        index=None,
        effect=0.0,
        marker=False,
        unit=unit,
        words="",
        role=role,
        n=0,
        missing=0,
        family=heading.family,
        measure=measure,
        skewed=f.skewed,
    )
    traits = tuple((_number_trait(everybody, f, j, groups, float(v[j])),) for j in range(groups.k))
    return ColumnTraits(replace(_number_summary(column, heading, role, f, groups), unit=unit), traits)


def _number_trait(everybody: Trait, f: NumberFigures, j: int, groups: Groups, v: float) -> Trait:
    mean, n = float(f.part_mean[j]), int(f.part_n[j])
    ratio = n > 0 and everybody.unit != "year" and f.smallest >= 0
    trait = replace(
        everybody,
        mean=_known(mean),
        median=_known(float(f.part_median[j])),
        share=_known(mean) if f.binary else None,
        index=effects.index_of(mean, f.mean) if ratio else None,
        effect=float(f.effect[j]),
        marker=n > 0 and effects.is_marker(mean - f.mean, f.mean, f.largest, f.smallest),
        n=n,
        missing=int(groups.sizes[j]) - n,
        low=_known(float(f.part_low[j])),
        high=_known(float(f.part_high[j])),
        delta=float(f.delta[j]),
        v_test=v,
    )
    return replace(trait, words=number_words(trait))


def _number_summary(
    column: Column, heading: Heading, role: ColumnRole, f: NumberFigures, groups: Groups
) -> ColumnSummary:
    return ColumnSummary(
        column=column.name,
        title=heading.words,
        unit=heading.unit,
        role=role,
        kind="number",
        n=f.n,
        missing=groups.n - f.n,
        mean=_known(f.mean),
        median=_known(f.median),
        sd=f.sd,
        smallest=_known(f.smallest),
        largest=_known(f.largest),
        skew=f.skew,
        association=f.eta,
        skewed=f.skewed,
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


def number_words(trait: Trait) -> str:
    """Return the clause that says how a number of a segment stands to everybody's.

    Means are compared, or medians where the column is skewed and means would be led by a few.
    """
    title = titled(trait)
    if trait.mean is None or trait.overall_mean is None or trait.median is None or trait.overall_median is None:
        return f"{title} {UNKNOWN}"
    if trait.unit == "year":
        return f"{title} {_year_words(trait.mean, trait.overall_mean)}"
    unit = spoken_unit(trait)
    if trait.skewed and trait.overall_median > 0:
        clause = compared(trait.median, trait.overall_median, unit, measure="overall median")
        return f"{title} {number(trait.median, unit)} (median), {clause}"
    return f"{title} {number(trait.mean, unit)}, {compared(trait.mean, trait.overall_mean, unit)}"


def titled(trait: Trait) -> str:
    """Return the column's words as a sentence needs them before a figure."""
    title = f"spend on {trait.title}" if trait.family == "amount" else trait.title
    return f"{title}:" if len(title.split()) > LONG_TITLE else title


def spoken_unit(trait: Trait) -> str | None:
    """Return the unit, or None where the column's words have said it: "days since the last purchase 12"."""
    if trait.unit is None or trait.unit == "share":
        return trait.unit
    return None if singular(trait.unit) in Heading(trait.title).tokens else trait.unit


def _year_words(mean: float, overall: float) -> str:
    """Years are places in time: the distance between them counts, not their ratio."""
    gap = round(mean) - round(overall)
    if gap == 0:
        return f"{mean:.0f}, as the average"
    years = f"{abs(gap)} year{'s' if abs(gap) != 1 else ''}"
    return f"{mean:.0f}, {years} {'later' if gap > 0 else 'earlier'} than the average of {overall:.0f}"


def _known(x: float) -> float | None:
    return None if math.isnan(x) else x
