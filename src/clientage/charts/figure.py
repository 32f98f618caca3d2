"""What a figure is: a Vega-Lite specification, the sentence it shows, and its numbers as a table.

Every drawing function of this room returns a `Figure`. The same one is shown by the report, the
dashboard, notebooks, pictures and slides; where charts cannot be drawn its table is shown instead.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import floor, isfinite, log10
from typing import Any, Literal

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
Form = Literal["text", "count", "percent", "number", "score", "points"]
Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of a table that people read.

    Parameters
    ----------
    label : str
        The header.
    form : {"text", "count", "percent", "number", "score", "points"}
        How cells are written: a whole number, a share of 1 as per cent, three significant digits,
        two decimals, or a signed difference.
    term : str or None
        Glossary entry that explains the header.
    """

    label: str
    form: Form = "text"
    term: str | None = None


@dataclass(frozen=True, slots=True)
class DataTable:
    """Rows of unformatted values under typed headers; the first column names the row.

    Parameters
    ----------
    columns : tuple of TableColumn
        As many as each row has cells.
    rows : tuple of tuple
        Text, numbers, or None where there is no value.
    caption : str
        What the table shows.
    strong : tuple of int
        Indices of rows to stress.
    """

    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    strong: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, ready to be shown in any medium.

    Parameters
    ----------
    name : str
        Key in the catalogue; also the name of its picture file.
    title : str
        The finding, in one line.
    description : str
        How to read it; with the title it is the text alternative.
    spec : mapping
        Vega-Lite specification with its data inline; JSON-ready.
    table : DataTable
        The numbers that are drawn.
    """

    name: str
    title: str
    description: str
    spec: Mapping[str, Any] = field(repr=False)
    table: DataTable = field(repr=False)


def build_figure(name: str, title: str, description: str, table: DataTable, body: Mapping[str, Any]) -> Figure:
    """Return a figure whose specification carries its own title and text alternative.

    Parameters
    ----------
    name, title, description, table
        As in `Figure`.
    body : mapping
        The specification without ``$schema``, title and description. A single or layered view is as
        wide as what holds it; panels (``concat``) keep their own widths.
    """
    spec: dict[str, Any] = {"$schema": SCHEMA, "title": title, "description": f"{title}. {description}"}
    if "concat" not in body:
        spec["width"] = "container"
    return Figure(name, title, description, spec | dict(body), table)


LETTER = 6.6  # points that a letter of an axis takes
NUMBERS = 58  # points that an axis of numbers takes, its title included


def panel_grid(panels: Sequence[Mapping[str, Any]], columns: int) -> dict[str, Any]:
    """Return panels side by side, their plots in line with each other; every panel has its labels at the left.

    Parameters
    ----------
    panels : sequence of mapping
        Views with a title of their own.
    columns : int
        As many stand in a row, at most.

    Examples
    --------
    >>> panel_grid([{"title": "A", "mark": "bar", "encoding": {}}], 3)["spacing"]
    {'row': 76, 'column': 76}
    """
    lines = max(
        len(t) if isinstance(t, list) else 2 if isinstance(t, Mapping) else 1 for t in (p["title"] for p in panels)
    )
    titled = any(_encoding(p, "x").get("title") for p in panels)
    row = 16 * lines + 20 + (20 if titled else 0) + 40
    room = max(_label_room(p) for p in panels)
    return {
        "concat": list(panels),
        "columns": columns,
        "bounds": "flush",
        "spacing": {"row": row, "column": round(room) + 18},
    }


def _encoding(panel: Mapping[str, Any], channel: str) -> Mapping[str, Any]:
    views = [panel, *panel.get("layer", ())]
    return next((v["encoding"][channel] for v in views if channel in v.get("encoding", {})), {})


def _label_room(panel: Mapping[str, Any]) -> float:
    y = _encoding(panel, "y")
    if y.get("axis", {}) is None:
        return 10
    if y.get("type") != "nominal":
        return NUMBERS
    return 18 + LETTER * max(len(line) for name in y["scale"]["domain"] for line in name.split("\n"))


# A page sets this signal to a segment's id, and every figure on it shows that segment alone.
FOCUS = {"name": "focus", "value": 0}


def focused(field_name: str = "id", full: float = 1.0) -> dict[str, Any]:
    """Return an opacity encoding that fades every mark outside the segment in focus.

    Examples
    --------
    >>> focused()["value"]
    0.12
    """
    test = f"focus === 0 || datum.{field_name} === focus"
    return {"condition": {"test": test, "value": full}, "value": 0.12}


def wrapped(names: Sequence[str], width: int = 22, lines: int = 2) -> list[str]:
    r"""Return the names on at most `lines` lines of `width` characters, all different from each other.

    Examples
    --------
    >>> wrapped(["High value, wine lovers and frequent store visits"], width=18)
    ['High value, wine\nlovers and …']
    >>> wrapped(["same", "same"])
    ['same', 'same (2)']
    """
    taken: dict[str, int] = {}
    out = []
    for name in names:
        rows = textwrap.wrap(" ".join(name.split()), width, max_lines=lines, placeholder=" …") or ["(no name)"]
        label = "\n".join(rows)
        taken[label] = taken.get(label, 0) + 1
        out.append(label if taken[label] == 1 else f"{label} ({taken[label]})")
    return out


def rounded(value: float | None, digits: int = 4) -> float | None:
    """Return the value to so many significant digits: what is drawn needs no more, and pages stay small.

    Examples
    --------
    >>> rounded(0.123456), rounded(float("nan"))
    (0.1235, None)
    """
    if value is None or not isfinite(value):
        return None
    return float(value) if value == 0 else round(float(value), digits - 1 - floor(log10(abs(value))))


def signed(value: float) -> str:
    """Return a difference with its sign and one decimal, and without a sign where it rounds to nothing.

    Examples
    --------
    >>> signed(1.26), signed(-0.04), signed(-2)
    ('+1.3', '0.0', '−2.0')
    """
    text = f"{value:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", "−")


NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def in_words(n: int) -> str:
    """Return a small count as a word.

    Examples
    --------
    >>> in_words(5), in_words(12)
    ('five', '12')
    """
    return NUMBER_WORDS[n] if 0 <= n < len(NUMBER_WORDS) else str(n)
