"""Which records of a file or sheet are rows, when something about them is irregular.

Receives the records after the header; yields batches of rows of equal width, and keeps the
account: blank, short, long, repeated-header, footer and truncated records. Slow and exact: the fast
parser in `csv_arrow.py` is used wherever a file has nothing of this.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from clientage.data.layout import is_data
from clientage.data.quality import Note
from clientage.data.second_table import SecondTable
from clientage.errors import InputError, counted

BATCH = 20_000
HELD = 5  # rows at the end that may be footers
FIRST = 5
MOST_LONG = 0.05  # share of rows with too many cells
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
    if TOTAL.match(filled[0]) and (len(filled) < len(cells) or all(is_data(c) for c in filled[1:])):
        return True
    return loose and len(filled) == 1 and len(cells) > 2 and not is_data(filled[0])


class Records(Protocol):
    """Records of a file or sheet, each with its line."""

    @property
    def name(self) -> str:
        """Of the file."""

    @property
    def cut_off(self) -> bool:
        """Whether the file ends inside the last record, as far as one can see."""

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield line and cells."""


class CarefulRows:
    """Iterates over batches of rows and accounts for every record.

    Parameters
    ----------
    records : Records
        Behind the header.
    width : int
        Columns of the header.
    header : tuple of str
        Header cells, to leave out where they are repeated.
    """

    def __init__(self, records: Records, width: int, header: tuple[str, ...]) -> None:
        self.records = records
        self.width = width
        self.header = [h.strip() for h in header]
        self.tally = Tally()
        self.positions: list[int] = []  # of kept rows among the data rows
        self.lines: list[int] = []
        self._position = 0
        self._gap = False
        self._second = SecondTable(records.name, width)

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
        for line, cells in self.records:
            if not "".join(cells).strip():
                self.tally.add("blank", line)
                self._gap = True
                continue
            if self._is_header(cells):
                self.tally.add("repeated header", line)
                continue
            self._second.at(cells, line, after_gap=self._gap)
            row = self._fitted(cells, line)
            self._gap = False
            if row is not None:
                yield row

    def _is_header(self, cells: list[str]) -> bool:
        """Whether a row repeats the header; nearly every row differs from it in its first cell."""
        first = self.header[0] if self.header else None
        return first is not None and cells[0].strip() == first and [c.strip() for c in cells] == self.header

    def _fitted(self, cells: list[str], line: int) -> Row | None:
        """The row at the header's width; None when it has cells that no column takes."""
        extra = cells[self.width :]
        position = self._position
        self._position += 1
        if extra and any(c.strip() for c in extra):
            self.tally.add("too many cells", line)
            return None
        if extra:
            self.tally.add("empty extra cells", line)
            cells = cells[: self.width]
        short = len(cells) < self.width
        if short:
            cells = cells + [""] * (self.width - len(cells))
        return Row(line, position, cells, short, self._gap)

    def _drop_footers(self, held: deque[Row]) -> None:
        if held and held[-1].short and self.records.cut_off and not is_footer(held[-1].cells, loose=True):
            self.tally.add("truncated last row", held.pop().line)
        while held and (is_footer(held[-1].cells, loose=held[-1].short or held[-1].after_gap)):
            self.tally.add("footer", held.pop().line)

    def _refuse_many_long(self) -> None:
        long, n = self.tally.counts["too many cells"], max(1, self._position)
        if long > max(1.0, MOST_LONG * n) or (long and long == n):
            lines = ", ".join(str(i) for i in self.tally.lines["too many cells"])
            raise InputError(
                f"rows of {self.width} cells, as the header has",
                f"{long:,} of {n:,} rows in '{self.records.name}' have more (first in line {lines})",
                "Quote the cells that hold the delimiter, or name another one with --set read.delimiter=…",
            )

    @property
    def not_data(self) -> dict[str, int]:
        """Records that are no data, as in `RowAccount`; complete at the end."""
        counts = self.tally.counts
        found = {"blank": counts["blank"], "footer": counts["footer"], "header": counts["repeated header"]}
        return {kind: count for kind, count in found.items() if count}

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
