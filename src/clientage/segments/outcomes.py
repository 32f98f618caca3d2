"""How each segment answered: rates and means of outcome columns with their intervals.

Receives outcome columns, which never made the segments, and returns `Outcome`s. They are associations: without a
control group nothing here says that a campaign caused an answer. With one, each holds its uplift as well.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from clientage.data.table import Column
from clientage.segments import effects
from clientage.segments.everybody import Everybody
from clientage.segments.groups import Groups, number_figures
from clientage.segments.headings import Heading
from clientage.segments.uplift import NEGATIVE, POSITIVE, ControlGroup, Uplift, uplift_words, uplifts
from clientage.segments.wording import UNKNOWN, before_figure, number, percent

ASSOCIATION = "association"
UPLIFT = "uplift"
MOST_CATEGORIES = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome of one segment.

    Parameters
    ----------
    column, title : str
        The column's name, and its words.
    category : str or None
        The answer counted, for text columns.
    kind : {"rate", "mean"}
        Share of customers, or average of a number.
    n : int
        Customers of the segment with an answer.
    value, low, high : float or None
        Rate or mean with its 95 % interval (Wilson; of means, normal). None where nobody answered.
    overall : float or None
        Of all customers.
    index : float or None
        100 is the average of all customers.
    label : str
        "association", or "uplift" where a control group tells what the treatment changed: see the module.
    unit : str or None
        ``"share"`` for rates.
    measure : str or None
        Key of `measures.toml`.
    words : str
        A clause for people.
    uplift : Uplift or None
        Treated against control customers of the segment.
    """

    column: str
    title: str
    category: str | None
    kind: Literal["rate", "mean"]
    n: int
    value: float | None
    low: float | None
    high: float | None
    overall: float | None
    index: float | None
    label: str
    unit: str | None
    measure: str | None
    words: str
    uplift: Uplift | None = None

    @property
    def differs(self) -> int:
        """1 when the whole interval is above the value of all customers, -1 when below, else 0."""
        if self.low is None or self.high is None or self.overall is None:
            return 0
        return int(self.low > self.overall) - int(self.high < self.overall)


def outcomes_of(
    column: Column,
    heading: Heading,
    measure: str | None,
    groups: Groups,
    control: ControlGroup | None = None,
    known: Everybody | None = None,
) -> tuple[tuple[Outcome, ...], ...]:
    """Return the outcomes of each segment in one column.

    Parameters
    ----------
    column : Column
        Kind number or text; a yes/no answer, a category or an amount.
    heading : Heading
        Its words and unit.
    measure : str or None
        What it measures.
    groups : Groups
        The segments.
    control : ControlGroup, optional
        Who was left alone.
    known : Everybody, optional
        The figures of all customers, where they are known already.

    Examples
    --------
    >>> said = Column("Response", "number", np.array([1.0, 0.0, 0.0, 0.0]))
    >>> both = outcomes_of(said, Heading("response"), None, Groups(np.array([0, 0, 1, 1]), 2))
    >>> both[0][0].words
    'response 50% (95% interval 9.5% to 91%), against 25% overall'
    """
    if column.kind == "text":
        return _category_outcomes(column, heading, measure, groups, control)
    figures = number_figures(column.values, groups, known)
    overall = None if math.isnan(figures.whole.mean) else figures.whole.mean
    rows = []
    for part, mean in zip(groups.sorted_parts(column.values), figures.part_mean, strict=False):
        if figures.whole.binary:
            rows.append((_rate(heading, column.name, (int(part.sum()), len(part)), overall, measure),))
            continue
        low = high = value = None
        if len(part):
            value = float(mean)
            half = effects.NORMAL_95 * float(np.std(part, ddof=1)) / math.sqrt(len(part)) if len(part) > 1 else math.inf
            low, high = (value - half, value + half) if math.isfinite(half) else (None, None)
        rows.append((_mean(heading, column.name, len(part), (value, low, high), overall, measure),))
    return _with_uplift(rows, [column.values], groups, control)


