"""What chance gives: the best silhouette of every simulated table without groups, and that of the customers.

Receives a `Selection`; returns a figure. Every number is the null test's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clientage.charts.figure import DataTable, Figure, TableColumn, build_figure, rounded
from clientage.charts.palette import ACCENT, CHANCE_COLOUR, INK

if TYPE_CHECKING:
    from clientage.selection.null import NullTest
    from clientage.selection.selection import Selection

COLUMNS_OF_DOTS = 40  # places along the axis at which dots are piled
FINE = 0.1  # a narrower axis needs a third decimal
ROOM = 0.08  # of the range, left and right of the outermost mark


def null_strip(selection: Selection) -> Figure | None:
    """One dot for each simulated table, and a line at what the customers themselves show."""
    null = selection.null
    if null is None or not null.drawn:
        return None
    text = (
        "The same search was made on simulated customers who have these columns and relations between columns and no "
        "groups. Each dot is the best silhouette of one such set; the line is that of the real customers. "
        + _hint(selection)
    )
    table = DataTable((TableColumn("Customers"), TableColumn("Best silhouette", "number", "silhouette")), _rows(null))
    low, high = min(*null.drawn, null.observed), max(*null.drawn, null.observed)
    room = ROOM * max(high - low, 0.02)
    dots = _piles(null, low, high)
    body = {
        "height": 20 + 14 * max(4, *(row["pile"] for row in dots)),
        "layer": _layers(null, dots, low - room, high + room),
    }
    return build_figure("chance", _title(null), text, table, body)


def _hint(selection: Selection) -> str:
    """How to read it; three kinds of groups cannot be seen here, and are found otherwise."""
    if selection.in_heaps:
        return "The groups found are heaps of single columns, which the simulated customers keep: it cannot show them."
    if selection.bare is not None:
        return "The groups found need not be round, as a silhouette asks: bare ground between them shows them."
    if selection.apart is not None:
        return "The groups found differ in some columns only, which a silhouette over all columns hardly shows."
    return "Only a line clear of the dots speaks for groups."


def _title(null: NullTest) -> str:
    reached = sum(value >= null.observed - 1e-6 for value in null.drawn)
    if reached == 0:
        return f"None of {null.draws} sets of customers without groups is as separated as these customers"
    verb = "is" if reached == 1 else "are"
    return f"{reached} of {null.draws} sets of customers without groups {verb} as separated as these, or more"


def _rows(null: NullTest) -> tuple[tuple[str | float, ...], ...]:
    return (
        ("These customers", null.observed),
        ("Without groups, on average", null.mean),
        *((f"Without groups, {i}", value) for i, value in enumerate(sorted(null.drawn, reverse=True), 1)),
    )


def _piles(null: NullTest, low: float, high: float) -> list[dict[str, Any]]:
    """Dots side by side at rounded places, one above the other where they fall together."""
    width = max(high - low, 1e-9) / COLUMNS_OF_DOTS
    piled: dict[int, int] = {}
    out = []
    for value in sorted(null.drawn):
        place = round((value - low) / width)
        piled[place] = piled.get(place, 0) + 1
        out.append({"at": rounded(low + place * width), "pile": piled[place], "s": rounded(value, 3)})
    return out


def _layers(null: NullTest, dots: list[dict[str, Any]], low: float, high: float) -> list[dict[str, Any]]:
    digits = 2 if high - low > FINE else 3
    x = {
        "type": "quantitative",
        "title": "best silhouette over all numbers of segments",
        "scale": {"domain": [rounded(low), rounded(high)], "zero": False, "nice": False},
        "axis": {"format": f".{digits}f", "tickCount": 6, "grid": False},
    }
    y = {
        "field": "pile",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0.3, max(5, *(row["pile"] for row in dots)) + 0.7], "nice": False},
    }
    tips = [{"field": "s", "title": "without groups"}]
    right = null.observed > (low + high) / 2
    label = f"these customers {null.observed:.{digits}f}"
    text = {"type": "text", "align": "right" if right else "left", "dx": -7 if right else 7, "baseline": "top"}
    return [
        {
            "data": {"values": dots},
            "mark": {"type": "point", "filled": True, "size": 90, "color": CHANCE_COLOUR, "opacity": 0.85},
            "encoding": {"x": x | {"field": "at"}, "y": y, "tooltip": tips},
        },
        {
            "data": {"values": [{}]},
            "mark": {"type": "rule", "strokeWidth": 3, "color": ACCENT},
            "encoding": {"x": {"datum": rounded(null.observed), "type": "quantitative"}},
        },
        {
            "name": "ink_observed",
            "data": {"values": [{}]},
            "mark": text | {"fontSize": 12, "fontWeight": 600, "fill": INK, "text": label},
            "encoding": {"x": {"datum": rounded(null.observed), "type": "quantitative"}, "y": {"value": 2}},
        },
    ]
