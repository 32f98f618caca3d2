"""The knife plot: the silhouette of every customer, segment by segment, beside that of customers without groups.

Receives the encoded matrix, segments and profiles; returns a figure. The silhouettes are `separation`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

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
)
from clientage.charts.palette import INK, QUIET, segment_colour
from clientage.charts.separation import Separation, separation
from clientage.segments.wording import percent

if TYPE_CHECKING:
    from clientage.features.encoding import FeatureMatrix
    from clientage.segments.profiles import Profiles
    from clientage.segments.segmentation import Segmentation

BARS = 160  # of a panel: more are thinner than a line
GAP = 0.012  # between segments, as a share of the height
STRAY = 0.05  # share of customers nearer to another segment from which the title names the worst


def silhouette_knife(matrix: FeatureMatrix, segmentation: Segmentation, profiles: Profiles) -> Figure | None:
    """Every customer's silhouette, falling inside each segment: full blades are good, tips below zero are not."""
    k = segmentation.k
    labels = segmentation.labels
    if k < 2 or len(np.unique(labels[labels >= 0])) < 2:
        return None
    found = separation(matrix.values, labels, k, np.asarray(matrix.feature_of))
    own = np.concatenate(found.own)
    means = [float(part.mean()) if len(part) else None for part in found.own]
    low = min(-0.2, float(own.min()), *(float(part.min()) for part in found.null if len(part)))
    colours = [segment_colour(s.id) for s in profiles.segments]
    panels = [_panel("These customers", found.own, colours, means, low, focus=True)]
    if found.null:
        nameless = [None] * k
        panels.append(_panel("Simulated customers without groups", found.null, [QUIET] * k, nameless, low, focus=False))
    rows: list[tuple[Cell, ...]] = [
        (s.name, mean, float(np.mean(part < 0)) if len(part) else None)
        for s, part, mean in zip(profiles.segments, found.own, means, strict=True)
    ]
    if found.null:
        null = np.concatenate(found.null)
        rows.append(("Simulated customers without groups", None, float(np.mean(null < 0))))
    columns = (
        TableColumn("Segment"),
        TableColumn("Mean silhouette", "score", "silhouette"),
        TableColumn("Nearer to another segment", "percent"),
    )
    caption = f"Silhouettes of {found.rows:,} customers{', a sample' if found.sampled else ''}"
    text = (
        "Every customer is a line as long as its silhouette, the longest first in each segment: a full blade is a "
        "distinct segment; what lies left of zero are customers nearer to another one. Dashed: the mean. At the right: "
        "each segment with its mean."
    )
    body = {"params": [FOCUS], **panel_grid(panels, 2)}
    return build_figure("knife", _title(found), text, DataTable(columns, tuple(rows), caption), body)


def _title(found: Separation) -> str:
    own = np.concatenate(found.own)
    astray = float(np.mean(own < 0))
    if astray < STRAY:
        return f"{percent(1.0 - astray)} of the customers lie nearest to their own segment"
    shares = [float(np.mean(part < 0)) if len(part) else 0.0 for part in found.own]
    worst = int(np.argmax(shares))
    return (
        f"Segment {worst + 1} has the least clear border: {percent(shares[worst])} of it lie nearer to another segment"
    )


def _panel(
    title: str,
    parts: Sequence[np.ndarray],
    colours: Sequence[str],
    means: Sequence[float | None],
    low: float,
    *,
    focus: bool,
) -> dict[str, Any]:
    bars, names = _blades(parts, colours, means)
    mean = float(np.concatenate(parts).mean())
    axis = {"values": [v for v in (-0.5, 0.0, 0.5, 1.0) if v >= low], "format": ".1~f"}
    scale = {"domain": [rounded(low, 2), 1.35], "nice": False, "zero": False}
    x = {"field": "s", "type": "quantitative", "title": "silhouette (−1 to 1)", "axis": axis, "scale": scale}
    y = {"type": "quantitative", "axis": None, "scale": {"domain": [0, 1], "reverse": True, "nice": False}}
    blade = {
        "x": x,
        "x2": {"field": "zero"},
        "y": y | {"field": "from"},
        "y2": {"field": "to"},
        "color": {"field": "colour", "type": "nominal", "scale": None},
        "stroke": {"field": "colour", "type": "nominal", "scale": None},
    }
    if focus:
        blade["opacity"] = focused()
    key = "own" if focus else "null"
    return {
        "title": title,
        "width": 260,
        "height": 320,
        "layer": [
            {"data": {"values": bars}, "mark": {"type": "rect", "strokeWidth": 0.6}, "encoding": blade},
            {
                "name": f"ink_zero_{key}",
                "data": {"values": [{}]},
                "mark": {"type": "rule", "stroke": "#3c4248"},
                "encoding": {"x": {"datum": 0, "type": "quantitative"}},
            },
            {
                "data": {"values": [{}]},
                "mark": {"type": "rule", "strokeDash": [6, 4], "stroke": INK, "strokeWidth": 1.2},
                "name": f"ink_mean_{key}",
                "encoding": {"x": {"datum": rounded(mean, 3), "type": "quantitative"}},
            },
            {
                "name": f"ink_name_{key}",
                "data": {"values": names},
                "mark": {"type": "text", "align": "right", "fontSize": 11},
                "encoding": {"y": y | {"field": "middle"}, "x": {"value": "width"}, "text": {"field": "label"}},
            },
        ],
    }


def _blades(
    parts: Sequence[np.ndarray], colours: Sequence[str], means: Sequence[float | None]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Bars of each segment at even ranks of its customers, and where its label stands."""
    total = sum(len(part) for part in parts)
    room = 1.0 - GAP * (len(parts) - 1)
    bars: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    top = 0.0
    for j, (part, colour, mean) in enumerate(zip(parts, colours, means, strict=True)):
        if not len(part):
            continue
        height = room * len(part) / total
        count = int(min(len(part), max(6, round(BARS * len(part) / total))))
        middles = ((np.arange(count) + 0.5) * len(part) / count).astype(np.int64)
        edges = (top + height * np.arange(count + 1) / count).round(4).tolist()
        for i, s in enumerate(part[middles].tolist()):
            place = {"from": edges[i], "to": edges[i + 1]}
            bars.append({"id": j + 1, "s": rounded(s, 3), "zero": 0, **place, "colour": colour})
        if mean is not None:
            label = f"{j + 1}:  {mean:.2f}".replace("-", "−")
            names.append({"middle": round(top + height / 2, 4), "label": label})
        top += height + GAP
    return bars, names
