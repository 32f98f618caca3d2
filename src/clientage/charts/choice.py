"""Figures about the number of segments: elbow, silhouette with its null, all criteria, stability.

Receives a `Selection`; returns figures. Every number is one the selection holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from clientage.charts.figure import Cell, DataTable, Figure, TableColumn, build_figure, in_words, panel_grid, rounded
from clientage.charts.palette import ACCENT, CHANCE_COLOUR, INK, QUIET
from clientage.charts.scales import number_axis
from clientage.segments.wording import capitalised, joined
from clientage.selection.criteria import CRITERIA, Criterion
from clientage.selection.favourites import criterion_curve
from clientage.selection.stability import COMES_BACK

if TYPE_CHECKING:
    from clientage.selection.candidate import Candidate
    from clientage.selection.selection import Selection

ALGORITHM_TITLES = {
    "kmeans": "k-means",
    "ward": "Ward",
    "mixture": "Gaussian mixture",
    "one_shape": "mixture of one shape",
    "dbscan": "DBSCAN",
    "hdbscan": "HDBSCAN",
}
HINTS = {
    "inertia": "look for the bend",
    "prediction_strength": "supported from .8",
}  # what one reads on the axis, where it is not which end is good
HIGHER, LOWER = "higher is better", "lower is better"
NEAR_TWINS = frozenset({"explained", "silhouette_macro"})  # say what inertia and silhouette say, on another scale


def elbow(selection: Selection) -> Figure | None:
    """Inertia against k, with the elbow where there is one."""
    curve = criterion_curve(selection.candidates, "inertia", selection.chosen.algorithm)
    if len(curve) < 2:
        return None
    bend = selection.elbow
    values = [{"k": c.k, "y": rounded(c.criteria["inertia"]), "best": c.k == bend} for c in curve]
    if bend is None:
        title = "No clear elbow: the spread falls evenly with every further segment"
    else:
        title = f"The elbow is at {in_words(bend)} segments: more of them gain little"
    text = "The spread within segments (inertia) for each number of segments; one looks for a clear bend."
    rows = tuple((c.k, c.criteria["inertia"]) for c in curve)
    marked = tuple(i for i, c in enumerate(curve) if c.k == bend)
    table = DataTable((TableColumn("Segments", "count"), TableColumn("Inertia", "number", "inertia")), rows, "", marked)
    layers = _line_with_best("spread within segments (inertia)", max(float(r[1] or 0.0) for r in rows))
    body = {"data": {"values": values}, "height": 240, "layer": layers}
    return build_figure("elbow", title, text, table, body)


def silhouette(selection: Selection) -> Figure | None:
    """Silhouette against k for every algorithm, beside what chance alone reaches."""
    curves = {
        name: [c for c in _of(selection, name) if c.criteria.get("silhouette") is not None]
        for name in dict.fromkeys(c.algorithm for c in selection.candidates)
    }
    own = curves.get(selection.chosen.algorithm, [])
    if not own:
        return None
    values = [
        {
            "k": c.k,
            "y": rounded(c.criteria["silhouette"]),
            "line": algorithm_title(name),
            "chosen": _is(c, selection),
        }
        for name, curve in curves.items()
        for c in curve
    ]
    title = _silhouette_title(selection, own)
    text = (
        "One line for each algorithm: the higher, the better the segments are separated. "
        "The brown lines show what customers without any groups would give."
    )
    rows = tuple((algorithm_title(c.algorithm), c.k, c.criteria["silhouette"]) for cs in curves.values() for c in cs)
    columns = (
        TableColumn("Algorithm"),
        TableColumn("Segments", "count"),
        TableColumn("Silhouette", "score", "silhouette"),
    )
    marked = tuple(i for i, c in enumerate(c for cs in curves.values() for c in cs) if _is(c, selection))
    body = {
        "data": {"values": values + _chance(selection)},
        "height": 260,
        "layer": _silhouette_layers(curves, selection),
    }
    return build_figure("silhouette", title, text, DataTable(columns, rows, "", marked), body)


def criteria_overview(selection: Selection) -> Figure | None:
    """Every criterion against k in a panel of its own, its favourite marked."""
    panels: list[dict[str, Any]] = []
    rows: list[tuple[Cell, ...]] = []
    said: dict[int | None, list[str]] = {}
    for criterion in CRITERIA.values():
        curve = criterion_curve(selection.candidates, criterion.key, selection.chosen.algorithm)
        if len(curve) < 2 or criterion.key in NEAR_TWINS:
            continue
        best = selection.elbow if criterion.key == "inertia" else selection.favourites.get(criterion.key)
        name = criterion.title
        panels.append(_criterion_panel(name, criterion, curve, best))
        rows += [(name, c.k, c.criteria[criterion.key], "favourite" if c.k == best else "") for c in curve]
        said.setdefault(best, []).append(criterion.title)
    if not panels:
        return None
    text = "One panel for each criterion, against the number of segments; the large dot is its favourite."
    columns = (
        TableColumn("Criterion"),
        TableColumn("Segments", "count"),
        TableColumn("Value", "number"),
        TableColumn("Mark"),
    )
    body = panel_grid(panels, 4 if len(panels) == 4 else 3)
    return build_figure("criteria", _criteria_title(said), text, DataTable(columns, tuple(rows)), body)


def _criteria_title(said: Mapping[int | None, Sequence[str]]) -> str:
    """What the criteria say: "Three criteria favour 2 segments, one favours 5"."""
    ranked = sorted(((k, len(names)) for k, names in said.items() if k is not None), key=lambda p: (-p[1], p[0]))
    parts = [
        f"{in_words(n)} {'criterion favours' if n == 1 else 'criteria favour'} {_number(k, first=not i)}"
        for i, (k, n) in enumerate(ranked)
    ]
    silent = len(said.get(None, ()))
    parts += [f"{in_words(silent)} {'has' if silent == 1 else 'have'} no favourite"] if silent else []
    return capitalised(joined(parts))


def _number(k: int, *, first: bool) -> str:
    return "no division" if k == 1 else f"{k} segments" if first else f"{k}"


def _criterion_panel(name: str, criterion: Criterion, curve: Sequence[Candidate], best: int | None) -> dict[str, Any]:
    values = [{"k": c.k, "y": rounded(c.criteria[criterion.key]), "best": c.k == best} for c in curve]
    hint = HINTS.get(criterion.key, HIGHER if criterion.better == "higher" else LOWER)
    layers = _line_with_best(hint, max(abs(float(c.criteria[criterion.key] or 0.0)) for c in curve))
    said = {None: "no favourite", 1: "favours no division"}.get(best, f"favours {best}")
    head = {"text": name, "subtitle": said}
    return {"title": head, "width": 200, "height": 120, "data": {"values": values}, "layer": layers}


def stability(selection: Selection) -> Figure | None:
    """How much two segmentations of resampled customers agree, against k; and of the weakest segment alone."""
    curve = _measured(selection)
    if len(curve) < 2:
        return None
    on_curve = {id(c) for c in curve}
    shown = [*curve, *(c for c in [selection.chosen] if c.stability is not None and id(c) not in on_curve)]
    text = (
        "How much the segmentations of re-drawn customers agree, on average (line) and as a range (band); dotted: how "
        "much of the weakest segment comes back (Jaccard index). The large dot is the chosen solution."
    )
    values = [_stability_row(c, selection, curve=id(c) in on_curve) for c in shown]
    rows = tuple((algorithm_title(c.algorithm), c.k, c.stability, c.stability_sd, _weakest(c)) for c in shown)
    columns = (
        TableColumn("Algorithm"),
        TableColumn("Segments", "count"),
        TableColumn("Stability", "score", "stability"),
        TableColumn("Spread (SD)", "score"),
        TableColumn("Weakest segment", "score", "segment stability"),
    )
    marked = tuple(i for i, c in enumerate(shown) if _is(c, selection))
    body = {"data": {"values": values}, "height": 220, "layer": _stability_layers()}
    title = _stability_title(selection.chosen, curve)
    return build_figure("stability", title, text, DataTable(columns, rows, "", marked), body)


def _stability_title(chosen: Candidate, curve: Sequence[Candidate]) -> str:
    if chosen.stability is None:
        best = max(curve, key=lambda c: float(c.stability or 0.0))
        return f"{in_words(best.k).capitalize()} segments come back best (stability {best.stability:.2f} of 1)"
    judged = "come back the same" if chosen.stability >= COMES_BACK else "change from sample to sample"
    return f"{in_words(chosen.k).capitalize()} segments {judged} (stability {chosen.stability:.2f} of 1)"


def _measured(selection: Selection) -> list[Candidate]:
    """The candidates whose stability makes a curve: the chosen algorithm's, or those of the one with most."""
    tried = dict.fromkeys((selection.chosen.algorithm, "kmeans", *(c.algorithm for c in selection.candidates)))
    curves = [[c for c in _of(selection, name) if c.stability is not None] for name in tried]
    return next((curve for curve in curves if len(curve) > 1), [])


