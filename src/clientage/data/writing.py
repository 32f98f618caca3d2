"""Writing tables out so that they stay data wherever they are opened.

Receives a mapping of names to arrays; writes CSV in which no text can become a spreadsheet formula, or
Parquet. Columns are written in slices, so that no second copy of the table is ever held.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa

from clientage.data import arrow_numpy, few_texts
from clientage.data.few_lines import few_lines
from clientage.data.parquet_writer import PlainWriter, as_written
from clientage.data.table import Column
from clientage.data.text_bytes import text_buffers
from clientage.data.text_list import TextList, texts_at

SLICE = 262_144  # rows formatted at a time
# what a spreadsheet takes for the beginning of a formula, also behind blanks and control characters
LIVE = r"^[\s\x00]*[=+\-@\t\r\x00＝＋－＠]"
NUL = "\0"
# no text without one of these bytes (the last begins the wide forms) is live or holds a NUL
LIVE_BYTES = b"=+-@\t\r\x00\xef"
QUOTED_BYTES = b'",\r\n'


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> harmless("=1+1"), harmless("West")
    ("'=1+1", 'West')
    """
    return "'" + text.replace(NUL, "") if re.match(LIVE, text) else text.replace(NUL, "")


class Slices:
    """A column as it is written: each slice is made when its turn comes, so no second copy is ever held.

    Parameters
    ----------
    column : Column
        n values, in memory or on disk.
    as_text : bool, default False
        Numbers and dates as a person would write them, as ids are. Texts are texts in any case.

    Examples
    --------
    >>> ids = Column("id", "number", np.array([7.0, 8.0]), is_integer=True)
    >>> Slices(ids, as_text=True)[0:1].to_pylist()
    ['7']
    """

    def __init__(self, column: Column, *, as_text: bool = False) -> None:
        self._column, self._as_text = column, as_text

    def __len__(self) -> int:
        return len(self._column)

    def __getitem__(self, rows: slice) -> np.ndarray | pa.Array:
        part = self._column.part(*rows.indices(len(self))[:2])
        if part.kind == "text":
            return texts_at(part.categories, part.values)
        return _as_texts(part) if self._as_text else part.values

    def coded(self, rows: slice) -> pa.Array | np.ndarray:
        """Return a slice whose few texts, repeated in many rows, are held once: an Arrow dictionary."""
        if self._column.kind != "text" or isinstance(self._column.categories, TextList):
            return self[rows]
        places = self._column.part(*rows.indices(len(self))[:2]).values
        there = arrow_numpy.number_array(places)
        if len(places) and int(places.min()) < 0:
            there = _missing_where(places < 0, there)
        return pa.DictionaryArray.from_arrays(there, arrow_numpy.text_array(self._column.categories))


def _as_texts(part: Column) -> pa.Array:
    """Values as `Column.as_text` writes them; whole numbers without a Python text for each, as millions of ids are."""
    if len(part) > few_texts.FEW and part.kind == "number" and part.is_integer and not part.missing.any():
        return arrow_numpy.number_array(part.values.astype(np.int64)).cast(pa.string())
    return arrow_numpy.text_array(part.as_text().tolist())


def write_csv(target: str | Path | IO[bytes], columns: Mapping[str, Any]) -> None:
    """Write columns as CSV: UTF-8, commas, LF, quotes where needed.

    Parameters
    ----------
    target : str, Path or binary file
        Replaced when it exists; a file object is left open.
    columns : mapping of str to array, `Slices` or sequence of str
        Of one length. Numbers stay numbers, missing ones are empty; texts (and names) that begin like a formula
        get a leading ``'``.

    Raises
    ------
    ValueError
        When lengths differ: a mistake of the caller.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO()
    >>> write_csv(file, {"id": ["a", "=x"], "n": np.array([1.5, np.nan])})
    >>> print(file.getvalue().decode())
    id,n
    a,1.5
    '=x,
    <BLANKLINE>
    """
    names, head = csv_head(columns)
    with _Opened(target) as file:
        file.write(head)
        for batch in batches_of(columns, names, safe=True):
            file.write(csv_lines(batch))


def write_parquet(path: str | Path, columns: Mapping[str, Any]) -> None:
    """Write columns as Parquet (zstd), texts as they are.

    Parameters
    ----------
    path : str or Path
        Replaced when it exists.
    columns : mapping of str to array, `Slices` or sequence of str
        Of one length.

    Raises
    ------
    ValueError
        When lengths differ: a mistake of the caller.
    """
    names = [str(n) for n in columns]
    with parquet_writer(str(path), columns) as writer:
        for batch in batches_of(columns, names, safe=False):
            writer.write_batch(as_written(batch, writer.schema))


def parquet_writer(target: str | Path | IO[bytes], columns: Mapping[str, Any]) -> PlainWriter:
    """Return Arrow's writer of a Parquet file with the types of these columns; the caller closes it."""
    types = [array_of(v, slice(0, 1), safe=False).type for v in columns.values()]
    schema = pa.schema(list(zip(map(str, columns), types, strict=True)))
    # measured figures hardly repeat: a dictionary of them takes twice the time and more room
    repeated = [f.name for f in schema if not pa.types.is_floating(f.type)]
    return PlainWriter(target, schema, repeated)


class _Opened:
    """A path opened for writing and closed again, or a file object left as it is."""

    def __init__(self, target: str | Path | IO[bytes]) -> None:
        self._own = isinstance(target, str | Path)
        self._target = target

    def __enter__(self) -> IO[bytes]:
        self._file: IO[bytes] = open(self._target, "wb") if self._own else self._target  # type: ignore[arg-type,assignment]
        return self._file

    def __exit__(self, *problem: object) -> None:
        if self._own:
            self._file.close()


