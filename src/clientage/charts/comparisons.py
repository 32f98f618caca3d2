"""Figures that compare segments column by column: box plots of numbers.

Receives profiles, which know the percentiles of every segment; returns figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clientage.charts.figure import (
    FOCUS,
    Cell,
    DataTable,
    Figure,
    TableColumn,
    build_figure,
    focused,
    panel_grid,
    rounded,
    wrapped,
)
from clientage.charts.palette import segment_scale
from clientage.charts.scales import log_ticks, name_axis, number_axis
from clientage.charts.segments import numeric_features, segment_labels
from clientage.segments.wording import percent

if TYPE_CHECKING:
    from clientage.segments.profiles import Profiles
    from clientage.segments.traits import Spread, Trait

MOST_PANELS = 12
WIDE = 20.0  # ratio of largest to smallest from which a lopsided feature gets a logarithmic axis


def box_plots(profiles: Profiles) -> Figure | None:
    """A panel for each numeric feature with a box for each segment, in original units."""
    traits = {t.column: t for s in profiles.segments for t in s.traits}
    shown = [(column, title) for column, title in numeric_features(profiles) if not traits[column].binary][:MOST_PANELS]
    if not shown:
        return None
    names = segment_labels(profiles, 18)
    panels, rows = [], []
    spreads = {c.column: c.spreads for c in profiles.overall.columns if c.role == "feature"}
    for column, title in shown:
        # a segment too small to be shown has no traits
        boxes = zip(profiles.segments, spreads[column], strict=True)
        found = tuple(box if segment.traits else None for segment, box in boxes)
        panels.append(_box_panel(title, _scale(found, traits[column]), names, found))
        for segment, box in zip(profiles.segments, found, strict=True):
            if box is not None:
                cells: tuple[Cell, ...] = (box.low, box.lower, box.median, box.upper, box.high)
                rows.append((title, segment.name, *cells))
    title = _title(profiles, *shown[0])
    text = (
        "Each box holds the middle half of a segment's customers, with a line at the median; nine in ten customers "
        "lie between the ends of the thin lines."
    )
    heads = ("5% below", "Lower quartile", "Median", "Upper quartile", "5% above")
    headers = (TableColumn("Feature"), TableColumn("Segment"), *(TableColumn(h, "number") for h in heads))
    body = {"params": [FOCUS], **panel_grid(panels, 3)}
    return build_figure("boxes", title, text, DataTable(headers, tuple(rows)), body)


def _title(profiles: Profiles, column: str, title: str) -> str:
    """How much of the differences in the first feature the segments hold."""
    share = next((c.association for c in profiles.overall.columns if c.column == column), None)
    if len(profiles.segments) < 2 or share is None:
        return "Where the customers of each segment lie, feature by feature"
    return f"Of the differences in {title}, {percent(share)} lie between segments and the rest within them"


def _scale(boxes: tuple[Spread | None, ...], trait: Trait) -> dict[str, Any]:
    """Axis of a feature: its unit, and a logarithmic scale when it is lopsided and never negative."""
    there = [b for b in boxes if b is not None]
    low, high = min(b.low for b in there), max(b.high for b in there)
    log = trait.skewed and low >= 0 and high > WIDE * max(low, 1.0)
    axis = number_axis(max(max(abs(b.low), abs(b.high)) for b in there))
    x = {"type": "quantitative", "title": trait.unit, "scale": {"zero": False}, "axis": axis}
    if not log:
        return x
    axis["values"] = log_ticks(low, high)
    return x | {
        "title": f"{trait.unit or ''} (log scale)".strip(),
        "scale": {"type": "symlog", "constant": 1, "zero": False},
    }


def _box_panel(title: str, x: dict[str, Any], names: list[str], boxes: tuple[Spread | None, ...]) -> dict[str, Any]:
    values = [
        {
            "id": i,
            "segment": name,
            "low": rounded(b.low),
            "lower": rounded(b.lower),
            "median": rounded(b.median),
            "upper": rounded(b.upper),
            "high": rounded(b.high),
        }
        for i, (name, b) in enumerate(zip(names, boxes, strict=True), 1)
        if b is not None
    ]
    y = {"field": "segment", "type": "nominal", "scale": {"domain": names}, "axis": name_axis(labelFontSize=11)}
    colour = {"field": "id", "type": "nominal", "scale": segment_scale(list(range(1, len(names) + 1))), "legend": None}
    fields = {"low": "5% lie below", "lower": "lower quartile", "median": "median", "upper": "upper quartile"}
    tips = [{"field": "segment"}, *({"field": f, "title": t, "format": ",.4~r"} for f, t in fields.items())]
    tips.append({"field": "high", "title": "5% lie above", "format": ",.4~r"})
    whisker = {"x": x | {"field": "low"}, "x2": {"field": "high"}}
    box = {"x": x | {"field": "lower"}, "x2": {"field": "upper"}}
    return {
        "title": wrapped([title], 30)[0].split("\n"),
        "width": 190,
        "height": {"step": 32},
        "data": {"values": values},
        # of all layers at once: a page has many panels
        "encoding": {"y": y, "color": colour, "opacity": focused(), "tooltip": tips},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 1.5}, "encoding": whisker},
            {"mark": {"type": "bar", "height": {"band": 0.5}, "cornerRadius": 1}, "encoding": box},
            # where half of a segment has one value there is no box: its median still shows in its colour
            {
                "mark": {"type": "tick", "thickness": 6, "height": {"band": 0.5}},
                "encoding": {"x": x | {"field": "median"}},
            },
            {
                "mark": {"type": "tick", "thickness": 2, "height": {"band": 0.5}},
                "encoding": {"x": x | {"field": "median"}, "color": {"value": "white"}},
            },
        ],
    }
