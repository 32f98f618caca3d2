"""From a document to one self-contained page.

Receives a `Document`, returns HTML that loads nothing from anywhere: style, script, figures and data are
in it. The same document gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from clientage.charts.figure import DataTable, Figure, TableColumn
from clientage.report import blocks as kinds
from clientage.report.bundle import HOW_TO_GET_CHARTS, vega_bundle
from clientage.report.formats import NUMERIC, cell_text
from clientage.report.glossary import glossary
from clientage.report.html_segments import chip, glance_html, segment_card_html
from clientage.report.markup import joined, json_for_script, tag

LONG_TABLE = 14
LONG_TEXT = 40  # characters; a column that holds more gets room on a narrow screen
HERE = Path(__file__).parent


def render_html(document: kinds.Document, *, charts: bool = True) -> str:
    """Return the page.

    Parameters
    ----------
    document : Document
        From `build_document` or `build_exploration`.
    charts : bool
        False, or where the chart script cannot be had: the table of every figure is shown instead.
    """
    return "".join(_parts(document, charts=charts))


def page_bytes(document: kinds.Document) -> bytes:
    """Return the page as a file holds it; as one text, whose every character takes two bytes, it would be there twice.

    Parameters
    ----------
    document : Document
        As for `render_html`.
    """
    return b"".join(part.encode() for part in _parts(document, charts=True))


def _parts(document: kinds.Document, *, charts: bool) -> list[str]:
    bundle = vega_bundle() if charts else None
    figures = {f.name: dict(f.spec) for f in _figures(block for s in document.sections for block in s.blocks)}
    drawn = bundle is not None and bool(figures)
    script = (HERE / "page.js").read_text(encoding="utf-8")
    scripts = [bundle, script] if bundle is not None and drawn else [script]
    content = (_section(section, drawn=drawn) for section in document.sections)
    parts: list[str] = [
        '<!doctype html>\n<html lang="en">',
        _head(document.title, scripts),
        "<body>",
        _header(document),
        tag("main", _no_charts() if figures and not drawn else None, *content, id="content"),
        tag("footer", tag("p", document.footer)),
        tag("script", json_for_script(figures if drawn else {}), type="application/json", id="figures"),
    ]
    for text in scripts:  # this program's own scripts: no data in them, and large, so they are copied only once
        parts += ["<script>", text, "</script>"]
    return [*parts, "</body></html>\n"]


def _head(title: str, scripts: Iterable[str]) -> Markup:
    """The head; its policy lets run exactly the scripts of this page, by their hashes, and load nothing."""
    hashes = " ".join(f"'sha256-{_digest(text)}'" for text in scripts)
    policy = (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    style = (HERE / "page.css").read_text(encoding="utf-8")
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Markup(style)),
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _header(document: kinds.Document) -> Markup:
    links = [tag("li", tag("a", s.menu, href=f"#{s.key}")) for s in document.sections]
    bar = [tag("nav", tag("ul", *links), aria_label="Sections")]
    if document.segments:
        bar.append(_legend(document.segments))
    return joined(
        (
            tag("a", "Skip to the content", href="#content", class_="skip"),
            tag("header", tag("h1", document.title), tag("p", document.subtitle, class_="quiet"), class_="top"),
            tag("div", *bar, class_="bar-top"),
        )
    )


def _legend(segments: Iterable[tuple[int, str]]) -> Markup:
    """Buttons that show one segment alone in every figure, table and card."""
    buttons = [
        tag(
            "button",
            chip(number),
            tag("span", name, class_="unseen"),
            type="button",
            data_focus=number,
            aria_pressed="false",
            title=name,
        )
        for number, name in segments
    ]
    return tag("div", tag("span", "Highlight", class_="quiet"), *buttons, class_="legend", role="group", hidden=True)


def _no_charts() -> Markup:
    text = f"This page shows the numbers of every figure as a table. {HOW_TO_GET_CHARTS}"
    return tag("p", text, class_="notice")


def _section(section: kinds.Section, *, drawn: bool) -> Markup:
    heading = tag("h2", section.title, id=section.key)
    content = (block_html(block, drawn=drawn) for block in section.blocks)
    return tag("section", heading, *content, aria_labelledby=section.key, class_=f"section-{section.key}")


def block_html(block: Any, *, drawn: bool) -> Markup:
    """Return one block.

    Parameters
    ----------
    block : a block of `clientage.report.blocks`
        Of any kind.
    drawn : bool
        Whether figures are charts; else their tables are open.
    """
    if isinstance(block, Figure):
        return _figure(block, drawn=drawn)
    if isinstance(block, kinds.Fold):
        content = (block_html(inner, drawn=drawn) for inner in block.blocks)
        return tag("details", tag("summary", block.title), *content, class_="fold")
    return RENDERERS[type(block)](block)


def _text(block: kinds.Text) -> Markup:
    return tag("p", explained(block.text, block.terms), class_=None if block.tone == "plain" else block.tone)


def explained(text: str, terms: Iterable[str]) -> Markup:
    """Return the text with the first mention of each term linked to its explanation.

    Examples
    --------
    >>> str(explained("No elbow.", ["elbow"]))[:31]
    'No <a class="term" href="#term-'
    """
    known = [t for t in terms if t in glossary()]
    if not known:
        return escape(text)
    pattern = "|".join(rf"\b{re.escape(t)}\b" for t in sorted(known, key=len, reverse=True))
    waiting = {t.casefold(): t for t in known}
    parts: list[str | Markup] = []
    end = 0
    for match in re.finditer(pattern, text, re.IGNORECASE):
        entry = waiting.pop(match[0].casefold(), None)
        if entry is not None:
            parts += [text[end : match.start()], term_html(match[0], entry)]
            end = match.end()
    return joined([*parts, text[end:]])


def term_html(words: str, entry: str) -> Markup:
    """Return words that link to a glossary entry and tell it when pointed at."""
    return tag("a", words, class_="term", href=f"#{_anchor(entry)}", title=glossary()[entry])


def _anchor(term: str) -> str:
    return "term-" + re.sub(r"[^a-z0-9]+", "-", term.casefold()).strip("-")


def _labelled(label: str, term: str | None) -> str | Markup:
    return label if term is None else term_html(label, term)


def _bullets(block: kinds.Bullets) -> Markup:
    return tag("ul", *(tag("li", item) for item in block.items))


def _facts(block: kinds.Facts) -> Markup:
    facts = (tag("div", tag("dt", _labelled(f.label, f.term)), tag("dd", f.value)) for f in block.items)
    return tag("dl", *facts, class_="facts")


def _callout(block: kinds.Callout) -> Markup:
    code = tag("span", block.code, class_="code") if block.code else None
    parts = [tag("p", block.title, code, class_="callout-title"), tag("p", block.text)]
    if block.advice:
        parts.append(tag("p", tag("strong", "What to do: "), block.advice))
    return tag("div", *parts, class_=f"callout {block.severity}")


def _definitions(block: kinds.Definitions) -> Markup:
    entries = (tag("div", tag("dt", tag("dfn", d.term), id=_anchor(d.term)), tag("dd", d.text)) for d in block.items)
    return tag("dl", *entries, class_="glossary")


def table_html(table: DataTable) -> Markup:
    """Return a table that can be scrolled sideways where the screen is narrow; long ones fold their end away."""
    if len(table.rows) <= LONG_TABLE + 3:
        return _scrolled(table, _rows(table, 0, len(table.rows)))
    rest = _scrolled(table, _rows(table, LONG_TABLE, len(table.rows)))
    fold = tag("details", tag("summary", f"{len(table.rows) - LONG_TABLE} more rows"), rest, class_="fold")
    return joined((_scrolled(table, _rows(table, 0, LONG_TABLE)), fold))


def _scrolled(table: DataTable, rows: list[Markup]) -> Markup:
    head = tag(
        "tr",
        *(
            tag("th", _labelled(c.label, c.term), scope="col", class_="number" if c.form in NUMERIC else None)
            for c in table.columns
        ),
    )
    caption = tag("caption", table.caption) if table.caption else None
    inner = tag("table", caption, tag("thead", head), tag("tbody", *rows))
    label = table.caption or ", ".join(c.label for c in table.columns)
    return tag("div", inner, class_="scroll", role="region", tabindex=0, aria_label=label)


def _rows(table: DataTable, start: int, stop: int) -> list[Markup]:
    out = []
    wide = {i for row in table.rows for i, value in enumerate(row) if isinstance(value, str) and len(value) > LONG_TEXT}
    for number in range(start, stop):
        cells = [
            tag(
                "th" if i == 0 else "td",
                cell_text(value, column.form),
                scope="row" if i == 0 else None,
                class_=_kind(column, i, i in wide),
            )
            for i, (value, column) in enumerate(zip(table.rows[number], table.columns, strict=True))
        ]
        out.append(tag("tr", *cells, class_="strong" if number in table.strong else None))
    return out


def _kind(column: TableColumn, position: int, wide: bool) -> str | None:
    """The class of a cell: most cells of most tables are numbers, so that these need none and pages stay small."""
    if column.form in NUMERIC:
        return None if position else "number"
    return "long" if wide else "text" if position else None


def _figure(figure: Figure, *, drawn: bool) -> Markup:
    numbers = table_html(figure.table)
    title = tag("h3", figure.title, id=f"figure-{figure.name}")
    caption = tag("figcaption", title, tag("p", figure.description, class_="quiet"))
    if not drawn:
        return tag("figure", caption, numbers)
    chart = tag(
        "div", role="img", aria_label=f"{figure.title}. {figure.description}", class_="chart", data_figure=figure.name
    )
    fold = tag("details", tag("summary", "The numbers as a table"), numbers, class_="numbers")
    return tag("figure", caption, chart, fold, aria_labelledby=f"figure-{figure.name}")


def _figures(blocks: Iterable[Any]) -> Iterable[Figure]:
    for block in blocks:
        if isinstance(block, Figure):
            yield block
        elif isinstance(block, kinds.Fold):
            yield from _figures(block.blocks)


RENDERERS: dict[type, Callable[[Any], Markup]] = {
    kinds.Text: _text,
    kinds.Bullets: _bullets,
    kinds.Facts: _facts,
    kinds.Callout: _callout,
    kinds.Heading: lambda block: tag("h3", block.text),
    kinds.Glance: glance_html,
    kinds.SegmentCard: segment_card_html,
    kinds.Definitions: _definitions,
    DataTable: table_html,
}
