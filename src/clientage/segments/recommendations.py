"""One recommendation for each segment, out of a library of plays, with the figures that called for it.

Receives a segment's traits, outcomes and standing; returns a `Recommendation`. The plays are data
(`plays.toml`). A segment that cannot be trusted, or is too small to run a campaign on, gets none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from clientage.segments.measures import measures
from clientage.segments.outcomes import Outcome
from clientage.segments.traits import Trait, spoken_unit, titled
from clientage.segments.uplift import Uplift, points
from clientage.segments.wording import before_figure, capitalised, count, joined, number, percent
from clientage.selection.stability import TRUSTED

FILE = Path(__file__).with_name("plays.toml")
FEWEST = 20  # customers: fewer cannot carry a test of anything
KINDS = 3  # kinds of goods named in one sentence
SEVERAL = frozenset({"spend", "interest", "outcome"})  # measures of which several columns are told
NONE = "none"
DESCRIBE = "describe and test"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to do with a segment, and why.

    Parameters
    ----------
    play : str
        Key of the play: "win-back", "premium" …; "none" without advice; "describe and test" when no play fits.
    text : str
        One to three sentences for a person.
    evidence : tuple of str
        Clauses with the figures that triggered it.
    title : str
        The play for a heading: "Win back"; "No advice", "Describe and test".
    """

    play: str
    text: str
    evidence: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether advice may be given at all.

    Parameters
    ----------
    size : int
        Customers.
    share, value_share : float or None
        Of all customers, and of what they are worth.
    stability : float or None
        Mean Jaccard of the segment over bootstraps; None: not measured.
    confidence : float
        Mean over its customers.
    verdict : {"natural", "reproducible", "constructive"}
        What kind of segmentation this is.
    value : str or None
        The column that says what a customer is worth.
    """

    size: int
    share: float
    value_share: float | None
    stability: float | None
    confidence: float
    verdict: Literal["natural", "reproducible", "constructive"]
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """ "measure|measure side effect" of `plays.toml`."""

    keys: tuple[str, ...]
    side: str
    effect: float


@dataclass(frozen=True, slots=True)
class Play:
    """One entry of `plays.toml`; `worth`: value per customer against the average of 1, where it is known."""

    name: str
    title: str
    when: tuple[Condition, ...]
    text: str
    worth: float = 0.0


@cache
def plays() -> tuple[Play, ...]:
    """Return the library, most specific play first.

    Examples
    --------
    >>> "win-back" in {play.name for play in plays()}
    True
    """
    with open(FILE, "rb") as file:
        tables = tomllib.load(file)["play"]
    return tuple(
        Play(t["name"], t["title"], tuple(_condition(text) for text in t["when"]), t["text"], t.get("worth", 0.0))
        for t in tables
    )


def recommend(traits: Sequence[Trait], outcomes: Sequence[Outcome], standing: Standing) -> Recommendation:
    """Return the recommendation for one segment.

    Parameters
    ----------
    traits : sequence of Trait
        Of the segment.
    outcomes : sequence of Outcome
        Of the segment.
    standing : Standing
        Size, stability and the study's verdict.

    Returns
    -------
    Recommendation
        Play "none" for arbitrary cuts, untrusted and too small segments; "describe and test" when no play fits.
    """
    refusal = _refusal(standing)
    if refusal is not None:
        return refusal
    for play in plays():
        facts = _met(play, traits, outcomes, standing)
        if facts is not None:
            return _spelled(play, facts, outcomes, standing)
    text = (
        "No specific play: none in the library fits these figures. Describe the segment to the team, agree on one idea "
        "and test it on a part of these customers before anything larger."
    )
    return Recommendation(DESCRIBE, text, _standing_words(standing), capitalised(DESCRIBE))


def _refusal(standing: Standing) -> Recommendation | None:
    if standing.share >= 1.0:
        text = "No campaign advice: everybody is in this one segment, and there is nobody to treat differently."
        return Recommendation(NONE, text, _standing_words(standing), "No advice")
    if standing.verdict == "constructive":
        text = (
            "No campaign advice: these segments are arbitrary cuts. They are no groups that exist in the data, and "
            "another sample of customers would be cut elsewhere."
        )
        return Recommendation(NONE, text, _standing_words(standing), "No advice")
    if standing.stability is not None and standing.stability < TRUSTED:
        text = (
            "No campaign advice: this segment does not come back reliably when the analysis is repeated (stability "
            f"{standing.stability:.2f}; below {TRUSTED:.2f} a segment should not be trusted)."
        )
        return Recommendation(NONE, text, _standing_words(standing), "No advice")
    if standing.size < FEWEST:
        few = "this one customer is" if standing.size == 1 else f"{count(standing.size)} customers are"
        text = f"No campaign advice: {few} too few to run and measure a campaign. Look at them one by one."
        return Recommendation(NONE, text, _standing_words(standing), "No advice")
    return None


def _condition(text: str) -> Condition:
    keys, side, effect = text.split()
    return Condition(tuple(keys.split("|")), side, float(effect))


def _met(
    play: Play, traits: Sequence[Trait], outcomes: Sequence[Outcome], standing: Standing
) -> list[list[Trait | Outcome]] | None:
    """The figures that meet each condition, or None when one is not met."""
    if standing.value_share is not None and standing.value_share < play.worth * standing.share:
        return None
    met: list[list[Trait | Outcome]] = []
    for condition in play.when:
        found: list[Trait | Outcome] = [*_traits_for(condition, traits, standing.value)]
        found += [o for o in outcomes if _outcome_meets(condition, o)]
        if not found:
            return None
        met.append(found)
    return met


def _traits_for(condition: Condition, traits: Sequence[Trait], value: str | None) -> list[Trait]:
    """Traits that meet a condition, the largest effect first.

    Where several columns have one measure, its strongest trait speaks for it: one rarer kind of purchase
    does not make a frequent buyer rare. Kinds of goods and interests each speak for themselves.
    """
    found = []
    spoken: set[str] = set()
    for trait in sorted(traits, key=lambda t: -abs(t.effect)):
        first = trait.measure in SEVERAL or trait.measure is None or trait.measure not in spoken
        spoken.add(trait.measure or "")
        if not first or not trait.significant or abs(trait.effect) < condition.effect:
            continue
        keys = {trait.measure} | ({"value"} if trait.column == value else set()) | _interest(trait)
        if keys & set(condition.keys) and _side(trait) & {condition.side, *_good(trait, condition)}:
            found.append(trait)
    return found


def _side(trait: Trait) -> set[str]:
    if trait.kind == "category" and (trait.share or 0.0) < 0.5:
        return set()  # a category few of them have is no ground for advice
    return {"high"} if trait.effect > 0 else {"low"} if trait.effect < 0 else set()


def _good(trait: Trait, condition: Condition) -> set[str]:
    """The side that "good" means for this trait's measure."""
    if condition.side != "good":
        return set()
    measure = measures().get(trait.measure or "")
    return {measure.upside} if measure and measure.upside else {"high"}


