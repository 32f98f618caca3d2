"""Frames in memory: pandas, Polars, Arrow, NumPy structured arrays, and mappings of names to arrays.

Receives the frame; returns a `Table` that shares the memory of float64 columns without missing values
where the frame's library allows it. No library is imported that did not make the frame.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from clientage.config import ReadSettings
from clientage.data.arrow_columns import Chunked, columns_from_arrow
from clientage.data.column_texts import Reading
from clientage.data.layout import distinct_names
from clientage.data.quality import Note, RowAccount
from clientage.data.table import Column, Source, Table
from clientage.data.wanted import chosen, enough_rows
from clientage.errors import InputError
from clientage.memory import allowed_memory
from clientage.spool import Spool, spool_for

Named = Sequence[tuple[str, Chunked]]


def read_frame(
    frame: Any, settings: ReadSettings, columns: Sequence[str] | None = None, *, least_rows: int = 2
) -> Table:
    """Return the table of a frame.

    Parameters
    ----------
    frame : object
        pandas or Polars data frame, Arrow table, record batch or reader, NumPy structured array, mapping of
        names to one-dimensional arrays, or anything with ``__arrow_c_stream__``.
    settings : ReadSettings
        Decimal mark, date format and so on, for columns of text.
    columns : sequence of str, optional
        Only these, in this order.
    least_rows : int
        Fewer rows are refused.

    Raises
    ------
    InputError
        When it is no frame, or has nested columns.

    Examples
    --------
    >>> read_frame({"spend": np.array([1.5, 2.5])}, ReadSettings()).names
    ('spend',)
    """
    library, names, arrays, notes = _opened(frame)
    if len(names) > settings.max_columns:
        raise InputError(
            f"at most {settings.max_columns:,} columns",
            f"a frame of {len(names):,}",
            "Leave columns out, or raise it with read.max_columns.",
        )
    kept = chosen(names, columns, "the frame")
    places = [names.index(n) for n in kept]
    named = [(names[i], _chunked(arrays[i], names[i])) for i in places]
    # a frame is in memory as it is: what is made of it goes to disk only where a person says how much there is
    spool = None if settings.memory is None else spool_for(settings.memory)
    source = Source("frame", library, "", {})
    size = sum(values.nbytes for _, values in named)
    notes += held_whole("The frame", size, settings.memory, "Write it to Parquet and give the file to have neither.")
    return table_from_arrow(named, settings, source, notes, least_rows=least_rows, spool=spool)


def table_from_arrow(
    named: Named,
    settings: ReadSettings,
    source: Source,
    notes: Sequence[Note] = (),
    *,
    least_rows: int = 2,
    spool: Spool | None = None,
) -> Table:
    """Return the table of named Arrow arrays, every row kept.

    Parameters
    ----------
    named : sequence of (str, Chunked)
        Columns.
    settings : ReadSettings
        For columns of text.
    source : Source
        Where they come from; an empty fingerprint is replaced by that of the content.
    notes : sequence of Note
        What was noted before.
    least_rows : int
        Fewer rows are refused.
    spool : Spool, optional
        Where the columns are kept. Default: in memory.
    """
    n_rows = len(named[0][1]) if named else 0
    reading = Reading(source.name, settings, lambda rows: tuple(int(r) + 1 for r in rows))
    columns, found = columns_from_arrow(named, reading, spool)
    enough_rows(n_rows, least_rows, source.name)
    if not source.fingerprint:
        source = replace(source, fingerprint=content_fingerprint(columns))
    return Table(columns, n_rows, source, RowAccount(n_rows, n_rows), (*notes, *found))


def held_whole(what: str, n_bytes: float, memory: str | None, instead: str) -> list[Note]:
    """Return a note where what cannot live on disk is larger than a person allows.

    Examples
    --------
    >>> held_whole("The frame", 3e6, "2MB", "Give a file.")[0].text
    'The frame takes about 3 MB of memory, more than the 2MB allowed: what is made of it lives on disk. Give a file.'
    >>> held_whole("The frame", 3e6, None, "Give a file.")
    []
    """
    if memory is None or n_bytes <= allowed_memory(memory):
        return []
    amount = f"{n_bytes / 1e6:,.0f} MB" if n_bytes >= 1e6 else f"{n_bytes / 1e3:,.0f} KB"
    size = f"about {amount} of memory, more than the {memory} allowed"
    return [Note("held-whole", "warning", f"{what} takes {size}: what is made of it lives on disk. {instead}")]


def content_fingerprint(columns: Iterable[Column]) -> str:
    """Return the SHA-256 of names, kinds and values, the same whichever library held them.

    Examples
    --------
    >>> column = Column("a", "number", np.array([1.0]))
    >>> content_fingerprint([column]) == content_fingerprint([column])
    True
    """
    digest = hashlib.sha256()
    for column in columns:
        digest.update(f"{column.name}\0{column.kind}\0{len(column)}\0".encode("utf-8", "surrogatepass"))
        digest.update(np.ascontiguousarray(column.values).view(np.uint8).data)
        for category in column.categories:
            digest.update(category.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()


def _opened(frame: Any) -> tuple[str, tuple[str, ...], list[Any], list[Note]]:
    """Library, distinct names, one array per column, notes."""
    library = type(frame).__module__.partition(".")[0]
    if library == "pandas":
        headers, arrays, notes = _pandas(frame)
    elif library == "polars":
        frame = frame.collect() if hasattr(frame, "collect") else frame
        if not hasattr(frame, "get_columns"):
            raise _no_frame(frame)
        headers, arrays, notes = list(frame.columns), list(frame.get_columns()), []
    elif library == "numpy":
        if frame.dtype.names is None or frame.ndim != 1:
            raise InputError(
                "an array with named columns",
                f"a NumPy array of shape {frame.shape} without names",
                "Give {'name': array, …}, a structured array, or a data frame.",
            )
        headers, arrays, notes = list(frame.dtype.names), [frame[n] for n in frame.dtype.names], []
    elif isinstance(frame, Mapping):
        headers, arrays, notes, library = list(frame), list(frame.values()), [], "mapping"
        _same_length(headers, arrays)
    else:
        table = _arrow_table(frame)
        headers, arrays, notes, library = table.column_names, list(table.columns), [], "arrow"
    if not headers:
        raise InputError("a frame with columns", "a frame without any", "Check how it was made.")
    names, renamed = distinct_names([str(h) for h in headers])
    return library, names, arrays, [*notes, *renamed]


def _no_frame(frame: Any) -> InputError:
    return InputError(
        "a path, a database URL or a data frame (pandas, Polars, Arrow, NumPy, mapping)",
        f"an object of type {type(frame).__module__}.{type(frame).__qualname__}",
        "Turn it into one of these.",
    )


def _arrow_table(frame: Any) -> pa.Table:
    if isinstance(frame, pa.Table):
        return frame
    if isinstance(frame, pa.RecordBatch):
        return pa.Table.from_batches([frame])
    if isinstance(frame, pa.RecordBatchReader):
        return frame.read_all()
    if hasattr(frame, "__arrow_c_stream__"):
        return pa.RecordBatchReader.from_stream(frame).read_all()
    raise _no_frame(frame)


def _pandas(frame: Any) -> tuple[list[str], list[Any], list[Note]]:
    if not hasattr(frame, "columns"):
        raise InputError("a data frame", "a pandas Series", "Use series.to_frame().")
    if getattr(frame.columns, "nlevels", 1) > 1:
        raise InputError("one header row", "a pandas frame with several header levels", "Flatten its columns first.")
    headers, arrays, notes = [], [], []
    index = frame.index
    if getattr(index, "nlevels", 1) == 1 and index.name is not None and str(index.name) not in map(str, frame.columns):
        headers.append(str(index.name))
        arrays.append(index.to_series())
        text = f"The frame's index '{index.name}' was taken as its first column."
        notes.append(Note("index-column", "info", text, str(index.name)))
    for i, name in enumerate(frame.columns):
        headers.append(str(name))
        arrays.append(frame.iloc[:, i])
    return headers, arrays, notes


def _same_length(headers: Sequence[Any], arrays: Sequence[Any]) -> None:
    try:
        lengths = {str(h): len(a) for h, a in zip(headers, arrays, strict=True)}
    except TypeError:
        raise InputError(
            "a mapping of names to arrays", "a mapping with values that have no length", "Give one array per name."
        ) from None
    if len(set(lengths.values())) > 1:
        raise InputError("arrays of one length", f"lengths {lengths}", "Give every column the same number of rows.")


def _chunked(values: Any, name: str) -> pa.ChunkedArray:
    """Return a column of any library as Arrow data, sharing its memory where that can be."""
    if isinstance(values, pa.ChunkedArray):
        return values
    if isinstance(values, pa.Array):
        return pa.chunked_array([values])
    if type(values).__module__.partition(".")[0] == "polars":
        return pa.chunked_array([values.to_arrow()])
    try:
        array = pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        array = _as_written(values, name)
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])


def _as_written(values: Any, name: str) -> pa.Array:
    """Cells of several types in one column, each as a person would write it."""
    cells = [None if _is_nothing(v) else v for v in values]
    if any(isinstance(v, list | dict | tuple | set | np.ndarray) for v in cells):
        raise InputError(
            "columns of numbers, dates and texts",
            f"column '{name}' holds lists or mappings",
            "Flatten it, or leave it out.",
        )
    return pa.array([None if v is None else written(v) for v in cells], pa.string())


def written(value: Any) -> str:
    """Return a cell as text: dates in ISO form, whole floats without a fraction.

    Examples
    --------
    >>> written(5.0), written("a")
    ('5', 'a')
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def _is_nothing(value: Any) -> bool:
    # NaN, NaT and pandas' NA are the values that do not equal themselves
    if value is None:
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        return type(value).__name__ == "NAType"
