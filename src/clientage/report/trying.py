"""What is said of a trial: what it is, its headline figures beside what chance gives, its verdict, its segments.

Receives a `Trial`, or the summary of a run; returns blocks. Before a trial is judged nothing of a verdict is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from clientage.charts.choice import algorithm_title
from clientage.report.answers import segment_card, verdict_section
from clientage.report.blocks import Block, Callout, Fact, Facts, SegmentCard, Text
from clientage.segments.wording import count, counted, joined, percent
from clientage.selection.challengers import ANY_SHAPE

if TYPE_CHECKING:
    from clientage.selection.selection import Selection
    from clientage.trial.knobs import Knobs
    from clientage.trial.sampled import Sampled
    from clientage.trial.trial import Trial

JUDGING = "being judged"
SAME = 0.995  # adjusted Rand index that is written as 1.00
MARGIN = 1.96 * 0.5  # of a share, 95 %, times the root of the customers asked


def headline_of_summary(summary: Mapping[str, Any], selection: Selection | None = None) -> Facts:
    """Return the headline figures of a study.

    Parameters
    ----------
    summary : mapping
        As `summary_of` returns it.
    selection : Selection, optional
        Of the study, where it is at hand; runs of before told chance for the chosen number of segments nowhere else.
    """
    chance = _chance(selection) if selection is not None else summary.get("null_silhouette_at_k")
    highest = summary["null_silhouette_max"]
    beside = f"chance {chance:.2f}" if chance is not None else None
    if beside is None and highest is not None:
        beside = f"chance at most {highest:.2f}"
    shares = [(s["id"], s["share"], s["value_share"]) for s in summary["segments"]]
    return Facts(
        (
            Fact(count(summary["n_customers"]), "customers"),
            _segments(summary["n_segments"]),
            *(_ground_of(summary) or _silhouette(summary["silhouette"], beside or "not compared with chance")),
            *_stability(summary["stability"], "0 would be chance"),
            _value(shares),
        )
    )


def headline_of_trial(trial: Trial) -> Facts:
    """Return the headline figures of a trial; what is still being worked out is called so."""
    chosen = trial.selection.chosen
    chance = _chance(trial.selection)
    beside = f"chance {chance:.2f}" if chance is not None else "not compared with chance" if trial.judged else JUDGING
    told = beside if trial.judged else f"chance: {JUDGING}"
    silhouette, bare = chosen.criteria.get("silhouette"), trial.selection.bare
    stability = _stability(chosen.stability, "0 would be chance")
    if not trial.judged and chosen.k > 1:
        stability = [Fact("…", f"stability: {JUDGING}", "stability")]
    shares = [(s.id, s.share, s.value_share) for s in trial.profiles.segments]
    asked = counted(trial.customers.n, "customer").removeprefix(f"{trial.customers.n:,} ")
    return Facts(
        (
            Fact(count(trial.customers.n), asked if trial.everybody else f"of {count(trial.of)} customers"),
            _segments(chosen.k),
            *(_ground(bare.width, bare.chance) if bare else _silhouette(silhouette, told)),
            *stability,
            _value(shares),
        )
    )


def trial_blocks(trial: Trial, sampled: Sampled, now: Knobs) -> tuple[Block, ...]:
    """Return what a reader must know first: that it is a trial, on whom, how it differs, and its verdict.

    Parameters
    ----------
    trial : Trial
        Judged or not.
    sampled : Sampled
        The customers it is on.
    now : Knobs
        The position that is the study itself.
    """
    lead = Text(f"{_basis(trial)} {_difference(trial, sampled, now)}", (), "quiet")
    if trial.record is None:
        k = trial.selection.chosen.k
        what = "Whether chance would give as much, and whether these segments come back in repeated samples, is being"
        return Callout("info", f"A trial with {counted(k, 'segment')}, {JUDGING}", f"{what} worked out."), lead
    told = [b for b in verdict_section(trial.record).blocks if isinstance(b, Callout)]
    first = replace(told[0], title=f"A trial: {told[0].title[0].lower()}{told[0].title[1:]}")
    return (first, lead, *_advised(trial), *told[1:])


def trial_cards(trial: Trial) -> tuple[SegmentCard, ...]:
    """Return the card of every segment; advice rests on the verdict, so there is none until the trial is judged."""
    cards = tuple(segment_card(s) for s in trial.profiles.segments)
    if trial.judged:
        return cards
    return tuple(replace(c, play="", advice=f"Advice rests on the verdict: {JUDGING}.", evidence=()) for c in cards)


def _basis(trial: Trial) -> str:
    n = trial.customers.n
    if trial.everybody:
        return f"This is a trial on all {counted(n, 'customer')}: the full study with these settings gives the same."
    points = 100.0 * MARGIN / n**0.5
    return (
        f"This is a trial on {count(n)} of {count(trial.of)} customers, drawn evenly. Its shares are good to "
        f"about {points:.0f} points; sums of money, which few customers can decide, to less."
    )


def _difference(trial: Trial, sampled: Sampled, now: Knobs) -> str:
    changes = joined(differences(trial.knobs, now))
    told = f"Turned: {changes}. " if changes else ""
    agree = trial.agreement
    if agree >= SAME:
        return f"{told}The segments are those of the study."
    figure = f"{agree:.2f} of 1, where 0 is chance"
    return f"{told}With the {counted(sampled.k, 'segment')} of the study they agree to {figure}."


def differences(knobs: Knobs, now: Knobs) -> list[str]:
    """Return in words what differs between two positions of the knobs, the first against the second."""
    told = []
    if knobs.algorithm != now.algorithm:
        told.append(f"{algorithm_title(knobs.algorithm)} instead of {algorithm_title(now.algorithm)}")
    if knobs.k is not None and knobs.k != now.k:
        told.append(counted(knobs.k, "segment") + ("" if now.k is None else f" instead of {now.k}"))
    told += [f"with '{n}'" for n in knobs.features if n not in now.features]
    told += [f"without '{n}'" for n in now.features if n not in knobs.features]
    told += [
        f"'{n}' counts {knobs.weight(n):g} times"
        for n in knobs.features
        if knobs.weight(n) != (now.weight(n) if n in now.features else 1.0)
    ]
    if knobs.skew != now.skew:
        told.append("skewed features as they are" if knobs.skew == "none" else "skewed features on a log scale")
    if knobs.outliers != now.outliers:
        told.append("outliers as they are" if knobs.outliers == "keep" else "outliers drawn in")
    return told


def _advised(trial: Trial) -> tuple[Text, ...]:
    """What the rule would take with these settings, where that is another number."""
    other = trial.selection.recommended
    return () if other is None else (Text(f"With these settings the rule would take {other.k}."),)


def _chance(selection: Selection) -> float | None:
    expected = selection.null.expected(selection.chosen.k) if selection.null is not None else None
    return None if expected is None else expected[0]


def _segments(k: int) -> Fact:
    return Fact(count(k), "segment" if k == 1 else "segments", "segment")


def _ground(width: float, chance: float) -> list[Fact]:
    return [Fact(f"{width:.1f}", f"usual steps of bare ground (chance at most {chance:.1f})", "bare ground")]


def _ground_of(summary: Mapping[str, Any]) -> list[Fact]:
    """The bare ground between the segments of a run, where it shows that they are groups."""
    found = summary.get("bare_ground")
    shown = found and summary["verdict"] == "natural" and summary["algorithm"] in ANY_SHAPE
    return _ground(found["width"], found["chance"]) if found and shown else []


def _silhouette(value: float | None, beside: str) -> list[Fact]:
    return [] if value is None else [Fact(f"{value:.2f}", f"silhouette ({beside})", "silhouette")]


def _stability(value: float | None, beside: str) -> list[Fact]:
    return [] if value is None else [Fact(f"{value:.2f}", f"stability of 1 ({beside})", "stability")]


def _value(shares: Sequence[tuple[int, float, float | None]]) -> Fact:
    """The segment that brings the most, beside its share of the customers."""
    worth = [(value, share, i) for i, share, value in shares if value is not None]
    if not worth:
        return Fact("–", "share of value: no column says what customers are worth", "value share")
    value, share, i = max(worth)
    return Fact(percent(value), f"of the value is segment {i}'s, with {percent(share)} of the customers", "value share")
