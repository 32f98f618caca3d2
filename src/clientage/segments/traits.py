"""What a segment is like in each column: figures in original units, how unusual they are, and the sentence.

Holds the types `Trait`, `ColumnSummary` and `ColumnTraits`, which `describing` makes, and turns traits into clauses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from clientage.segments import effects
from clientage.segments.headings import Heading, singular
from clientage.segments.wording import UNKNOWN, compared, number

LONG_TITLE = 4  # words; longer ones are set off from the figure by a colon
FEW_DAYS, FEW_MONTHS, MONTH = 60, 24, 30.4369  # up to so many days or months a span is told in them
FIRST_YEAR, LAST_YEAR = 1800, 2100  # whole numbers in this range, and no others, are years

ColumnRole = Literal["feature", "profile", "outcome"]


@dataclass(frozen=True, slots=True)
class Trait:
    """One segment in one column, or in one category of it.

    Parameters
    ----------
    column, title : str
        The column's name, and its words.
    kind : {"number", "category", "date"}
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
    date, overall_date : str or None
        Dates only: the median day of the segment and of all customers, ISO.
    """

    column: str
    title: str
    kind: Literal["number", "category", "date"]
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
    date: str | None = None
    overall_date: str | None = None

    @property
    def significant(self) -> bool:
        """Whether the difference is beyond chance after Holm's correction; for ranking, not as inference."""
        return self.p_holm < effects.SIGNIFICANT

    @property
    def told(self) -> tuple[float | None, float | None, Literal["mean", "median"]]:
        """The figure of the segment and of everybody that a sentence should compare, and what they are.

        Medians of skewed columns, where means are led by a few; but the means where medians do not show the
        difference that the effect is about, as in counts that are 1 for nearly everybody.
        """
        if self.skewed and self.median is not None and self.overall_median is not None and self.overall_median > 0:
            shows = (self.median - self.overall_median) * self.effect > 0
            mean_shows = ((self.mean or 0.0) - (self.overall_mean or 0.0)) * self.effect > 0
            if shows or not mean_shows:
                return self.median, self.overall_median, "median"
        return self.mean, self.overall_mean, "mean"

    @property
    def binary(self) -> bool:
        """Whether the column answers yes or no."""
        return self.kind == "number" and self.share is not None


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the values of one group lie: the 5th, 25th, 50th, 75th and 95th percentile."""

    low: float
    lower: float
    median: float
    upper: float
    high: float


@dataclass(frozen=True, slots=True)
class ColumnSummary:
    """One column over all customers.

    Parameters
    ----------
    column, title, unit : str
        Name, words and unit.
    role : {"feature", "profile", "outcome"}
        What it was used for.
    kind : {"number", "category", "date"}
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
    spreads : tuple of Spread or None
        Of the numbers of each segment; None for a segment without any value. Empty for dates and categories.
    """

    column: str
    title: str
    unit: str | None
    role: ColumnRole
    kind: Literal["number", "category", "date"]
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
    spreads: tuple[Spread | None, ...] = ()


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


def number_words(trait: Trait) -> str:
    """Return the clause that says how a number of a segment stands to everybody's.

    Means are compared, or medians where the column is skewed and means would be led by a few.
    """
    title = titled(trait)
    here, everybody, kind = trait.told
    if here is None or everybody is None:
        return f"{title} {UNKNOWN}"
    if trait.unit == "year":
        return f"{title} {_year_words(here, everybody)}"
    unit = spoken_unit(trait)
    if kind == "median":
        return f"{title} {number(here, unit)} (median), {compared(here, everybody, unit, measure='overall median')}"
    return f"{title} {number(here, unit)}, {compared(here, everybody, unit)}"


def titled(trait: Trait) -> str:
    """Return the column's words as a sentence needs them before a figure."""
    title = f"spend on {trait.title}" if trait.family == "amount" else trait.title
    return f"{title}:" if len(title.split()) > LONG_TITLE else title


def spoken_unit(trait: Trait) -> str | None:
    """Return the unit, or None where the column's words have said it: "days since the last purchase 12"."""
    return unit_beside(trait.title, trait.unit)


def unit_beside(title: str, unit: str | None) -> str | None:
    """Return the unit that a figure needs beside these words.

    Examples
    --------
    >>> unit_beside("days since the last purchase", "days"), unit_beside("income", "$")
    (None, '$')
    """
    if unit is None or unit == "share":
        return unit
    return None if singular(unit) in Heading(title).tokens else unit


def _year_words(mean: float, overall: float) -> str:
    """Years are places in time: the distance between them counts, not their ratio."""
    gap = round(mean) - round(overall)
    if gap == 0:
        return f"{mean:.0f}, as the average"
    years = f"{abs(gap)} year{'s' if abs(gap) != 1 else ''}"
    return f"{mean:.0f}, {years} {'later' if gap > 0 else 'earlier'} than the average of {overall:.0f}"


def date_words(title: str, day: str | None, everybody: str | None, days: float) -> str:
    """Return the clause that says how the median date of a segment stands to everybody's.

    Parameters
    ----------
    title : str
        The column's words.
    day, everybody : str or None
        Median days, ISO.
    days : float
        By how much the first is later.

    Examples
    --------
    >>> date_words("joined", "2013-05-01", "2013-01-01", 120.0)
    'joined 2013-05-01 (median), 4 months later than the overall median of 2013-01-01'
    """
    if day is None or everybody is None:
        return f"{title} {UNKNOWN}"
    apart = span_words(abs(days))
    if apart is None:
        return f"{title} {day} (median), as the overall median"
    return (
        f"{title} {day} (median), {apart} {'later' if days > 0 else 'earlier'} than the overall median of {everybody}"
    )


def span_words(days: float) -> str | None:
    """Return a span of time in the unit people would use, or None where it is under half a day.

    Examples
    --------
    >>> span_words(12), span_words(200), span_words(1000), span_words(0.2)
    ('12 days', '7 months', '2.7 years', None)
    """
    if days < 0.5:
        return None
    if days < FEW_DAYS:
        return number(float(round(days)), "days")
    if days < FEW_MONTHS * MONTH:
        return number(float(round(days / MONTH)), "months")
    return number(float(f"{days / (12 * MONTH):.2g}"), "years")
