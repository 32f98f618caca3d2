"""Solutions side by side: which segments go on when there is one more, and which are put together anew.

Receives the selection and the segments; returns a figure: the plot of segment level stability across solutions (SLSA)
of Dolnicar & Leisch (2017), Marketing Letters 28, doi 10.1007/s11002-017-9423-8. Flows and SLSA are the selection's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clientage.charts.figure import Cell, DataTable, Figure, TableColumn, build_figure, in_words, rounded
from clientage.charts.palette import ACCENT, CHANCE_COLOUR, INK, QUIET
from clientage.segments.wording import joined

if TYPE_CHECKING:
    from clientage.segments.segmentation import Segmentation
    from clientage.selection.candidate import Candidate
    from clientage.selection.selection import Selection

WHOLE = 0.75  # SLSA from which a segment counts as coming from one: nine in ten of its customers then do
MOST = 12  # solutions side by side
SLIGHT = 0.01  # of all customers: a smaller stream is not drawn
ROOM = 0.14  # of the height, shared by the gaps between the segments of a solution
HALF = 0.09  # half the width of a segment, in numbers of segments


@dataclass(frozen=True, slots=True)
class Bar:
    """A segment of one solution: its place from the top, as shares of the height."""

    top: float
    height: float


def solutions_flow(selection: Selection, segmentation: Segmentation) -> Figure | None:
    """Streams of customers between solutions with one segment more each, in the colour of SLSA."""
    chain = _chain(selection)
    if len(chain) < 2:
        return None
    shares = [_shares(c, after) for c, after in zip(chain, [*chain[1:], None], strict=True)]
    bars = _placed(chain, shares)
    numbers = _numbers(selection.chosen, segmentation)
    values = [
        {"k": c.k, "top": rounded(b.top), "end": rounded(b.top + b.height), "slsa": _slsa(c, j)}
        | ({"label": str(numbers[j])} if c is selection.chosen else {})
        for c, column in zip(chain, bars, strict=True)
        for j, b in enumerate(column)
    ]
    text = (
        "Solutions side by side; the numbered one was chosen. Streams are customers: how many of a segment go to which "
        "segment when there is one more. Blue segments come from one segment of the solution before, brown ones are "
        "put together from several, and so depend on the number chosen."
    )
    body = {"height": 340, "layer": _layers(values, _streams(chain, bars), selection.chosen.k)}
    return build_figure("solutions", _title(selection, numbers), text, _table(chain, shares, selection, numbers), body)


def _chain(selection: Selection) -> list[Candidate]:
    """The chosen algorithm's solutions around the chosen one, each with one segment more than the one before."""
    own = {c.k: c for c in selection.candidates if c.algorithm == selection.chosen.algorithm and c.k >= 2}
    k = selection.chosen.k
    if k not in own:
        return []
    first = last = k
    while first - 1 in own and own[first].came_from is not None:
        first -= 1
    while last + 1 in own and own[last + 1].came_from is not None:
        last += 1
    last = min(last, max(k + 2, first + MOST - 1))
    return [own[j] for j in range(max(first, last - MOST + 1), last + 1)]


def _shares(candidate: Candidate, after: Candidate | None) -> np.ndarray:
    """Share of each cluster, from the streams that are drawn, so that these fill it."""
    if candidate.came_from is not None:
        counts = candidate.came_from.sum(axis=0)
    elif after is not None and after.came_from is not None:
        counts = after.came_from.sum(axis=1)
    else:
        counts = candidate.sizes.astype(np.float64)
    return np.asarray(counts / max(float(counts.sum()), 1e-300))


def _placed(chain: Sequence[Candidate], shares: Sequence[np.ndarray]) -> list[list[Bar]]:
    """Bars of every solution, each beside where most of its customers were, so that few streams cross."""
    out: list[list[Bar]] = []
    middles = np.zeros(0)
    for c, share in zip(chain, shares, strict=True):
        if len(middles) and c.came_from is not None:
            flows = c.came_from / np.maximum(c.came_from.sum(axis=0), 1e-300)
            order = np.argsort(middles @ flows, kind="stable")
        else:
            order = np.argsort(-share, kind="stable")
        gap = ROOM / max(1, len(share) - 1)
        bars, top = [Bar(0.0, 0.0)] * len(share), 0.0
        for j in order:
            bars[j] = Bar(top, (1.0 - ROOM) * float(share[j]))
            top += bars[j].height + gap
        middles = np.array([b.top + b.height / 2 for b in bars])
        out.append(bars)
    return out


