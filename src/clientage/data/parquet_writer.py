"""A Parquet file on this machine, written table by table.

Receives Arrow tables of one schema; the file is complete when the writer is closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import pyarrow as pa


class PlainWriter:
    """What `pyarrow.parquet.ParquetWriter` does for a file of this machine.

    That module brings every file system that Arrow knows, and what it takes to talk to them: 2 MB and 10 ms that only
    writing to a cloud needs. Where another release of Arrow is not built like the one we know, its own class is used.

    Parameters
    ----------
    target : str, Path or binary file
        A file is left open.
    schema : pyarrow.Schema
        Of every table and batch.
    repeated : sequence of str
        Columns whose values are written once, in a dictionary.
    """

    def __init__(self, target: str | Path | IO[bytes], schema: pa.Schema, repeated: Sequence[str]) -> None:
        self.schema = schema
        options: dict[str, Any] = {"compression": "zstd", "use_dictionary": repeated}
        try:
            from pyarrow._parquet import ParquetWriter

            self._writer = ParquetWriter(target, schema, version="2.6", writer_engine_version="V2", **options)
        except (ImportError, TypeError):
            from pyarrow import parquet

            self._writer = parquet.ParquetWriter(target, schema, **options)

    def __enter__(self) -> PlainWriter:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def write_batch(self, batch: pa.RecordBatch) -> None:
        """Write a batch as row groups of Arrow's own size."""
        self.write_table(pa.Table.from_batches([batch], self.schema), None)

    def write_table(self, table: pa.Table, row_group_size: int | None) -> None:
        """Write a table as row groups of so many rows."""
        self._writer.write_table(table, row_group_size=row_group_size)

    def close(self) -> None:
        """Write the end of the file."""
        self._writer.close()


def as_written(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch with the types that the file was begun with."""
    return batch if batch.schema == schema else batch.cast(schema)
