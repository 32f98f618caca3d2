"""Excel workbooks.

Receives a path; returns the `Table` of one sheet. Cells keep the types that the workbook gives them;
texts, and columns of several types, are decided like the cells of a CSV.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from sys import getsizeof
from typing import Any

import numpy as np

from clientage.config import ReadSettings
from clientage.data import xlsx_guard
from clientage.data.arrow_columns import columns_from_arrow
from clientage.data.cells import CellColumn
from clientage.data.column_texts import Reading
from clientage.data.frames import held_whole, written
from clientage.data.layout import find_layout
from clientage.data.quality import Note, RowAccount
from clientage.data.rows import CarefulRows
from clientage.data.second_table import refuse_side_by_side
from clientage.data.signature import kind_of
from clientage.data.stream import BLOCK, HashedFile
from clientage.data.table import Source, Table
from clientage.data.wanted import chosen, enough_rows
from clientage.errors import InputError, counted, did_you_mean, listed
from clientage.extras import require
from clientage.spool import spool_for

LOOKED_AT = 300
BATCH = 20_000


def read_xlsx(
    path: Path, settings: ReadSettings, columns: Sequence[str] | None = None, *, least_rows: int = 2
) -> Table:
    """Return the table of a workbook's only sheet, or of `settings.sheet`.

    Raises
    ------
    InputError
        For no workbook, several sheets without a choice, formulas without stored values, or a bomb.
    MissingExtraError
        When python-calamine is not installed.
    """
    calamine = require("python_calamine", "reading Excel workbooks")
    _refuse_other_kinds(path)
    xlsx_guard.check_archive(path)
    sheet, skipped = _sheet(path, settings)
    facts = xlsx_guard.survey(path, xlsx_guard.sheet_parts(path)[sheet], settings)
    xlsx_guard.verify(path, "xl/sharedStrings.xml")
    if facts.n_uncached:
        raise InputError(
            "formulas with their results stored",
            f"{counted(facts.n_uncached, 'formula')} without, in '{sheet}' of {path.name}: {', '.join(facts.uncached)}",
            "Open the workbook in Excel and save it, or paste the values.",
        )
    try:
        with calamine.CalamineWorkbook.from_path(str(path)) as workbook:
            page = workbook.get_sheet_by_name(sheet)
            rows = page.to_python(skip_empty_area=False)
            merged = page.merged_cell_ranges or []
    except (calamine.CalamineError, OSError, ValueError) as problem:
        reason = str(problem).splitlines()[0][:200]
        raise InputError("an Excel workbook", f"'{path.name}' cannot be read ({reason})", "Save it again.") from None
    notes = [] if not skipped else [_skipped_note(sheet, skipped)]
    if facts.errors:
        text = f"{counted(facts.errors, 'error cell')} such as #REF! or #N/A: taken as missing."
        notes.append(Note("error-cells", "repair", text, count=facts.errors))
    notes += held_whole(f"Sheet '{sheet}'", _size(rows), settings.memory, "Save it as CSV to have it read in parts.")
    return _table(path, settings, _Page(sheet, rows, merged, notes), columns, least_rows)


def _size(rows: list[list[Any]]) -> float:
    """Bytes that rows take, reckoned from some of them."""
    some = rows[:: max(1, len(rows) // LOOKED_AT)]
    return sum(getsizeof(row) + sum(map(getsizeof, row)) for row in some) / max(1, len(some)) * len(rows)


@dataclass(frozen=True, slots=True)
class _Page:
    """A sheet as calamine gives it, and what was noted of it."""

    name: str
    rows: list[list[Any]]
    merged: Sequence[Any]
    notes: list[Note]


def _refuse_other_kinds(path: Path) -> None:
    with open(path, "rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK"):
        return
    found = kind_of(head, path)
    what = found[0] if found else "a text file"
    raise InputError(
        "an Excel workbook (.xlsx)", f"'{path.name}' is {what}", found[1] if found else "Rename it to end in .csv."
    )


def _sheet(path: Path, settings: ReadSettings) -> tuple[str, list[str]]:
    """The sheet to read, and the empty ones left aside."""
    parts = xlsx_guard.sheet_parts(path)
    names = list(parts)
    if settings.sheet is not None:
        if settings.sheet not in parts:
            raise InputError(
                f"a sheet '{settings.sheet}' in '{path.name}'",
                f"sheets {listed(names)}",
                f"Use one of these names.{did_you_mean(settings.sheet, names)}",
            )
        return settings.sheet, []
    filled = [n for n in names if xlsx_guard.has_cells(path, parts[n])]
    if not filled:
        raise InputError("a table with a header row", f"the sheets of '{path.name}' are empty", "Check the export.")
    if len(filled) > 1:
        raise InputError(
            "one sheet, or a choice",
            f"'{path.name}' has the sheets {listed(filled)}",
            "Choose one with --set read.sheet=…",
        )
    return filled[0], [n for n in names if n not in filled]


def _skipped_note(sheet: str, skipped: list[str]) -> Note:
    return Note("empty-sheets", "info", f"Sheet '{sheet}' was read; {listed(skipped)} are empty.")


def _table(path: Path, settings: ReadSettings, page: _Page, columns: Sequence[str] | None, least_rows: int) -> Table:
    rows = page.rows
    records = [(i + 1, [_text(c) for c in row]) for i, row in enumerate(rows[:LOOKED_AT])]
    layout = find_layout(records, settings.header, path.name, settings.max_columns)
    merged_notes = _fill_merged(rows, page.merged, layout.data_line)
    judged = CarefulRows(_SheetRecords(path.name, rows, layout.data_line), len(layout.names), layout.original)
    for _ in judged:
        pass
    kept = [line - 1 for line in judged.lines]
    notes = (*page.notes, *layout.notes, *merged_notes, *judged.notes())
    names = chosen(layout.names, columns, path.name)
    lines = np.array(kept, dtype=np.int64) + 1
    reading = Reading(path.name, settings, lambda which: tuple(int(lines[i]) for i in which))
    arrays = [(n, _gathered(n, rows, kept, layout.names.index(n))) for n in names]
    typed, found = columns_from_arrow(arrays, reading, spool_for(settings.memory))
    refuse_side_by_side(typed, layout, path.name)
    nameless = {n for n, c in zip(layout.names, layout.original, strict=False) if not c.strip()}
    typed = tuple(c for c in typed if c.name not in nameless or c.n_missing < len(c))
    enough_rows(len(kept), least_rows, path.name)
    source = Source(path.name, "xlsx", _fingerprint(path), {"sheet": page.name})
    not_data = {k: layout.not_data.get(k, 0) + judged.not_data.get(k, 0) for k in (*layout.not_data, *judged.not_data)}
    account = RowAccount(len(rows), len(kept), {}, not_data)
    return Table(typed, len(kept), source, account, (*notes, *found), row_lines=lines)


@dataclass(frozen=True, slots=True)
class _SheetRecords:
    """The rows of a sheet behind its header, as texts with their lines."""

    name: str
    rows: list[list[Any]]
    data_line: int
    cut_off: bool = False

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        for i in range(self.data_line, len(self.rows)):
            yield i + 1, [_text(c) for c in self.rows[i]]


def _text(cell: Any) -> str:
    return "" if cell is None or cell == "" else written(cell)


def _fill_merged(rows: list[list[Any]], merged: Sequence[Any], data_line: int) -> list[Note]:
    """Give every cell of a merged block its value, where the block lies in the data and in one column."""
    filled = wide = 0
    first: list[int] = []
    for (top, left), (bottom, right) in merged:
        if top < data_line:
            continue
        if right > left:
            wide += 1
            continue
        for row in range(top + 1, bottom + 1):
            rows[row][left] = rows[top][left]
            filled += 1
        if len(first) < 5:
            first.append(top + 1)
    notes = []
    if filled:
        text = f"{counted(filled, 'cell was', 'cells were')} given the value of the merged cell above."
        notes.append(Note("merged-cells", "repair", text, count=filled, rows=tuple(first)))
    if wide:
        text = f"{counted(wide, 'merged block')} across columns: only the first column has the value."
        notes.append(Note("merged-across", "warning", text, count=wide))
    return notes


def _gathered(name: str, rows: list[list[Any]], kept: list[int], place: int) -> CellColumn:
    column = CellColumn(name)
    for start in range(0, max(1, len(kept)), BATCH):
        column.add([_cell(rows[i], place) for i in kept[start : start + BATCH]])
    return column


def _cell(row: list[Any], place: int) -> Any:
    value = row[place] if place < len(row) else None
    return None if value == "" else value


def _fingerprint(path: Path) -> str:
    with HashedFile(path) as file:
        while file.read(BLOCK):
            pass
        return file.sha256.hexdigest()