def _streams(chain: Sequence[Candidate], bars: Sequence[list[Bar]]) -> list[dict[str, Any]]:
    """One row for each stream: where it leaves and where it arrives, stacked in the order of the places it leads to."""
    out: list[dict[str, Any]] = []
    for left, right, after in zip(bars[:-1], bars[1:], chain[1:], strict=True):
        flows = after.came_from
        if flows is None:
            continue
        widths = (1.0 - ROOM) * flows / max(float(flows.sum()), 1e-300)
        leaves, arrives = [b.top for b in left], [b.top for b in right]
        cells = [(i, j) for i in range(len(left)) for j in range(len(right))]
        starts = {}
        for i, j in sorted(cells, key=lambda c: (c[0], right[c[1]].top)):
            starts[i, j] = leaves[i]
            leaves[i] += widths[i, j]
        for i, j in sorted(cells, key=lambda c: (c[1], left[c[0]].top)):
            ends = {"a": rounded(starts[i, j]), "b": rounded(arrives[j]), "w": rounded(float(widths[i, j]))}
            if widths[i, j] >= SLIGHT * (1.0 - ROOM):
                out.append({"n": len(out), "k": after.k - 1, **ends, "slsa": _slsa(after, j)})
            arrives[j] += widths[i, j]
    return out


def _slsa(candidate: Candidate, cluster: int) -> float | None:
    return None if candidate.slsa is None else rounded(float(candidate.slsa[cluster]), 3)


def _numbers(chosen: Candidate, segmentation: Segmentation) -> dict[int, int]:
    """Cluster of the chosen solution -> number of its segment."""
    found = {int(cluster): j for j, cluster in enumerate(segmentation.order, 1)}
    return found if len(found) == chosen.k else {j: j + 1 for j in range(chosen.k)}


def _layers(bars: list[dict[str, Any]], streams: list[dict[str, Any]], chosen: int) -> list[dict[str, Any]]:
    y = {"type": "quantitative", "axis": None, "scale": {"domain": [0, 1.02], "reverse": True, "nice": False}}
    ks = sorted({b["k"] for b in bars})
    axis = {"values": ks, "format": "d", "grid": False}
    ends = {"domain": [ks[0] - 2 * HALF, ks[-1] + 2 * HALF], "zero": False, "nice": False}
    x = {"type": "quantitative", "title": "number of segments", "axis": axis, "scale": ends}
    legend = {"orient": "top", "title": "from several before (0) or from one (1)", "gradientLength": 160}
    scale = {"domain": [0, 0.5, 1], "range": [CHANCE_COLOUR, "#dcc39a", ACCENT], "interpolate": "rgb"}
    colour = {
        "field": "slsa",
        "type": "quantitative",
        "scale": scale,
        "legend": legend | {"titleLimit": 400, "values": [0, 0.5, 1], "format": ".1~f"},
    }
    ink = {"condition": {"test": "datum.slsa > 0.25 && datum.slsa < 0.75", "value": INK}, "value": "#ffffff"}
    frame = {"condition": {"test": f"datum.k === {chosen}", "value": 3}, "value": 0}
    return [
        {
            "data": {"values": streams},
            "transform": [
                {"calculate": "sequence(0, 1.01, 0.125)", "as": "t"},
                {"flatten": ["t"]},
                {"calculate": "datum.t * datum.t * (3 - 2 * datum.t)", "as": "s"},
                {"calculate": f"datum.k + {HALF} + datum.t * {1 - 2 * HALF}", "as": "x"},
                {"calculate": "datum.a + datum.s * (datum.b - datum.a)", "as": "top"},
                {"calculate": "datum.top + datum.w", "as": "end"},
            ],
            "mark": {"type": "area", "opacity": 0.4},
            "encoding": {
                "x": x | {"field": "x"},
                "y": y | {"field": "top", "stack": None},
                "y2": {"field": "end"},
                "detail": {"field": "n", "type": "nominal"},
                "color": colour,
            },
        },
        _bar_layer([b for b in bars if b["slsa"] is not None], x, y, {"color": colour, "strokeWidth": frame}),
        _bar_layer([b for b in bars if b["slsa"] is None], x, y, {"color": {"value": QUIET}, "strokeWidth": frame}),
        {
            "data": {"values": [b for b in bars if "label" in b]},
            "transform": [{"calculate": "(datum.top + datum.end) / 2", "as": "middle"}],
            "mark": {"type": "text", "fontSize": 12, "fontWeight": 600, "baseline": "middle"},
            "encoding": {
                "x": x | {"field": "k"},
                "y": y | {"field": "middle"},
                "text": {"field": "label"},
                "color": ink,
            },
        },
    ]


