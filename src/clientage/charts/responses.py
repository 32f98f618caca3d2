"""How the segments responded: rates and means of outcomes with their intervals, or what a treatment changed.

Receives `Profiles`; returns a figure. Every number is an outcome's own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
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
from clientage.charts.scales import name_axis, number_axis
from clientage.charts.segments import segment_labels
from clientage.segments.uplift import points
from clientage.segments.wording import capitalised, number, percent

if TYPE_CHECKING:
    from clientage.segments.outcomes import Outcome
    from clientage.segments.profiles import Profiles

MOST_PANELS = 12


def responses(profiles: Profiles) -> Figure | None:
    """A panel for each outcome: every segment's figure with its interval, beside that of all customers.

    With a control group: what the treatment changed in each segment, beside no change at all.
    """
    answered = [s for s in profiles.segments if s.outcomes]
    if not answered:
        return None
    columns = list(zip(*(s.outcomes for s in answered), strict=True))[:MOST_PANELS]
    labels = dict(zip((s.id for s in profiles.segments), segment_labels(profiles, 18), strict=True))
    names = [labels[s.id] for s in answered]
    ids = [s.id for s in answered]
    uplift = any(o.uplift is not None for column in columns for o in column)
    panels = [_panel(column, ids, names, place) for place, column in enumerate(columns)]
    title = _uplift_title(columns, ids) if uplift else _rate_title(columns, ids)
    text = (
        "One panel for each outcome: a dot for each segment at what the treatment changed there, treated minus control "
        "customers, with its 95% interval. Left of zero it did harm; an interval across zero may be chance."
        if uplift
        else "One panel for each outcome: a dot for each segment, with its 95% interval; the upright line is the "
        "figure of all customers. An interval that does not touch it is a difference beyond chance."
    )
    heads = [TableColumn("Outcome"), TableColumn("All customers"), *(TableColumn(s.name) for s in answered)]
    rows = tuple(row for column in columns for row in _rows(column))
    caption = "Figure of each segment with its 95% interval" + (", and treated minus control" if uplift else "")
    body = {"params": [FOCUS], **panel_grid(panels, 3)}
    return build_figure("responses", title, text, DataTable(tuple(heads), rows, caption), body)


def _named(outcome: Outcome) -> str:
    return outcome.title if outcome.category is None else f"{outcome.title}: {outcome.category}"


def _rows(column: Sequence[Outcome]) -> list[tuple[Cell, ...]]:
    def told(o: Outcome) -> str:
        span = "" if o.low is None else f" ({number(o.low, o.unit)} to {number(o.high, o.unit)})"
        return f"{number(o.value, o.unit)}{span}"

    first = column[0]
    rows: list[tuple[Cell, ...]] = [(_named(first), number(first.overall, first.unit), *map(told, column))]
    if any(o.uplift is not None for o in column):
        known = next(o.uplift.overall for o in column if o.uplift is not None)
        everybody = "" if known is None else _change(known, first.unit)
        rows.append((f"{_named(first)}, uplift", everybody, *map(_uplift_cell, column)))
    return rows


def _change(difference: float, unit: str | None) -> str:
    return f"{points(difference)} points" if unit == "share" else number(difference, unit)


def _uplift_cell(outcome: Outcome) -> str:
    uplift = outcome.uplift
    if uplift is None:
        return "no control customers"
    low, high = (f"{_change(x, outcome.unit)}".removesuffix(" points") for x in (uplift.low, uplift.high))
    span = f" ({low} to {high})" if math.isfinite(uplift.low) else ""
    return f"{_change(uplift.difference, outcome.unit)}{span}"


def _rate_title(columns: Sequence[Sequence[Outcome]], ids: Sequence[int]) -> str:
    """The rate that lies farthest from everybody's, beyond chance."""
    best: tuple[float, str] = (0.0, "No segment responded otherwise than the others, beyond chance")
    for column in columns:
        for segment, o in zip(ids, column, strict=True):
            if o.value is None or o.overall is None or not o.differs:
                continue
            far = (
                abs(o.value - o.overall) / math.sqrt(max(o.overall * (1 - o.overall), 1e-9))
                if o.kind == "rate"
                else 0.0
            )
            words = f"{_named(o)}: {percent(o.value)} of segment {segment}, {percent(o.overall)} of all customers"
            if far > best[0]:
                best = far, words
    return capitalised(best[1])


