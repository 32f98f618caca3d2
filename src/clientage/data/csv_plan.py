"""How a text file will be read: its encoding, its dialect, where its table begins.

Receives a path and settings; returns the `Plan` that both parsers follow. Only the first records are looked at.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clientage.config import ReadSettings
from clientage.data.dialect import Dialect, find_dialect
from clientage.data.encoding import Encoding, find_encoding
from clientage.data.layout import Layout, find_layout
from clientage.data.quotes import QuoteWatch
from clientage.data.second_table import numeric_columns
from clientage.data.signature import refuse_if_not_text
from clientage.data.stream import LONGEST_LINE, TextStream, read_head
from clientage.errors import InputError

HEAD = 256 << 10
LOOKED_AT = 300  # records from which the layout is found


@dataclass(frozen=True, slots=True)
class Plan:
    """What was found out about a file before it is read."""

    path: Path
    settings: ReadSettings
    encoding: Encoding
    dialect: Dialect
    layout: Layout
    newline: str
    numeric: frozenset[str]  # columns that hold numbers or dates in the first records

    def stream(self) -> TextStream:
        """Open the file behind its header."""
        quote, spaced = self.dialect.quote, self.dialect.by_space
        quotes = QuoteWatch(quote, self.dialect.delimiter) if quote and not spaced else None
        skipped = self.layout.data_line
        return TextStream(self.path, self.encoding.name, skipped, columns_by_space=spaced, quotes=quotes)


def find_plan(path: Path, settings: ReadSettings, encoding: Encoding | None = None) -> Plan:
    """Return how a file will be read.

    Parameters
    ----------
    path : Path
        Plain or gzip.
    settings : ReadSettings
        What is given there is not found out.
    encoding : Encoding, optional
        Known already; None: found from the first bytes, or from all where these do not settle it.

    Raises
    ------
    InputError
        When the file is empty, no text, or begins with no table.
    """
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
    below = [cells for line, cells in records if line > layout.data_line]
    numeric = frozenset(layout.names[i] for i in numeric_columns(below, len(layout.names)))
    return Plan(path, settings, encoding, dialect, layout, newline, numeric)


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
