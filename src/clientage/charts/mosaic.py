"""Mosaics: how the categories of a column are spread over the segments, and where that differs from everybody.

Receives customers, their segments and the profiles' names; returns a figure. The shares are `spread`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clientage.charts.figure import (
    FOCUS,
    Cell,
    DataTable,
    Figure,
    TableColumn,
    build_figure,
    panel_grid,
    rounded,
    wrapped,
)
from clientage.charts.palette import DIVERGING, INK, segment_colour
from clientage.charts.spread import category_shares
from clientage.cores import side_by_side
from clientage.segments.groups import Groups
from clientage.segments.headings import headings
from clientage.segments.wording import capitalised, percent
from clientage.spool import rows_in_memory

if TYPE_CHECKING:
    from clientage.data.table import Column
    from clientage.features.customers import Customers
    from clientage.segments.profiles import Profiles
    from clientage.segments.segmentation import Segmentation

MOST_PANELS = 8
OTHERS = "(all others)"
MOST_OTHERS = 0.6  # share of rare categories up to which a mosaic is worth drawing
LEAST = 0.04  # of all customers: rarer categories are drawn together
FULL = 0.2  # difference of shares at which the colour is full
CLEAR = 0.1  # difference of shares worth a title
LINE = 0.07  # height of a label, as a share of a bar
LABELS, EVERYBODY, GAP = 0.34, 0.16, 0.008  # widths, as shares of all segments together


@dataclass(frozen=True, slots=True)
class _Mosaic:
    """One column: its categories, their shares among all and in each segment, and the segments' sizes."""

    title: str
    categories: tuple[str, ...]
    shares: np.ndarray
    sizes: np.ndarray


def category_mosaics(customers: Customers, segmentation: Segmentation, profiles: Profiles) -> Figure | None:
    """A panel for each categorical column: widths are segments, heights are categories, colour is the difference."""
    columns = [c for c in (*customers.features, *customers.profile, *customers.outcome) if c.kind == "text"]
    names = headings([c.name for c in columns], customers.titles, customers.units)
    k = len(profiles.segments)
    groups = Groups(segmentation.labels, k)
    n = rows_in_memory(c.held for c in columns)
    found = side_by_side(lambda c: _mosaic(c, names[c.name].words, groups), columns, n)
    shown = [m for m in found if m.categories and _mostly_named(m)][:MOST_PANELS]
    if not shown or k < 2:
        return None
    panels = [_panel(mosaic, place) for place, mosaic in enumerate(shown)]
    text = (
        "Each panel is a column. Left: all customers. Then one bar for each segment, as wide as it is large, cut at "
        "the shares of the categories. Blue: more common there than among all customers; brown: less common."
    )
    heads = (TableColumn("All", "percent"), *(TableColumn(s.name, "percent") for s in profiles.segments))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (m.title, category, *map(float, m.shares[:, j])) for m in shown for j, category in enumerate(m.categories)
    )
    table = DataTable((TableColumn("Column"), TableColumn("Category"), *heads), rows)
    body = {"params": [FOCUS], **panel_grid(panels, 2)}
    return build_figure("categories", _title(shown), text, table, body)


def _mosaic(column: Column, title: str, groups: Groups) -> _Mosaic:
    categories, shares, sizes = category_shares(column, groups)
    often = shares[0] >= LEAST if len(categories) else np.zeros(0, dtype=bool)
    kept = tuple(c for c, keep in zip(categories, often, strict=True) if keep)
    shown = shares[:, often]
    rest = 1.0 - shown.sum(axis=1)
    rest[1:][sizes == 0] = 0.0
    if kept and rest[0] > 1e-9:
        return _Mosaic(title, (*kept, OTHERS), np.column_stack([shown, np.clip(rest, 0, 1)]), sizes)
    return _Mosaic(title, kept, shown, sizes)


def _mostly_named(mosaic: _Mosaic) -> bool:
    """Whether it tells more than that there are many rare categories."""
    return mosaic.categories[-1] != OTHERS or float(mosaic.shares[0, -1]) <= MOST_OTHERS


def _title(shown: list[_Mosaic]) -> str:
    best: tuple[float, str] = (0.0, "")
    for m in shown:
        gap = np.where(m.sizes[:, None] > 0, np.abs(m.shares[1:] - m.shares[0]), 0.0)
        segment, category = np.unravel_index(int(gap.argmax()), gap.shape)
        if gap[segment, category] > best[0]:
            here, everybody = m.shares[1 + segment, category], m.shares[0, category]
            words = f"{m.title} {m.categories[category]} is {percent(float(here))} of segment {segment + 1} "
            best = float(gap[segment, category]), f"{words}and {percent(float(everybody))} of all customers"
    if best[0] < CLEAR:
        return "No category sets a segment apart: each is about as common in every segment"
    return capitalised(best[1])