def csv_head(columns: Iterable[str]) -> tuple[list[str], bytes]:
    """Return names that no spreadsheet takes for formulas, and the header line of them."""
    names = [harmless(str(n)) for n in columns]
    return names, (",".join(_quoted(n) for n in names) + "\n").encode("utf-8", "replace")


def batches_of(columns: Mapping[str, Any], names: Sequence[str], *, safe: bool) -> Iterator[pa.RecordBatch]:
    """Yield columns of one length as batches of `SLICE` rows; texts made harmless when `safe`."""
    lengths = {len(v) for v in columns.values()}
    if len(lengths) > 1:
        raise ValueError(f"columns of different lengths: {sorted(lengths)}")
    n_rows = lengths.pop() if lengths else 0
    for start in range(0, n_rows, SLICE):
        rows = slice(start, start + SLICE)
        arrays = [array_of(v, rows, safe=safe) for v in columns.values()]
        yield pa.RecordBatch.from_arrays(arrays, names=list(names))


def array_of(values: Any, rows: slice, *, safe: bool) -> pa.Array:
    """One slice of a column; NaN and NaT are missing, texts made harmless when `safe`."""
    part = values.coded(rows) if safe and isinstance(values, Slices) else values[rows]
    if isinstance(part, pa.Array):
        return _harmless(part) if safe else part
    if isinstance(part, np.ndarray) and part.dtype.kind in "biufM":
        array = arrow_numpy.number_array(part)
        return _written_dates(array) if safe and part.dtype.kind == "M" else array
    array = arrow_numpy.text_array([None if t is None or t != t else str(t) for t in part])
    return _harmless(array) if safe else array


def _written_dates(array: pa.Array) -> pa.Array:
    """Dates as ISO texts, without a clock where every time is midnight."""
    import pyarrow.compute as pc

    moments = array.cast(pa.timestamp("us"))
    whole = pc.all(pc.equal(pc.floor_temporal(moments, unit="day"), moments)).as_py()
    return pc.strftime(moments.cast(pa.timestamp("s"), safe=False), format="%Y-%m-%d" if whole else "%Y-%m-%d %H:%M:%S")


def _missing_where(gaps: np.ndarray, array: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.if_else(arrow_numpy.flag_array(gaps), pa.scalar(None, array.type), array)


def _harmless(array: pa.Array) -> pa.Array:
    if isinstance(array, pa.DictionaryArray):
        return pa.DictionaryArray.from_arrays(array.indices, _harmless(array.dictionary))
    if not _has_any(array, LIVE_BYTES):
        return array
    live = np.flatnonzero(few_texts.matching(array, LIVE))
    if len(live):
        array = _marked(array, live)
    return few_texts.without(array, NUL) if _has_any(array, NUL.encode()) else array


def _marked(texts: pa.StringArray, live: np.ndarray) -> pa.StringArray:
    """Texts with a ``'`` before those at some places."""
    marked = [f"'{text}" for text in few_texts.taken(texts, live).to_pylist()]
    order = np.arange(len(texts))
    order[live] = len(texts) + np.arange(len(live))
    return few_texts.taken(pa.concat_arrays([texts, arrow_numpy.text_array(marked)]), order)


def _has_any(array: pa.StringArray, wanted: bytes) -> bool:
    """Whether some byte of the texts is wanted: quicker to find out than by a pattern tried on each text."""
    offsets, data = text_buffers(array)
    texts = data[offsets[0] : offsets[-1]].tobytes()
    return any(byte in texts for byte in wanted)


def csv_lines(batch: pa.RecordBatch) -> pa.Buffer | bytes:
    """Return rows as CSV lines; a cell is quoted for what it holds alone, so a row reads alike in any batch."""
    if batch.num_rows == 0 or batch.num_columns == 0:
        return b""
    if few_texts.is_few(batch):
        return few_lines(batch)
    import pyarrow.compute as pc

    *cells, last = (_cells(column) for column in batch.columns)
    comma, nothing, end = (arrow_numpy.text_scalar(t) for t in (",", "", "\n"))
    # the end of the line belongs to the last cell: one copy of the whole lines is saved
    last = pc.binary_join_element_wise(last, end, nothing, null_handling="replace", null_replacement="")
    lines = pc.binary_join_element_wise(*cells, last, comma, null_handling="replace", null_replacement="")
    return lines.buffers()[2]


def _cells(column: pa.Array) -> pa.StringArray:
    if isinstance(column, pa.DictionaryArray):  # names of segments come a million times: each is quoted once
        return _quoted_texts(column.dictionary).take(column.indices)
    if not pa.types.is_string(column.type):
        return column.cast(pa.string())
    offsets, _ = text_buffers(column)
    if not _has_any(column, QUOTED_BYTES) and bool((offsets[1:] > offsets[:-1]).all()):
        return column
    coded = column.dictionary_encode()
    return _quoted_texts(coded.dictionary).take(coded.indices)


def _quoted_texts(texts: pa.StringArray) -> pa.StringArray:
    """Texts in quotes where they need them; an empty text is no missing one: quoted, it stays apart."""
    import pyarrow.compute as pc

    special = pc.match_substring_regex(texts, r'[",\r\n]|^$')
    quote, nothing = (arrow_numpy.text_scalar(t) for t in ('"', ""))
    quoted = pc.binary_join_element_wise(quote, pc.replace_substring(texts, '"', '""'), quote, nothing)
    return pc.if_else(special, quoted, texts)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if re.search(r'[",\r\n]', name) else name