def _uplift_title(columns: Sequence[Sequence[Outcome]], ids: Sequence[int]) -> str:
    """The segment the treatment changed most, beyond chance."""
    best: tuple[float, str] = (0.0, "In no segment did the treatment change anything beyond chance")
    for column in columns:
        for segment, o in zip(ids, column, strict=True):
            if o.uplift is None or not o.uplift.side or not o.uplift.overall:
                continue
            size = abs(o.uplift.difference) if o.kind == "rate" else 0.0
            words = f"{_named(o)}: the treatment changed most in segment {segment}"
            if size > best[0]:
                best = size, f"{words}, {_change(o.uplift.difference, o.unit)}"
    return capitalised(best[1])


def _panel(column: Sequence[Outcome], ids: Sequence[int], names: list[str], place: int) -> dict[str, Any]:
    uplift = any(o.uplift is not None for o in column)
    rate = column[0].kind == "rate"
    values = [row for o, i, n in zip(column, ids, names, strict=True) if (row := _value(o, i, n, uplift)) is not None]
    everybody = 0.0 if uplift else column[0].overall
    largest = max((abs(row["high"]) for row in values), default=1.0)
    axis = {"format": "%", "tickCount": 4} if rate else number_axis(largest)
    said = "treated minus control" if uplift else "share of customers" if rate else column[0].unit or "average"
    x = {"type": "quantitative", "title": said, "axis": axis, "scale": {"zero": False, "padding": 6}}
    y = {"field": "segment", "type": "nominal", "scale": {"domain": names}, "axis": name_axis(labelFontSize=11)}
    colour = {"field": "id", "type": "nominal", "scale": segment_scale(list(ids)), "legend": None}
    form = ".1%" if rate else ",.4~r"
    tips = [{"field": "segment"}, {"field": "y", "title": said, "format": form}]
    tips += [{"field": "low", "title": "from", "format": form}, {"field": "high", "title": "to", "format": form}]
    shared = {"y": y, "color": colour, "opacity": focused(), "tooltip": tips}
    line = [] if everybody is None else [_line(everybody, place)]
    return {
        "title": wrapped([_named(column[0])], 30)[0].split("\n"),
        "width": 190,
        "height": {"step": 32},
        "data": {"values": values},
        "layer": [
            *line,
            {
                "mark": {"type": "rule", "strokeWidth": 2.5},
                "encoding": shared | {"x": x | {"field": "low"}, "x2": {"field": "high"}},
            },
            {"mark": {"type": "circle", "size": 110, "opacity": 1}, "encoding": shared | {"x": x | {"field": "y"}}},
        ],
    }


def _line(at: float, place: int) -> dict[str, Any]:
    return {
        "name": f"ink_all_{place}",
        "data": {"values": [{}]},
        "mark": {"type": "rule", "stroke": "#5b6168", "strokeWidth": 1.3},
        "encoding": {"x": {"datum": rounded(at), "type": "quantitative"}},
    }


def _value(outcome: Outcome, segment: int, name: str, uplift: bool) -> dict[str, Any] | None:
    if uplift:
        found = outcome.uplift
        value, low, high = (None, None, None) if found is None else (found.difference, found.low, found.high)
    else:
        value, low, high = outcome.value, outcome.low, outcome.high
    if value is None:
        return None
    ends = [rounded(e) if e is not None and math.isfinite(e) else rounded(value) for e in (low, high)]
    return {"id": segment, "segment": name, "y": rounded(value), "low": ends[0], "high": ends[1]}
