"""The map of customers: two principal components, coloured by segment, with the features as directions.

Receives the encoded matrix, segments and profiles; returns a figure. The statistics are `projection`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clientage.charts.figure import FOCUS, DataTable, Figure, TableColumn, build_figure, focused, rounded, wrapped
from clientage.charts.palette import INK, segment_scale
from clientage.charts.projection import Projection, project
from clientage.charts.segments import segment_labels
from clientage.segments.headings import headings
from clientage.segments.wording import percent

if TYPE_CHECKING:
    from clientage.charts.exploration import Exploration
    from clientage.features.customers import Customers
    from clientage.features.encoding import FeatureMatrix
    from clientage.segments.profiles import Profiles
    from clientage.segments.segmentation import Segmentation

MOST_ARROWS = 6
ARROW_REACH = 0.7  # of the farthest customer, so that labels stay inside


def pca_map(
    matrix: FeatureMatrix,
    exploration: Exploration,
    customers: Customers,
    segmentation: Segmentation,
    profiles: Profiles,
) -> Figure | None:
    """Customers on the two directions in which they differ most; near means alike."""
    if matrix.values.shape[1] < 2:
        return None
    projection = project(matrix.values, exploration.sample)
    hidden = any(not s.traits for s in profiles.segments)
    labels = [*segment_labels(profiles, 60, 1), "(too few to show, or in no segment)" if hidden else "(no segment)"]
    ids = segmentation.labels[projection.rows] + 1
    seen = sum(projection.explained)
    title = f"Seen from two sides at once, {percent(seen)} of the differences between customers show"
    text = (
        "Each dot is a customer; near means alike. Lines point to where a feature grows. Drag to move, scroll to zoom."
    )
    points = projection.points.round(3).tolist()
    values = [{"id": int(i), "x": x, "y": y} for i, (x, y) in zip(ids, points, strict=True)]
    named = headings([c.name for c in customers.features], customers.titles, customers.units)
    names = tuple(named[n].words if n in named else n for n in matrix.names)
    arrows = _arrows(projection, names)
    heads = (
        TableColumn("Feature"),
        TableColumn("First direction", "points"),
        TableColumn("Second direction", "points"),
    )
    rows = tuple((name, *pair) for name, pair in zip(names, projection.loadings.tolist(), strict=True))
    body = {
        "params": [FOCUS],
        "height": 380,
        "layer": [_dots(values, labels, projection.explained), *_arrow_layers(arrows)],
    }
    caption = "Loadings: how much each feature takes part in the two directions"
    return build_figure("map", title, text, DataTable(heads, rows, caption), body)


def _dots(values: list[dict[str, Any]], labels: list[str], explained: tuple[float, float]) -> dict[str, Any]:
    present = sorted({row["id"] for row in values} - {0}) + ([0] if any(row["id"] == 0 for row in values) else [])
    names = [labels[i - 1] for i in present]
    lookup = [{"id": i, "segment": name} for i, name in zip(present, names, strict=True)]
    axes = {
        axis: {
            "field": axis,
            "type": "quantitative",
            "title": f"{nth} direction ({percent(share)} of the differences)",
            "axis": {"grid": False, "labels": False, "ticks": False},
        }
        for axis, nth, share in zip("xy", ("first", "second"), explained, strict=True)
    }
    legend = {"orient": "bottom", "columns": 2, "symbolOpacity": 1, "labelLimit": 420, "title": None}
    scale = {"domain": names, "range": segment_scale(present)["range"]}
    colour = {"field": "segment", "type": "nominal", "scale": scale, "legend": legend}
    return {
        "data": {"values": values},
        "transform": [{"lookup": "id", "from": {"data": {"values": lookup}, "key": "id", "fields": ["segment"]}}],
        "params": [{"name": "zoom", "select": "interval", "bind": "scales"}],
        "mark": {"type": "circle", "size": 26},
        "encoding": {**axes, "color": colour, "opacity": focused(full=0.6), "tooltip": [{"field": "segment"}]},
    }


def _arrows(projection: Projection, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """The longest loadings, as long as the cloud allows, with label places that do not overlap."""
    length = np.sqrt((projection.loadings**2).sum(axis=1))
    longest = [int(i) for i in np.lexsort((np.arange(len(length)), -length.round(9)))[:MOST_ARROWS]]
    reach = np.abs(projection.points).max(axis=0) * ARROW_REACH
    farthest = np.maximum(np.abs(projection.loadings[longest]).max(axis=0), 1e-9)
    ends = projection.loadings[longest] * min(reach / farthest)
    arrows = [
        {"feature": label, "x": rounded(x, 3), "y": rounded(y, 3), "zero": 0, "up": bool(y >= 0)}
        for label, (x, y) in zip(wrapped([names[i] for i in longest], 16), ends.tolist(), strict=True)
    ]
    _keep_apart(arrows, *np.ptp(projection.points, axis=0).tolist())
    return arrows


def _keep_apart(arrows: list[dict[str, Any]], width: float, height: float) -> None:
    """Move a label away from the middle for as long as it lies on one placed before it."""
    placed: list[tuple[float, float]] = []
    for arrow in sorted(arrows, key=lambda a: abs(float(a["y"] or 0.0))):
        x, y = float(arrow["x"] or 0.0), float(arrow["y"] or 0.0)
        step = height / 12 * (1 if arrow["up"] else -1)
        while any(abs(x - px) < width / 5 and abs(y - py) < height / 12 for px, py in placed):
            y += step
        placed.append((x, y))
        arrow["label_y"] = rounded(y, 3)


def _arrow_layers(arrows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    data = {"values": arrows}
    x, y = {"field": "x", "type": "quantitative"}, {"field": "y", "type": "quantitative"}
    layers: list[dict[str, Any]] = [
        {
            "name": "ink_arrows",
            "data": data,
            "mark": {"type": "rule", "stroke": "#3c4248", "strokeWidth": 1.3},
            "encoding": {
                "x": x | {"field": "zero"},
                "y": y | {"field": "zero"},
                "x2": {"field": "x"},
                "y2": {"field": "y"},
            },
        }
    ]
    mark = {"type": "text", "lineBreak": "\n", "fontSize": 11, "fontWeight": 600, "fill": INK}
    for up, baseline, dy in ((True, "bottom", -4), (False, "top", 4)):
        there = [arrow for arrow in arrows if arrow["up"] is up]
        if not there:
            continue
        layers.append(
            {
                "name": f"ink_features_{baseline}",
                "data": {"values": there},
                "mark": mark | {"baseline": baseline, "dy": dy},
                "encoding": {"x": x, "y": y | {"field": "label_y"}, "text": {"field": "feature"}},
            }
        )
    return layers
