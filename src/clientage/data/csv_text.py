"""Text tables: CSV, TSV, `;`, `|` or blanks between columns, in any common encoding, packed or not.

Receives a path and settings; returns a `Table`. A file is read once by pyarrow's streaming parser and
typed batch by batch. Whatever is irregular about its rows sends it to the careful reader of `rows.py`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from clientage.config import ReadSettings
from clientage.data import arrow_numpy
from clientage.data.column_kind import Found, decide_columns
from clientage.data.column_reader import ColumnReader
from clientage.data.column_texts import Reading
from clientage.data.dialect import Dialect, find_dialect
from clientage.data.encoding import Encoding, find_encoding, single_byte
from clientage.data.layout import Layout, find_layout
from clientage.data.quality import Note, RowAccount
from clientage.data.rows import CarefulRows, is_footer
from clientage.data.signature import refuse_if_not_text
from clientage.data.stream import LONGEST_LINE, EncodingProblem, TextStream, UnfailingStream, is_gzip, read_head
from clientage.data.table import Column, Source, Table
from clientage.data.wanted import chosen, enough_rows
from clientage.errors import InputError, counted
from clientage.spool import Spool, spool_for

HEAD = 256 << 10
SMALL_BLOCK, LARGE_BLOCK = 1 << 20, 4 << 20
LARGE_FILE = 64 << 20
LOOKED_AT = 300  # records from which the layout is found


class _IrregularError(Exception):
    """The fast parser met something that only the careful one can account for."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What was found out about a file before it is read."""

    path: Path
    settings: ReadSettings
    encoding: Encoding
    dialect: Dialect
    layout: Layout
    newline: str

    def stream(self) -> TextStream:
        return TextStream(self.path, self.encoding.name, self.layout.data_line, columns_by_space=self.dialect.by_space)


@dataclass(slots=True)
class _Read:
    """What one pass over the file gave."""

    readers: list[ColumnReader]
    n_rows: int
    fingerprint: str
    not_data: dict[str, int]
    rejected: dict[str, int]
    repaired: dict[str, int]
    notes: list[Note]
    lines: Callable[[Sequence[int]], tuple[int, ...]]
    positions: np.ndarray | None = None
    regular: bool = False


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
    plan = _plan(path, settings)
    try:
        return _read_planned(plan, columns, least_rows)
    except EncodingProblem:
        # the head was UTF-8 and something later is not: look at the whole file
        if settings.encoding is not None or plan.encoding.name != "utf-8":
            raise
        encoding = single_byte(path)
        return _read_planned(_plan(path, replace(settings, encoding=encoding.name), encoding), columns, least_rows)


def _plan(path: Path, settings: ReadSettings, encoding: Encoding | None = None) -> _Plan:
    head, whole = read_head(path, HEAD)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise InputError("a table with a header row", f"'{path.name}' is empty", "Check the export.")
    refuse_if_not_text(head, path)
    encoding = encoding or find_encoding(path, head, whole, settings.encoding)
    lines = _first_lines(path, head, whole, encoding.name)
    dialect = find_dialect(lines, settings.delimiter)
    records = _first_records(dialect, lines, path)
    layout = find_layout(records, settings.header, path.name, settings.max_columns)
    newline = next((e for e in ("\r\n", "\n", "\r") if lines and lines[0].endswith(e)), "\n")
    return _Plan(path, settings, encoding, dialect, layout, newline)


def _first_lines(path: Path, head: bytes, whole: bool, encoding: str) -> list[str]:
    text = _decoded(head, encoding)
    if not whole and text.count("\n") + text.count("\r") < 2:
        head, whole = read_head(path, LONGEST_LINE)
        text = _decoded(head, encoding)
    lines = list(io.StringIO(text, newline=""))
    if not whole and len(lines) == 1:
        raise InputError(
            "lines of a table",
            f"the first line of '{path.name}' is longer than {LONGEST_LINE >> 20} MB",
            "Check the line ends and the delimiter.",
        )
    return lines if whole else lines[:-1]


def _decoded(head: bytes, encoding: str) -> str:
    # a sequence cut by the end of the head is no error; the stream verifies every byte later
    return head.decode(encoding, errors="replace").lstrip("\ufeff").replace("\0", "")


def _first_records(dialect: Dialect, lines: Sequence[str], path: Path) -> list[tuple[int, list[str]]]:
    records = []
    try:
        for record in dialect.records(lines):
            records.append(record)
            if len(records) >= LOOKED_AT:
                break
    except csv.Error as problem:
        line = records[-1][0] + 1 if records else 1
        raise InputError(
            "cells of at most 128 KB", f"'{path.name}', line {line}: {problem}", "Check for an unclosed quote there."
        ) from None
    return records


