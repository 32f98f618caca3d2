"""Writing a table that comes in parts: to CSV or Parquet, byte for byte as if it had come at once.

Receives parts, each a mapping of names to arrays of one length; writes them to a file that is complete when closed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Protocol

import pyarrow as pa

from clientage.data.parquet_writer import as_written
from clientage.data.writing import SLICE, batches_of, csv_head, csv_lines, parquet_writer


class Appender(Protocol):
    """Something that takes a table in parts."""

    def add(self, columns: Mapping[str, Any]) -> None:
        """Take the next rows; every part has the same columns."""

    def close(self) -> None:
        """Finish: what was taken is then all there."""


class CsvAppender:
    """A CSV file, as `write_csv` writes it.

    Parameters
    ----------
    target : binary file
        Left open.
    """

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._names: Sequence[str] | None = None

    def add(self, columns: Mapping[str, Any]) -> None:
        """Write the next rows, and the header before the first."""
        if self._names is None:
            self._names, head = csv_head(columns)
            self._target.write(head)
        for batch in batches_of(columns, self._names, safe=True):
            self._target.write(csv_lines(batch))

    def close(self) -> None:
        """Have everything written."""
        self._target.flush()


class ParquetAppender:
    """A Parquet file, as `write_parquet` writes it: row groups do not depend on the parts.

    Parameters
    ----------
    target : Path or binary file
        A file is left open.
    """

    def __init__(self, target: Path | IO[bytes]) -> None:
        self._target = target
        self._writer: Any = None
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0

    def add(self, columns: Mapping[str, Any]) -> None:
        """Take the next rows; they are written when a row group is full."""
        names = [str(n) for n in columns]
        if self._writer is None:
            self._writer = parquet_writer(self._target, columns)
        for batch in batches_of(columns, names, safe=False):
            self._waiting.append(as_written(batch, self._writer.schema))
            self._rows += batch.num_rows
            while self._rows >= SLICE:
                self._write(SLICE)

    def _write(self, rows: int) -> None:
        table = pa.Table.from_batches(self._waiting, self._writer.schema)
        group = table.slice(0, rows).combine_chunks()
        self._waiting = table.slice(rows).to_batches()
        self._rows -= group.num_rows
        self._writer.write_table(group, row_group_size=SLICE)

    def close(self) -> None:
        """Write the last row group and the end of the file."""
        if self._rows:
            self._write(self._rows)
        if self._writer is not None:
            self._writer.close()