def _weakest(candidate: Candidate) -> float | None:
    each = candidate.segment_stability
    known = [] if each is None else [float(v) for v in each if v == v]
    return min(known) if known else None


def _stability_row(candidate: Candidate, selection: Selection, *, curve: bool) -> dict[str, Any]:
    mean, sd = float(candidate.stability or 0.0), float(candidate.stability_sd or 0.0)
    ends = {"low": rounded(mean - sd), "high": rounded(min(1.0, mean + sd)), "weakest": rounded(_weakest(candidate))}
    return {"k": candidate.k, "y": rounded(mean), **ends, "curve": curve, "best": _is(candidate, selection)}


def _stability_layers() -> list[dict[str, Any]]:
    line, dots = _line_with_best("agreement (adjusted Rand index)", 1.0, zero=True)
    along = [{"filter": "datum.curve"}]
    y = {"type": "quantitative"}
    band = {
        "transform": along,
        "mark": {"type": "area", "opacity": 0.15, "color": ACCENT},
        "encoding": {"x": _k_axis(), "y": y | {"field": "low"}, "y2": {"field": "high"}},
    }
    weakest = {
        "transform": along,
        "mark": {"type": "line", "color": QUIET, "strokeWidth": 1.8, "strokeDash": [2, 3]},
        "encoding": {"x": _k_axis(), "y": y | {"field": "weakest"}},
    }
    return [band, weakest, line | {"transform": along}, dots, *_rule(COMES_BACK, "stable above this line")]