def _category_outcomes(
    column: Column, heading: Heading, measure: str | None, groups: Groups, control: ControlGroup | None
) -> tuple[tuple[Outcome, ...], ...]:
    table = groups.counts(column.values, len(column.categories))
    totals, part_n = table.sum(axis=0), table.sum(axis=1)
    n = int(totals.sum())
    ranked = sorted(range(len(totals)), key=lambda c: (-int(totals[c]), column.categories[c]))
    shown = [c for c in ranked if totals[c] > 0]
    folded = {c: column.categories[c].strip().casefold() for c in shown}
    yes = [c for c in shown if folded[c] in POSITIVE]
    if len(shown) == 2 and len(yes) == 1 and any(f in NEGATIVE for f in folded.values()):
        shown = yes
    shown = shown[:MOST_CATEGORIES]
    rows = [
        tuple(
            _rate(heading, column.name, (int(table[j, c]), int(part_n[j])), float(totals[c]) / n, measure, kind)
            for c, kind in ((c, column.categories[c]) for c in shown)
        )
        for j in range(groups.k)
    ]
    answers = [np.where(column.missing, np.nan, (column.values == c).astype(np.float64)) for c in shown]
    return _with_uplift(rows, answers, groups, control)


def _with_uplift(
    rows: Sequence[tuple[Outcome, ...]], answers: Sequence[np.ndarray], groups: Groups, control: ControlGroup | None
) -> tuple[tuple[Outcome, ...], ...]:
    """The outcomes of each segment, one for each answer, with what the treatment changed."""
    if control is None:
        return tuple(rows)
    found = [uplifts(values, groups.labels, groups.k, control) for values in answers]
    return tuple(tuple(_told(o, found[i][j]) for i, o in enumerate(row)) for j, row in enumerate(rows))


def _told(outcome: Outcome, uplift: Uplift | None) -> Outcome:
    if uplift is None:
        return outcome
    title = outcome.title if outcome.category is None else f"{outcome.title} {outcome.category}"
    return replace(outcome, uplift=uplift, label=UPLIFT, words=uplift_words(before_figure(title), uplift, outcome.unit))


def _rate(
    heading: Heading,
    column: str,
    counted: tuple[int, int],
    overall: float | None,
    measure: str | None,
    category: str | None = None,
) -> Outcome:
    yes, n = counted
    low, high = effects.wilson(yes, n)
    value = yes / n if n else None
    title = heading.words if category is None else f"{heading.words} {category}"
    words = f"{title} {UNKNOWN}"
    if value is not None:
        words = f"{before_figure(title)} {percent(value)} (95% interval {percent(low)} to {percent(high)})"
        words += f", against {percent(overall)} overall"
    index = effects.index_of(value, overall) if value is not None and overall is not None else None
    return Outcome(
        column=column,
        title=heading.words,
        category=category,
        kind="rate",
        n=n,
        value=value,
        low=low if n else None,
        high=high if n else None,
        overall=overall,
        index=index,
        label=ASSOCIATION,
        unit="share",
        measure=measure,
        words=words,
    )


def _mean(
    heading: Heading,
    column: str,
    n: int,
    estimate: tuple[float | None, float | None, float | None],
    overall: float | None,
    measure: str | None,
) -> Outcome:
    value, low, high = estimate
    words = f"{before_figure(heading.words)} {number(value, heading.unit)}"
    if low is not None and high is not None:
        words += f" (95% interval {number(low, heading.unit)} to {number(high, heading.unit)})"
    if value is not None:
        words += f", against an average of {number(overall, heading.unit)}"
    index = effects.index_of(value, overall) if value is not None and overall is not None else None
    return Outcome(
        column=column,
        title=heading.words,
        category=None,
        kind="mean",
        n=n,
        value=value,
        low=low,
        high=high,
        overall=overall,
        index=index,
        label=ASSOCIATION,
        unit=heading.unit,
        measure=measure,
        words=words,
    )
