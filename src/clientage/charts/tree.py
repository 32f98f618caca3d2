"""The dendrogram: which segments are most alike, and in which order they would merge into fewer.

Receives the selection, the segments and their profiles; returns a figure. The tree is Ward's on the
centres of the segments, each weighing as much as it has customers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clientage.charts.figure import DataTable, Figure, TableColumn, build_figure, rounded
from clientage.charts.palette import QUIET, segment_colour
from clientage.charts.scales import name_axis
from clientage.charts.segments import segment_labels
from clientage.clustering.ward import fit_ward

if TYPE_CHECKING:
    from clientage.segments.profiles import Profiles
    from clientage.segments.segmentation import Segmentation
    from clientage.selection.selection import Selection


def dendrogram(selection: Selection, segmentation: Segmentation, profiles: Profiles) -> Figure | None:
    """Which segments would merge first if there were fewer."""
    segments = profiles.segments
    if len(segments) < 3:
        return None
    centers = np.asarray(selection.chosen.model.centers, dtype=np.float64)[segmentation.order]
    linkage = fit_ward(centers, np.array([float(max(1, s.size)) for s in segments])).linkage
    order = leaf_order(linkage)
    lines = branches(linkage, order, [segment_colour(s.id) for s in segments])
    labels = segment_labels(profiles)
    first, second = sorted(int(node) for node in linkage[0, :2])
    title = f"Segments {segments[first].id} and {segments[second].id} are the most alike"
    text = "If there were fewer segments, those joined furthest to the left would be merged first."
    rows = tuple(
        (_members(linkage, node, segments), float(linkage[node - len(segments), 2])) for node in _nodes(linkage)
    )
    table = DataTable((TableColumn("Segments joined"), TableColumn("Difference", "number")), rows)
    places = [{"place": i, "label": labels[leaf]} for i, leaf in enumerate(order)]
    body = {"height": max(140, 40 * len(order)), "layer": _layers(lines, places)}
    return build_figure("tree", title, text, table, body)


def _layers(lines: list[dict[str, Any]], places: list[dict[str, Any]]) -> list[dict[str, Any]]:
    labels = [row["label"] for row in places]
    height = {"type": "quantitative", "title": "how different the joined segments are (Ward)", "axis": {"tickCount": 4}}
    along = {"type": "quantitative", "scale": {"domain": [-0.5, len(labels) - 0.5], "reverse": True}, "axis": None}
    names = {"field": "label", "type": "nominal", "scale": {"domain": labels}, "axis": name_axis()}
    return [
        {
            "data": {"values": lines},
            "mark": {"type": "rule", "strokeWidth": 2, "strokeCap": "square"},
            "encoding": {
                "x": height | {"field": "from"},
                "x2": {"field": "to"},
                "y": along | {"field": "at"},
                "y2": {"field": "until"},
                "color": {"field": "colour", "type": "nominal", "scale": None},
            },
        },
        {"data": {"values": places}, "mark": {"type": "point", "opacity": 0}, "encoding": {"y": names}},
    ]


def leaf_order(linkage: np.ndarray) -> list[int]:
    """Return the leaves in an order in which no two branches cross, from the top of the tree down."""
    k = len(linkage) + 1

    def below(node: int) -> list[int]:
        if node < k:
            return [node]
        return [leaf for child in sorted(linkage[node - k, :2].astype(int)) for leaf in below(int(child))]

    return below(2 * k - 2)


def branches(linkage: np.ndarray, order: list[int], colours: list[str]) -> list[dict[str, Any]]:
    """Return one horizontal line from each node to the height of its parent, and one upright for each merger.

    Parameters
    ----------
    linkage : ndarray of shape (k − 1, 4)
        As scipy's.
    order : list of int
        From `leaf_order`.
    colours : list of str
        Of each leaf; a branch whose leaves share one has it too.
    """
    k = len(order)
    place = {leaf: float(i) for i, leaf in enumerate(order)}
    height = dict.fromkeys(range(k), 0.0)
    own = dict(enumerate(colours))
    lines = []
    for row, (a, b, at, _) in enumerate(linkage.tolist()):
        node = k + row
        place[node], height[node] = (place[int(a)] + place[int(b)]) / 2, at
        own[node] = own[int(a)] if own[int(a)] == own[int(b)] else QUIET
        for child in (int(a), int(b)):
            y = place[child]
            line = {"from": rounded(height[child]), "to": rounded(at), "at": y, "until": y}
            lines.append(line | {"colour": own[child]})
        upright = {"from": rounded(at), "to": rounded(at), "at": place[int(a)], "until": place[int(b)]}
        lines.append(upright | {"colour": own[node]})
    return lines


def _nodes(linkage: np.ndarray) -> range:
    k = len(linkage) + 1
    return range(k, 2 * k - 1)


def _members(linkage: np.ndarray, node: int, segments: Any) -> str:
    k = len(linkage) + 1
    waiting, found = [node], []
    while waiting:
        now = waiting.pop()
        if now < k:
            found.append(now)
        else:
            waiting += linkage[now - k, :2].astype(int).tolist()
    return " + ".join(segments[leaf].name for leaf in sorted(found))
