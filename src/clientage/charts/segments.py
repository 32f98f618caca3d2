"""Figures of the segments themselves: sizes, profile panels, heatmap, box plots, categories.

Receives `Profiles` (numbers a reader also finds in the tables) and, for spreads and categories, what
`exploration` computed; returns figures. A segment has the same colour in all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    signed,
    wrapped,
)
from clientage.charts.palette import DIVERGING, segment_scale
from clientage.charts.scales import name_axis
from clientage.segments.wording import capitalised, joined, percent

if TYPE_CHECKING:
    from clientage.segments.profiles import Profiles
    from clientage.segments.segment import Segment
    from clientage.segments.traits import Trait

CLEAR, IDLE = 0.3, 0.1  # standard deviations: worth a title, and next to nothing
MOST_FEATURES = 24  # a picture with more rows than this is no longer read; the table has all


def segment_sizes(profiles: Profiles) -> Figure:
    """Share of customers of each segment as a bar, and its share of value as a mark on it."""
    segments = profiles.segments
    labels = segment_labels(profiles)
    values: list[dict[str, Any]] = []
    for label, s in zip(labels, segments, strict=True):
        row: dict[str, Any] = {"id": s.id, "segment": label, "share": rounded(s.share), "size": s.size}
        if s.value_share is not None:
            row["value"] = rounded(s.value_share)
        values.append(row)
    if profiles.unassigned:
        n = sum(s.size for s in segments) + profiles.unassigned
        share = rounded(profiles.unassigned / n)
        values.append({"id": 0, "segment": "(no segment)", "share": share, "size": profiles.unassigned})
    worth = any(s.value_share is not None for s in segments)
    title = _sizes_title(segments)
    marked = ", with a mark at its share of value" if worth else ""
    text = f"One bar for each segment, as long as its share of customers{marked}."
    columns = [TableColumn("Segment"), TableColumn("Customers", "count"), TableColumn("Share", "percent")]
    rows: list[tuple[Cell, ...]] = [(s.name, s.size, s.share) for s in segments]
    if worth:
        columns.append(TableColumn("Share of value", "percent", "value share"))
        rows = [(*row, s.value_share) for row, s in zip(rows, segments, strict=True)]
    body = {
        "params": [FOCUS],
        "data": {"values": values},
        "height": 40 * len(values),
        "layer": _size_layers([row["segment"] for row in values], [row["id"] for row in values], worth),
    }
    return build_figure("sizes", title, text, DataTable(tuple(columns), tuple(rows)), body)


def _size_layers(labels: list[str], ids: list[int], worth: bool) -> list[dict[str, Any]]:
    y = {"field": "segment", "type": "nominal", "scale": {"domain": labels}, "axis": name_axis()}
    title = "share of customers (bar) and of value (mark)" if worth else "share of customers"
    x = {"field": "share", "type": "quantitative", "title": title, "axis": {"format": "%", "tickCount": 5}}
    colour = {"field": "id", "type": "nominal", "scale": segment_scale(ids), "legend": None}
    tips = [
        {"field": "segment", "title": "segment"},
        {"field": "size", "title": "customers", "format": ","},
        {"field": "share", "title": "share of customers", "format": ".1%"},
    ]
    if worth:
        tips.append({"field": "value", "title": "share of value", "format": ".1%"})
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar", "height": {"band": 0.62}, "cornerRadiusEnd": 2},
            "encoding": {"y": y, "x": x, "color": colour, "opacity": focused(), "tooltip": tips},
        },
    ]
    if worth:
        mark = {"type": "tick", "thickness": 3, "size": 30, "color": "#3c4248"}
        x_value = {"field": "value", "type": "quantitative"}
        layers.append({"name": "ink_value", "mark": mark, "encoding": {"y": y, "x": x_value, "tooltip": tips}})
    return layers


def _sizes_title(segments: tuple[Segment, ...]) -> str:
    largest = max(segments, key=lambda s: s.size)
    valued = [(s.value_share - s.share, s) for s in segments if s.value_share is not None]
    if valued:
        ahead, best = max(valued, key=lambda pair: pair[0])
        if ahead > 0.05:
            part, worth = percent(best.share), percent(best.value_share)
            return f"Segment {best.id}, {part} of customers, brings {worth} of the value"
    return f"Segment {largest.id} is the largest, with {percent(largest.share)} of the customers"


def profile_plot(profiles: Profiles) -> Figure | None:
    """A panel for each segment: how far its means lie from everybody's, markers in full colour."""
    features = numeric_features(profiles)
    if not features or len(profiles.segments) < 2:
        return None
    labels = wrapped([title for _, title in features], 20)
    places = {column: label for (column, _), label in zip(features, labels, strict=True)}
    limit = max(1.0, *(abs(t.effect) for s in profiles.segments for t in s.traits if t.column in places)) * 1.05
    panels = [
        _profile_panel(s, name, places, limit)
        for s, name in zip(profiles.segments, segment_labels(profiles), strict=True)
    ]
    title = _profile_title(profiles, dict(features))
    text = (
        "One panel for each segment. Bars to the right of the line: above the average of all customers; to the left: "
        "below, in standard deviations. Strong colour marks what sets the segment apart."
    )
    columns = (TableColumn("Feature"), *(TableColumn(s.name, "points") for s in profiles.segments))
    table = DataTable(columns, _effect_rows(profiles, features), "Difference from the average in standard deviations")
    body = {"params": [FOCUS], **panel_grid(panels, 2 if len(panels) == 4 else 3)}
    return build_figure("profiles", title, text, table, body)