def _read_planned(plan: _Plan, columns: Sequence[str] | None, least_rows: int) -> Table:
    names = chosen(plan.layout.names, columns, plan.path.name)
    result = _pass(plan, dict.fromkeys(names, False))
    if result.regular and _repeats_header(result.readers, plan.layout):
        result = _careful(plan, dict.fromkeys(names, False))
    spool = result.readers[0].spool.next() if result.readers else Spool()
    reading = Reading(plan.path.name, plan.settings, result.lines, plan.dialect.delimiter, spool)
    found = decide_columns(result.readers, reading)
    again = {r.name: True for r, f in zip(result.readers, found, strict=True) if f.column is None}
    if again:
        second = {r.name: r for r in _pass(plan, again).readers}
        result.readers = [second.get(r.name, r) for r in result.readers]
        found = decide_columns(result.readers, reading)
    return _table(plan, result, found, columns, least_rows)


def _pass(plan: _Plan, names: dict[str, bool]) -> _Read:
    try:
        return _fast(plan, names)
    except _IrregularError:
        return _careful(plan, names)


def _repeats_header(readers: Sequence[ColumnReader], layout: Layout) -> bool:
    """Whether every column has its own name among its cells: files that were put one after the other."""
    original = dict(zip(layout.names, layout.original, strict=False))
    return bool(readers) and all(original.get(r.name, "").strip() and r.has(original[r.name]) for r in readers)


def _readers(plan: _Plan, names: dict[str, bool]) -> list[ColumnReader]:
    nulls, spool = plan.settings.null_values, spool_for(plan.settings.memory)
    return [ColumnReader(n, as_text=t, null_values=nulls, spool=spool) for n, t in names.items()]


def _fast(plan: _Plan, names: dict[str, bool]) -> _Read:
    """Read with pyarrow; raise when rows and lines do not match one to one."""
    readers = _readers(plan, names)
    n_rows = footers = 0
    with plan.stream() as stream, closing(_batches(plan, stream, list(names))) as batches:
        held: pa.RecordBatch | None = None
        for batch in batches:
            if held is not None:
                n_rows += _feed(readers, held, plan, n_rows)
            held = batch
        if held is not None:
            if _open_quote(held):
                raise _IrregularError
            footers = _footers(held, plan)
            n_rows += _feed(readers, held.slice(0, held.num_rows - footers), plan, n_rows)
        if n_rows + footers + stream.n_trailing_blank != stream.n_lines:
            raise _IrregularError
        notes = _stream_notes(stream)
        blank = stream.n_trailing_blank
        fingerprint = stream.fingerprint
    first = plan.layout.data_line + 1
    not_data = {k: v for k, v in (("footer", footers), ("blank", blank)) if v}
    if footers:
        rows = tuple(first + n_rows + i for i in range(footers))
        text = f"{counted(footers, 'total was', 'totals were')} left out at the end."
        notes.append(Note("footer", "repair", text, count=footers, rows=rows))
    return _Read(
        readers,
        n_rows,
        fingerprint,
        not_data,
        {},
        {},
        notes,
        lambda rows: tuple(first + int(i) for i in rows),
        regular=True,
    )


def _batches(plan: _Plan, stream: TextStream, names: list[str]) -> Generator[pa.RecordBatch, None, None]:
    """Yield what Arrow parses; its reader always comes to its end, whatever happens."""
    source = UnfailingStream(stream)
    reader: Any = None
    try:
        reader = _open_csv(plan, source, names)
        yield from reader
    except pa.ArrowInvalid as problem:
        if source.problem is None and not (stream.n_bytes == 0 and "Empty CSV" in str(problem)):
            raise _IrregularError from None
    finally:
        source.ended = True
        _exhaust(reader)
    if source.problem is not None:
        raise source.problem


def _exhaust(reader: Any) -> None:
    while reader is not None:
        try:
            reader.read_next_batch()
        except (StopIteration, pa.ArrowInvalid):
            return


def _open_csv(plan: _Plan, source: UnfailingStream, names: list[str]) -> Any:
    from pyarrow import csv as arrow_csv

    large = plan.path.stat().st_size > LARGE_FILE
    # a footer must be seen whole, in all columns: it is looked for in the last batch before columns are chosen
    every = list(plan.layout.names)
    return arrow_csv.open_csv(
        source,
        read_options=arrow_csv.ReadOptions(column_names=every, block_size=LARGE_BLOCK if large else SMALL_BLOCK),
        parse_options=arrow_csv.ParseOptions(
            delimiter=plan.dialect.parsed_delimiter, quote_char=plan.dialect.quote or False, double_quote=True
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(every, pa.string()),
            include_columns=_needed(every, names),
            null_values=[""],
            strings_can_be_null=True,
            check_utf8=False,
        ),
    )


def _needed(every: list[str], names: list[str]) -> list[str]:
    """The wanted columns and the first one, where totals say what they are."""
    return names if every[0] in names else [every[0], *names]


def _feed(readers: list[ColumnReader], batch: pa.RecordBatch, plan: _Plan, n_rows: int) -> int:
    if (n_rows + batch.num_rows) * len(plan.layout.names) > plan.settings.max_cells:
        raise InputError(
            f"at most {plan.settings.max_cells:,} cells",
            f"'{plan.path.name}' has more",
            "Read fewer columns, or raise it with --set read.max_cells=…",
        )
    for reader in readers:
        reader.add(batch.column(batch.schema.get_field_index(reader.name)))
    return int(batch.num_rows)


