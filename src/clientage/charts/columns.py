"""Figures of the columns by themselves: their distributions and how they move together.

Receives an `Exploration` and the customers' titles and units; returns figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clientage.charts.exploration import ColumnSummary, Exploration, Histogram
from clientage.charts.figure import (
    DataTable,
    Figure,
    TableColumn,
    build_figure,
    in_words,
    rounded,
    wrapped,
)
from clientage.charts.palette import ACCENT, DIVERGING, QUIET
from clientage.charts.scales import log_ticks, name_axis, number_axis
from clientage.segments.wording import capitalised

if TYPE_CHECKING:
    from clientage.features.customers import Customers

MOST_PANELS = 18
MOST_CORRELATED = 24


def distributions(exploration: Exploration, customers: Customers) -> Figure | None:
    """A panel for each column: histogram of numbers, bars of categories."""
    shown = [c for c in exploration.columns if c.histogram is not None or c.top][:MOST_PANELS]
    if not shown:
        return None
    titles = {c.name: customers.titles.get(c.name, c.name) for c in shown}
    panels = [
        _histogram_panel(titles[c.name], customers.units.get(c.name), c.histogram)
        if c.histogram is not None
        else _category_panel(titles[c.name], c)
        for c in shown
    ]
    skewed = [titles[c.name] for c in shown if c.histogram is not None and c.histogram.log]
    title = "How each column is distributed"
    if skewed:
        title += f"; {in_words(len(skewed))} very lopsided, on a logarithmic axis"
    text = "One panel for each column: how many customers have each value, or are in each category."
    rows = tuple(
        (titles[c.name], c.mean, c.median, c.minimum, c.maximum, c.skew) for c in shown if c.histogram is not None
    )
    heads = ("Mean", "Median", "Smallest", "Largest", "Skew")
    table = DataTable((TableColumn("Column"), *(TableColumn(h, "number") for h in heads)), rows)
    body = {"concat": panels, "columns": 3, "spacing": 24}
    return build_figure("distributions", title, text, table, body)


def _histogram_panel(title: str, unit: str | None, histogram: Histogram) -> dict[str, Any]:
    edges = [rounded(float(e)) for e in histogram.edges]
    values = [
        {"from": low, "to": high, "n": int(n)}
        for low, high, n in zip(edges[:-1], edges[1:], histogram.counts, strict=True)
        if n
    ]
    axis = number_axis(float(max(abs(histogram.edges[0]), abs(histogram.edges[-1]))), grid=False)
    scale: dict[str, Any] = {"zero": False, "nice": False}
    if histogram.log:
        scale |= {"type": "symlog", "constant": 1}
        axis["values"] = log_ticks(float(histogram.edges[0]), float(histogram.edges[-1]))
    label = f"{unit} (log scale)" if unit and histogram.log else "log scale" if histogram.log else unit
    x = {"field": "from", "type": "quantitative", "title": label, "scale": scale, "axis": axis}
    tips = [{"field": "from", "format": ",.4~r"}, {"field": "to", "format": ",.4~r"}]
    tips.append({"field": "n", "title": "customers", "format": ","})
    y: dict[str, Any] = {"field": "n", "type": "quantitative", "title": "customers"}
    y["axis"] = number_axis(float(histogram.counts.max()), tickCount=3)
    return {
        "title": wrapped([title], 30)[0].split("\n"),
        "width": 200,
        "height": 110,
        "data": {"values": values},
        "mark": {"type": "rect", "color": ACCENT},
        "encoding": {"x": x, "x2": {"field": "to"}, "y": y, "y2": {"datum": 0}, "tooltip": tips},
    }


def _category_panel(title: str, column: ColumnSummary) -> dict[str, Any]:
    labels = wrapped([name for name, _ in column.top], 18)
    values = [{"category": label, "n": n} for label, (_, n) in zip(labels, column.top, strict=True)]
    if column.other:
        labels.append("(all others)")
        values.append({"category": "(all others)", "n": column.other, "rest": True})
    y = {"field": "category", "type": "nominal", "scale": {"domain": labels}, "axis": name_axis(labelFontSize=11)}
    x: dict[str, Any] = {"field": "n", "type": "quantitative", "title": "customers"}
    x["axis"] = number_axis(float(column.top[0][1]), tickCount=3)
    colour = {"condition": {"test": "datum.rest", "value": QUIET}, "value": ACCENT}
    tips = [{"field": "category"}, {"field": "n", "title": "customers", "format": ","}]
    return {
        "title": wrapped([title], 30)[0].split("\n"),
        "width": 200,
        "height": {"step": 22},
        "data": {"values": values},
        "mark": {"type": "bar", "height": {"band": 0.7}},
        "encoding": {"y": y, "x": x, "color": colour, "tooltip": tips},
    }


def correlation(exploration: Exploration, customers: Customers) -> Figure | None:
    """Spearman correlations between the numeric features as a grid."""
    found = exploration.correlations
    if found is None:
        return None
    names = [customers.titles.get(n, n) for n in found.names[:MOST_CORRELATED]]
    labels = wrapped(names, 18)
    p = len(names)
    matrix = found.values[:p, :p]
    values = [
        {"a": labels[i], "b": labels[j], "r": rounded(float(matrix[i, j]), 2)}
        for i in range(p)
        for j in range(p)
        if np.isfinite(matrix[i, j])
    ]
    title = _correlation_title(names, matrix)
    text = "Blue: the two features rise together; brown: one falls as the other rises; pale: they are unrelated."
    table = DataTable(
        (TableColumn("Feature"), *(TableColumn(n, "score") for n in names)),
        tuple((n, *(rounded(float(r), 2) for r in row)) for n, row in zip(names, matrix, strict=True)),
        f"Spearman rank correlations on {found.rows:,} customers",
    )
    y = {"field": "b", "type": "nominal", "scale": {"domain": labels}, "axis": name_axis(labelFontSize=11)}
    x_axis = name_axis(labelFontSize=11, labelAngle=-90 if p > 6 else 0, labelLimit=140)
    x = {"field": "a", "type": "nominal", "scale": {"domain": labels}, "axis": x_axis}
    scale = {"domain": [-1, 0, 1], "range": list(DIVERGING), "interpolate": "lab"}
    r = {"field": "r", "type": "quantitative"}
    tips = [{"field": "a", "title": "feature"}, {"field": "b", "title": "with"}, {"field": "r", "title": "correlation"}]
    ink = {"condition": {"test": "abs(datum.r) > 0.6", "value": "#ffffff"}, "value": "#2b2f33"}
    cells = {"x": x, "y": y, "color": r | {"scale": scale, "legend": None}, "tooltip": tips}
    numbers = {"x": x, "y": y, "text": r | {"format": ".1f"}, "color": ink}
    layers: list[dict[str, Any]] = [{"mark": {"type": "rect", "cornerRadius": 2}, "encoding": cells}]
    if p <= 12:
        layers.append({"mark": {"type": "text", "fontSize": 11}, "encoding": numbers})
    body = {"data": {"values": values}, "height": 30 * p, "layer": layers}
    return build_figure("correlation", title, text, table, body)


def _correlation_title(names: list[str], matrix: np.ndarray) -> str:
    strength = np.where(np.isfinite(matrix), np.abs(matrix), 0.0)
    np.fill_diagonal(strength, 0.0)
    i, j = np.unravel_index(int(np.argmax(strength.round(6))), strength.shape)
    if strength[i, j] < 0.3:
        return "No two features move together"
    how = "rise together" if matrix[i, j] > 0 else "move against each other"
    a, b = (n if len(n) <= 30 else f"{n[:28]} …" for n in (names[i], names[j]))
    return f"{capitalised(a)} and {b} {how} most ({matrix[i, j]:.2f})".replace("-", "−")