def _panel(mosaic: _Mosaic, place: int) -> dict[str, Any]:
    tiles, marks = _tiles(mosaic)
    limit = {"domain": [-LABELS, 1.0 + EVERYBODY + 0.03], "nice": False, "zero": False}
    x = {"type": "quantitative", "axis": None, "scale": limit}
    y = {"type": "quantitative", "axis": None, "scale": {"domain": [0, 1.14], "reverse": True, "nice": False}}
    colour = {
        "field": "gap",
        "type": "quantitative",
        "scale": {"domain": [-FULL, 0, FULL], "range": list(DIVERGING), "interpolate": "lab", "clamp": True},
        "legend": None,
    }
    faded = {
        "condition": {"test": "focus === 0 || datum.id === 0 || datum.id === focus", "value": 1},
        "value": 0.15,
    }
    tips = [
        {"field": "category"},
        {"field": "segment"},
        {"field": "share", "title": "share", "format": ".1%"},
        {"field": "all", "title": "of all customers", "format": ".1%"},
    ]
    text = {"type": "text", "fontSize": 11, "lineBreak": "\n", "fill": INK}
    words = {"x": x | {"field": "x"}, "y": y | {"field": "y"}, "text": {"field": "label"}}
    return {
        "title": wrapped([mosaic.title], 40)[0].split("\n"),
        "width": 300,
        "height": 220,
        "layer": [
            {
                "data": {"values": tiles},
                "mark": {"type": "rect", "stroke": "white", "strokeWidth": 1},
                "encoding": {
                    "x": x | {"field": "left"},
                    "x2": {"field": "right"},
                    "y": y | {"field": "top"},
                    "y2": {"field": "bottom"},
                    "color": colour,
                    "opacity": faded,
                    "tooltip": tips,
                },
            },
            {
                "data": {"values": [m for m in marks if not m["side"]]},
                "mark": {"type": "rect"},
                "encoding": {
                    "x": x | {"field": "left"},
                    "x2": {"field": "right"},
                    "y": y | {"datum": 1.01},
                    "y2": {"datum": 1.035},
                    "color": {"field": "colour", "type": "nominal", "scale": None},
                },
            },
            {
                "name": f"ink_categories_{place}",
                "data": {"values": [m for m in marks if m["side"]]},
                "mark": text | {"align": "right", "dx": -5},
                "encoding": words,
            },
            {
                "name": f"ink_segments_{place}",
                "data": {"values": [m for m in marks if not m["side"]]},
                "mark": text | {"baseline": "top", "dy": 5, "fontWeight": 600},
                "encoding": words,
            },
        ],
    }


def _tiles(mosaic: _Mosaic) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A tile for each category of each bar; and what is written at the left and below."""
    labels = wrapped(mosaic.categories, 16, 1)
    bars: list[tuple[int, str, float, float]] = [(0, "All", 0.0, EVERYBODY)]
    left = EVERYBODY + 0.03
    room = 1.0 - GAP * (len(mosaic.sizes) - 1)
    for s, size in enumerate(mosaic.sizes.tolist(), 1):
        width = room * size / max(1.0, float(mosaic.sizes.sum()))
        if size:
            bars.append((s, str(s), left, left + width))
            left += width + GAP
    tiles: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    for s, name, start, end in bars:
        edges = np.concatenate([[0.0], np.cumsum(mosaic.shares[s])])
        middle = {"x": rounded((start + end) / 2), "y": 1.03, "left": rounded(start), "right": rounded(end)}
        marks.append({"side": False, "id": s, "label": name, **middle, "colour": segment_colour(s)})
        for j, category in enumerate(mosaic.categories):
            share, everybody = float(mosaic.shares[s, j]), float(mosaic.shares[0, j])
            tile = {
                "left": rounded(start),
                "right": rounded(end),
                "top": rounded(edges[j]),
                "bottom": rounded(edges[j + 1]),
            }
            words = {"category": category, "segment": name, "share": rounded(share), "all": rounded(everybody)}
            tiles.append({"id": s, **tile, **words, "gap": rounded(share - everybody, 3)})
        if s == 0:
            places = _apart(((edges[:-1] + edges[1:]) / 2).tolist())
            marks += [
                {"side": True, "label": label, "x": 0.0, "y": rounded(at)}
                for label, at in zip(labels, places, strict=True)
            ]
    return tiles, marks


def _apart(places: list[float]) -> list[float]:
    """Heights of labels, moved up where the next one would be written over them."""
    free = 1.0
    out = []
    for at in reversed(places):
        free = min(at, free)
        out.append(free)
        free -= LINE
    return out[::-1]