def _footers(batch: pa.RecordBatch, plan: _Plan) -> int:
    """How many of the last rows are totals."""
    n = 0
    for row in range(batch.num_rows - 1, max(-1, batch.num_rows - 4), -1):
        cells = [batch.column(i)[row].as_py() for i in range(batch.num_columns)]
        if not is_footer(cells):
            break
        n += 1
    if n and batch.num_columns < len(plan.layout.names):
        raise _IrregularError  # judged by all of its cells
    return n


def _open_quote(batch: pa.RecordBatch) -> bool:
    """Whether the last cell ends in a line end: a quote opened in the last line and never closed."""
    last = (batch.column(i)[-1].as_py() for i in range(batch.num_columns)) if batch.num_rows else ()
    return any(cell is not None and cell.endswith(("\n", "\r")) for cell in last)


def _careful(plan: _Plan, names: dict[str, bool]) -> _Read:
    readers = _readers(plan, names)
    places = [plan.layout.names.index(n) for n in names]
    width = len(plan.layout.names)
    n_rows = 0
    with plan.stream() as stream:
        rows = CarefulRows(stream, plan.dialect, width, plan.layout.original, plan.layout.data_line)
        try:
            for batch in rows:
                columns = list(zip(*batch, strict=True))
                arrays = [arrow_numpy.text_array([c or None for c in columns[i]]) for i in places]
                n_rows += _feed(readers, pa.RecordBatch.from_arrays(arrays, names=list(names)), plan, n_rows)
        except csv.Error as problem:
            line = rows.lines[-1] + 1 if rows.lines else plan.layout.data_line + 1
            raise InputError(
                "cells of at most 128 KB",
                f"'{plan.path.name}', at or after line {line}: {problem}",
                "Check for an unclosed quote there.",
            ) from None
        notes = [*_stream_notes(stream), *rows.notes()]
        fingerprint = stream.fingerprint
    counts = rows.tally.counts
    lines = np.array(rows.lines, dtype=np.int64)
    positions = np.array(rows.positions, dtype=np.int64)
    rejected = {k: counts[k] for k in ("too many cells", "truncated last row") if counts[k]}
    return _Read(
        readers,
        n_rows,
        fingerprint,
        {k: counts[k] for k in ("blank", "footer") if counts[k]} | _repeated(counts["repeated header"]),
        rejected,
        {k: counts[k] for k in ("short rows", "empty extra cells") if counts[k]},
        notes,
        lambda which: tuple(int(lines[i]) for i in which),
        positions if len(positions) and positions[-1] != len(positions) - 1 else None,
    )


def _file_notes(plan: _Plan) -> list[Note]:
    notes = [*plan.encoding.notes]
    if is_gzip(plan.path):
        notes.insert(0, Note("gzip", "repair", "The file is packed with gzip and was unpacked."))
    if plan.newline == "\r":
        notes.append(Note("cr-line-ends", "repair", "The lines end in CR alone, as on old Macs; read as lines."))
    return notes


def _repeated(count: int) -> dict[str, int]:
    return {"repeated header": count} if count else {}


def _stream_notes(stream: TextStream) -> list[Note]:
    if not stream.n_nul:
        return []
    text = f"{counted(stream.n_nul, 'NUL byte was', 'NUL bytes were')} taken out."
    return [Note("nul-bytes", "repair", text, count=stream.n_nul)]


def _table(plan: _Plan, result: _Read, found: Sequence[Found], wanted: Sequence[str] | None, least_rows: int) -> Table:
    columns = [f.column for f in found if f.column is not None]
    notes = [*_file_notes(plan), *plan.layout.notes, *result.notes, *(n for f in found for n in f.notes)]
    blank = _blank_rows(columns, result.n_rows)
    if len(blank) and wanted is not None:
        # whether a row is blank is judged by all of its cells
        table = _read_planned(plan, None, least_rows)
        return replace(table, columns=tuple(table.column(n) for n in chosen(table.names, wanted, plan.path.name)))
    not_data = {**plan.layout.not_data}
    for kind, count in result.not_data.items():
        key = "header" if kind == "repeated header" else kind
        not_data[key] = not_data.get(key, 0) + count
    positions, n_rows = result.positions, result.n_rows
    if len(blank):
        keep = np.ones(n_rows, dtype=bool)
        keep[blank] = False
        columns = [c.take(keep) for c in columns]
        positions = positions[keep] if positions is not None else None
        n_rows -= len(blank)
        not_data["blank"] = not_data.get("blank", 0) + len(blank)
        text = f"{counted(len(blank), 'row was', 'rows were')} left out: no value at all."
        notes.append(Note("blank-rows", "repair", text, count=len(blank), rows=result.lines(blank[:5].tolist())))
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


def _source(plan: _Plan, fingerprint: str, columns: Sequence[Column], notes: Sequence[Note]) -> Source:
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
