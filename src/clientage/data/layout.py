"""Where the table begins in a text file, and what its columns are called.

Receives the first records of a file; returns names, the line the data begin at, and what was skipped.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from clientage.data.quality import Note
from clientage.data.words import is_missing_number, without_invisible
from clientage.errors import InputError, counted, listed

NUMERIC = re.compile(r"\s*[-+(]?\s*[$€£]?\s*[-+]?\d[\d.,'\s]*(?:[eE][-+]?\d+)?\s*[%€$£]?\)?\s*\Z")
DATE = re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T\s].*)?\Z")
YEAR = re.compile(r"\s*(19|20)\d\d\s*\Z")
FULL = 0.6  # of the usual number of cells: a row with fewer above the data is a title


@dataclass(frozen=True, slots=True)
class Layout:
    """Names and position of the data.

    Parameters
    ----------
    names : tuple of str
        One per column, distinct.
    data_line : int
        Physical lines before the first data record.
    not_data : dict of str to int
        Records before the data: ``preamble``, ``blank``, ``header``.
    notes : tuple of Note
        Repairs of the names and remarks.
    original : tuple of str
        The header cells as they stood, to recognise a repeated header.
    extra_first : bool
        The header is one cell short: the first column (row names) has no name of its own.
    """

    names: tuple[str, ...]
    data_line: int
    not_data: dict[str, int]
    notes: tuple[Note, ...]
    original: tuple[str, ...] = ()
    extra_first: bool = False


def find_layout(records: Sequence[tuple[int, list[str]]], header: bool, name: str, max_columns: int) -> Layout:
    """Return the layout of a file's first records.

    Parameters
    ----------
    records : sequence of (int, list of str)
        Last physical line and cells of each record, blank ones included.
    header : bool
        Whether there is a header row; False names the columns ``column_1`` and so on.
    name : str
        The file's, for messages.
    max_columns : int
        More are refused.

    Raises
    ------
    InputError
        When there is no header row, or too many columns.
    """
    rows = [cells for _, cells in records]
    _check_width(rows, name, max_columns)
    start = _first_full(rows)
    preamble = sum(1 for r in rows[:start] if any(c.strip() for c in r))
    not_data = {k: v for k, v in (("preamble", preamble), ("blank", start - preamble)) if v}
    notes: list[Note] = []
    if preamble:
        text = f"{counted(preamble, 'line was', 'lines were')} left out above the header: no part of the table."
        notes.append(Note("preamble", "repair", text, count=preamble, rows=_lines(records, range(min(start, 5)))))
    if not header:
        width = _usual_width(rows[start:])
        names = tuple(f"column_{i + 1}" for i in range(width))
        before = records[start - 1][0] if start else 0
        return Layout(names, before, not_data, tuple(notes))
    body = [r for r in rows[start + 1 :] if any(c.strip() for c in r) and r != rows[start]]
    cells, extra = _header_cells(rows[start], body)
    if looks_like_data(cells, body):
        raise InputError(
            "a header row",
            f"the first row of '{name}' (line {records[start][0]}) looks like data",
            "Add a row of column names, or say --set read.header=false to name the columns column_1, column_2 …",
        )
    last, cells, second = _second_header(cells, records, start)
    notes += second
    not_data["header"] = last - start + 1
    names, renamed = distinct_names(cells)
    return Layout(names, records[last][0], not_data, (*notes, *renamed), tuple(cells), extra)


def _check_width(rows: Sequence[list[str]], name: str, max_columns: int) -> None:
    widest = max((len(r) for r in rows), default=0)
    if widest > max_columns:
        raise InputError(
            f"at most {max_columns:,} columns",
            f"'{name}' has a row of {widest:,} cells",
            "Leave columns out, check the delimiter, or raise it with --set read.max_columns=…",
        )


def _lines(records: Sequence[tuple[int, list[str]]], which: Sequence[int] | range) -> tuple[int, ...]:
    return tuple(records[i][0] for i in which)


def _filled(row: Sequence[str]) -> int:
    return sum(1 for c in row if c.strip())


def _usual_width(rows: Sequence[list[str]]) -> int:
    return int(statistics.mode([len(r) for r in rows if _filled(r)] or [0]))


def _first_full(rows: Sequence[list[str]]) -> int:
    """The first record that is as full as the records below it usually are."""
    filled = [_filled(r) for r in rows]
    usual = statistics.median([f for f in filled if f] or [0])
    if rows and len(rows[0]) == 1 and re.match(r"sep=.\Z", rows[0][0].strip(), re.I) and len(rows) > 1:
        filled[0] = 0
    if rows and re.match(r"sep=\Z", rows[0][0].strip() if rows[0] else "", re.I):
        filled[0] = 0
    full = max(1.0, FULL * usual)
    return next((i for i, f in enumerate(filled) if f >= full), 0)


def _header_cells(first: list[str], body: Sequence[list[str]]) -> tuple[list[str], bool]:
    """The header's cells, one more in front when every data row has one cell more (R's row names)."""
    cells = list(first)
    widths = {len(r) for r in body}
    if widths == {len(cells) + 1} and any(r[-1].strip() for r in body):
        return ["", *cells], True
    # trailing delimiters in the header only, or in all rows: a column without name or values
    while len(cells) > 1 and not cells[-1].strip() and not any(len(r) >= len(cells) and r[-1].strip() for r in body):
        cells.pop()
    return cells, False


def is_data(cell: str) -> bool:
    """Whether a cell is a number or a date, and so no name of a column."""
    return bool(NUMERIC.match(cell) or DATE.match(cell))


def looks_like_data(cells: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether a first row is a customer rather than a header.

    Numbers and dates are data, years above numbers are not; words are data where the same column has the
    same word, or a code of the same shape, again further down.

    Examples
    --------
    >>> looks_like_data(["4", "19970101", "29.33"], [["4", "19970118", "29.73"]])
    True
    >>> looks_like_data(["customer", "2019", "2020"], [["C1", "10", "20"]])
    False
    """
    there = [(i, c.strip()) for i, c in enumerate(cells) if c.strip()]
    if not there:
        return False
    if all(is_data(c) for _, c in there):
        return not (len(there) > 1 and all(YEAR.match(c) for _, c in there))
    if not any(is_data(c) and not YEAR.match(c) for _, c in there):
        return len(there) > 1 and len(body) > 2 and all(_comes_again(i, c, body) for i, c in there)
    return all(is_data(c) or stands_below(i, c, body) for i, c in there)


