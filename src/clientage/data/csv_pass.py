"""One pass over the rows of a text file, by the parser that accounts for whatever is irregular.

Receives a `Plan` and column names; returns a `Pass`: filled readers, and where every record went. The fast
parser of `csv_arrow.py` returns the same.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from clientage.cores import side_by_side
from clientage.data import arrow_numpy
from clientage.data.column_reader import ColumnReader
from clientage.data.csv_plan import Plan
from clientage.data.quality import Note
from clientage.data.records import TextRecords
from clientage.data.rows import CarefulRows
from clientage.data.stream import MOST_NULS, TextStream
from clientage.errors import InputError, counted
from clientage.spool import spool_for


@dataclass(slots=True)
class Pass:
    """What one pass over the file gave.

    Parameters
    ----------
    readers : list of ColumnReader
        One for each column asked for, filled.
    n_rows : int
        Rows in them.
    fingerprint : str
        SHA-256 of the file, hexadecimal.
    not_data, rejected, repaired : dict of str to int
        Where the other records went, as in `RowAccount`.
    notes : list of Note
        What happened to rows and bytes.
    first_line : int
        Line of the file that the first row stands in.
    row_lines : ndarray of shape (n_rows,) or None
        Line of each row; None where every line is a row.
    positions : ndarray of shape (n_rows,) or None
        Place of each row among the data rows; None when all were kept.
    regular : bool
        Read by the fast parser: every line was one record.
    """

    readers: list[ColumnReader]
    n_rows: int
    fingerprint: str
    not_data: dict[str, int]
    rejected: dict[str, int]
    repaired: dict[str, int]
    notes: list[Note]
    first_line: int
    row_lines: np.ndarray | None = None
    positions: np.ndarray | None = None
    regular: bool = False

    def lines(self, rows: Sequence[int]) -> tuple[int, ...]:
        """Return the lines of rows, counted from 0."""
        if self.row_lines is None:
            return tuple(self.first_line + int(i) for i in rows)
        return tuple(int(self.row_lines[i]) for i in rows)


def readers_for(plan: Plan, names: dict[str, bool]) -> list[ColumnReader]:
    """Return an empty reader for each name; True behind a name: read it as text."""
    nulls, spool = plan.settings.null_values, spool_for(plan.settings.memory)
    return [ColumnReader(n, as_text=t, null_values=nulls, spool=spool) for n, t in names.items()]


def feed(readers: list[ColumnReader], batch: pa.RecordBatch, plan: Plan, n_rows: int, expected: int = 0) -> int:
    """Give a batch to the readers and return how many rows it has.

    Parameters
    ----------
    readers : list of ColumnReader
        Of wanted columns.
    batch : RecordBatch
        Texts.
    plan : Plan
        Of the file.
    n_rows : int
        Rows before this batch.
    expected : int, default 0
        About how many rows there are in all: columns of many are typed side by side.

    Raises
    ------
    InputError
        When the table grows beyond `read.max_cells`.
    """
    if (n_rows + batch.num_rows) * len(plan.layout.names) > plan.settings.max_cells:
        raise InputError(
            f"at most {plan.settings.max_cells:,} cells",
            f"'{plan.path.name}' has more",
            "Read fewer columns, or raise it with --set read.max_cells=…",
        )
    side_by_side(lambda r: r.add(batch.column(batch.schema.get_field_index(r.name))), readers, expected)
    return int(batch.num_rows)


def read_carefully(plan: Plan, names: dict[str, bool]) -> Pass:
    """Read record by record and account for each.

    Parameters
    ----------
    plan : Plan
        How the file is read.
    names : dict of str to bool
        Columns to read; True: as text.

    Raises
    ------
    InputError
        For an unclosed quote, a second table, rows that do not fit the header, or a table that is too large.
    """
    readers = readers_for(plan, names)
    places = [plan.layout.names.index(n) for n in names]
    width = len(plan.layout.names)
    n_rows = 0
    with plan.stream() as stream:
        records = TextRecords(stream, plan.dialect, width, plan.layout.data_line)
        rows = CarefulRows(records, width, plan.layout.original)
        try:
            for batch in rows:
                columns = list(zip(*batch, strict=True))
                arrays = [arrow_numpy.text_array([c or None for c in columns[i]]) for i in places]
                n_rows += feed(readers, pa.RecordBatch.from_arrays(arrays, names=list(names)), plan, n_rows)
        except csv.Error as problem:
            line = rows.lines[-1] + 1 if rows.lines else plan.layout.data_line + 1
            raise InputError(
                "cells of at most 128 KB",
                f"'{plan.path.name}', at or after line {line}: {problem}",
                "Check for an unclosed quote there.",
            ) from None
        notes = [*stream_notes(stream), *line_end_notes(plan, records.line_ends), *rows.notes()]
        fingerprint = stream.fingerprint
    counts = rows.tally.counts
    lines = np.array(rows.lines, dtype=np.int64)
    positions = np.array(rows.positions, dtype=np.int64)
    rejected = {k: counts[k] for k in ("too many cells", "truncated last row") if counts[k]}
    return Pass(
        readers,
        n_rows,
        fingerprint,
        rows.not_data,
        rejected,
        {k: counts[k] for k in ("short rows", "empty extra cells") if counts[k]},
        notes,
        plan.layout.data_line + 1,
        lines,
        positions if len(positions) and positions[-1] != len(positions) - 1 else None,
    )


def stream_notes(stream: TextStream) -> list[Note]:
    """Return what was repaired or doubted in the bytes."""
    notes = [] if stream.quotes is None else stream.quotes.notes()
    if stream.n_nul:
        text = f"{counted(stream.n_nul, 'NUL byte was', 'NUL bytes were')} taken out."
        many = stream.n_nul > max(64, MOST_NULS * (stream.n_bytes + stream.n_nul))
        if many:
            text += " So many are padding, or a gap that a crash left in the file: check that no row is missing."
        notes.append(Note("nul-bytes", "warning" if many else "repair", text, count=stream.n_nul))
    return notes


def line_end_notes(plan: Plan, ends: Mapping[str, int]) -> list[Note]:
    """Return the remark that lines end in several ways; those inside quoted cells are not counted."""
    first = plan.newline.replace("\r", "CR").replace("\n", "LF")
    found = {kind: count for kind, count in ends.items() if count}
    if not found.keys() - {first}:
        return []
    told = [f"{counted(found[k], 'line')} in {k}" for k in ("LF", "CRLF", "CR") if k in found]
    if first not in found:
        told.insert(0, f"the header in {first}")
    return [
        Note("mixed-line-ends", "repair", f"Lines end in several ways ({', '.join(told)}): all were read as lines.")
    ]
