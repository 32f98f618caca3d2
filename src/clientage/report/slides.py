"""The report as slides: about twelve, for a meeting; every number is the summary's.

Receives what a run keeps of its report, returns a PowerPoint file with tables and charts that can be edited.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from clientage.charts.choice import CHANCE, algorithm_title
from clientage.charts.figure import Cell, DataTable, Figure
from clientage.charts.palette import ACCENT, CHANCE_COLOUR, NO_SEGMENT, QUIET
from clientage.report import blocks as kinds
from clientage.report.deck import EDGE, HEIGHT, WIDTH, Box, Deck, Series
from clientage.report.formats import cell_text
from clientage.report.measuring import Paragraph, clean, fit_line
from clientage.report.saved import SavedReport
from clientage.report.slides_segments import REASONS, segment_slides
from clientage.segments.wording import capitalised, clipped, count, counted, percent

SEVERITIES = {"good": "#2f7d4f", "info": "#2672b7", "warning": "#a9690a", "serious": "#a8321f"}
ROWS = 8  # of a table on one slide
MOST_COLUMNS = 8
ADVICE_ROWS = 6
VALUE = "#5b6168"
LABEL = 230.0  # points for a name beside its bar
WITHIN = Box(EDGE, 1.5, WIDTH - 2 * EDGE, HEIGHT - 2.15)
B = TypeVar("B")


def render_slides(report: SavedReport) -> bytes:
    """Return the deck of a run.

    Parameters
    ----------
    report : SavedReport
        From `saved_report`.

    Raises
    ------
    MissingExtraError
        When the library ``pptx`` is not installed.
    """
    document = report.document
    created = datetime.datetime.strptime(report.created, "%Y-%m-%dT%H:%M:%SZ")
    deck = Deck(document.title, created)
    footer = clipped(document.title, 80)
    _title(deck, report, created)
    _glance(deck, report, footer)
    _sizes(deck, report, footer)
    segment_slides(deck, report, footer)
    _responses(deck, report, footer)
    _choice(deck, report, footer)
    _recommendations(deck, report, footer)
    _doubts(deck, report, footer)
    _quality(deck, document, footer)
    _method(deck, document, footer)
    return deck.bytes()


def _title(deck: Deck, report: SavedReport, created: datetime.datetime) -> None:
    document = report.document
    slide = deck.slide(document.title, size=40)
    said = f"{document.subtitle} · {created.day} {created:%B %Y} · run {report.run_id}"
    deck.text(slide, Box(EDGE, 1.3, WIDTH - 2 * EDGE, 0.6), [Paragraph(said, "quiet")], 16)
    verdict = document.section("verdict").blocks
    first = next(_of(verdict, kinds.Callout))
    meaning = next(_of(verdict, kinds.Text), None)
    deck.bar(slide, Box(EDGE, 2.3, 0.1, 3.1), SEVERITIES[first.severity])
    deck.text(
        slide,
        Box(EDGE + 0.35, 2.3, 11.5, 0.7),
        [Paragraph(first.title, "head")],
        32,
        20,
        colour=SEVERITIES[first.severity],
    )
    body = [Paragraph(first.text), *([Paragraph(meaning.text, "quiet")] if meaning else [])]
    deck.text(slide, Box(EDGE + 0.35, 3.05, 11.5, 2.4), body, 20, 12)
    facts = next(_of(verdict, kinds.Facts), None)
    for i, fact in enumerate(facts.items[:5] if facts else ()):
        place = Box(EDGE + 2.45 * i, 5.8, 2.35, 0.95)
        deck.text(slide, place, [Paragraph(fact.value)], 24, 14, bold=True)
        deck.text(slide, Box(place.left, place.top + 0.45, 2.3, 0.5), [Paragraph(fact.label, "quiet")], 13, 9)


def _glance(deck: Deck, report: SavedReport, footer: str) -> None:
    glance = next(_of(report.document.section("segments").blocks, kinds.Glance))
    worth = any(row.value_share is not None for row in glance.rows)
    advised = any(row.play for row in glance.rows)
    head = ["", "Segment", "Customers", "Share", *(["Of value"] if worth else []), "What sets it apart"]
    head += ["Next step"] if advised else []
    shares = [0.5, 3.0, 1.4, 0.9, *([1.15] if worth else []), 4.4, *([1.8] if advised else [])]
    each = _rows_each(len(glance.rows), ROWS)
    for first in range(0, len(glance.rows), each):
        rows = [
            [
                str(row.id),
                row.name,
                count(row.size),
                percent(row.share),
                *([percent(row.value_share) if row.value_share is not None else "–"] if worth else []),
                "; ".join(row.traits),
                *([row.play or "–"] if advised else []),
            ]
            for row in glance.rows[first : first + each]
        ]
        last = first + each >= len(glance.rows)
        if glance.unassigned and last:
            share = percent(glance.unassigned / max(1, report.summary["n_customers"]))
            rows.append(["–", "No segment", count(glance.unassigned), share, *[""] * (len(head) - 4)])
        title = f"{counted(len(glance.rows), 'segment')} at a glance" + (" (continued)" if first else "")
        slide = deck.slide(title, footer=footer)
        right = [2, 3, *([4] if worth else [])]
        table = deck.table(slide, WITHIN, [head, *rows], shares, right=right)
        deck.describe(slide, title)
        for i, row in enumerate(glance.rows[first : first + each], 1):
            deck.mark(table.cell(i, 0), row.id)


def _rows_each(n: int, most: int) -> int:
    """Rows on each slide, so that the last is not left with a few."""
    return max(1, math.ceil(n / max(1, math.ceil(n / most))))


def _sizes(deck: Deck, report: SavedReport, footer: str) -> None:
    segments = report.summary["segments"]
    figure = _figure(report.document, "segments", "sizes")
    slide = deck.slide(figure.title if figure else "How large the segments are", footer=footer)
    ids = [s["id"] for s in segments]
    names = [fit_line(f"{s['id']}. {s['name']}", LABEL, 12, 12)[1] for s in segments]
    shares: list[float | None] = [s["share"] for s in segments]
    if report.summary["unassigned"]:
        names.append("No segment")
        shares.append(report.summary["unassigned"] / report.summary["n_customers"])
    series = [Series("Share of customers", shares, deck.colours(ids) + [NO_SEGMENT] * (len(names) - len(ids)))]
    if any(s["value_share"] is not None for s in segments):
        worth: list[float | None] = [s["value_share"] for s in segments]
        series.append(Series("Share of value", [*worth, *([None] * (len(names) - len(ids)))], [VALUE]))
    deck.bars(slide, WITHIN, names, series, form="0.0%")
    deck.describe(slide, figure.description if figure else "Shares of customers by segment")


def _responses(deck: Deck, report: SavedReport, footer: str) -> None:
    """What the segments answered, where there are outcomes and room for a column for each segment."""
    figure = _figure(report.document, "segments", "responses")
    if figure is None or len(figure.table.columns) > MOST_COLUMNS:
        return
    table = figure.table
    each = _rows_each(len(table.rows), ROWS)
    remark = next(t for t in _of(report.document.section("segments").blocks, kinds.Text) if "uplift" in t.text)
    for first in range(0, len(table.rows), each):
        rows = [[str(cell) for cell in row] for row in table.rows[first : first + each]]
        slide = deck.slide(figure.title + (" (continued)" if first else ""), footer=footer)
        shares = [2.2, 1.2, *[2.0] * (len(table.columns) - 2)]
        place = Box(WITHIN.left, WITHIN.top, WITHIN.width, WITHIN.height - 0.8)
        deck.table(slide, place, [[c.label for c in table.columns], *rows], shares)
        deck.describe(slide, f"{figure.title}. {table.caption}")
        below = Box(EDGE, HEIGHT - 1.25, WIDTH - 2 * EDGE, 0.7)
        deck.text(slide, below, [Paragraph(f"In brackets: the 95% interval. {remark.text}", "quiet")], 14, 10)


def _choice(deck: Deck, report: SavedReport, footer: str) -> None:
    section = report.document.section("choice")
    slide = deck.slide(section.title, footer=footer)
    # the options of a command are nothing for a meeting
    texts = [t for t in _of(section.blocks, kinds.Text) if "--k" not in t.text]
    figure = _figure(report.document, "choice", "silhouette")
    said = [Paragraph(t.text, "body" if t.tone == "lead" else "quiet") for t in texts]
    if figure is None:
        deck.text(slide, WITHIN, said, 20, 12)
        return
    deck.text(slide, Box(EDGE, 1.5, 4.9, 5.3), said, 18, 11)
    place = Box(EDGE + 5.2, 1.5, WIDTH - 2 * EDGE - 5.2, 5.3)
    ks, series = silhouette_series(report.summary, figure)
    deck.text(
        slide, Box(place.left, 1.5, place.width, 0.35), [Paragraph("Silhouette by number of segments", "head")], 13
    )
    deck.lines(slide, Box(place.left, 1.85, place.width, 4.95), [str(k) for k in ks], series, form="0.00")
    deck.describe(slide, f"{figure.title}. {figure.description}")


def silhouette_series(summary: Mapping[str, Any], figure: Figure) -> tuple[list[int], list[Series]]:
    """Return the numbers of segments tried, and the silhouettes of every algorithm beside those of chance.

    Parameters
    ----------
    summary : mapping
        Of the run.
    figure : Figure
        "silhouette" of the report: it knows what chance gives on average for each number of segments.
    """
    found: dict[str, dict[int, float]] = {}
    for c in summary["candidates"]:
        if c["criteria"].get("silhouette") is not None:
            found.setdefault(c["algorithm"], {})[c["k"]] = c["criteria"]["silhouette"]
    ks = sorted({k for curve in found.values() for k in curve})
    own = summary["algorithm"]
    greys = iter(["#5b6168", "#b4b9be", QUIET, "#c9b99a"])
    series = [
        Series(algorithm_title(name), [curve.get(k) for k in ks], [ACCENT if name == own else next(greys, QUIET)])
        for name, curve in sorted(
            found.items(), key=lambda pair: pair[0] == own
        )  # the chosen one is drawn over the others
    ]
    if summary["null_silhouette_max"] is not None:
        means = {row["k"]: row["y"] for row in figure.spec["data"]["values"] if row["line"] == CHANCE[0]}
        series.append(Series(CHANCE[0], [means.get(k) for k in ks], [CHANCE_COLOUR], line="dotted"))
        highest = summary["null_silhouette_max"]
        series.append(Series(CHANCE[1], [highest] * len(ks), [CHANCE_COLOUR], line="dashed"))
    return ks, series


def _recommendations(deck: Deck, report: SavedReport, footer: str) -> None:
    segments = report.summary["segments"]
    if all(s["recommendation"]["play"] == "none" for s in segments):
        slide = deck.slide("No campaign is recommended", footer=footer)
        why = next(_of(report.document.section("verdict").blocks, kinds.Text), None)
        texts = dict.fromkeys(s["recommendation"]["text"] for s in segments)
        said = [Paragraph(t) for t in ([why.text] if why else [])] + [Paragraph(t, "bullet") for t in texts]
        deck.text(slide, WITHIN, said, 20, 12)
        return
    head = ["Segment", "Next step", "What to do", "Because"]
    each = _rows_each(len(segments), ADVICE_ROWS)
    for first in range(0, len(segments), each):
        rows = []
        for s in segments[first : first + each]:
            advice = s["recommendation"]
            step = "–" if advice["play"] == "none" else advice["title"]
            rows.append([f"{s['id']}. {s['name']}", step, advice["text"], "; ".join(advice["evidence"][:REASONS])])
        slide = deck.slide("What to do with each segment" + (" (continued)" if first else ""), footer=footer)
        deck.table(slide, WITHIN, [head, *rows], [2.4, 1.4, 4.6, 3.7])
        deck.describe(slide, "The recommendation for each segment and the figures it rests on")


def _doubts(deck: Deck, report: SavedReport, footer: str) -> None:
    found = list(_of(report.document.section("verdict").blocks, kinds.Callout))[1:]
    if not found:
        return
    slide = deck.slide("Before you rely on this", footer=footer)
    said: list[Paragraph] = []
    for c in found:
        said += [Paragraph(c.title, "head"), Paragraph(f"{c.text} {c.advice}")]
    deck.text(slide, WITHIN, said, 18, 10)


def _quality(deck: Deck, document: kinds.Document, footer: str) -> None:
    section = document.section("quality")
    slide = deck.slide(section.title, footer=footer)
    tables = list(_of(section.blocks, DataTable))
    account = tables[0]
    rows = [[cell_text(v, c.form) for v, c in zip(row, account.columns, strict=True)] for row in account.rows[:10]]
    half = (WIDTH - 2 * EDGE - 0.5) / 2
    lead = [Paragraph(t.text) for t in _of(section.blocks, kinds.Text)][:1]
    deck.text(slide, Box(EDGE, 1.45, WIDTH - 2 * EDGE, 0.8), lead, 18, 12)
    heads = [c.label for c in account.columns]
    deck.table(slide, Box(EDGE, 2.4, half, 4.3), [heads, *rows], [3.4, 1.2], right=[1])
    deck.describe(slide, account.caption)
    said = [Paragraph(s, "bullet") for b in _of(section.blocks, kinds.Bullets) for s in b.items]
    notes = [t for t in tables if t.caption == "Notes on the data"]
    said += [Paragraph(_note(row), "bullet") for t in notes for row in t.rows[:8]]
    said += [Paragraph(_uses(t), "bullet") for t in tables if "Use" in {c.label for c in t.columns}]
    deck.text(slide, Box(EDGE + half + 0.5, 2.4, half, 4.4), [Paragraph("What was found", "head"), *said], 16, 10)


def _note(row: Sequence[Cell]) -> str:
    return f"{str(row[0]).capitalize()}: {row[2]}"


def _uses(table: DataTable) -> str:
    """What the columns of an input were used for, as one sentence."""
    found: dict[str, list[str]] = {}
    for row in table.rows:
        found.setdefault(str(row[1]), []).append(clean(str(row[0])))
    return capitalised("; ".join(f"{use}: {', '.join(columns)}" for use, columns in found.items()) + ".")


def _method(deck: Deck, document: kinds.Document, footer: str) -> None:
    section = document.section("method")
    slide = deck.slide(section.title, footer=footer)
    lists = list(_of(section.blocks, kinds.Bullets))
    half = (WIDTH - 2 * EDGE - 0.5) / 2
    parts = (("How the segments were made", lists[0].items), ("What they cannot tell", lists[-1].items))
    for i, (head, items) in enumerate(parts):
        said = [Paragraph(head, "head"), *(Paragraph(item, "bullet") for item in items)]
        deck.text(slide, Box(EDGE + i * (half + 0.5), 1.5, half, 5.3), said, 17, 10)


def _figure(document: kinds.Document, section: str, name: str) -> Figure | None:
    return next((f for f in _of(document.section(section).blocks, Figure) if f.name == name), None)


def _of(found: Sequence[Any], kind: type[B]) -> Iterator[B]:
    return (block for block in found if isinstance(block, kind))
