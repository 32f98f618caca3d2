"""The data by themselves: every column described, distributions, correlations.

Receives what `charts.exploration` computed; returns a section, shared by the report and `clientage explore`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clientage.charts.catalogue import draw
from clientage.charts.exploration import ColumnSummary, Exploration
from clientage.charts.figure import Cell, DataTable, TableColumn
from clientage.report.blocks import Block, Section, Text
from clientage.segments.headings import Heading, headings
from clientage.segments.wording import number, percent

if TYPE_CHECKING:
    from clientage.features.customers import Customers

COLUMNS = (
    TableColumn("Column"),
    TableColumn("Type"),
    TableColumn("Use"),
    TableColumn("Missing", "percent"),
    TableColumn("Different values", "count"),
    TableColumn("Typical"),
    TableColumn("Range"),
    TableColumn("Skew", "score", "skew"),
    TableColumn("Outliers", "count", "outlier"),
)
USES = ("forms segments", "describes segments", "outcome")


def exploration_section(customers: Customers, parts: Mapping[str, Any]) -> Section:
    """Every column described, then its distribution, then what moves together."""
    exploration: Exploration = parts["exploration"]
    named = headings([c.name for c in exploration.columns], customers.titles, customers.units)
    uses = [
        u
        for u, group in zip(USES, (customers.features, customers.profile, customers.outcome), strict=True)
        for _ in group
    ]
    rows = tuple(_row(c, use, named[c.name]) for c, use in zip(exploration.columns, uses, strict=True))
    blocks: list[Block | None] = [
        Text("The columns as they are, before any segment was formed.", (), "lead"),
        DataTable(COLUMNS, rows, f"{len(rows)} columns of {customers.n:,} customers"),
        draw("distributions", parts),
        draw("correlation", parts),
    ]
    if parts["exploration"].associations is not None:
        blocks.append(
            Text(
                "Features with a correlation near 1 or −1 say nearly the same twice, and so count twice when segments "
                "are formed; one of the two can be left out.",
                ("correlation",),
                "quiet",
            )
        )
    return Section("exploration", "The columns one by one", tuple(b for b in blocks if b is not None), "Columns")


def _row(c: ColumnSummary, use: str, heading: Heading) -> tuple[Cell, ...]:
    missing = c.missing / c.n if c.n else 0.0
    head: tuple[Cell, ...] = (heading.words if heading.derived else c.name, c.type, use, missing, c.distinct)
    if c.type == "date":
        return (*head, "", f"{c.first} to {c.last}" if c.first else "", None, None)
    if c.type == "yes/no" and c.mean is not None:
        return (*head, f"{percent(c.mean)} yes", "", None, None)
    if c.type == "category":
        most = f"{c.top[0][0]} ({percent(c.top[0][1] / max(1, c.n - c.missing))})" if c.top else ""
        return (*head, most, "", None, None)
    if c.mean is None or c.minimum is None or c.maximum is None:
        return (*head, "", "", None, None)
    unit = heading.unit
    if c.years:
        typical, span = f"{c.median:.0f} (median)", f"{c.minimum:.0f} to {c.maximum:.0f}"
    else:
        typical = f"{number(c.median, unit)} (median)"
        span = f"{number(c.minimum, unit)} to {number(c.maximum, unit)}"
    return (*head, typical, span, c.skew, c.outliers)
