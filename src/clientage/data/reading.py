"""The door of this room: any source of rows becomes a `Table`.

Receives a path, a database URL or a frame; returns a `Table` with typed columns, an account of every
row, and notes on everything that was repaired or doubted. Each format has a file of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from clientage.config import ReadSettings
from clientage.data.table import PART, Table
from clientage.errors import InputError


def read(
    source: Any, settings: ReadSettings | None = None, *, columns: Sequence[str] | None = None, least_rows: int = 2
) -> Table:
    """Read a table from a file, a database or a frame.

    Parameters
    ----------
    source : str, Path or frame
        A text table (CSV, TSV, `;`, `|` or blank separated, plain or gzip), Parquet, XLSX; a database URL
        (``sqlite:///shop.db``, ``postgresql://user@host/db#table``); a pandas or Polars data frame, an Arrow table,
        record batch or reader, a NumPy structured array, or a mapping of names to arrays.
    settings : ReadSettings, optional
        What is given there is not found out. Default: find out everything.
    columns : sequence of str, optional
        Only these columns. Default: all.
    least_rows : int, default 2
        Fewer data rows are refused; 0 where an empty table is welcome, as in scoring.

    Returns
    -------
    Table
        Columns in the source's order, or in the order asked for.

    Raises
    ------
    InputError
        When the source is no table, or cannot be read without losing or inventing values.
    ColumnError
        When a wanted column is not there, or mixes currencies or percentages. Where no columns are asked for, such a
        column is in the table, noted as `Unusable`, and refused once it is needed.
    MissingExtraError
        When the library for this kind of source is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> table = read({"id": np.array([1, 2, 3]), "age": np.array([31.0, np.nan, 45.0])})
    >>> table.n_rows, table.column("age").n_missing
    (3, 1)
    """
    table = _read_any(source, settings or ReadSettings(), columns, least_rows)
    for name in columns or ():
        table.column(name)  # refuses one that cannot be used
    return table


def _read_any(source: Any, settings: ReadSettings, columns: Sequence[str] | None, least_rows: int) -> Table:
    if isinstance(source, str) and "://" in source:
        from clientage.data.database import read_database

        return read_database(source, settings, columns, least_rows=least_rows)
    if isinstance(source, str | Path):
        return _read_file(Path(source), settings, columns, least_rows)
    from clientage.data.frames import read_frame

    return read_frame(source, settings, columns, least_rows=least_rows)


def batches(
    source: Any,
    settings: ReadSettings | None = None,
    *,
    columns: Sequence[str] | None = None,
    least_rows: int = 2,
    rows: int = PART,
) -> Iterator[Table]:
    """Read a source and yield it in parts, each a `Table` of at most `rows` rows.

    Parameters
    ----------
    source, settings, columns, least_rows
        As for `read`, which refuses and repairs before the first part comes.
    rows : int
        Of a part. Kinds, codes and repairs are decided from the whole source and do not depend on it.

    Examples
    --------
    >>> [part.n_rows for part in batches({"age": [31, 45, 27]}, rows=2)]
    [2, 1]
    """
    yield from read(source, settings, columns=columns, least_rows=least_rows).parts(rows)


def _read_file(path: Path, settings: ReadSettings, columns: Sequence[str] | None, least_rows: int) -> Table:
    check_readable(path)
    ending = path.suffix.lower()
    if ending in (".parquet", ".pq"):
        from clientage.data.parquet import read_parquet

        return read_parquet(path, settings, columns, least_rows=least_rows)
    if ending in (".xlsx", ".xlsm"):
        from clientage.data.xlsx import read_xlsx

        return read_xlsx(path, settings, columns, least_rows=least_rows)
    from clientage.data.csv_text import read_text

    return read_text(path, settings, columns, least_rows=least_rows)


def check_readable(path: Path) -> None:
    """Refuse a path that is no readable file with something in it.

    Raises
    ------
    InputError
        For a missing path, a directory, a file without permission, or an empty one.
    """
    try:
        if path.is_dir():
            raise InputError("a file", f"'{path}' is a directory", "Name one file in it.")
        with open(path, "rb") as file:
            first = file.read(1)
    except FileNotFoundError:
        near = _near(path)
        raise InputError("an existing file", f"there is no '{path}'", f"Check the path.{near}") from None
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise InputError("a readable file", f"'{path}': {reason}", "Check the path and its permissions.") from None
    except ValueError as problem:  # a NUL in the path
        raise InputError("a file name", f"{str(path)!r}: {problem}", "Check the path.") from None
    if not first:
        raise InputError("a table with a header row", f"'{path.name}' is empty (0 bytes)", "Check the export.")


def _near(path: Path) -> str:
    from clientage.errors import did_you_mean

    try:
        return did_you_mean(path.name, [p.name for p in path.parent.iterdir() if p.is_file()])
    except OSError:
        return ""