def _profile_title(profiles: Profiles, titles: Mapping[str, str]) -> str:
    """The largest difference of all."""
    best: tuple[float, str] = (0.0, "No segment lies far from the average customer")
    for segment in profiles.segments:
        for trait in segment.traits:
            if trait.column in titles and abs(trait.effect) > max(best[0], CLEAR):
                side = "above" if trait.effect > 0 else "below"
                words = f"{titles[trait.column]} {abs(trait.effect):.1f} standard deviations {side} the average"
                best = abs(trait.effect), f"Segment {segment.id} stands out most: {words}"
    return best[1]


def _profile_panel(segment: Segment, label: str, places: dict[str, str], limit: float) -> dict[str, Any]:
    values = [
        {
            "id": segment.id,
            "feature": places[t.column],
            "z": rounded(t.effect, 3),
            "marker": bool(t.marker),
            "words": t.words,
        }
        for t in segment.traits
        if t.kind == "number" and t.column in places
    ]
    y = {
        "field": "feature",
        "type": "nominal",
        "scale": {"domain": list(places.values())},
        "axis": name_axis(labelFontSize=11),
    }
    x = {
        "field": "z",
        "type": "quantitative",
        "title": "standard deviations",
        "scale": {"domain": [-rounded(limit, 3), rounded(limit, 3)]},  # type: ignore[operator]
        "axis": {"tickCount": 5, "format": ",~f"},
    }
    opacity = {
        "condition": [
            {"test": "focus !== 0 && datum.id !== focus", "value": 0.08},
            {"test": "datum.marker", "value": 1},
        ],
        "value": 0.4,
    }
    colour = {"value": segment_scale([segment.id])["range"][0]}
    tips = [{"field": "words", "title": "finding"}, {"field": "z", "title": "standard deviations"}]
    return {
        "title": label.split("\n"),
        "width": 190,
        "height": {"step": 26},
        "data": {"values": values},
        "layer": [
            {"mark": "bar", "encoding": {"y": y, "x": x, "color": colour, "opacity": opacity, "tooltip": tips}},
            {
                "name": f"ink_zero_{segment.id}",
                "mark": {"type": "rule", "stroke": "#3c4248"},
                "encoding": {"x": {"datum": 0, "type": "quantitative"}},
            },
        ],
    }