def _interest(trait: Trait) -> set[str | None]:
    return {"interest"} if trait.measure is None and trait.role == "feature" else set()


def _outcome_meets(condition: Condition, outcome: Outcome) -> bool:
    wanted = 1 if condition.side == "high" else -1
    leaving = outcome.measure == "churn"
    if "uplift" in condition.keys and outcome.uplift is not None:
        return outcome.uplift.side * (-1 if leaving else 1) == wanted  # fewer departures are the better answer
    key = "churn" if leaving else "outcome" if outcome.uplift is None else ""
    return key in condition.keys and outcome.kind == "rate" and outcome.differs == wanted


def _spelled(
    play: Play, met: list[list[Trait | Outcome]], outcomes: Sequence[Outcome], standing: Standing
) -> Recommendation:
    told: list[Trait | Outcome] = []
    for found in met:
        sort = _sort(found[0])
        several = [f for f in found if _sort(f) == sort][:KINDS] if sort in SEVERAL else found[:1]
        told += [f for f in several if all(f.words != t.words for t in told)]
    kinds = [f.title for f in told if isinstance(f, Trait) and f.measure == "spend" and f.effect > 0]
    few = [f.title for f in told if isinstance(f, Trait) and f.measure == "spend" and f.effect < 0]
    text = play.text.format(facts="; ".join(map(fact, told)), kinds=joined(kinds), few=joined(few))
    evidence = [f.words for f in told]
    evidence += [o.words for o in outcomes if o.differs and o.words not in evidence][:KINDS]
    return Recommendation(play.name, capitalised(text), (*evidence, *_standing_words(standing)), play.title)


def _sort(figure: Trait | Outcome) -> str:
    """What a figure can be listed with."""
    if isinstance(figure, Outcome):
        return "outcome"
    return "interest" if _interest(figure) else figure.measure or ""


def fact(figure: Trait | Outcome) -> str:
    """Return the short form of a figure, for brackets: "income $88,200 against $60,400 on average"."""
    if isinstance(figure, Outcome):
        said = figure.title if figure.category is None else f"{figure.title} {figure.category}"
        if figure.uplift is not None:
            return _uplift_fact(said, figure.uplift, figure.unit)
        return f"{before_figure(said)} {percent(figure.value)} against {percent(figure.overall)} overall"
    if figure.kind == "category":
        return f"{figure.category} {percent(figure.share)} against {percent(figure.overall_share)} overall"
    title, unit = titled(figure), spoken_unit(figure)
    if figure.binary:
        return f"{title} {percent(figure.share)} against {percent(figure.overall_share)} overall"
    here, everybody, kind = figure.told
    figures = f"{number(here, unit)} against {number(everybody, unit)}"
    if kind == "median":
        return f"{title} median {figures}" if title.endswith(":") else f"median {title} {figures}"
    return f"{title} {figures} on average"


def _uplift_fact(said: str, uplift: Uplift, unit: str | None) -> str:
    both = (
        f"{said} {number(uplift.treated, unit)} of treated against {number(uplift.control, unit)} of control customers"
    )
    if unit != "share":
        return f"{both}, {number(uplift.low, unit)} to {number(uplift.high, unit)} apart"
    return f"{both}, between {points(uplift.low)} and {points(uplift.high)} points"


def _standing_words(standing: Standing) -> tuple[str, ...]:
    share = f"{percent(standing.share)} of customers"
    if standing.value_share is not None:
        share += f" and {percent(standing.value_share)} of their value"
    stability = "stability not measured" if standing.stability is None else f"stability {standing.stability:.2f}"
    return share, stability, f"average confidence {standing.confidence:.2f}"