def _bar_layer(
    bars: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any], look: dict[str, Any]
) -> dict[str, Any]:
    """The segments themselves; those of the first solution come from nothing that is drawn, and are grey."""
    return {
        "data": {"values": bars},
        "transform": [
            {"calculate": f"datum.k - {HALF}", "as": "from"},
            {"calculate": f"datum.k + {HALF}", "as": "to"},
        ],
        "mark": {"type": "rect", "stroke": QUIET},
        "encoding": {
            "x": x | {"field": "from"},
            "x2": {"field": "to"},
            "y": y | {"field": "top"},
            "y2": {"field": "end"},
            "tooltip": [{"field": "slsa", "title": "SLSA", "format": ".2f"}],
            **look,
        },
    }


def _title(selection: Selection, numbers: dict[int, int]) -> str:
    """Which segments of the chosen solution come from one of the solution before, and which from several."""
    chosen = selection.chosen
    if chosen.slsa is None:
        return f"What becomes of the {in_words(chosen.k)} segments when there are more"
    loose = sorted(numbers[j] for j in range(chosen.k) if chosen.slsa[j] < WHOLE)
    before = f"the solution with {in_words(chosen.k - 1)}"
    if not loose:
        return f"Each of the {in_words(chosen.k)} segments comes from a single one of {before}"
    if len(loose) == chosen.k:
        return f"All {in_words(chosen.k)} segments are put together anew from several of {before}"
    many = len(loose) > 1
    names = joined([str(j) for j in loose])
    return f"Segment{'s' * many} {names} {'are' if many else 'is'} put together from several of {before}"


def _table(
    chain: Sequence[Candidate], shares: Sequence[np.ndarray], selection: Selection, numbers: dict[int, int]
) -> DataTable:
    columns = (
        TableColumn("Segments", "count"),
        TableColumn("Segment"),
        TableColumn("Share", "percent"),
        TableColumn("From one (SLSA)", "score", "SLSA"),
        TableColumn("Largest part from one", "percent"),
        TableColumn("Found again (SLSW)", "score", "segment stability"),
    )
    rows: list[tuple[Cell, ...]] = []
    strong = []
    for c, share in zip(chain, shares, strict=True):
        ids = numbers if c is selection.chosen else {j: j + 1 for j in range(c.k)}
        for j in sorted(range(c.k), key=lambda j: ids[j]):
            if c is selection.chosen:
                strong.append(len(rows))
            rows.append((c.k, str(ids[j]), float(share[j]), _slsa(c, j), _largest(c, j), _found_again(c, j)))
    caption = "Segments of every solution; those of the chosen one are stressed"
    return DataTable(columns, tuple(rows), caption, tuple(strong))


def _largest(candidate: Candidate, cluster: int) -> float | None:
    if candidate.came_from is None:
        return None
    column = candidate.came_from[:, cluster]
    return float(column.max() / column.sum()) if column.sum() > 0 else None


def _found_again(candidate: Candidate, cluster: int) -> float | None:
    each = candidate.segment_stability
    return None if each is None else float(each[cluster])
