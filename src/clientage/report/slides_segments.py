"""The slides about single segments: one each, or two on a slide where there are many.

Receives a deck in the making and what a run keeps of its report; adds slides.
"""

from __future__ import annotations

from clientage.charts.figure import Figure, signed
from clientage.charts.palette import segment_colour
from clientage.report.blocks import SegmentCard
from clientage.report.deck import EDGE, WIDTH, Box, Deck, Series
from clientage.report.measuring import Paragraph, clean
from clientage.report.saved import SavedReport
from clientage.segments.wording import clipped, count, percent

ALONE = 8  # with more segments than this, two share a slide
MOST = 24  # with more than this, the tables of all segments have to do
REASONS = 3  # a slide is no page: the report has them all
FORM = '+0.0;"−"0.0;0.0'
LEAST = 0.05
HEADING = "Standard deviations from the average customer"
Effects = list[tuple[str, float]]


def segment_slides(deck: Deck, report: SavedReport, footer: str) -> None:
    """Add the slides of the segments."""
    cards = [b for b in report.document.section("segments").blocks if isinstance(b, SegmentCard)]
    effects = {card.id: segment_effects(report, card.id) for card in cards}
    limit = max([1.0, *(abs(e) for found in effects.values() for _, e in found)]) * 1.25
    if len(cards) <= ALONE:
        for card in cards:
            _alone(deck, card, effects[card.id], limit, footer)
    elif len(cards) <= MOST:
        for first in range(0, len(cards), 2):
            _pair(deck, cards[first : first + 2], effects, limit, footer)


def segment_effects(report: SavedReport, segment_id: int) -> Effects:
    """Return the title of each number that formed the segments and the segment's standardised mean, largest first."""
    found = [b for b in report.document.section("segments").blocks if isinstance(b, Figure) and b.name == "heatmap"]
    if not found:
        return []
    rows = [(str(row[0]), row[segment_id]) for row in found[0].table.rows]
    known = [(title, float(value)) for title, value in rows if isinstance(value, (int, float))]
    return sorted(known, key=lambda pair: -abs(pair[1]))


def _size(card: SegmentCard) -> str:
    said = f"{count(card.size)} customers, {percent(card.share)} of all"
    return said if card.value_share is None else f"{said}, {percent(card.value_share)} of the value"


def _alone(deck: Deck, card: SegmentCard, effects: Effects, limit: float, footer: str) -> None:
    slide = deck.slide(card.name, footer=footer, left=EDGE + 0.8)
    deck.chip(slide, Box(EDGE, 0.56, 0.6, 0.52), str(card.id), segment_colour(card.id))
    deck.text(slide, Box(EDGE, 1.3, WIDTH - 2 * EDGE, 0.4), [Paragraph(_size(card), "quiet")], 16)
    told = [Paragraph("What sets it apart", "head"), *(Paragraph(clause, "bullet") for clause in card.lead)]
    told = told if card.lead else []
    told += [Paragraph(f"What to do: {card.play}" if card.play else "What to do", "head"), Paragraph(card.advice)]
    told += [Paragraph(f"Because: {'; '.join(card.evidence[:REASONS])}.", "quiet")] if card.evidence else []
    if card.rule:
        told += [Paragraph("As a rule", "head"), Paragraph(f"{card.rule} ({card.rule_quality})")]
    told += [Paragraph("How sure is it?", "head"), Paragraph(" ".join(card.trust))] if card.trust else []
    width = 6.0 if effects else WIDTH - 2 * EDGE
    deck.text(slide, Box(EDGE, 1.85, width, 4.95), told, 16, 10)
    if effects:
        left = EDGE + width + 0.4
        _chart(deck, slide, card, effects[:8], limit, Box(left, 1.85, WIDTH - EDGE - left, 4.95))


def _pair(deck: Deck, cards: list[SegmentCard], effects: dict[int, Effects], limit: float, footer: str) -> None:
    ids = " and ".join(str(card.id) for card in cards)
    slide = deck.slide(f"Segment{'s' * (len(cards) > 1)} {ids}", footer=footer)
    half = (WIDTH - 2 * EDGE - 0.5) / 2
    for i, card in enumerate(cards):
        left = EDGE + i * (half + 0.5)
        deck.chip(slide, Box(left, 1.4, 0.6, 0.5), str(card.id), segment_colour(card.id))
        deck.text(slide, Box(left + 0.75, 1.3, half - 0.75, 0.55), [Paragraph(card.name)], 18, 11, bold=True)
        deck.text(slide, Box(left + 0.75, 1.85, half - 0.75, 0.35), [Paragraph(_size(card), "quiet")], 14)
        told = [Paragraph(clause, "bullet") for clause in card.lead]
        told += [Paragraph(f"What to do: {card.play}" if card.play else "What to do", "head"), Paragraph(card.advice)]
        found = effects[card.id][:5]
        deck.text(slide, Box(left, 2.3, half, 2.1 if found else 4.5), told, 14, 9)
        if found:
            _chart(deck, slide, card, found, limit, Box(left, 4.5, half, 2.35))


def _chart(deck: Deck, slide: object, card: SegmentCard, effects: Effects, limit: float, box: Box) -> None:
    deck.text(slide, Box(box.left, box.top, box.width, 0.3), [Paragraph(HEADING, "head")], 12, 10)
    titles = [clipped(clean(title), 34) for title, _ in effects]
    # what rounds to nothing is drawn as nothing: its label would read "+0.0"
    drawn = [0.0 if abs(e) < LEAST else e for _, e in effects]
    series = [Series(clipped(clean(card.name), 60), drawn, [segment_colour(card.id)])]
    place = Box(box.left, box.top + 0.3, box.width, box.height - 0.3)
    deck.bars(slide, place, titles, series, form=FORM, limit=limit)
    deck.describe(slide, f"{HEADING}: {'; '.join(f'{title} {signed(e)}' for title, e in effects)}")
