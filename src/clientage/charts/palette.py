"""Colours: one for each segment everywhere, told apart by colour-blind eyes, on white and on dark paper.

Receives a segment id, returns a colour; the other names are the few tones all figures share.
"""

from __future__ import annotations

from typing import Any

# Chosen one after the other, each as far as possible from those before it in OKLab, as seen by normal,
# protanope, deuteranope and tritanope eyes (Machado, Oliveira & Fernandes 2009, doi 10.1109/TVCG.2009.113).
# Three segments are thus told apart more easily than twelve. No colour is ever the only carrier of a fact.
SEGMENT_COLOURS = (
    "#2672b7",
    "#f7a224",
    "#9b2014",
    "#22cde5",
    "#ae7b69",
    "#8a8dfb",
    "#085762",
    "#a9c192",
    "#65389f",
    "#af8eb7",
    "#a85419",
    "#e7792f",
)
NO_SEGMENT = "#9aa0a6"  # customers without a segment, and segments beyond the twelfth
ACCENT = "#2672b7"  # what a figure is about
QUIET = "#8b9299"  # what it is compared with
DIVERGING = ("#a85419", "#f5f2ea", "#2672b7")  # below, at and above the average
CHANCE_COLOUR = "#a85419"  # what customers without groups would give
INK = "#2b2f33"
FAINT = "#d9dcdf"

# Vega-Lite configuration for figures that stand alone; a page brings its own fonts and colours.
LIGHT: dict[str, Any] = {
    "background": "white",
    "font": "DejaVu Sans, Segoe UI, Helvetica, Arial, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "gridColor": "#e8eaec",
        "domainColor": FAINT,
        "tickColor": FAINT,
        "labelSeparation": 6,
    },
    "legend": {"labelColor": INK, "titleColor": INK},
    "title": {"color": INK, "anchor": "start", "fontSize": 14, "offset": 14},
    "header": {"labelColor": INK},
}


def segment_colour(segment_id: int) -> str:
    """Return the colour of a segment.

    Parameters
    ----------
    segment_id : int
        1 for the first segment; 0 for customers without one.

    Examples
    --------
    >>> segment_colour(1), segment_colour(0)
    ('#2672b7', '#9aa0a6')
    """
    return SEGMENT_COLOURS[segment_id - 1] if 1 <= segment_id <= len(SEGMENT_COLOURS) else NO_SEGMENT


def segment_scale(ids: list[int]) -> dict[str, Any]:
    """Return a Vega-Lite colour scale for a field that holds segment ids.

    Examples
    --------
    >>> segment_scale([1, 2])["range"]
    ['#2672b7', '#f7a224']
    """
    return {"domain": ids, "range": [segment_colour(i) for i in ids]}


def ink_on(colour: str) -> str:
    """Return black or white, whichever is read more easily on a colour (WCAG 2 contrast).

    Examples
    --------
    >>> ink_on("#f7a224"), ink_on("#085762")
    ('#15181b', '#ffffff')
    """
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#15181b" if (light + 0.05) ** 2 > 1.05 * 0.06 else "#ffffff"
