"""Parquet files.

Receives a path; returns a `Table`. Row groups are read one after another and only the wanted columns,
so that no more than the columns themselves is ever held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from clientage.config import ReadSettings
from clientage.data.arrow_columns import ArrowColumn, decided
from clientage.data.column_texts import Reading
from clientage.data.layout import distinct_names
from clientage.data.quality import RowAccount
from clientage.data.signature import kind_of
from clientage.data.stream import BLOCK, HashedFile
from clientage.data.table import PART, Source, Table
from clientage.data.wanted import chosen, enough_rows
from clientage.errors import InputError
from clientage.spool import spool_for


def read_parquet(
    path: Path, settings: ReadSettings, wanted: Sequence[str] | None = None, *, least_rows: int = 2
) -> Table:
    """Return the table of a Parquet file.

    Raises
    ------
    InputError
        For a truncated or damaged file, nested columns, or too many of them.
    """
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path, pre_buffer=False) as file:
            schema = file.schema_arrow
            _check_width(len(schema.names), file.metadata.num_rows, path, settings)
            names, notes = distinct_names(schema.names)
            kept = chosen(names, wanted, path.name)
            _refuse_nested(schema, names, kept, path)
            places = [names.index(n) for n in kept]
            distinct = len(set(schema.names)) == len(schema.names)
            only = [schema.names[i] for i in places] if distinct else None
            spool = spool_for(settings.memory)
            reading = Reading(path.name, settings, lambda rows: tuple(int(r) + 1 for r in rows))
            columns = [ArrowColumn(n, schema.field(i).type, reading, spool) for n, i in zip(kept, places, strict=True)]
            for batch in file.iter_batches(PART, columns=only):
                for place, column in zip(places, columns, strict=True):
                    column.add(batch.column(schema.names[place] if distinct else place))
            n_rows = file.metadata.num_rows
    except (pa.ArrowException, OSError) as problem:
        raise _damaged(path, problem) from None
    found, doubts = decided(columns, replace(reading, spool=spool.next()))
    enough_rows(n_rows, least_rows, path.name)
    source = Source(path.name, "parquet", _file_fingerprint(path), {})
    return Table(found, n_rows, source, RowAccount(n_rows, n_rows), (*notes, *doubts))


def _check_width(width: int, rows: int, path: Path, settings: ReadSettings) -> None:
    if width > settings.max_columns or width * rows > settings.max_cells:
        raise InputError(
            f"at most {settings.max_columns:,} columns and {settings.max_cells:,} cells",
            f"'{path.name}' declares {width:,} columns of {rows:,} rows",
            "Leave columns out, or raise read.max_columns or read.max_cells.",
        )


def _refuse_nested(schema: pa.Schema, names: Sequence[str], kept: Sequence[str], path: Path) -> None:
    nested = [n for i, n in enumerate(names) if n in kept and pa.types.is_nested(schema.field(i).type)]
    if nested:
        raise InputError(
            "columns of numbers, dates and texts",
            f"column '{nested[0]}' of '{path.name}' is nested ({schema.field(list(names).index(nested[0])).type})",
            "Flatten it into plain columns before writing the file.",
        )


def _damaged(path: Path, problem: Exception) -> InputError:
    with open(path, "rb") as file:
        head = file.read(4096)
    if not head.startswith(b"PAR1"):
        found = kind_of(head, path)
        what = found[0] if found else "no Parquet file, perhaps a text table"
        return InputError("a Parquet file", f"'{path.name}' is {what}", "Give the file the ending of what it is.")
    reason = str(problem).splitlines()[0][:200]
    return InputError("a whole Parquet file", f"'{path.name}' is truncated or damaged ({reason})", "Write it again.")


def _file_fingerprint(path: Path) -> str:
    with HashedFile(path) as file:
        while file.read(BLOCK):
            pass
        return file.sha256.hexdigest()
