"""The segments in figures: every column against every segment, in one table for each use of columns.

Receives the profiles that a run keeps; returns tables. Every figure is `profiles.csv`'s own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from clientage.charts.figure import Cell, DataTable, TableColumn
from clientage.data.written import read_written_csv
from clientage.runs.run import Run
from clientage.segments.wording import number, percent

Figure = Literal["mean", "median", "middle half"]
FIGURES: tuple[Figure, ...] = get_args(Figure)
USES = {
    "feature": "What the segments were made of",
    "profile": "What only describes them",
    "outcome": "How they responded",
}

Profiles = Mapping[str, Sequence[str | None]]


def statistics_tables(run: Run, names: Sequence[str], figure: Figure = "mean") -> tuple[DataTable, ...]:
    """Return the figures of all segments side by side.

    Parameters
    ----------
    run : Run
        Verified as it is read.
    names : sequence of str
        Of the segments, segment 1 first.
    figure : {"mean", "median", "middle half"}
        Of numbers; categories and yes/no columns are told as shares whatever is asked for.

    Returns
    -------
    tuple of DataTable
        Features, profile columns, outcomes, as far as there are some. One row for each column or category, with its
        figure among all customers and in each segment.

    Raises
    ------
    ModelError
        When `profiles.csv` is not as it was written.
    """
    profiles = read_written_csv(run.read("profiles.csv"))
    heads = (TableColumn("Column"), TableColumn("All customers"), *(TableColumn(n) for n in names))
    tables = []
    for role, caption in USES.items():
        rows = _rows(profiles, role, len(names), figure)
        if rows:
            tables.append(DataTable(heads, rows, caption))
    return tuple(tables)


def _rows(profiles: Profiles, role: str, k: int, figure: Figure) -> tuple[tuple[Cell, ...], ...]:
    """Rows of one role, columns that differ most between segments first and categories together."""
    cells: dict[tuple[str, str], dict[int, str]] = {}
    titles: dict[tuple[str, str], tuple[str, str]] = {}
    strength: dict[str, float] = {}
    for i, found in enumerate(profiles["role"]):
        if found != role:
            continue
        column, category = str(profiles["column"][i]), profiles["category"][i] or ""
        key = column, category
        title = str(profiles["title"][i] or column)
        titles[key] = f"{title}: {category}" if category else title, _overall(profiles, i, figure)
        cells.setdefault(key, {})[int(profiles["segment_id"][i] or 0)] = _here(profiles, i, figure)
        strength[column] = max(strength.get(column, 0.0), abs(_float(profiles["effect"][i]) or 0.0))
    order = sorted(cells, key=lambda key: -strength[key[0]])
    rows = ((*titles[key], *(cells[key].get(s, "") for s in range(1, k + 1))) for key in order)
    return tuple(row for row in rows if any(row[1:]))


def _here(profiles: Profiles, i: int, figure: Figure) -> str:
    share = _float(profiles["share"][i])
    if share is not None:
        return percent(share)
    unit, day = profiles["unit"][i], profiles.get("date", ())
    if day and day[i]:
        return str(day[i])
    if figure == "middle half":
        ends = [_float(profiles[end][i]) for end in ("low", "high")]
        return " to ".join(_figure(e, unit) for e in ends) if None not in ends else ""
    value = _float(profiles[figure][i])
    return _figure(value, unit) if value is not None else ""


def _overall(profiles: Profiles, i: int, figure: Figure) -> str:
    share = _float(profiles["overall_share"][i])
    if share is not None:
        return percent(share)
    day = profiles.get("overall_date", ())
    if day and day[i]:
        return str(day[i])
    value = _float(profiles["overall_mean" if figure == "mean" else "overall_median"][i])
    return _figure(value, profiles["unit"][i]) if value is not None else ""


def _figure(value: float | None, unit: str | None) -> str:
    return f"{value:.0f}" if unit == "year" and value is not None else number(value, unit)


def _float(text: str | None) -> float | None:
    return float(text) if text else None
