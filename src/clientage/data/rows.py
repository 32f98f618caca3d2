"""Which records of a text file are rows, when something about them is irregular.

Receives the records of a file after its header; yields batches of rows of equal width, and keeps the
account: blank, short, long, repeated-header, footer and truncated records. Slow and exact: the fast
parser in `csv_arrow.py` is used wherever a file has nothing of this.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from clientage.data.dialect import Dialect
from clientage.data.layout import DATE, NUMERIC
from clientage.data.quality import Note
from clientage.data.stream import TextStream, open_lines
from clientage.errors import InputError, counted

BATCH = 20_000
HELD = 5  # rows at the end that may be footers
FIRST = 5
MOST_LONG = 0.05  # share of rows with too many cells
SEEN = 50  # first rows, from which it is known which columns are numbers
TOTAL = re.compile(
    r"(grand[ -]?|sub[ -]?|overall )?(total|totals|sum|summe|gesamt|gesamtsumme|somme|totale|average|mean|"
    r"durchschnitt|mittelwert|zwischensumme)( general| général)?\s*(\([^)]*\))?\s*[:=]?\Z",
    re.I,
)


@dataclass(slots=True)
class Tally:
    """What became of the records, with the first lines of each kind."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: dict[str, list[int]] = field(default_factory=dict)

    def add(self, kind: str, line: int) -> None:
        """Count one record."""
        self.counts[kind] += 1
        first = self.lines.setdefault(kind, [])
        if len(first) < FIRST:
            first.append(line)


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its line, its position among the data rows, its cells."""

    line: int
    position: int
    cells: list[str]
    short: bool
    after_gap: bool


def is_footer(cells: Sequence[str | None], *, loose: bool = False) -> bool:
    """Whether a last row is a total or a remark and not a customer.

    Parameters
    ----------
    cells : sequence of str or None
        Of the row.
    loose : bool
        The row is shorter than the others or stands after a blank one: a lone remark counts too.

    Examples
    --------
    >>> is_footer(["Total", "", "12345"]), is_footer(["C17", "31", "12345"])
    (True, False)
    """
    filled = [c.strip() for c in cells if c and c.strip()]
    if not filled or len(cells) < 2:
        return False
    if TOTAL.match(filled[0]) and (len(filled) < len(cells) or all(_is_data(c) for c in filled[1:])):
        return True
    return loose and len(filled) == 1 and len(cells) > 2 and not _is_data(filled[0])


def _is_data(text: str) -> bool:
    return bool(NUMERIC.match(text) or DATE.match(text))


def _unclosed(line: int, name: str) -> InputError:
    return InputError(
        "every quote to be closed",
        f"a quote opened in line {line} of '{name}' swallows what comes after it",
        f"Close or remove the quote in line {line}.",
    )


class _Lines:
    """Lines on their way to `csv.reader`, which does not tell of what a record was made."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._passed: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._passed.append(line)
        return line

    def taken(self) -> list[str]:
        """Return the lines that passed since the last time."""
        passed, self._passed = self._passed, []
        return passed


