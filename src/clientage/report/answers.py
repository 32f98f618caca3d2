"""The first sections: the verdict and what it means, and who the segments are.

Receives a study; returns sections. Every figure and sentence about a segment is the profiles' own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from clientage.charts.catalogue import draw
from clientage.checks.too_few import FEWEST
from clientage.report.blocks import (
    Block,
    Callout,
    Fact,
    Facts,
    Glance,
    GlanceRow,
    Heading,
    Section,
    SegmentCard,
    Text,
    TraitRow,
)
from clientage.report.checking import checks_fold
from clientage.report.rules import rule_words
from clientage.report.sharing import hidden_words
from clientage.segments.headings import headings
from clientage.segments.names import MARKED
from clientage.segments.traits import spoken_unit
from clientage.segments.wording import UNKNOWN, count, counted, number, percent

if TYPE_CHECKING:
    from clientage.segments.outcomes import Outcome
    from clientage.segments.segment import Segment
    from clientage.segments.traits import Trait
    from clientage.study import StudyRecord

MEANINGS = {
    "natural": "There are separate groups among these customers. The segments below describe kinds of customers that "
    "exist in the data, and a new sample would show them again.",
    "reproducible": "These customers differ gradually; there are no gaps between groups. The cuts below are still "
    "worth using, because the same ones come back whenever the study is repeated. Treat their borders as lines drawn "
    "through a continuum: customers close to a border could as well be on its other side.",
    "constructive": "There are no groups among these customers as far as these columns tell. The segments below are "
    "arbitrary cuts: another sample of the same customers would be cut differently. They may serve to divide work, "
    "but they are not kinds of customers, and no campaign should be built on the differences between them.",
}
UNDIVIDED = (
    "All customers are in one segment, so the pages below describe them as a whole. What other numbers of segments "
    "would give is under the reasons."
)
UNMEASURED = (
    "The study was made without repeated samples (cluster.bootstraps), so nobody can say whether these segments would "
    "be found again. Nothing should be built on them before that is known."
)
SORTED = (
    "The customers are of a few kinds that repeat exactly. The segments below sort these kinds, and any other division "
    "between them would look as perfect. They serve to divide work; they say nothing about customers to come."
)
FEW = (
    "So few customers can show neither groups nor their absence: a handful more could change every border. Read the "
    "segments below as a way to look at these customers, and not as kinds of customers."
)
ASKED = (
    "There are separate groups among these customers, and a new sample would show them again. With the number that was "
    "asked for, a segment may hold several of them or be a part of one; the reasons below tell what the rule would "
    "take, and what is given up."
)
ELSEWHERE = (
    "There are separate groups among these customers, but with this number of segments or this algorithm some of them "
    "are put together or cut in two. The reasons below tell what the rule would take, and what is given up."
)
UNTESTED = (
    "These segments come back whenever the study is repeated. Whether they are separate groups or cuts through gradual "
    "differences was not tested (cluster.null_draws), so treat their borders as lines drawn through a continuum."
)
MOOD = {"natural": "good", "reproducible": "info", "constructive": "serious"}
ASSOCIATED = (
    "These are associations, not effects: without a control group nobody can say that a campaign caused an answer. "
    "Name the customers who were left alone (--control) and the report tells the uplift."
)
RANDOM = (
    "The uplift is an effect of the treatment only where chance decided who was left alone as control. One 95% "
    "interval in twenty misses the truth, so take a single one among many as a hint and repeat the test."
)
ROUGH = 30  # customers: fewer give rough figures
LEAD_TRAITS = 5
MOST_TRAITS = 40
MOST_OUTCOMES = 5  # on a card; the table below the cards has them all


def verdict_section(record: StudyRecord) -> Section:
    """What kind of segmentation this is, in one sentence and in what follows from it."""
    verdict = record.verdict
    blocks: list[Block] = [
        Callout(MOOD[verdict.kind], verdict.headline, verdict.sentence),  # type: ignore[arg-type]
        Text(_meaning(record), (verdict.kind,)),
        _facts(record),
    ]
    blocks += [
        Callout("serious" if f.severity == "serious" else "warning", f.title, f.text, f.advice, f.code)
        for f in record.findings
        if f.severity != "info"
    ]
    blocks.append(checks_fold(record.findings, record.unjudged))
    return Section("verdict", "What kind of segments are these?", tuple(blocks), "Verdict")


def _meaning(record: StudyRecord) -> str:
    """What follows from the verdict, for whoever wants to use the segments."""
    selection, kind = record.selection, record.verdict.kind
    if selection.chosen.k == 1:
        return UNDIVIDED
    if selection.chosen.stability is None:
        return UNMEASURED
    if selection.repeated is not None:
        return SORTED
    if kind != "natural" and selection.groups:
        return ELSEWHERE
    if kind == "natural" and selection.recommended is not None:
        return ASKED
    if kind == "constructive" and record.customers.n < FEWEST:
        return FEW
    return UNTESTED if kind == "reproducible" and selection.null is None else MEANINGS[kind]


def _facts(record: StudyRecord) -> Facts:
    chosen, null = record.selection.chosen, record.selection.null
    facts = [
        Fact(count(record.customers.n), "customers"),
        Fact(count(chosen.k), "segment" if chosen.k == 1 else "segments", "segment"),
    ]
    silhouette, bare = chosen.criteria.get("silhouette"), record.selection.bare
    expected = None if null is None else null.expected(chosen.k)
    if bare is not None:
        facts.append(Fact(f"{bare.width:.1f}", "usual steps of bare ground", "bare ground"))
        facts.append(Fact(f"{bare.chance:.1f}", "at most, without groups", "what chance gives"))
    elif silhouette is not None:
        facts.append(Fact(f"{silhouette:.2f}", "silhouette", "silhouette"))
    if bare is None and expected is not None:
        facts.append(Fact(f"{expected[0]:.2f}", "silhouette without groups", "what chance gives"))
    if chosen.stability is not None:
        facts.append(Fact(f"{chosen.stability:.2f}", "stability (of 1)", "stability"))
    return Facts(tuple(facts))


def segments_section(record: StudyRecord, parts: Mapping[str, Any]) -> Section:
    """All segments side by side, then a card for each."""
    profiles = record.profiles
    worth, customers = record.customers.value, record.customers
    title = None if worth is None else headings([worth], customers.titles, customers.units)[worth].words
    rows = tuple(
        GlanceRow(s.id, s.name, s.size, s.share, s.value_share, _lead(s)[:3], _play(s)) for s in profiles.segments
    )
    reach = reach_of(profiles.segments)
    blocks: list[Block | None] = [
        Glance(rows, profiles.unassigned, title),
        draw("sizes", parts),
        draw("profiles", parts),
        *(segment_card(s, *rule_words(record.rules, s.id), reach=reach) for s in profiles.segments),
        *_responses(record, parts),
        Text(
            "The same segments from further sides: every feature as a number, spread within the segments, categories."
        ),
        draw("heatmap", parts),
        draw("boxes", parts),
        draw("categories", parts),
        draw("map", parts),
        draw("tree", parts),
    ]
    return Section("segments", "Who are the segments?", tuple(b for b in blocks if b is not None), "Segments")


def _responses(record: StudyRecord, parts: Mapping[str, Any]) -> tuple[Block | None, ...]:
    """Outcomes by segment, where there are outcome columns, and what may be concluded from them."""
    outcomes = [o for s in record.profiles.segments for o in s.outcomes]
    if not outcomes:
        return ()
    figure = draw("responses", parts)
    remark = RANDOM if any(o.uplift is not None for o in outcomes) else ASSOCIATED
    return (
        Heading("How the segments responded"),
        figure,
        None if figure is None else replace(figure.table, caption=f"Outcomes by segment. {figure.table.caption}"),
        Text(remark, ("outcome", "uplift", "95% interval"), "quiet"),
    )


def _lead(segment: Segment) -> tuple[str, ...]:
    """The clauses that say what marks a segment; its strongest traits where none is a marker."""
    if not segment.traits:
        return (hidden_words(segment.size),)
    features = [t for t in segment.traits if t.role == "feature"]
    described = [t for t in segment.traits if t.role == "profile"]
    marked = [t for t in features if t.marker]
    if not marked:  # clear differences first, then what marks it among the columns that only describe it
        marked = [t for t in features if abs(t.effect) >= MARKED and t.significant]
        marked += [t for t in described if t.marker]
    return tuple(t.words for t in (marked or [*features, *described][:2])[:LEAD_TRAITS])


def _play(segment: Segment) -> str:
    """What to do in a few words; "" where nothing is advised."""
    advice = segment.recommendation
    return "" if advice.play == "none" else advice.title


def segment_card(
    segment: Segment, rule: str = "", rule_quality: str = "", *, reach: float | None = None
) -> SegmentCard:
    """Return what there is to say about one segment.

    Parameters
    ----------
    segment : Segment
        Described.
    rule, rule_quality : str
        From `rule_words`.
    reach : float, optional
        Effect that fills a bar; the same for all cards that are compared. Default: the segment's own largest.
    """
    advice = segment.recommendation
    return SegmentCard(
        id=segment.id,
        name=segment.name,
        size=segment.size,
        share=segment.share,
        value_share=segment.value_share,
        lead=_lead(segment) if segment.traits else (),
        features=tuple(_trait_row(t) for t in segment.traits if t.role == "feature")[:MOST_TRAITS],
        others=tuple(_trait_row(t) for t in segment.traits if t.role == "profile")[:MOST_TRAITS],
        outcomes=tuple(o.words for o in segment.outcomes if _tells(o))[:MOST_OUTCOMES],
        trust=_trust(segment),
        play=_play(segment),
        advice=advice.text,
        evidence=tuple(advice.evidence),
        rule=rule,
        rule_quality=rule_quality,
        hidden=not segment.traits,
        reach=reach_of([segment]) if reach is None else reach,
    )


def reach_of(segments: Sequence[Segment]) -> float:
    """Return the largest effect of these segments, at least one standard deviation."""
    return max([1.0, *(abs(t.effect) for s in segments for t in s.traits)])


def _tells(outcome: Outcome) -> bool:
    """Whether an outcome differs beyond chance: from all customers, or between treated and control."""
    return bool(outcome.differs if outcome.uplift is None else outcome.uplift.side)


def _trait_row(trait: Trait) -> TraitRow:
    if trait.share is not None:
        label = trait.title if trait.category is None else f"{trait.title}: {trait.category}"
        return TraitRow(label, percent(trait.share), percent(trait.overall_share), trait.effect, bool(trait.marker))
    if trait.kind == "date":
        days = trait.date or UNKNOWN, trait.overall_date or UNKNOWN
        return TraitRow(f"{trait.title} (median)", *days, trait.effect, bool(trait.marker))
    here, everybody, kind = trait.told
    label = f"{trait.title} (median)" if kind == "median" else trait.title
    return TraitRow(label, _figure(here, trait), _figure(everybody, trait), trait.effect, bool(trait.marker))


def _figure(value: float | None, trait: Trait) -> str:
    if trait.unit == "year" and value is not None:
        return f"{value:.0f}"
    return number(value, spoken_unit(trait))


def _trust(segment: Segment) -> tuple[str, ...]:
    sentences = []
    if segment.stability is not None:
        s = segment.stability
        judged = (
            "it comes back nearly unchanged"
            if s >= 0.85
            else "it comes back"
            if s >= 0.75
            else "only its pattern comes back"
            if s >= 0.6
            else "it does not come back reliably"
        )
        sentences.append(f"When the study is repeated on other samples, {judged} (segment stability {s:.2f} of 1).")
    if segment.confidence == segment.confidence:  # not NaN
        sentences.append(f"On average its customers belong to it with a confidence of {segment.confidence:.2f} of 1.")
    if segment.size < ROUGH and segment.traits:
        sentences.append(f"It has only {counted(segment.size, 'customer')}: its figures are rough.")
    return tuple(sentences)
