"""Pictures of figures: PNG or SVG through vl_convert, without a browser.

Receives a figure, returns bytes; `clientage report --format png` writes them into `images/`.
"""

from __future__ import annotations

import copy
from typing import Any, Literal

from clientage.charts.figure import Figure
from clientage.charts.palette import LIGHT
from clientage.extras import require

WIDTH = 720
COLUMN = 100  # points that a name of up to three lines takes
VL_VERSION = "6.4"


def draw_picture(figure: Figure, form: Literal["png", "svg"] = "png", *, scale: float = 2.0) -> bytes:
    """Return a picture of a figure, its title included.

    Parameters
    ----------
    figure : Figure
        Any of the catalogue.
    form : {"png", "svg"}
        File format.
    scale : float
        PNG only: pixels for each point.

    Raises
    ------
    MissingExtraError
        When the library ``vl_convert`` is not installed.
    """
    converter = require("vl_convert", "pictures of the charts")
    spec = standing_alone(figure)
    if form == "svg":
        return str(converter.vegalite_to_svg(spec, vl_version=VL_VERSION)).encode()
    return bytes(converter.vegalite_to_png(spec, vl_version=VL_VERSION, scale=scale))


def standing_alone(figure: Figure, width: int = WIDTH) -> dict[str, Any]:
    """Return the specification for a medium that has no width, fonts or colours of its own.

    Parameters
    ----------
    figure : Figure
        Any of the catalogue.
    width : int
        Points; panels keep their own widths and share it.

    Examples
    --------
    >>> from clientage.charts.figure import DataTable, build_figure
    >>> bars = build_figure("a", "A", "Bars.", DataTable((), ()), {"mark": "bar"})
    >>> standing_alone(bars)["width"]
    720
    """
    spec: dict[str, Any] = copy.deepcopy(dict(figure.spec))
    spec["config"] = LIGHT
    if spec.get("width") == "container":
        spec["width"] = max(width, COLUMN * _names_below(spec))
    return spec


def _names_below(spec: dict[str, Any]) -> int:
    """How many names stand side by side below the figure, which a page would shorten and a picture cannot."""
    parts = [spec, *spec.get("layer", [])]
    axes = [part.get("encoding", {}).get("x", {}) for part in parts]
    lying = [x for x in axes if x.get("type") == "nominal" and not x.get("axis", {}).get("labelAngle")]
    return max([0, *(len(x.get("scale", {}).get("domain", [])) for x in lying)])
