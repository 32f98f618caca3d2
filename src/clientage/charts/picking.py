"""Choosing customers in a figure: bars of the sizes, a piece of the map.

Receives a figure; returns its specification with something to choose in. Receives what was chosen there and the study
the figure shows; returns the customers that were meant, all of them and not only those that are drawn.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from clientage.charts.figure import Figure
from clientage.charts.projection import loadings_of

if TYPE_CHECKING:
    from clientage.study import StudyRecord

CHOICE = "choice"  # name of the parameter that holds what was chosen
# what is done in it, and the words about what is not done then
HOW = {
    "sizes": ("Choose bars to see the customers of these segments; with Shift, several.", ""),
    "map": (
        "Draw a frame to see the customers in it, those included that are not drawn.",
        "Drag to move, scroll to zoom.",
    ),
}
SELECTIONS: Mapping[str, Mapping[str, Any]] = {
    "sizes": {"type": "point", "fields": ["id"], "toggle": True},
    "map": {"type": "interval", "encodings": ["x", "y"]},
}


def pickable(figure: Figure) -> Figure | None:
    """Return the figure with a selection in it, or None where there is nothing to choose.

    Parameters
    ----------
    figure : Figure
        ``sizes`` or ``map``; in the map a frame is drawn in place of moving and zooming.
    """
    select = SELECTIONS.get(figure.name)
    if select is None or not figure.spec.get("layer"):
        return None
    spec: dict[str, Any] = copy.deepcopy(dict(figure.spec))
    first = spec["layer"][0]
    first["params"] = [{"name": CHOICE, "select": dict(select)}]
    if isinstance(first["mark"], dict):
        first["mark"]["cursor"] = "pointer" if select["type"] == "point" else "crosshair"
    done_here, not_here = HOW[figure.name]
    told = figure.description.removesuffix(not_here).rstrip()
    return replace(figure, spec=spec, description=f"{told} {done_here}")


def picked_segments(selection: Any) -> tuple[int, ...]:
    """Return the ids of the segments whose bars were chosen.

    Examples
    --------
    >>> picked_segments([{"id": 2}, {"id": 1}]), picked_segments([])
    ((1, 2), ())
    """
    if not isinstance(selection, Sequence) or isinstance(selection, str):
        return ()
    return tuple(sorted({int(row["id"]) for row in selection if isinstance(row, Mapping) and "id" in row}))


def in_segments(record: StudyRecord, segments: Sequence[int]) -> np.ndarray:
    """Return the customers of these segments, 0 for those without one; int64, in the study's order."""
    return np.flatnonzero(np.isin(record.segment_ids, np.asarray(segments, dtype=np.int64)))


def in_frame(record: StudyRecord, selection: Any) -> np.ndarray:
    """Return the customers in a frame that was drawn on the map; int64, in the study's order.

    Parameters
    ----------
    record : StudyRecord
        The study the map shows.
    selection : mapping
        ``{"x": (low, high), "y": (low, high)}``; anything else chooses nobody.
    """
    if not isinstance(selection, Mapping) or not {"x", "y"} <= set(selection):
        return np.empty(0, dtype=np.int64)
    values = record.matrix.values
    mean, loadings, _ = loadings_of(values)
    inside = np.ones(len(values), dtype=bool)
    for axis, ends in enumerate((selection["x"], selection["y"])):
        place = values @ loadings[:, axis] - mean @ loadings[:, axis]
        inside &= (place >= min(ends)) & (place <= max(ends))
    return np.flatnonzero(inside)
