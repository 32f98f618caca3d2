"""Axes: which ticks and formats numbers get.

Receives the ends of a scale, returns parts of a Vega-Lite specification.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from clientage.charts.figure import rounded


def log_ticks(low: float, high: float) -> list[float]:
    """Zero and powers of ten between the ends, at most five of them.

    Examples
    --------
    >>> log_ticks(0.0, 3_000.0)
    [0.0, 10.0, 100.0, 1000.0]
    """
    first = int(np.ceil(np.log10(max(low, 1.0))))
    powers = [10.0**e for e in range(first, int(np.floor(np.log10(max(high, 1.0)))) + 1)]
    if low < 1 and len(powers) > 2:  # on a log(1 + x) scale 0 and 1 lie close together
        powers = [p for p in powers if p > 1]
    step = 1 + len(powers) // 5
    return ([0.0] if low <= 0 else []) + powers[::step] or [rounded(low, 2) or 0.0, rounded(high, 2) or 0.0]


def name_axis(**more: Any) -> dict[str, Any]:
    """Return a y axis for wrapped names: their line breaks are kept and nothing is cut."""
    return {
        "labelExpr": "split(datum.label, '\\n')",
        "labelLimit": 240,
        "labelFontSize": 12,
        "title": None,
        "ticks": False,
        "domain": False,
    } | more


def number_axis(largest: float, **more: Any) -> dict[str, Any]:
    """Return an axis for numbers up to `largest`: plain ones, or 12k, 3M, 2B where they are long.

    Examples
    --------
    >>> number_axis(0.5)["format"]
    ',~f'
    """
    if abs(largest) < 10_000:
        return {"tickCount": 4, "format": ",~f"} | more
    return {"tickCount": 4, "labelExpr": "replace(format(datum.value, '~s'), 'G', 'B')"} | more
