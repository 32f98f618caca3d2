"""How segments look as HTML: the table of all of them, and the card of one.

Receives the blocks `Glance` and `SegmentCard`, returns markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from clientage.charts.palette import ink_on, segment_colour
from clientage.report.blocks import Glance, GlanceRow, SegmentCard, TraitRow
from clientage.report.markup import joined, tag
from clientage.segments.wording import count, percent

TRAITS_IN_SIGHT = 8
FEW_ROWS = 10  # in the tables of a card: with more, its other column has room below the advice


def chip(segment_id: int) -> Markup:
    """Return the coloured number that stands for a segment on the whole page."""
    colour = segment_colour(segment_id)
    style = f"background:{colour};color:{ink_on(colour)}"
    return tag("span", str(segment_id) if segment_id else "–", class_="chip", style=style, aria_hidden="true")


def glance_html(glance: Glance) -> Markup:
    """Return the table of all segments; on a narrow screen every row becomes a small card."""
    worth = any(row.value_share is not None for row in glance.rows)
    labels = ["Segment", "Customers", "Share", *(["Share of value"] if worth else [])]
    labels += ["What sets it apart", "Next step"]
    sides = {"Customers", "Share", "Share of value"}
    heads = (
        tag("th", label, scope="col", role="columnheader", class_="number" if label in sides else None)
        for label in labels
    )
    head = tag("tr", *heads, role="row")
    largest = max([0.01, *(max(row.share, row.value_share or 0.0) for row in glance.rows)])
    rows = [_glance_row(row, worth, largest) for row in glance.rows]
    if glance.unassigned:
        text = f"{count(glance.unassigned)} customers are in no segment."
        rows.append(tag("tr", tag("td", text, colspan=len(labels), role="cell", class_="quiet"), role="row"))
    caption = "All segments at a glance"
    if glance.value_title:
        caption += f"; value is {glance.value_title}"
    return tag(
        "table",
        tag("caption", caption),
        tag("thead", head, role="rowgroup"),
        tag("tbody", *rows, role="rowgroup"),
        class_="glance",
        role="table",
    )


def _glance_row(row: GlanceRow, worth: bool, largest: float) -> Markup:
    colour = segment_colour(row.id)
    link = tag("a", row.name, href=f"#segment-{row.id}")
    cells = [
        tag("th", chip(row.id), tag("span", link, class_="name"), scope="row", role="rowheader"),
        _cell("Customers", count(row.size), "number"),
        _cell("Share", joined((percent(row.share), _bar(row.share / largest, colour))), "number"),
    ]
    if worth:
        shown = percent(row.value_share) if row.value_share is not None else "–"
        bar = _bar((row.value_share or 0.0) / largest, colour)
        cells.append(_cell("Share of value", joined((shown, bar)), "number"))
    cells.append(_cell("What sets it apart", tag("ul", *(tag("li", t) for t in row.traits))))
    cells.append(_cell("Next step", row.play or "–"))
    return tag("tr", *cells, role="row", data_segment=row.id)


def _cell(label: str, content: str | Markup, kind: str = "") -> Markup:
    return tag("td", content, role="cell", data_label=label, class_=kind or None)


def _bar(width: float, colour: str) -> Markup:
    inner = tag("span", style=f"width:{100 * max(0.0, min(1.0, width)):.1f}%;background:{colour}")
    return tag("span", inner, class_="bar", aria_hidden="true")


def segment_card_html(card: SegmentCard) -> Markup:
    """Return the page of one segment: what marks it, what to do, its columns; below, response, rule and certainty."""
    title = tag("h3", chip(card.id), tag("span", card.name, class_="name"), id=f"segment-{card.id}")
    told = [
        tag("h4", "What sets it apart"),
        tag("ul", *(tag("li", c) for c in card.lead), class_="lead"),
        *_advice(card),
    ]
    tables = [_trait_tables(card.features, card, "What formed the segment, here and among all customers")]
    if card.others:
        tables.append(_trait_tables(card.others, card, "What only describes it"))
    below = []
    if card.outcomes:
        below.append(_part("How it responded", tag("ul", *(tag("li", words) for words in card.outcomes))))
    shorter = told if _rows_in_sight(card) > FEW_ROWS else below  # so that no card has an empty half
    if card.rule:
        shorter.append(_part("As a rule", tag("p", card.rule), tag("p", card.rule_quality, class_="quiet")))
    if card.trust:
        shorter.append(_part("How sure is it?", tag("p", " ".join(card.trust))))
    body = [
        tag("div", title, tag("p", _size_words(card), class_="quiet"), class_="card-head"),
        tag("div", *told, class_="told"),
        tag("div", *tables, class_="traits") if card.features or card.others else None,
        tag("div", *below, class_="below") if below else None,
    ]
    style = f"--segment:{segment_colour(card.id)}"
    kind = "card hidden-figures" if card.hidden else "card"
    return tag("article", *body, class_=kind, style=style, data_segment=card.id, aria_labelledby=f"segment-{card.id}")


def _rows_in_sight(card: SegmentCard) -> int:
    return sum(min(len(rows), TRAITS_IN_SIGHT) for rows in (card.features, card.others))


def _size_words(card: SegmentCard) -> str:
    said = f"{count(card.size)} {'customer' if card.size == 1 else 'customers'}, {percent(card.share)} of all"
    return said if card.value_share is None else f"{said}, {percent(card.value_share)} of the value"


def _part(heading: str, *content: Markup) -> Markup:
    return tag("div", tag("h4", heading), *content)


def _advice(card: SegmentCard) -> list[Markup]:
    if not card.advice:
        return []
    heading = f"What to do: {card.play}" if card.play else "Figures not shown" if card.hidden else "What to do"
    parts = [tag("h4", heading), tag("p", card.advice)]
    if card.evidence:
        figures = tag("ul", *(tag("li", figure) for figure in card.evidence))
        parts.append(tag("details", tag("summary", "The figures behind it"), figures, class_="fold"))
    return [tag("div", *parts, class_="advice")]


def _trait_tables(traits: Sequence[TraitRow], card: SegmentCard, caption: str) -> Markup:
    """The strongest traits in sight, the rest folded away."""
    if not traits:
        return Markup("")
    first = _trait_table(traits[:TRAITS_IN_SIGHT], card, caption)
    rest = traits[TRAITS_IN_SIGHT:]
    if not rest:
        return first
    more = _trait_table(rest, card, f"{caption}, continued")
    return joined((first, tag("details", tag("summary", f"{len(rest)} more"), more, class_="fold")))


def _trait_table(traits: Sequence[TraitRow], card: SegmentCard, caption: str) -> Markup:
    labels = ("Column", "Here", "All", "Difference")
    head = tag("tr", *(tag("th", label, scope="col", class_=_side(i)) for i, label in enumerate(labels)))
    rows = [
        tag(
            "tr",
            tag("th", t.title, scope="row"),
            tag("td", t.here, class_="number"),
            tag("td", t.everybody, class_="number"),
            tag("td", _effect(t.effect, card), class_="effect"),
            class_="marker" if t.marker else None,
        )
        for t in traits
    ]
    return tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *rows), class_="trait-table")


def _side(position: int) -> str | None:
    return "number" if position in (1, 2) else None


def _effect(effect: float, card: SegmentCard) -> Markup:
    """A bar to the right for above, to the left for below the average, and its length in words for a screen reader."""
    half = 50 * min(1.0, abs(effect) / card.reach)
    left = 50.0 if effect >= 0 else 50 - half
    bar = tag("span", style=f"left:{left:.1f}%;width:{half:.1f}%;background:{segment_colour(card.id)}")
    words = f"{abs(effect):.1f} standard deviations {'above' if effect >= 0 else 'below'}"
    return joined(
        (tag("span", bar, class_="diverging", aria_hidden="true", title=words), tag("span", words, class_="unseen"))
    )
