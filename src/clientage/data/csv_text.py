"""Text tables: CSV, TSV, `;`, `|` or blanks between columns, in any common encoding, packed or not.

Receives a path and settings; returns a `Table`. A file is read once by pyarrow's streaming parser
(`csv_arrow.py`) and typed batch by batch. Whatever is irregular about its rows sends it to the careful one
(`csv_pass.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from clientage.config import ReadSettings
from clientage.data.column_kind import CODES, Found, decide_columns
from clientage.data.column_reader import ColumnReader
from clientage.data.column_texts import Reading
from clientage.data.csv_arrow import IrregularError, read_fast
from clientage.data.csv_pass import Pass, read_carefully
from clientage.data.csv_plan import Plan, find_plan
from clientage.data.encoding import single_byte
from clientage.data.layout import Layout
from clientage.data.quality import Note, RowAccount
from clientage.data.second_table import refuse_side_by_side
from clientage.data.stream import EncodingProblem, is_gzip
from clientage.data.table import Column, Source, Table
from clientage.data.wanted import chosen, enough_rows
from clientage.errors import counted
from clientage.spool import Spool

ODD_CELLS = frozenset({"bad-numbers", "bad-dates"})


def read_text(
    path: Path, settings: ReadSettings, columns: Sequence[str] | None = None, *, least_rows: int = 2
) -> Table:
    """Return the table of a text file.

    Parameters
    ----------
    path : Path
        Plain or gzip.
    settings : ReadSettings
        What is given there is not found out.
    columns : sequence of str, optional
        Only these, in this order.
    least_rows : int
        Fewer rows are refused.

    Raises
    ------
    InputError
        When the file is no text table, or cannot be read without losing or inventing values.
    ColumnError
        When a wanted column is not there, or one mixes currencies or percentages.
    """
    plan = find_plan(path, settings)
    try:
        return _read_planned(plan, columns, least_rows)
    except EncodingProblem:
        # the head was UTF-8 and something later is not: look at the whole file
        if settings.encoding is not None or plan.encoding.name != "utf-8":
            raise
        encoding = single_byte(path)
        return _read_planned(find_plan(path, replace(settings, encoding=encoding.name), encoding), columns, least_rows)


def _read_planned(plan: Plan, columns: Sequence[str] | None, least_rows: int) -> Table:
    names = chosen(plan.layout.names, columns, plan.path.name)
    result = _pass(plan, dict.fromkeys(names, False))
    if result.regular and _repeats_header(result.readers, plan.layout):
        result = read_carefully(plan, dict.fromkeys(names, False))
    found, reading = _decided(plan, result)
    if result.regular and _may_hold_two_tables(plan, found):
        result = read_carefully(plan, dict.fromkeys(names, False))
        found, reading = _decided(plan, result)
    again = {r.name: True for r, f in zip(result.readers, found, strict=True) if f.column is None}
    if again:
        once_more = _pass if result.regular else read_carefully
        second = {r.name: r for r in once_more(plan, again).readers}
        result.readers = [second.get(r.name, r) for r in result.readers]
        found = decide_columns(result.readers, reading)
    return _table(plan, result, found, columns, least_rows)


def _decided(plan: Plan, result: Pass) -> tuple[list[Found], Reading]:
    spool = result.readers[0].spool.next() if result.readers else Spool()
    reading = Reading(plan.path.name, plan.settings, result.lines, plan.dialect.delimiter, spool)
    return decide_columns(result.readers, reading), reading


def _may_hold_two_tables(plan: Plan, found: Sequence[Found]) -> bool:
    """Whether every column that begins as numbers holds something else further down: names of columns, maybe."""
    begun = [f for f in found if f.column is not None and f.column.name in plan.numeric and not _is_coded(f)]
    odd = (f.column.kind == "text" or any(n.code in ODD_CELLS for n in f.notes) for f in begun if f.column is not None)
    return len(begun) > 1 and all(odd)


def _is_coded(found: Found) -> bool:
    return any(n.code in CODES for n in found.notes)


def _pass(plan: Plan, names: dict[str, bool]) -> Pass:
    try:
        return read_fast(plan, names)
    except IrregularError:
        return read_carefully(plan, names)


def _repeats_header(readers: Sequence[ColumnReader], layout: Layout) -> bool:
    """Whether every column has its own name among its cells: files that were put one after the other."""
    original = dict(zip(layout.names, layout.original, strict=False))
    return bool(readers) and all(original.get(r.name, "").strip() and r.has(original[r.name]) for r in readers)


def _file_notes(plan: Plan) -> list[Note]:
    notes = [*plan.encoding.notes]
    if is_gzip(plan.path):
        notes.insert(0, Note("gzip", "repair", "The file is packed with gzip and was unpacked."))
    if plan.newline == "\r":
        notes.append(Note("cr-line-ends", "repair", "The lines end in CR alone, as on old Macs; read as lines."))
    return notes


def _table(plan: Plan, result: Pass, found: Sequence[Found], wanted: Sequence[str] | None, least_rows: int) -> Table:
    columns = [f.column for f in found if f.column is not None]
    notes = [*_file_notes(plan), *plan.layout.notes, *result.notes, *(n for f in found for n in f.notes)]
    blank = _blank_rows(columns, result.n_rows)
    if len(blank) and wanted is not None:
        # whether a row is blank is judged by all of its cells
        table = _read_planned(plan, None, least_rows)
        return replace(table, columns=tuple(table.column(n) for n in chosen(table.names, wanted, plan.path.name)))
    not_data = {**plan.layout.not_data}
    for kind, count in result.not_data.items():
        not_data[kind] = not_data.get(kind, 0) + count
    positions, row_lines, n_rows = result.positions, result.row_lines, result.n_rows
    if len(blank):
        keep = np.ones(n_rows, dtype=bool)
        keep[blank] = False
        columns = [c.take(keep) for c in columns]
        positions = positions[keep] if positions is not None else None
        row_lines = row_lines[keep] if row_lines is not None else result.first_line + np.flatnonzero(keep)
        n_rows -= len(blank)
        not_data["blank"] = not_data.get("blank", 0) + len(blank)
        text = f"{counted(len(blank), 'row was', 'rows were')} left out: no value at all."
        notes.append(Note("blank-rows", "repair", text, count=len(blank), rows=result.lines(blank[:5].tolist())))
    refuse_side_by_side(columns, plan.layout, plan.path.name)
    columns, dropped = _without_nameless(columns, plan.layout)
    enough_rows(n_rows, least_rows, plan.path.name)
    read = n_rows + sum(not_data.values()) + sum(result.rejected.values())
    account = RowAccount(read, n_rows, result.rejected, not_data, result.repaired)
    return Table(
        tuple(columns),
        n_rows,
        _source(plan, result.fingerprint, columns, notes),
        account,
        (*notes, *dropped),
        positions,
        result.first_line,
        row_lines,
    )


def _blank_rows(columns: Sequence[Column], n_rows: int) -> np.ndarray:
    rows = np.arange(n_rows) if not columns else np.flatnonzero(columns[0].missing)
    for column in columns[1:]:
        if len(rows) == 0:
            break
        rows = rows[column.missing[rows]]
    return rows


def _without_nameless(columns: list[Column], layout: Layout) -> tuple[list[Column], list[Note]]:
    """Leave out columns with neither name nor values: trailing delimiters."""
    nameless = {n for n, c in zip(layout.names, layout.original, strict=False) if not c.strip()}
    empty = [c.name for c in columns if c.name in nameless and c.n_missing == len(c)]
    if not empty or len(empty) == len(columns):
        return columns, []
    text = f"{counted(len(empty), 'column was', 'columns were')} left out: neither a name nor values."
    return [c for c in columns if c.name not in empty], [Note("empty-column", "repair", text, count=len(empty))]


def _source(plan: Plan, fingerprint: str, columns: Sequence[Column], notes: Sequence[Note]) -> Source:
    commas = any(n.code == "decimal-comma" for n in notes)
    dialect: dict[str, Any] = {
        "encoding": plan.encoding.name,
        "delimiter": "whitespace" if plan.dialect.by_space else plan.dialect.delimiter,
        "quote": plan.dialect.quote,
        "newline": plan.newline.replace("\r", "CR").replace("\n", "LF"),
        "compression": "gzip" if is_gzip(plan.path) else None,
        "decimal": "," if commas else ".",
        "columns": len(columns),
    }
    return Source(plan.path.name, "csv", fingerprint, {k: v for k, v in dialect.items() if v is not None})
