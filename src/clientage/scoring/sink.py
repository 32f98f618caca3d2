"""Where scored customers go: a CSV or Parquet file, a database table, standard output. Whole or not at all.

Receives parts of assignments as columns; a file grows beside its place under a hidden name and is renamed when it is
complete, a table is one transaction.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from clientage.data.appending import Appender, CsvAppender, ParquetAppender
from clientage.data.database_writing import TableAppender, WhenThere
from clientage.errors import InputError
from clientage.runs.store import is_alive
from clientage.scoring.parts import ScoredParts

FORMS: dict[str, Callable[[IO[bytes]], Appender]] = {".csv": CsvAppender, ".parquet": ParquetAppender}


def write_scored(scored: ScoredParts, out: str, *, source: str | None = None, when_there: WhenThere = "refuse") -> None:
    """Write scored customers by the ending of a path, into a table, or as CSV to standard output.

    Parameters
    ----------
    scored : ScoredParts
        Walked through once.
    out : str
        A path that ends in .csv or .parquet; a database URL with ``#table``; or ``-``.
    source : str, optional
        Where the customers come from: a file is not written over itself.
    when_there : {"refuse", "replace", "append"}
        What becomes of a table that exists. A file is replaced.

    Raises
    ------
    InputError
        For another ending, or when it cannot be written; nothing is kept then.
    """
    with opened(out, source, when_there) as target:
        for columns in scored.written():
            target.add(columns)


@contextmanager
def opened(out: str, source: str | None = None, when_there: WhenThere = "refuse") -> Iterator[Appender]:
    """Open a place to write to; what was written counts when the block ends without an exception.

    Parameters
    ----------
    out, source, when_there
        As for `write_scored`.
    """
    if "://" in out:
        with _table(out, when_there) as table:
            yield table
        return
    if when_there != "refuse":
        raise InputError("--replace and --append for a database table", f"'{out}'", "A file is replaced in any case.")
    if out == "-":
        appender = CsvAppender(sys.stdout.buffer)
        yield appender
        appender.close()
        return
    path = Path(out)
    if path.suffix.lower() not in FORMS:
        raise InputError(
            "an output file that ends in .csv or .parquet, or a database URL", f"'{out}'", "Give it one of these."
        )
    _refuse_source(path, source)
    with _file(path) as file:
        yield file


@contextmanager
def _table(url: str, when_there: WhenThere) -> Iterator[Appender]:
    table = TableAppender(url, when_there)
    try:
        yield table
        table.close()
    finally:
        table.abandon()


@contextmanager
def _file(path: Path) -> Iterator[Appender]:
    """Write beside the path; flush to disk and rename at the end, or leave nothing."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _clear_stale(path)
        with part.open("wb") as file:
            appender = FORMS[path.suffix.lower()](file)
            yield appender
            appender.close()
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as problem:
        raise InputError(
            "an output file that can be written",
            f"'{path}': {problem.strerror or problem}",
            "Nothing was kept. Make its folder first, or name another one.",
        ) from None
    finally:
        part.unlink(missing_ok=True)


def _refuse_source(path: Path, source: str | None) -> None:
    if source is not None and path.exists() and Path(source).exists() and path.samefile(source):
        raise InputError("an output file beside the input", f"'{path}' is the input", "Name another one.")


def _clear_stale(path: Path) -> None:
    """Remove what a scoring that was killed left for this very path."""
    for left in path.parent.glob(f".{_literal(path.name)}.*.part"):
        process = left.name.removesuffix(".part").rpartition(".")[2]
        if process.isdecimal() and not is_alive(int(process)):
            left.unlink(missing_ok=True)


def _literal(name: str) -> str:
    return re.sub(r"([\[\]*?])", r"[\1]", name)
