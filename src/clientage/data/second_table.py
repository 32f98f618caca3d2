"""Whether a second table begins somewhere below the first one.

Receives the rows of a table in order; refuses the file where one of them is the header of another table. Read on,
its words would become missing numbers and its rows customers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clientage.data.layout import Layout, is_data, stands_below
from clientage.data.table import Column
from clientage.data.words import is_missing_number
from clientage.errors import InputError

SEEN = 50  # first rows, from which it is known which columns are numbers
MOSTLY = 0.8  # of the cells of such a column
OVER = 0.5  # of these columns that have a word after a blank row


class SecondTable:
    """Looks at every row of a table for the header of another one.

    A header has words alone, and a row with as many cells follows it. After a blank row, or where it is narrower than
    the table, words over half of the columns of numbers are enough. Without one, there must be a different word over
    every column of numbers (two at least), and none that the table has in that column, or codes of its shape.

    Parameters
    ----------
    name : str
        Of the file.
    width : int
        Columns of the table.

    Examples
    --------
    >>> look = SecondTable("a.csv", 3)
    >>> for row in (["C1", "7", "9"], ["C2", "8", "9"], ["shop", "town", "turnover"]):
    ...     look.at(row, 1)
    >>> look.at(["S1", "Bonn", "900"], 5)
    Traceback (most recent call last):
    clientage.errors.InputError: Expected one table in a file, but found: a second table begins in line 1 ...
    """

    def __init__(self, name: str, width: int) -> None:
        self._name, self._width = name, width
        self._seen: list[Sequence[str]] = []
        self._numeric: list[int] | None = None  # once enough rows have been seen
        self._header: tuple[int, int, set[int]] | None = None  # line, width and cells of what may be a header

    def at(self, cells: Sequence[str], line: int, *, after_gap: bool = False) -> None:
        """Look at the next row.

        Raises
        ------
        InputError
            When it is the first row of a second table.
        """
        if self._header is not None:
            self._refuse_if_it_goes_on(cells)
        elif self._may_be_header(cells) and self._is_header(cells, after_gap):
            self._header = (line, len(cells), {i for i, c in enumerate(cells) if c.strip()})
        if self._numeric is None:
            self._learn(cells)

    def _refuse_if_it_goes_on(self, cells: Sequence[str]) -> None:
        line, width, places = self._header  # type: ignore[misc]  # only called where there is one
        self._header = None
        filled = {i for i, c in enumerate(cells) if c.strip()}
        if len(filled) >= 2 and len(cells) == width and filled <= places:
            raise InputError(
                "one table in a file",
                f"a second table begins in line {line} of '{self._name}'",
                "Put each table into a file of its own.",
            )

    def _learn(self, cells: Sequence[str]) -> None:
        self._seen.append(cells)
        if len(self._seen) == SEEN:
            self._numeric = numeric_columns(self._seen, self._width)

    def _may_be_header(self, cells: Sequence[str]) -> bool:
        """Most rows have a number where numbers stand: no more needs to be asked of them."""
        if self._numeric and self._numeric[0] < len(cells) and is_data(cells[self._numeric[0]]):
            return False
        filled = [c for c in cells if c.strip()]
        return len(filled) >= 2 and not any(is_data(c) for c in filled)

    def _is_header(self, cells: Sequence[str], after_gap: bool) -> bool:
        numeric = numeric_columns(self._seen, self._width) if self._numeric is None else self._numeric
        over = [i for i in numeric if i < len(cells) and cells[i].strip()]
        last = max(i for i, c in enumerate(cells) if c.strip())
        if not after_gap and not 1 < len(cells) < self._width:
            return self._differs(cells, last) and len(over) >= 2 and len(over) == sum(i <= last for i in numeric)
        if len(cells) != self._width:
            return True
        return len(over) >= OVER * len([i for i in numeric if i <= last]) and len(over) > 0

    def _differs(self, cells: Sequence[str], last: int) -> bool:
        """Whether a row of words is no row of this table, but the names of columns of another one."""
        words = [c.strip().casefold() for c in cells[: last + 1]]
        if "" in words or len(set(words)) < len(words) or any(is_missing_number(w) for w in words):
            return False
        return len(self._seen) > 1 and not any(
            stands_below(i, c.strip(), self._seen) for i, c in enumerate(cells) if c.strip()
        )


def numeric_columns(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return which columns hold numbers or dates in nearly all cells.

    Examples
    --------
    >>> numeric_columns([["C1", "7", ""], ["C2", "x", "9"], ["C3", "8", "2024-01-31"]], 3)
    [2]
    """
    out = []
    for i in range(width):
        cells = [r[i] for r in rows if i < len(r) and r[i].strip()]
        if cells and sum(is_data(c) for c in cells) >= MOSTLY * len(cells):
            out.append(i)
    return out


def refuse_side_by_side(columns: Sequence[Column], layout: Layout, name: str) -> None:
    """Refuse tables that stand beside each other, with an empty column between them, where they end in different rows.

    Parameters
    ----------
    columns : sequence of Column
        Of all rows, the empty ones without a name included.
    layout : Layout
        Names and the header cells as they stood.
    name : str
        Of the file.

    Raises
    ------
    InputError
        Naming the first column of the second table.
    """
    nameless = {n for n, cell in zip(layout.names, layout.original, strict=False) if not cell.strip()}
    tables: list[list[Column]] = [[]]
    for column in columns:
        if column.name in nameless and column.n_missing == len(column):
            tables.append([])
        else:
            tables[-1].append(column)
    tables = [table for table in tables if table]
    if len(tables) < 2 or any(len(table) < 2 for table in tables):
        return
    lengths = [_rows_without_a_gap(table) for table in tables]
    if None not in lengths and len(set(lengths)) > 1:
        raise InputError(
            "one table in a file",
            f"a second table begins in column '{tables[1][0].name}' of '{name}', with other rows beside the first one",
            "Put each table into a file or sheet of its own.",
        )


def _rows_without_a_gap(columns: Sequence[Column]) -> int | None:
    """How many rows from the top have a value; None where a row without any stands between them."""
    there = np.zeros(len(columns[0]), dtype=bool)
    for column in columns:
        there |= ~column.missing
    n = int(np.count_nonzero(there))
    return n if there[:n].all() else None