def algorithm_title(name: str) -> str:
    """Return an algorithm's name as people write it.

    Examples
    --------
    >>> algorithm_title("kmeans")
    'k-means'
    """
    return ALGORITHM_TITLES.get(name, name)


def _of(selection: Selection, algorithm: str) -> list[Candidate]:
    return sorted((c for c in selection.candidates if c.algorithm == algorithm), key=lambda c: c.k)


def _is(candidate: Candidate, selection: Selection) -> bool:
    return candidate.algorithm == selection.chosen.algorithm and candidate.k == selection.chosen.k


def _silhouette_title(selection: Selection, own: Sequence[Candidate]) -> str:
    peak = max(own, key=lambda c: float(c.criteria["silhouette"] or 0.0))
    null = selection.null
    if null is not None and null.observed <= null.maximum:
        return f"The silhouette is no higher than chance gives: {null.observed:.2f} against up to {null.maximum:.2f}"
    k = selection.chosen.k
    head = f"{in_words(k).capitalize()} {'segment' if k == 1 else 'segments'}"
    if peak.k == k:
        return f"{head}: the silhouette peaks at {k}"
    now = selection.chosen.criteria.get("silhouette")
    seen = "" if now is None else f" and is {now:.2f} at {k}"
    return f"{head} {'was' if k == 1 else 'were'} chosen; the silhouette alone peaks at {peak.k}{seen}"


def _k_axis() -> dict[str, Any]:
    axis = {"tickMinStep": 1, "format": "d", "grid": False}
    return {"field": "k", "type": "quantitative", "title": "number of segments", "axis": axis, "scale": {"zero": False}}


