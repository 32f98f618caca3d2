"""Borders: how surely each customer belongs to the own segment, segment by segment.

Receives segments and profiles; returns a figure. What is drawn is the confidence that assignments tell: one minus the
shadow value 2·d₁/(d₁ + d₂) of the two nearest centres (Leisch 2010, doi 10.1007/s11222-009-9137-8), for mixtures the
difference of the two largest posteriors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clientage.charts.blades import Blades, blade_panel
from clientage.charts.figure import FOCUS, DataTable, Figure, TableColumn, build_figure, panel_grid
from clientage.segments.wording import percent

if TYPE_CHECKING:
    from clientage.segments.profiles import Profiles
    from clientage.segments.segmentation import Segmentation

STEPS = 1_000  # of confidence: what is drawn needs no finer ones, and counts of them need no sorting
NEAR = 0.1  # below: as good as on the border (the second centre is less than 1.2 times as far as the own)
CROWDED = 0.1  # share of a segment near a border from which the title names it


def border_blades(segmentation: Segmentation, profiles: Profiles) -> Figure | None:
    """Every customer's confidence, falling inside each segment: thin tips are customers near a border."""
    k = segmentation.k
    if k < 2 or not (segmentation.labels >= 0).any():
        return None
    counts = _counts(segmentation)
    sizes = counts.sum(axis=1)
    grid = (np.arange(STEPS) + 0.5) / STEPS
    means = [float(row @ grid / n) if n else None for row, n in zip(counts, sizes, strict=True)]
    near = [float(row[: round(NEAR * STEPS)].sum() / n) if n else 0.0 for row, n in zip(counts, sizes, strict=True)]
    labels = tuple("" if m is None else f"{j}:  {m:.2f}" for j, m in enumerate(means, 1))
    overall = float(counts.sum(axis=0) @ grid / max(1, sizes.sum()))
    blades = Blades(tuple(_falling(row, grid) for row in counts), tuple(map(float, sizes)), labels, overall)
    axis = {"title": "confidence (0 to 1)", "axis": {"values": [0, 0.5, 1], "format": ".1~f"}}
    x = axis | {"scale": {"domain": [0, 1.15], "nice": False}}
    text = (
        "Every customer is a line as long as the confidence with which it belongs to its segment: 0 is halfway to the "
        "next one, 1 the very middle. Thin tips are customers near a border. Dashed: the mean. At the right: each "
        "segment with its mean."
    )
    columns = (
        TableColumn("Segment"),
        TableColumn("Mean confidence", "score", "confidence"),
        TableColumn("Near a border", "percent"),
    )
    rows = tuple((s.name, m, n) for s, m, n in zip(profiles.segments, means, near, strict=True))
    table = DataTable(columns, rows, f"Near a border: confidence below {NEAR}")
    body = {"params": [FOCUS], **panel_grid([blade_panel("These customers", blades, x, "borders")], 2)}
    return build_figure("borders", _title(near, sizes), text, table, body)


def _counts(segmentation: Segmentation) -> np.ndarray:
    """Customers by segment and step of confidence, (k, STEPS)."""
    step = np.minimum((segmentation.confidence * STEPS).astype(np.int64), STEPS - 1)
    cell = (segmentation.labels.astype(np.int64) + 1) * STEPS + step
    counts = np.bincount(cell, minlength=(segmentation.k + 1) * STEPS).reshape(-1, STEPS)
    return np.asarray(counts[1:])


def _falling(counts: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """At most 400 evenly spaced values of those counted, the largest first."""
    n = int(counts.sum())
    if n == 0:
        return np.zeros(0)
    many = min(n, 400)
    ranks = ((np.arange(many) + 0.5) * n / many).astype(np.int64)
    return np.asarray(grid[::-1][np.searchsorted(np.cumsum(counts[::-1]), ranks, side="right")])


def _title(near: list[float], sizes: np.ndarray) -> str:
    everywhere = float(np.asarray(near) @ sizes / max(1, sizes.sum()))
    worst = int(np.argmax(near))
    if near[worst] < CROWDED:
        return f"{percent(everywhere)} of the customers stand near the border of their segment"
    return (
        f"{percent(everywhere)} of the customers stand near a border, most of all in segment {worst + 1} "
        f"({percent(near[worst])} of it)"
    )