def heatmap(profiles: Profiles) -> Figure | None:
    """Standardised means of every feature in every segment, as colour and as number."""
    features = numeric_features(profiles)
    if not features or len(profiles.segments) < 2:
        return None
    feature_labels, names = wrapped([title for _, title in features], 20), segment_labels(profiles, 14, 3)
    places = {column: label for (column, _), label in zip(features, feature_labels, strict=True)}
    values = [
        {
            "id": s.id,
            "segment": name,
            "feature": places[t.column],
            "z": rounded(t.effect, 3),
            "said": signed(t.effect),
        }
        for s, name in zip(profiles.segments, names, strict=True)
        for t in s.traits
        if t.kind == "number" and t.column in places
    ]
    limit = max(1.0, *(abs(row["z"] or 0.0) for row in values))  # type: ignore[arg-type]
    x_axis = name_axis(labelAngle=0, labelFontSize=11)
    shared = {
        "x": {"field": "segment", "type": "nominal", "scale": {"domain": names}, "axis": x_axis},
        "y": {"field": "feature", "type": "nominal", "scale": {"domain": feature_labels}, "axis": name_axis()},
        "opacity": focused(),
    }
    colour = {
        "field": "z",
        "type": "quantitative",
        "scale": {"domain": [-limit, 0, limit], "range": list(DIVERGING), "interpolate": "lab"},
        "legend": None,
    }
    strong = {"condition": {"test": f"abs(datum.z) > {0.6 * limit:.3f}", "value": "#ffffff"}, "value": "#2b2f33"}
    tips = [{"field": "segment"}, {"field": "feature"}, {"field": "said", "title": "standard deviations"}]
    z = {"field": "said", "type": "nominal"}
    title = _heatmap_title(profiles, features)
    text = (
        "Every feature in every segment, in standard deviations from the average of all customers. Blue: above; brown: "
        "below. One standard deviation is a clear difference."
    )
    columns = (TableColumn("Feature"), *(TableColumn(s.name, "points") for s in profiles.segments))
    table = DataTable(columns, _effect_rows(profiles, features), "Difference from the average in standard deviations")
    body = {
        "params": [FOCUS],
        "data": {"values": values},
        "height": 32 * len(features),
        "layer": [
            {"mark": {"type": "rect", "cornerRadius": 2}, "encoding": shared | {"color": colour, "tooltip": tips}},
            {"mark": {"type": "text", "fontSize": 11}, "encoding": shared | {"text": z, "color": strong}},
        ],
    }
    return build_figure("heatmap", title, text, table, body)


def _heatmap_title(profiles: Profiles, features: list[tuple[str, str]]) -> str:
    """The features that differ most between segments, and those that do not differ at all."""
    reach = {
        column: max(abs(t.effect) for s in profiles.segments for t in s.traits if t.column == column)
        for column, _ in features
    }
    strong = [title for column, title in features if reach[column] >= CLEAR][:2]
    idle = [title for column, title in features if reach[column] < IDLE]
    if not strong:
        return "No feature differs much between the segments"
    head = f"{joined(strong)} differ{'s' if len(strong) == 1 else ''} most between the segments"
    if len(idle) in (1, 2):
        head += f", {joined(idle)} hardly at all"
    return capitalised(head)


def numeric_features(profiles: Profiles) -> list[tuple[str, str]]:
    """Column and title of the numeric traits, those that differ most between segments first."""
    strength: dict[str, float] = {}
    titles: dict[str, str] = {}
    for segment in profiles.segments:
        for trait in segment.traits:
            if trait.kind == "number" and trait.role == "feature":
                strength[trait.column] = max(strength.get(trait.column, 0.0), abs(trait.effect))
                titles[trait.column] = trait.title
    ranked = sorted(strength, key=lambda column: (-strength[column], column))
    return [(column, titles[column]) for column in ranked[:MOST_FEATURES]]


def segment_labels(profiles: Profiles, width: int = 24, lines: int = 2) -> list[str]:
    """Numbers and names of the segments, wrapped for an axis."""
    return wrapped([f"{s.id}. {s.name}" for s in profiles.segments], width, lines)


def _effect_rows(profiles: Profiles, features: list[tuple[str, str]]) -> tuple[tuple[Cell, ...], ...]:
    def effect(segment: Segment, column: str) -> float | None:
        found: list[Trait] = [t for t in segment.traits if t.kind == "number" and t.column == column]
        return found[0].effect if found else None

    return tuple((title, *(effect(s, column) for s in profiles.segments)) for column, title in features)
