"""One pass over the rows of a regular text file, by pyarrow's streaming parser.

Receives a `Plan` and column names; returns a `Pass`, or raises `IrregularError` where rows and lines do not match
one to one and only the careful parser of `csv_pass.py` can account for them.
"""

from __future__ import annotations

import io
from collections.abc import Generator
from contextlib import closing
from typing import Any

import pyarrow as pa

from clientage.cores import one_ahead
from clientage.data.csv_few import can_cut, cut_rows, is_small
from clientage.data.csv_pass import Pass, feed, line_end_notes, readers_for, stream_notes
from clientage.data.csv_plan import Plan
from clientage.data.quality import Note
from clientage.data.rows import is_footer
from clientage.data.stream import TextStream, UnfailingStream
from clientage.errors import counted

SMALL_BLOCK, LARGE_BLOCK = 1 << 20, 4 << 20
LARGE_FILE = 64 << 20
CELL = 6  # bytes that a cell takes, roughly


class IrregularError(Exception):
    """The fast parser met something that only the careful one can account for."""


def read_fast(plan: Plan, names: dict[str, bool]) -> Pass:
    """Read with pyarrow, batch by batch.

    Parameters
    ----------
    plan : Plan
        How the file is read.
    names : dict of str to bool
        Columns to read; True: as text.

    Raises
    ------
    IrregularError
        When rows and lines do not match one to one.
    InputError
        When the table is too large or its bytes are not of one encoding.
    """
    readers = readers_for(plan, names)
    n_rows = footers = 0
    expected = plan.path.stat().st_size // (CELL * len(plan.layout.names))
    with plan.stream() as stream, closing(_batches(plan, stream, list(names))) as batches:
        held: pa.RecordBatch | None = None
        with closing(one_ahead(batches, expected)) as coming:
            for batch in coming:
                if held is not None:
                    n_rows += feed(readers, held, plan, n_rows, expected)
                held = batch
        if held is not None:
            if _open_quote(held, stream):
                raise IrregularError
            footers = _footers(held, plan)
            n_rows += feed(readers, held.slice(0, held.num_rows - footers), plan, n_rows, expected)
        if n_rows + footers + stream.n_trailing_blank != stream.n_lines:
            raise IrregularError
        notes = [*stream_notes(stream), *line_end_notes(plan, stream.line_ends)]
        blank = stream.n_trailing_blank
        fingerprint = stream.fingerprint
    first = plan.layout.data_line + 1
    not_data = {k: v for k, v in (("footer", footers), ("blank", blank)) if v}
    if footers:
        notes.append(_footer_note(footers, first + n_rows))
    return Pass(readers, n_rows, fingerprint, not_data, {}, {}, notes, first, regular=True)


def _footer_note(count: int, first_line: int) -> Note:
    text = f"{counted(count, 'total was', 'totals were')} left out at the end."
    return Note("footer", "repair", text, count=count, rows=tuple(range(first_line, first_line + count)))


def _batches(plan: Plan, stream: TextStream, names: list[str]) -> Generator[pa.RecordBatch, None, None]:
    """Yield what Arrow parses, or what is simply cut where the file is small."""
    if not is_small(plan):
        yield from _parsed(plan, UnfailingStream(stream), stream, names)
        return
    data = b"".join(iter(stream.read, b""))
    if not can_cut(data, plan):
        yield from _parsed(plan, UnfailingStream(io.BytesIO(data)), stream, names)
        return
    batch = cut_rows(data, plan, _needed(list(plan.layout.names), names))
    if batch is None:
        raise IrregularError
    if batch.num_rows:
        yield batch


def _parsed(
    plan: Plan, source: UnfailingStream, stream: TextStream, names: list[str]
) -> Generator[pa.RecordBatch, None, None]:
    """Yield what Arrow parses; its reader always comes to its end, whatever happens."""
    reader: Any = None
    try:
        reader = _open_csv(plan, source, names)
        yield from reader
    except pa.ArrowInvalid as problem:
        if source.problem is None and not (stream.n_bytes == 0 and "Empty CSV" in str(problem)):
            raise IrregularError from None
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


def _open_csv(plan: Plan, source: UnfailingStream, names: list[str]) -> Any:
    from pyarrow import csv as arrow_csv

    large = plan.path.stat().st_size > LARGE_FILE
    sizes = {"block_size": LARGE_BLOCK if large else SMALL_BLOCK, "use_threads": False}
    # a footer must be seen whole, in all columns: it is looked for in the last batch before columns are chosen
    every = list(plan.layout.names)
    return arrow_csv.open_csv(
        source,
        # cells that stay texts are only copied: threads for that took half as long again as one does alone
        read_options=arrow_csv.ReadOptions(column_names=every, **sizes),
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


def _footers(batch: pa.RecordBatch, plan: Plan) -> int:
    """How many of the last rows are totals."""
    n = 0
    for row in range(batch.num_rows - 1, max(-1, batch.num_rows - 4), -1):
        cells = [batch.column(i)[row].as_py() for i in range(batch.num_columns)]
        if not is_footer(cells):
            break
        n += 1
    if n and batch.num_columns < len(plan.layout.names):
        raise IrregularError  # judged by all of its cells
    return n


def _open_quote(batch: pa.RecordBatch, stream: TextStream) -> bool:
    """Whether a quote opened in the last line may never be closed: Arrow takes the rest of the file as its cell."""
    if stream.quotes is not None and stream.quotes.n_open % 2 and not stream.ends_in_line_end:
        return True
    last = (batch.column(i)[-1].as_py() for i in range(batch.num_columns)) if batch.num_rows else ()
    return any(cell is not None and cell.endswith(("\n", "\r")) for cell in last)
