"""The records of a text file behind its header, each with its line, as `csv.reader` finds them.

Receives a `TextStream` and the dialect; yields records. Refuses a quote that is never closed, which would swallow
the rows after it without a word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from clientage.data.dialect import Dialect
from clientage.data.stream import TextStream, open_lines
from clientage.errors import InputError


class TextRecords:
    """Iterates over (line, cells) of every record, blank ones included.

    Parameters
    ----------
    stream : TextStream
        Positioned behind the header.
    dialect : Dialect
        Of the file.
    width : int
        Columns of the header.
    data_line : int
        Physical lines before the first record.

    Attributes
    ----------
    name : str
        The file's.
    line_ends : Counter of str
        How many records end in LF, CR and CRLF; line ends inside quoted cells do not count.
    """

    def __init__(self, stream: TextStream, dialect: Dialect, width: int, data_line: int) -> None:
        self.name = stream.path.name
        self.line_ends: Counter[str] = Counter()
        self._stream, self._dialect = stream, dialect
        self._width, self._data_line = width, data_line

    @property
    def cut_off(self) -> bool:
        """Whether the last record has no line end; known at the end."""
        return not self._stream.ends_in_line_end

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        before = 0
        passed: list[str] = []
        for after, cells in self._dialect.records(_remembered(open_lines(self._stream), passed)):
            line = self._data_line + before + 1
            self._look_at_end(passed, cells, line)
            passed.clear()
            if after - before > 1 or (cells and cells[-1].endswith(("\n", "\r"))):
                self._refuse_unclosed(cells, line)
            before = after
            yield line, cells

    def _look_at_end(self, record: list[str], cells: list[str], line: int) -> None:
        """Count the record's line end; one without is the last, where a quote may still be open."""
        last = record[-1] if record else ""
        if last.endswith("\n"):
            self.line_ends["CRLF" if last.endswith("\r\n") else "LF"] += 1
        elif last.endswith("\r"):
            self.line_ends["CR"] += 1
        elif self._dialect.is_open(record) and self._would_be_whole(cells):
            raise self._unclosed(line)

    def _would_be_whole(self, cells: list[str]) -> bool:
        """Whether a last row is whole without its open quote; otherwise it was cut off inside a quoted cell."""
        return len(cells) + cells[-1].count(self._dialect.parsed_delimiter) >= self._width

    def _refuse_unclosed(self, cells: list[str], line: int) -> None:
        """A quoted cell over several lines is fine; one that swallows whole rows, or the file's end, is not."""
        delimiter = self._dialect.parsed_delimiter
        for cell in cells:
            inner = re.split(r"\r\n|\n|\r", cell)[1:]
            if not inner:
                continue
            rows = sum(part.count(delimiter) >= max(1, self._width - 2) for part in inner)
            open_at_end = cell is cells[-1] and cell.endswith(("\n", "\r"))
            if (self._width > 1 and rows >= 1 and rows >= 0.5 * (len(inner) - 1)) or open_at_end:
                raise self._unclosed(line)

    def _unclosed(self, line: int) -> InputError:
        return InputError(
            "every quote to be closed",
            f"a quote opened in line {line} of '{self.name}' swallows what comes after it",
            f"Close or remove the quote in line {line}.",
        )


def _remembered(lines: Iterable[str], passed: list[str]) -> Iterator[str]:
    """Lines on their way to `csv.reader`, which does not tell of which ones it made a record."""
    for line in lines:
        passed.append(line)
        yield line
