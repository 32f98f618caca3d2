"""Figures and other blocks of a report on the page.

Receives what `charts/` and `report/` made; shows it in the page's theme and width. Nothing is drawn here that is not
in the figure's specification.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from clientage.charts.figure import Figure
from clientage.charts.picking import CHOICE, pickable
from clientage.dashboard.style import is_dark, sheet
from clientage.report.html import block_html, table_html
from clientage.report.markup import tag

INK = {False: "#1f2327", True: "#e7e9eb"}
QUIET = {False: "#5b6168", True: "#a3abb3"}
LINE = {False: "#e2e4e6", True: "#343a40"}
MOST_LEGEND = 290  # pixels that an entry of a legend may take
PARTS = 3  # places on the page that a figure of one panel takes, with its heading
MANY_MARKS = {"map"}  # figures of thousands of marks: as pixels they are drawn in a fraction of the time
LINK = re.compile(r'<a href="#segment-\d+">(.*?)</a>')
# the three darkest colours of segments get a lighter sister on a dark page, as in the report
LIGHTER = {"#9b2014": "#d6584a", "#085762": "#2f93a3", "#65389f": "#9a74d4"}


def show_blocks(blocks: Iterable[Any], *, key: str = "") -> None:
    """Show blocks of a document in reading order."""
    for block in blocks:
        show_block(block, key=key)


def show_block(block: Any, *, key: str = "") -> None:
    """Show one block of a document: a figure as a chart, everything else as in the report."""
    if isinstance(block, Figure):
        show_figure(block, key=key)
    else:
        show_together([block])


def show_together(blocks: Iterable[Any]) -> None:
    """Show blocks that are no figures in one place of the page, however many they are."""
    # their links lead to the cards of the report, which are pages of their own here
    sheet(*(LINK.sub(r"\1", str(block_html(block, drawn=True))) for block in blocks))


def keep_place(count: int = 1) -> None:
    """Show nothing in as many places as something else takes there at other times."""
    for _ in range(count):
        st.empty()


def show_figure(figure: Figure, *, key: str = "", heading: bool = True, pick: bool = False, focus: int = 0) -> Any:
    """Show a figure: title, how to read it, the chart, and its numbers folded away.

    Parameters
    ----------
    figure : Figure
        From `clientage.charts`.
    key : str
        Makes two drawings of one figure on a page different.
    heading : bool
        Whether title and description stand above it.
    pick : bool
        Whether customers can be chosen in it, where `clientage.charts.picking` knows how: the page, or the fragment
        it stands in, is drawn again when they are.
    focus : int
        Show this segment alone; 0 for all.

    Returns
    -------
    What was chosen, for `clientage.charts.picking`; None where nothing can be.
    """
    chosen_in = pickable(figure) if pick else None
    figure = chosen_in or figure
    if heading:
        sheet(tag("h3", figure.title), tag("p", figure.description, class_="quiet"))
    spec, said = themed(figure.spec, is_dark(), focus), None
    if figure.name in MANY_MARKS:
        spec["usermeta"] = {"embedOptions": {"renderer": "canvas"}}
    if "concat" in spec:
        _panels(spec, figure, key)
    else:
        said = _chart(spec, f"{figure.name}_{key}", pick=chosen_in is not None)
    sheet(
        tag("details", tag("summary", "The numbers as a table"), table_html(figure.table), class_="numbers"),
    )
    return said


def _panels(spec: Mapping[str, Any], figure: Figure, key: str) -> None:
    """Draw the panels of a figure beside each other, or below each other where the page is narrow."""
    panels, columns = spec["concat"], int(spec.get("columns", 3))
    shared = {k: v for k, v in spec.items() if k not in {"concat", "columns", "spacing", "title", "description"}}
    for start in range(0, len(panels), columns):
        places = st.columns(columns)
        for i, (place, panel) in enumerate(zip(places, panels[start : start + columns], strict=False), start):
            words = panel.get("title", "")
            said = f"{' '.join(words) if isinstance(words, list) else words}. {figure.description}"
            with place:
                _chart({**shared, **panel, "width": "container", "description": said}, f"{figure.name}_{key}_{i}")


def _chart(spec: dict[str, Any], key: str, *, pick: bool = False) -> Any:
    if not pick:
        st.vega_lite_chart(spec=spec, width="stretch", theme=None, key=f"chart_{key}")
        return None
    chosen = st.vega_lite_chart(
        spec=spec, width="stretch", theme=None, key=f"chart_{key}", on_select="rerun", selection_mode=CHOICE
    )
    return chosen["selection"].get(CHOICE)


def themed(spec: Mapping[str, Any], dark: bool, focus: int = 0) -> dict[str, Any]:
    """Return a specification in the page's colours, with one segment in focus.

    Parameters
    ----------
    spec : mapping
        As in `Figure.spec`; not changed.
    dark : bool
        The page's theme.
    focus : int
        A segment's id, or 0.
    """
    own: dict[str, Any] = _copied(spec)
    own.pop("title", None)
    own.pop("$schema", None)
    own.setdefault("autosize", {"type": "fit-x", "contains": "padding"})
    for param in own.get("params", ()):
        if param.get("name") == "focus":
            param["value"] = focus
    _narrow_legends(own)
    own["config"] = {**_config(dark), **own.get("config", {})}
    recoloured: dict[str, Any] = _recoloured(own, dark)
    return recoloured


def _copied(node: Any) -> Any:
    """A copy to be changed; the data in it, which are most of it, are shared."""
    if isinstance(node, Mapping):
        return {k: v if k == "data" else _copied(v) for k, v in node.items()}
    return [_copied(v) for v in node] if isinstance(node, (list, tuple)) else node


def _narrow_legends(node: Any) -> None:
    """Beside each other legend entries need room that a telephone has not, and nobody knows how wide a page is."""
    if isinstance(node, dict):
        legend = node.get("legend")
        if isinstance(legend, dict) and "columns" in legend:
            legend.update(columns=1, labelLimit=MOST_LEGEND)
        for key, child in node.items():
            if key != "data":
                _narrow_legends(child)
    elif isinstance(node, list):
        for child in node:
            _narrow_legends(child)


def _recoloured(node: Any, dark: bool) -> Any:
    """On a dark page: ink is light, and the darkest segments get their lighter sisters."""
    if not dark:
        return node
    if isinstance(node, dict):
        inked = str(node.get("name", "")).startswith("ink_")
        out = {k: v if k == "data" else _recoloured(v, dark) for k, v in node.items()}
        if inked and isinstance(out.get("mark"), dict):
            out["mark"] = {**out["mark"], **{c: INK[True] for c in ("color", "stroke", "fill") if c in out["mark"]}}
        return out
    if isinstance(node, list):
        return [_recoloured(v, dark) for v in node]
    return LIGHTER.get(node, node) if isinstance(node, str) else node


def _config(dark: bool) -> dict[str, Any]:
    ink, quiet, line = INK[dark], QUIET[dark], LINE[dark]
    return {
        "background": "transparent",
        "font": '"Source Sans", system-ui, sans-serif',
        "view": {"stroke": None},
        "axis": {
            "labelColor": ink,
            "titleColor": quiet,
            "gridColor": line,
            "tickColor": line,
            "domainColor": line,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": 400,
            "titlePadding": 10,
            "labelSeparation": 6,
        },
        "legend": {"labelColor": ink, "titleColor": quiet, "labelFontSize": 12},
        "title": {"color": ink, "anchor": "start", "fontSize": 13, "fontWeight": 600, "offset": 8},
        "header": {"labelColor": ink},
    }