def _below(i: int, body: Sequence[Sequence[str]]) -> list[str]:
    return [r[i].strip() for r in body if i < len(r) and r[i].strip()]


def stands_below(i: int, cell: str, body: Sequence[Sequence[str]]) -> bool:
    """Whether the word, or a code of its shape, stands in column `i` of these rows: then it is a value and no name."""
    return _comes_again(i, cell, body) or _same_shape(i, cell, body)


def _comes_again(i: int, cell: str, body: Sequence[Sequence[str]]) -> bool:
    return cell in _below(i, body)


def _same_shape(i: int, cell: str, body: Sequence[Sequence[str]]) -> bool:
    if not any(c.isdigit() for c in cell):
        return False
    below = _below(i, body)
    return bool(below) and sum(_shape(c) == _shape(cell) for c in below) >= 0.8 * len(below)


def _shape(text: str) -> str:
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", text))


def _second_header(
    cells: list[str], records: Sequence[tuple[int, list[str]]], start: int
) -> tuple[int, list[str], list[Note]]:
    """Take a second header row (units, or the lower half of names) where only words stand above numbers."""
    body = [r for _, r in records[start + 1 :] if _filled(r)]
    if len(body) < 3 or len(records) <= start + 1 or not _filled(records[start + 1][1]):
        return start, cells, []
    second, below = body[0], body[1:]
    if any(is_data(c) for c in second) or len(second) != len(cells):
        return start, cells, []
    numeric = [i for i in range(len(cells)) if (b := _below(i, below)) and all(is_data(c) for c in b)]
    words = [i for i in numeric if second[i].strip() and not is_missing_number(second[i])]
    if not words or len(words) < 0.5 * len(numeric):
        return start, cells, []
    # a group title stands once above its columns: "Q1", "", "" over "sales", "units", "returns"
    grouped = any(not c.strip() for c in cells) or len({c.strip() for c in cells}) < len(cells)
    if grouped:
        title, joined = "", []
        for upper, lower in zip(cells, second, strict=True):
            title = upper.strip() or title
            joined.append(f"{title} {lower.strip()}".strip())
        cells = joined
    text = "There are two header rows: " + ("they were joined." if grouped else "the second (units) was left out.")
    return start + 1, cells, [Note("two-header-rows", "repair", text, rows=(records[start + 1][0],))]


def distinct_names(cells: Sequence[str]) -> tuple[tuple[str, ...], list[Note]]:
    """Return one distinct name per header cell, and what had to be changed.

    Examples
    --------
    >>> names, notes = distinct_names(["id", "a", "a", " ", "A "])
    >>> names
    ('id', 'a', 'a_2', 'column_4', 'A_3')
    >>> [n.code for n in notes]
    ['duplicate-header', 'empty-header', 'header-case']
    """
    cleaned = [re.sub(r"\s+", " ", without_invisible(c)) for c in cells]
    taken = {c for c in cleaned if c}
    used: set[str] = set()
    names: list[str] = []
    doubled: list[str] = []
    nameless: list[str] = []
    alike: list[str] = []
    folded: set[str] = set()
    for i, cell in enumerate(cleaned):
        name = cell or f"column_{i + 1}"
        if name in used or name.casefold() in folded or (not cell and name in taken):
            fresh = next(f"{name}_{j}" for j in range(2, len(cells) + 3) if not _used(f"{name}_{j}", folded, taken))
            (doubled if name in used else alike).append(fresh)
            name = fresh
        if not cell:
            nameless.append(name)
        used.add(name)
        folded.add(name.casefold())
        names.append(name)
    return tuple(names), _name_notes(cells, names, doubled, nameless, alike)


def _used(name: str, folded: set[str], taken: set[str]) -> bool:
    return name.casefold() in folded or name in taken


def _name_notes(
    cells: Sequence[str], names: Sequence[str], doubled: list[str], nameless: list[str], alike: list[str]
) -> list[Note]:
    notes = []
    if doubled:
        text = f"Some column names appear more than once; the later ones are now {listed(doubled)}."
        notes.append(Note("duplicate-header", "repair", text, count=len(doubled)))
    if nameless:
        text = f"Columns without a name are now {listed(nameless)}."
        notes.append(Note("empty-header", "repair", text, count=len(nameless)))
    if alike:
        text = f"Column names differed only in case or space; the later ones are now {listed(alike)}."
        notes.append(Note("header-case", "warning", text, count=len(alike)))
    changed = [n for c, n in zip(cells, names, strict=True) if c.strip() and without_invisible(c) != c.strip() and n]
    if changed:
        text = f"Invisible characters were taken out of the names {listed(changed)}."
        notes.append(Note("header-invisible", "repair", text, count=len(changed)))
    return notes
