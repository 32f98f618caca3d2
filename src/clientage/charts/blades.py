"""Blades: the customers of each segment as lines of falling length, so that its whole distribution is seen at once.

Receives values segment by segment; returns a panel of a figure. The knife plot and the borders are drawn with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from clientage.charts.figure import focused, rounded
from clientage.charts.palette import INK, QUIET, segment_scale

BARS = 160  # of a panel: more are thinner than a line
GAP = 0.012  # between segments, as a share of the height


@dataclass(frozen=True, slots=True)
class Blades:
    """The values of one panel.

    Parameters
    ----------
    parts : tuple of ndarray
        Of each segment, falling; evenly spaced ones stand for all where there are many.
    sizes : tuple of float
        Heights of the blades: how many customers each stands for.
    labels : tuple of str
        What stands beside each; "" for nothing.
    mean : float
        Of all, drawn as a dashed line.
    """

    parts: tuple[np.ndarray, ...]
    sizes: tuple[float, ...]
    labels: tuple[str, ...]
    mean: float


def blade_panel(title: str, blades: Blades, x: dict[str, Any], key: str, *, segments: bool = True) -> dict[str, Any]:
    """Return a panel with a blade for each segment.

    Parameters
    ----------
    title : str
        Above it.
    blades : Blades
        What is drawn.
    x : dict
        Title, axis and scale of the values.
    key : str
        Makes the names of its layers its own.
    segments : bool
        Whether the blades are those of segments, in their colours; else they are grey.
    """
    bars, names = _bars(blades)
    y = {"type": "quantitative", "axis": None, "scale": {"domain": [0, 1], "reverse": True, "nice": False}}
    x = {"type": "quantitative"} | x
    blade = {"x": x | {"field": "s"}, "x2": {"datum": 0}, "y": y | {"field": "from"}, "y2": {"field": "to"}}
    if segments:
        scale = segment_scale(list(range(1, len(blades.parts) + 1)))
        colour = {"field": "id", "type": "nominal", "scale": scale, "legend": None}
        blade |= {"color": colour, "stroke": colour, "opacity": focused()}
    else:
        blade |= {"color": {"value": QUIET}, "stroke": {"value": QUIET}}
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
                "encoding": {"x": {"datum": rounded(blades.mean, 3), "type": "quantitative"}},
            },
            {
                "name": f"ink_name_{key}",
                "data": {"values": names},
                "mark": {"type": "text", "align": "right", "fontSize": 11},
                "encoding": {"y": y | {"field": "middle"}, "x": {"value": "width"}, "text": {"field": "label"}},
            },
        ],
    }


def _bars(blades: Blades) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Bars of each segment at even ranks of its customers, and where its label stands."""
    total = float(sum(blades.sizes))
    room = 1.0 - GAP * (len(blades.parts) - 1)
    bars: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    top = 0.0
    for j, (part, size, label) in enumerate(zip(blades.parts, blades.sizes, blades.labels, strict=True)):
        if not len(part):
            continue
        height = room * size / total
        count = int(min(len(part), max(6, round(BARS * size / total))))
        middles = ((np.arange(count) + 0.5) * len(part) / count).astype(np.int64)
        edges = (top + height * np.arange(count + 1) / count).round(4).tolist()
        values = [rounded(s, 3) for s in part[middles].tolist()]
        bars += [{"id": j + 1, "s": s, "from": edges[i], "to": edges[i + 1]} for i, s in enumerate(values)]
        if label:
            names.append({"middle": round(top + height / 2, 4), "label": label})
        top += height + GAP
    return bars, names
