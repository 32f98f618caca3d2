"""Segments side by side in a few lines each: name, shares, what sets them apart, what to do.

Receives the cards of a report or of a trial; shows their first lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from clientage.charts.palette import segment_colour
from clientage.dashboard.style import sheet
from clientage.report.blocks import SegmentCard
from clientage.report.html_segments import chip
from clientage.report.markup import tag
from clientage.segments.wording import percent

MOST_TRAITS = 3


def show_cards(cards: Iterable[SegmentCard]) -> None:
    """Show small cards in as many columns as there is room for."""
    sheet(tag("div", *(_card(c) for c in cards), class_="small-cards"))


def _card(card: SegmentCard) -> Any:
    share = f"{percent(card.share)} of customers"
    if card.value_share is not None:
        share += f", {percent(card.value_share)} of the value"
    return tag(
        "article",
        tag("h3", chip(card.id), tag("span", card.name, class_="name")),
        tag("p", share, class_="shares"),
        tag("ul", *(tag("li", words) for words in card.lead[:MOST_TRAITS])),
        tag("p", tag("strong", card.play or "No advice"), class_="play") if card.evidence or card.play else None,
        tag("p", card.advice, class_="quiet") if not card.play else None,
        class_="small-card",
        style=f"--segment:{segment_colour(card.id)}",
    )
