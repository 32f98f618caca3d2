"""Every figure there is: its name, what it shows, what it needs, and the function that draws it.

To add one: write a function `result -> Figure | None` in a file of this room and name it here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from clientage.charts import (
    borders,
    chance,
    choice,
    columns,
    comparisons,
    hierarchy,
    knife,
    map,
    mosaic,
    responses,
    segments,
    solutions,
    tree,
)
from clientage.charts.figure import Figure


@dataclass(frozen=True, slots=True)
class FigureKind:
    """One entry of the catalogue.

    Parameters
    ----------
    name : str
        Also the name of its picture file.
    title : str
        What it shows, whatever the data.
    needs : tuple of str
        Parts of a study that `draw` takes, in order.
    draw : callable
        Returns the figure, or None when the study has nothing to show in it.
    """

    name: str
    title: str
    needs: tuple[str, ...]
    draw: Callable[..., Figure | None]


_ALL = (
    FigureKind("sizes", "Sizes of the segments and their share of value", ("profiles",), segments.segment_sizes),
    FigureKind("profiles", "What sets each segment apart", ("profiles",), segments.profile_plot),
    FigureKind("heatmap", "Standardised means by segment", ("profiles",), segments.heatmap),
    FigureKind("boxes", "Features by segment", ("profiles",), comparisons.box_plots),
    FigureKind("responses", "How the segments responded", ("profiles",), responses.responses),
    FigureKind(
        "categories", "Categories by segment", ("customers", "segmentation", "profiles"), mosaic.category_mosaics
    ),
    FigureKind(
        "map", "Map of customers (PCA)", ("matrix", "exploration", "customers", "segmentation", "profiles"), map.pca_map
    ),
    FigureKind("tree", "How the segments merge", ("selection", "segmentation", "profiles"), tree.dendrogram),
    FigureKind("chance", "Separation beside that of customers without groups", ("selection",), chance.null_strip),
    FigureKind("silhouette", "Silhouette by number of segments", ("selection",), choice.silhouette),
    FigureKind("knife", "Silhouette of every customer", ("matrix", "segmentation", "profiles"), knife.silhouette_knife),
    FigureKind("borders", "Confidence of every customer", ("segmentation", "profiles"), borders.border_blades),
    FigureKind(
        "solutions",
        "Segments from solution to solution",
        ("selection", "segmentation"),
        solutions.solutions_flow,
    ),
    FigureKind(
        "dendrogram",
        "How customers join into groups",
        ("selection", "coreset", "segmentation", "profiles"),
        hierarchy.customer_tree,
    ),
    FigureKind("elbow", "Inertia by number of segments", ("selection",), choice.elbow),
    FigureKind("criteria", "All criteria by number of segments", ("selection",), choice.criteria_overview),
    FigureKind("stability", "Stability by number of segments", ("selection",), choice.stability),
    FigureKind("distributions", "Distribution of every column", ("exploration", "customers"), columns.distributions),
    FigureKind("correlation", "Correlations between features", ("exploration", "customers"), columns.correlation),
)
FIGURES: Mapping[str, FigureKind] = {kind.name: kind for kind in _ALL}


def draw(name: str, parts: Mapping[str, Any]) -> Figure | None:
    """Draw one figure of a study.

    Parameters
    ----------
    name : str
        Key of `FIGURES`.
    parts : mapping
        From `clientage.charts.parts.parts_of`, or those of its parts that exist.

    Returns
    -------
    Figure or None
        None when a part it needs is absent, or has nothing to show.
    """
    kind = FIGURES[name]
    needed = [parts.get(need) for need in kind.needs]
    return None if any(part is None for part in needed) else kind.draw(*needed)
