"""How a cell of a table is written.

Receives a value and its form, returns text.
"""

from __future__ import annotations

import math

from clientage.charts.figure import Cell, Form, signed
from clientage.segments.wording import count, number, percent

NOTHING = "–"
NUMERIC: frozenset[Form] = frozenset({"count", "percent", "number", "score", "points"})


def cell_text(value: Cell, form: Form) -> str:
    """Return a cell as people read it.

    Examples
    --------
    >>> cell_text(0.256, "percent"), cell_text(1234, "count"), cell_text(-1.25, "points"), cell_text(None, "score")
    ('26%', '1,234', '−1.2', '–')
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return NOTHING
    if isinstance(value, str):
        return value
    if form == "percent":
        return percent(value)
    if form == "score":
        return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")
    if form == "points":
        return signed(value)
    return count(int(value)) if form == "count" else number(value)
