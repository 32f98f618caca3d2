"""Figures of the columns by themselves: their distributions and how they move together.

Receives an `Exploration` and the customers' titles and units; returns figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clientage.charts.association import Associations
from clientage.charts.exploration import ColumnSummary, Exploration, Histogram
from clientage.charts.figure import (
    DataTable,
    Figure,
    TableColumn,
    build_figure,
    in_words,
    panel_grid,
    rounded,
    wrapped,
)
from clientage.charts.palette import ACCENT, DIVERGING, QUIET
from clientage.charts.scales import log_ticks, name_axis, number_axis
from clientage.segments.wording import capitalised, counted

if TYPE_CHECKING:
    from clientage.features.customers import Customers

MOST_PANELS = 18
MOST_CORRELATED = 24
MOST_NUMBERED = 16  # beyond, numbers no longer fit their cells


def distributions(exploration: Exploration, customers: Customers) -> Figure | None:
    """A panel for each column: histogram of numbers, bars of categories."""
    shown = [c for c in exploration.columns if c.histogram is not None or c.top][:MOST_PANELS]
    if not shown:
        return None
    titles = {c.name: customers.titles.get(c.name, c.name) for c in shown}
    panels = [
        _histogram_panel(titles[c.name], customers.units.get(c.name), c)
        if c.histogram is not None
        else _category_panel(titles[c.name], c)
        for c in shown
    ]
    skewed = [titles[c.name] for c in shown if c.histogram is not None and c.histogram.log]
    numbers = sum(c.histogram is not None for c in shown)
    if skewed:
        title = f"{in_words(len(skewed)).capitalize()} of {counted(numbers, 'number column')} "
        title += f"{'is' if len(skewed) == 1 else 'are'} very lopsided, and shown on a logarithmic axis"
    else:
        title = "No column is very lopsided" if numbers else "How many customers are in each category"
    text = "One panel for each column: how many customers have each value, or are in each category."
    rows = tuple(
        (titles[c.name], c.mean, c.median, c.minimum, c.maximum, c.skew) for c in shown if c.histogram is not None
    )
    heads = ("Mean", "Median", "Smallest", "Largest", "Skew")
    table = DataTable((TableColumn("Column"), *(TableColumn(h, "number") for h in heads)), rows)
    body = panel_grid(panels, 3)
    return build_figure("distributions", title, text, table, body)


def _histogram_panel(title: str, unit: str | None, column: ColumnSummary) -> dict[str, Any]:
    histogram: Histogram = column.histogram  # type: ignore[assignment]
    edges = [rounded(float(e)) for e in histogram.edges]
    values = [
        {"from": low, "to": high, "n": int(n)}
        for low, high, n in zip(edges[:-1], edges[1:], histogram.counts, strict=True)
        if n
    ]
    axis = number_axis(float(max(abs(histogram.edges[0]), abs(histogram.edges[-1]))), grid=False)
    scale: dict[str, Any] = {"zero": False, "nice": False}
    if column.years:
        axis["format"] = "d"  # 1984, not 1,984
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
    """How strongly each two columns go together, as a grid."""
    found = exploration.associations
    if found is None:
        return None
    shown = _most_connected(found)
    names = [customers.titles.get(found.names[i], found.names[i]) for i in shown]
    labels = wrapped(names, 22)
    p = len(names)
    matrix = found.values[np.ix_(shown, shown)]
    values = [
        {"a": labels[i], "b": labels[j], "r": rounded(float(matrix[i, j]), 2)}
        for i in range(p)
        for j in range(p)
        if i != j and np.isfinite(matrix[i, j])
    ]
    text = (
        "Blue: the two columns go together; brown: one number falls as the other rises; pale: they have nothing in "
        "common. Numbers are compared by ranks (Spearman), categories by Cramér's V, both with each other by η."
    )
    heads = [f"{n} (category)" if found.categories[i] else n for i, n in zip(shown, names, strict=True)]
    table = DataTable(
        (TableColumn("Column"), *(TableColumn(n, "score") for n in heads)),
        tuple((n, *(rounded(float(r), 2) for r in row)) for n, row in zip(heads, matrix, strict=True)),
        f"Associations on {found.rows:,} customers: between numbers Spearman's rank correlation, between categories "
        "Cramér's V, between both the correlation ratio η; the last two corrected for bias",
    )
    body = {"data": {"values": values}, "height": 30 * p, "layer": _grid(labels)}
    return build_figure("correlation", _correlation_title(names, matrix), text, table, body)


def _most_connected(found: Associations) -> list[int]:
    """All columns where they fit, else those with the strongest tie to another, in their order."""
    strength = np.abs(np.nan_to_num(found.values))
    np.fill_diagonal(strength, 0.0)
    ranked = np.lexsort((np.arange(len(strength)), -strength.max(axis=1).round(6)))
    return sorted(int(i) for i in ranked[:MOST_CORRELATED])


def _grid(labels: list[str]) -> list[dict[str, Any]]:
    y = {"field": "b", "type": "nominal", "scale": {"domain": labels}, "axis": name_axis(labelFontSize=11)}
    x_axis = name_axis(labelFontSize=11, labelAngle=-90 if len(labels) > 6 else 0, labelLimit=160)
    x = {"field": "a", "type": "nominal", "scale": {"domain": labels}, "axis": x_axis}
    scale = {"domain": [-1, 0, 1], "range": list(DIVERGING), "interpolate": "lab"}
    r = {"field": "r", "type": "quantitative"}
    tips = [{"field": "a", "title": "column"}, {"field": "b", "title": "with"}, {"field": "r", "title": "association"}]
    ink = {"condition": {"test": "abs(datum.r) > 0.6", "value": "#ffffff"}, "value": "#2b2f33"}
    cells = {"x": x, "y": y, "color": r | {"scale": scale, "legend": None}, "tooltip": tips}
    numbers = {"x": x, "y": y, "text": r | {"format": ".1f"}, "color": ink}
    layers: list[dict[str, Any]] = [{"mark": {"type": "rect", "cornerRadius": 2}, "encoding": cells}]
    if len(labels) <= MOST_NUMBERED:
        layers.append({"mark": {"type": "text", "fontSize": 11}, "encoding": numbers})
    return layers


def _correlation_title(names: list[str], matrix: np.ndarray) -> str:
    strength = np.where(np.isfinite(matrix), np.abs(matrix), 0.0)
    np.fill_diagonal(strength, 0.0)
    i, j = np.unravel_index(int(np.argmax(strength.round(6))), strength.shape)
    if strength[i, j] < 0.3:
        return "No two columns go together"
    how = "go together" if matrix[i, j] > 0 else "move against each other"
    a, b = (n if len(n) <= 30 else f"{n[:28]} …" for n in (names[i], names[j]))
    return f"{capitalised(a)} and {b} {how} most ({matrix[i, j]:.2f})".replace("-", "−")
