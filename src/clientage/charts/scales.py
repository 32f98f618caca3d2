"""Axes: which ticks and formats numbers get.

Receives the ends of a scale, returns parts of a Vega-Lite specification.
"""

from __future__ import annotations

import math
from typing import Any


def log_ticks(low: float, high: float) -> list[float]:
    """Zero and powers of ten between the ends, at most nine of them.

    Examples
    --------
    >>> log_ticks(0.0, 3_000.0)
    [0.0, 10.0, 100.0, 1000.0]
    """
    down = [-tick for tick in reversed(_powers(max(-low, 0.0)))] if low < 0 else []
    up = _powers(max(high, 0.0), low)
    middle = [0.0] if low <= 0 <= high else []
    return [*down[:: 1 + len(down) // 3], *middle, *up[:: 1 + len(up) // 5]] or [low, high]


def _powers(high: float, low: float = 0.0) -> list[float]:
    """Powers of ten up to `high`; on a log(1 + x) scale 0 and 1 lie too close together for two labels."""
    first = math.ceil(math.log10(low)) if low >= 1 else 0
    powers = [10.0**e for e in range(first, math.floor(math.log10(high)) + 1)] if high >= 1 else []
    return [p for p in powers if p > 1] if low < 1 and len(powers) > 2 else powers


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
