"""The knife plot: the silhouette of every customer, segment by segment, beside that of customers without groups.

Receives the encoded matrix, segments and profiles; returns a figure. The silhouettes are `separation`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clientage.charts.blades import Blades, blade_panel
from clientage.charts.figure import FOCUS, Cell, DataTable, Figure, TableColumn, build_figure, panel_grid, rounded
from clientage.charts.separation import Separation, separation
from clientage.segments.wording import percent

if TYPE_CHECKING:
    from clientage.features.encoding import FeatureMatrix
    from clientage.segments.profiles import Profiles
    from clientage.segments.segmentation import Segmentation

STRAY = 0.05  # share of customers nearer to another segment from which the title names the worst
LIKE_CHANCE = 0.05  # a mean silhouette so little above that of customers without groups looks the same


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
    panels = [blade_panel("These customers", _blades(found.own, means), _axis(low), "own")]
    if found.null:
        chance = _blades(found.null, [None] * k)
        panels.append(blade_panel("Simulated customers without groups", chance, _axis(low), "null", segments=False))
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
    return build_figure("knife", _title(found), text, DataTable(columns, _rows(found, means, profiles), caption), body)


def _rows(found: Separation, means: list[float | None], profiles: Profiles) -> tuple[tuple[Cell, ...], ...]:
    rows: list[tuple[Cell, ...]] = [
        (s.name, mean, float(np.mean(part < 0)) if len(part) else None)
        for s, part, mean in zip(profiles.segments, found.own, means, strict=True)
    ]
    if found.null:
        null = np.concatenate(found.null)
        rows.append(("Simulated customers without groups", float(null.mean()), float(np.mean(null < 0))))
    return tuple(rows)


def _title(found: Separation) -> str:
    """What the blades show: that they are those of chance, who lies astray, or that hardly anybody does."""
    own = np.concatenate(found.own)
    if found.null:
        mean, chance = float(own.mean()), float(np.concatenate(found.null).mean())
        if mean < chance + LIKE_CHANCE:
            return f"Silhouettes are like those of customers without groups: {mean:.2f} and {chance:.2f} on average"
    astray = float(np.mean(own < 0))
    if astray < STRAY:
        return f"{percent(1.0 - astray)} of the customers lie nearest to their own segment"
    shares = [float(np.mean(part < 0)) if len(part) else 0.0 for part in found.own]
    worst = int(np.argmax(shares))
    return (
        f"Segment {worst + 1} has the least clear border: {percent(shares[worst])} of it lie nearer to another segment"
    )


def _axis(low: float) -> dict[str, object]:
    axis = {"values": [v for v in (-0.5, 0.0, 0.5, 1.0) if v >= low], "format": ".1~f"}
    scale = {"domain": [rounded(low, 2), 1.35], "nice": False, "zero": False}
    return {"title": "silhouette (−1 to 1)", "axis": axis, "scale": scale}


def _blades(parts: tuple[np.ndarray, ...], means: list[float | None]) -> Blades:
    labels = ("" if m is None else f"{j}:  {m:.2f}".replace("-", "−") for j, m in enumerate(means, 1))
    return Blades(parts, tuple(float(len(p)) for p in parts), tuple(labels), float(np.concatenate(parts).mean()))