def _y_axis(title: str, largest: float, *, zero: bool = False) -> dict[str, Any]:
    axis = number_axis(largest)
    return {"field": "y", "type": "quantitative", "title": title, "axis": axis, "scale": {"zero": zero}}


def _line_with_best(title: str, largest: float, *, zero: bool = False) -> list[dict[str, Any]]:
    tips = [{"field": "k", "title": "segments"}, {"field": "y", "title": "value"}]
    shared = {"x": _k_axis(), "y": _y_axis(title, largest, zero=zero)}
    size = {"condition": {"test": "datum.best", "value": 160}, "value": 40}
    fill = {"condition": {"test": "datum.best", "value": ACCENT}, "value": "#ffffff"}
    dots = {"mark": {"type": "point", "filled": True, "stroke": ACCENT, "strokeWidth": 1.5, "opacity": 1}}
    return [
        {"mark": {"type": "line", "color": ACCENT, "strokeWidth": 2}, "encoding": shared},
        {**dots, "encoding": {**shared, "size": size, "fill": fill, "tooltip": tips}},
    ]


CHANCE = ("chance, on average", "chance, at most")


def _chance(selection: Selection) -> list[dict[str, Any]]:
    """What the simulated customers without groups reach: the mean for each k where it is known, and the maximum."""
    null = selection.null
    if null is None:
        return []
    ks = sorted({c.k for c in selection.candidates if c.k > 1})
    means = dict(zip(null.ks, null.mean_by_k, strict=False)) or dict.fromkeys(ks, null.mean)
    rows = [{"k": k, "y": rounded(y), "line": CHANCE[0]} for k, y in means.items()]
    return rows + [{"k": k, "y": rounded(null.maximum), "line": CHANCE[1]} for k in (ks[0], ks[-1])]


def _silhouette_layers(curves: dict[str, list[Candidate]], selection: Selection) -> list[dict[str, Any]]:
    own = selection.chosen.algorithm
    others = [name for name, curve in curves.items() if name != own and curve]
    names = [algorithm_title(name) for name in (own, *others)]
    dashes = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4]][: len(names)]
    colours = [ACCENT, *([QUIET] * (len(names) - 1))]
    if selection.null is not None:
        names += CHANCE
        dashes += [[2, 3], [7, 4]]
        colours += [CHANCE_COLOUR] * 2
    legend = {"orient": "top", "symbolType": "stroke", "symbolSize": 300, "columns": 3, "symbolStrokeWidth": 2}
    line = {"field": "line", "type": "nominal", "title": None, "legend": legend}
    shared = {
        "x": _k_axis(),
        "y": _y_axis("silhouette (−1 to 1)", 1.0, zero=True),
        "color": line | {"scale": {"domain": names, "range": colours}},
    }
    tips = [
        {"field": "line", "title": "of"},
        {"field": "k", "title": "segments"},
        {"field": "y", "title": "silhouette"},
    ]
    size = {"condition": {"test": "datum.chosen", "value": 160}, "value": 30}
    return [
        {
            "mark": {"type": "line", "strokeWidth": 2},
            "encoding": shared | {"strokeDash": line | {"scale": {"domain": names, "range": dashes}}},
        },
        {
            "transform": [{"filter": "isDefined(datum.chosen)"}],
            "mark": {"type": "point", "filled": True, "opacity": 1},
            "encoding": shared | {"size": size, "tooltip": tips},
        },
    ]


def _rule(at: float, label: str) -> list[dict[str, Any]]:
    """A labelled horizontal line; its name lets a page give it the colour of its ink."""
    y = {"datum": rounded(at), "type": "quantitative"}
    text = {"type": "text", "align": "left", "baseline": "top", "dx": 6, "dy": 5, "fontSize": 11, "fill": INK}
    return [
        {
            "name": "ink_rule",
            "mark": {"type": "rule", "strokeDash": [6, 4], "strokeWidth": 1.2, "stroke": INK},
            "encoding": {"y": y},
        },
        {
            "name": "ink_label",
            "data": {"values": [{}]},
            "mark": text | {"text": label},
            "encoding": {"y": y, "x": {"value": 0}},
        },
    ]