class CarefulRows:
    """Iterates over batches of rows and accounts for every record.

    Parameters
    ----------
    stream : TextStream
        Positioned behind the header.
    dialect : Dialect
        Of the file.
    width : int
        Columns of the header.
    header : tuple of str
        Header cells, to leave out where they are repeated.
    data_line : int
        Physical lines before the first record.
    """

    def __init__(
        self, stream: TextStream, dialect: Dialect, width: int, header: tuple[str, ...], data_line: int
    ) -> None:
        self.stream = stream
        self.dialect = dialect
        self.width = width
        self.header = [h.strip() for h in header]
        self.data_line = data_line
        self.tally = Tally()
        self.positions: list[int] = []  # of kept rows among the data rows
        self.lines: list[int] = []
        self.line_ends: Counter[str] = Counter()  # of records, not of the lines inside a quoted cell
        self._position = 0
        self._gap = False
        self._second: tuple[int, int] | None = None  # line and width of what may be a second header
        self._shape: list[list[str]] = []

    @property
    def name(self) -> str:
        """The file's name."""
        return self.stream.path.name

    def __iter__(self) -> Iterator[list[list[str]]]:
        held: deque[Row] = deque()
        batch: list[list[str]] = []
        for row in self._rows():
            held.append(row)
            if len(held) > HELD:
                batch.append(self._keep(held.popleft()))
            if len(batch) >= BATCH:
                yield batch
                batch = []
        self._drop_footers(held)
        batch.extend(self._keep(row) for row in held)
        self._refuse_many_long()
        if batch:
            yield batch

    def _keep(self, row: Row) -> list[str]:
        self.positions.append(row.position)
        self.lines.append(row.line)
        if row.short:
            self.tally.add("short rows", row.line)
        return row.cells

    def _rows(self) -> Iterator[Row]:
        before = 0
        source = _Lines(open_lines(self.stream))
        for after, cells in self.dialect.records(source):
            line, before_line = self.data_line + before + 1, before
            before = after
            self._look_at_end(source.taken(), cells, line)
            if after - before_line > 1 or (cells and cells[-1].endswith(("\n", "\r"))):
                self._refuse_unclosed(cells, line)
            if not any(c.strip() for c in cells):
                self.tally.add("blank", line)
                self._gap = True
                continue
            if self.header and [c.strip() for c in cells] == self.header:
                self.tally.add("repeated header", line)
                continue
            # without a blank row before it, only a narrower table is told from the rows above
            if self._gap or self._second is not None or 1 < len(cells) < self.width:
                self._refuse_second_table(cells, line)
            row = self._fitted(cells, line)
            self._gap = False
            if row is not None:
                yield row

    def _look_at_end(self, record: list[str], cells: list[str], line: int) -> None:
        """Count the record's line end; one without is the last, where a quote may still be open."""
        last = record[-1] if record else ""
        if last.endswith("\n"):
            self.line_ends["CRLF" if last.endswith("\r\n") else "LF"] += 1
        elif last.endswith("\r"):
            self.line_ends["CR"] += 1
        elif self.dialect.is_open(record) and self._would_be_whole(cells):
            raise _unclosed(line, self.name)

    def _would_be_whole(self, cells: list[str]) -> bool:
        """Whether a last row is whole without its open quote; otherwise it was cut off inside a quoted cell."""
        return len(cells) + cells[-1].count(self.dialect.parsed_delimiter) >= self.width

    def _fitted(self, cells: list[str], line: int) -> Row | None:
        """The row at the header's width; None when it has cells that no column takes."""
        extra = cells[self.width :]
        position = self._position
        self._position += 1
        if any(c.strip() for c in extra):
            self.tally.add("too many cells", line)
            return None
        if len(self._shape) < SEEN:
            self._shape.append(cells)
        if extra:
            self.tally.add("empty extra cells", line)
            cells = cells[: self.width]
        short = len(cells) < self.width
        if short:
            cells = cells + [""] * (self.width - len(cells))
        return Row(line, position, cells, short, self._gap)

    def _refuse_unclosed(self, cells: list[str], line: int) -> None:
        """A quoted cell over several lines is fine; one that swallows whole rows, or the file's end, is not."""
        delimiter = self.dialect.parsed_delimiter
        for cell in cells:
            inner = re.split(r"\r\n|\n|\r", cell)[1:]
            if not inner:
                continue
            rows = sum(part.count(delimiter) >= max(1, self.width - 2) for part in inner)
            open_at_end = cell is cells[-1] and cell.endswith(("\n", "\r"))
            if (self.width > 1 and rows >= 1 and rows >= 0.5 * (len(inner) - 1)) or open_at_end:
                raise _unclosed(line, self.name)

    def _refuse_second_table(self, cells: list[str], line: int) -> None:
        filled = [c for c in cells if c.strip()]
        if self._second is not None:
            at, width = self._second
            self._second = None
            if len(filled) >= 2 and abs(len(cells) - width) == 0:
                raise InputError(
                    "one table in a file",
                    f"a second table begins in line {at} of '{self.name}'",
                    "Put each table into a file of its own.",
                )
            return
        if len(filled) < 2 or any(_is_data(c) for c in filled) or TOTAL.match(filled[0].strip()):
            return
        numeric = [i for i in range(self.width) if self._is_numeric(i)]
        over = [i for i in numeric if i < len(cells) and cells[i].strip()]
        if len(cells) != self.width or (numeric and len(over) >= 0.5 * len(numeric)):
            self._second = (line, len(cells))

    def _is_numeric(self, i: int) -> bool:
        cells = [r[i] for r in self._shape if i < len(r) and r[i].strip()]
        return bool(cells) and sum(_is_data(c) for c in cells) >= 0.8 * len(cells)

    def _drop_footers(self, held: deque[Row]) -> None:
        if held and held[-1].short and not self.stream.ends_in_line_end and not is_footer(held[-1].cells, loose=True):
            self.tally.add("truncated last row", held.pop().line)
        while held and (is_footer(held[-1].cells, loose=held[-1].short or held[-1].after_gap)):
            self.tally.add("footer", held.pop().line)

    def _refuse_many_long(self) -> None:
        long, n = self.tally.counts["too many cells"], max(1, self._position)
        if long > max(1.0, MOST_LONG * n) or (long and long == n):
            lines = ", ".join(str(i) for i in self.tally.lines["too many cells"])
            raise InputError(
                f"rows of {self.width} cells, as the header has",
                f"{long:,} of {n:,} rows in '{self.name}' have more (first in line {lines})",
                "Quote the cells that hold the delimiter, or name another one with --set read.delimiter=…",
            )

    def notes(self) -> list[Note]:
        """What happened to the rows, for the quality report."""
        words = {
            "blank": ("blank-rows", "repair", "blank row was", "blank rows were", "left out"),
            "short rows": ("short-rows", "repair", "row has", "rows have", "fewer cells than the header"),
            "empty extra cells": ("trailing-cells", "repair", "row had", "rows had", "empty cells at the end"),
            "too many cells": ("long-rows", "warning", "row was", "rows were", "rejected: more cells than the header"),
            "repeated header": ("repeated-header", "repair", "repeated header", "repeated headers", "left out"),
            "footer": ("footer", "repair", "total or remark was", "totals or remarks were", "left out at the end"),
            "truncated last row": ("truncated-row", "repair", "row was", "rows were", "rejected at the end: cut off"),
        }
        out = []
        for kind, count in self.tally.counts.items():
            code, severity, one, many, rest = words[kind]
            rows = tuple(sorted(self.tally.lines[kind]))
            text = f"{counted(count, one, many)} {rest}."
            out.append(Note(code, severity, text, count=count, rows=rows))  # type: ignore[arg-type]
        return out
