"""The dendrogram of the customers: Ward's tree over them, cut where the chosen number of segments is.

Receives the selection, the weighted points that stand for the customers, and the segments; returns a figure.
Branches below the last `LEAVES` groups are left out: hundreds of leaves are no longer read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from clientage.charts.figure import DataTable, Figure, TableColumn, build_figure, in_words, rounded
from clientage.charts.palette import CHANCE_COLOUR, NO_SEGMENT, segment_colour
from clientage.charts.scales import name_axis
from clientage.charts.tree import branches, leaf_order
from clientage.segments.wording import percent

if TYPE_CHECKING:
    from clientage.clustering.coreset import Coreset
    from clientage.segments.profiles import Profiles
    from clientage.segments.segmentation import Segmentation
    from clientage.selection.selection import Selection

LEAVES = 24


@dataclass(frozen=True, slots=True)
class Top:
    """The upper part of a tree.

    Parameters
    ----------
    linkage : ndarray of shape (leaves − 1, 4)
        As scipy's, its leaves being groups of customers.
    group_of : ndarray of shape (m,)
        The leaf of each point.
    cut : float or None
        Height between k groups and k − 1 (None for one group).
    """

    linkage: np.ndarray
    group_of: np.ndarray
    cut: float | None


def customer_tree(
    selection: Selection, coreset: Coreset, segmentation: Segmentation, profiles: Profiles
) -> Figure | None:
    """How customers join into ever larger groups, and where the chosen number of segments cuts that tree."""
    k = len(profiles.segments)
    if len(coreset.points) < 3 or k > LEAVES or k < 2:
        return None
    top = upper_part(coreset.tree.linkage, LEAVES, k)
    segment_of = _segments_of_points(selection, coreset, segmentation)
    table = np.zeros((len(top.linkage) + 1, k + 1))  # customers of each leaf in each segment, the last: in none
    np.add.at(table, (top.group_of, segment_of), coreset.weights)
    main = table.argmax(axis=1)
    colours = [NO_SEGMENT if j == k else segment_colour(profiles.segments[j].id) for j in main]
    order = leaf_order(top.linkage)
    labels = [_label(i, int(main[leaf]), table[leaf], k) for i, leaf in enumerate(order, 1)]
    agree = _agreement(coreset, segment_of, k)
    same = "gives these segments" if agree > 0.995 else f"agrees with these segments for {percent(agree)} of customers"
    title = f"Cut into {in_words(k)}, the tree of customers {same}"
    text = (
        "Read from left to right: customers who are alike join first. The dashed line cuts the tree into as many "
        "groups as there are segments; colours are those of the segment most customers of a branch are in."
    )
    body = {"height": 20 * len(order), "layer": _layers(branches(top.linkage, order, colours), labels, top.cut)}
    return build_figure("dendrogram", title, text, _table(table, order, profiles), body)


def upper_part(linkage: np.ndarray, leaves: int, k: int) -> Top:
    """Return the last mergers of a tree as a tree of its own.

    Parameters
    ----------
    linkage : ndarray of shape (m − 1, 4)
        As scipy's, heights rising.
    leaves : int
        Groups that become leaves; fewer where there are fewer points.
    k : int
        Where to cut.

    Examples
    --------
    >>> tree = np.array([[0, 1, 1.0, 2], [2, 3, 2.0, 2], [4, 5, 9.0, 4]])
    >>> top = upper_part(tree, 2, 2)
    >>> top.linkage.tolist(), top.group_of.tolist(), top.cut
    ([[0.0, 1.0, 9.0, 4.0]], [0, 0, 1, 1], 5.5)
    """
    m = len(linkage) + 1
    leaves = min(leaves, m)
    below = m - leaves  # mergers inside the leaves
    nodes = linkage[below:, :2].astype(np.int64)
    roots = np.sort(nodes[nodes < m + below])
    group = np.full(m + below, -1)
    group[roots] = np.arange(leaves)
    for row in range(below - 1, -1, -1):  # from above, every merger hands its leaf down
        group[linkage[row, :2].astype(np.int64)] = group[m + row]
    number = {int(root): i for i, root in enumerate(roots)}
    rows = [
        [*(number[int(c)] if int(c) in number else int(c) - (m + below) + leaves for c in (a, b)), height, weight]
        for a, b, height, weight in linkage[below:].tolist()
    ]
    heights = [0.0, *linkage[:, 2].tolist()]
    cut = None if k < 2 or k > m else (heights[m - k] + heights[m - k + 1]) / 2
    return Top(np.array(rows, dtype=np.float64).reshape(-1, 4), group[:m], cut)


def _segments_of_points(selection: Selection, coreset: Coreset, segmentation: Segmentation) -> np.ndarray:
    """Segment 0 … k-1 of each point; k for none."""
    k = segmentation.k
    segment_of = np.full(k + 1, k)
    segment_of[segmentation.order] = np.arange(k)
    found: np.ndarray = segment_of[selection.chosen.model.assign(coreset.points).labels]
    return found


def _agreement(coreset: Coreset, segment_of: np.ndarray, k: int) -> float:
    """Share of customers that are in the segment most customers of their branch are in."""
    table = np.zeros((k, k + 1))
    np.add.at(table, (coreset.tree.cut(k), segment_of), coreset.weights)
    return float(table.max(axis=1).sum() / coreset.weights.sum())


def _label(place: int, main: int, row: np.ndarray, k: int) -> str:
    share = percent(float(row[main] / row.sum()))
    where = "no segment" if main == k else f"segment {main + 1}"
    mostly = "" if share == "100%" else f" {share}"
    return f"{place}. {row.sum():,.0f} customers,{mostly} {where}"


def _table(table: np.ndarray, order: list[int], profiles: Profiles) -> DataTable:
    heads = [TableColumn("Branch"), TableColumn("Customers", "count")]
    heads += [TableColumn(s.name, "percent") for s in profiles.segments]
    rows = tuple(
        (f"{i}", float(table[leaf].sum()), *(table[leaf][: len(profiles.segments)] / table[leaf].sum()).tolist())
        for i, leaf in enumerate(order, 1)
    )
    return DataTable(tuple(heads), rows, "Branches of the tree, and the segments their customers are in")


def _layers(lines: list[dict[str, Any]], labels: list[str], cut: float | None) -> list[dict[str, Any]]:
    height = {"type": "quantitative", "title": "how different the joined groups are (Ward)", "axis": {"tickCount": 4}}
    along = {"type": "quantitative", "scale": {"domain": [-0.5, len(labels) - 0.5], "reverse": True}, "axis": None}
    names = {"field": "label", "type": "nominal", "scale": {"domain": labels}, "axis": name_axis(labelFontSize=10)}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": lines},
            "mark": {"type": "rule", "strokeWidth": 1.6, "strokeCap": "square"},
            "encoding": {
                "x": height | {"field": "from"},
                "x2": {"field": "to"},
                "y": along | {"field": "at"},
                "y2": {"field": "until"},
                "color": {"field": "colour", "type": "nominal", "scale": None},
            },
        },
        {
            "data": {"values": [{"label": label} for label in labels]},
            "mark": {"type": "point", "opacity": 0},
            "encoding": {"y": names},
        },
    ]
    if cut is not None:
        line = {"type": "rule", "strokeDash": [6, 4], "stroke": CHANCE_COLOUR, "strokeWidth": 1.5}
        at = {"x": {"datum": rounded(cut), "type": "quantitative"}}
        layers.append({"data": {"values": [{}]}, "mark": line, "encoding": at})
    return layers
