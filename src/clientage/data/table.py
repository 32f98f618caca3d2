"""A table as it came: typed columns, where they came from, and an account of every row.

This is what every reader returns and what roles, customers and scoring receive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from clientage.data import arrow_numpy
from clientage.data.quality import Note, RowAccount, Unusable
from clientage.data.text_list import texts_at
from clientage.errors import ColumnError, did_you_mean, listed
from clientage.spool import Held, Stored, opened

Kind = Literal["number", "date", "text"]
PART = 65_536  # rows of a part: what is worked on at a time


@dataclass(frozen=True, slots=True)
class Column:
    """One typed column.

    Parameters
    ----------
    name : str
        As in the input, after the repairs of duplicate and empty headers.
    kind : {"number", "date", "text"}
        Booleans are numbers 0 and 1 with `is_boolean` set.
    held : ndarray of shape (n,) or Stored
        The values, or where they are stored; read them as `values`.
        number: float64, NaN where missing. date: datetime64[us], NaT where missing.
        text: int32 codes into `categories`, -1 where missing.
    categories : sequence of str
        text only: the distinct values in order of first appearance; a tuple unless they are thousands.
    is_integer : bool
        number only: every value present is a whole number.
    is_boolean : bool
        number only: the column was written as yes/no, true/false or is a boolean of the source.

    Examples
    --------
    >>> Column("age", "number", np.array([31.0, np.nan])).n_missing
    1
    """

    name: str
    kind: Kind
    held: Held
    categories: Sequence[str] = ()
    is_integer: bool = False
    is_boolean: bool = False

    def __len__(self) -> int:
        return len(self.held)

    @property
    def values(self) -> np.ndarray:
        """The values (n,). Those that live on disk come into memory as they are touched, and go with the array."""
        return opened(self.held)

    @property
    def missing(self) -> np.ndarray:
        """Boolean (n,): True where there is no value."""
        missing: np.ndarray
        if self.kind == "text":
            missing = self.values < 0
        else:
            missing = np.isnan(self.values) if self.kind == "number" else np.isnat(self.values)
        return missing

    @property
    def n_missing(self) -> int:
        """Number of rows without a value."""
        return int(np.count_nonzero(self.missing))

    @property
    def n_distinct(self) -> int:
        """Number of distinct values present."""
        if self.kind == "text":
            return len(self.used_codes())
        return len(np.unique(self.values[~self.missing]))

    def used_codes(self) -> np.ndarray:
        """Return the codes that some row has, sorted; text only."""
        seen = np.zeros(len(self.categories) + 1, dtype=bool)
        seen[self.values] = True  # a missing value, -1, finds the last place
        return np.flatnonzero(seen[:-1])

    def take(self, rows: np.ndarray) -> Column:
        """Return the column with only `rows` (an index or boolean array), in that order."""
        return self.with_values(self.values[rows])

    def with_values(self, values: np.ndarray) -> Column:
        """Return the column with other values of the same kind, kept where its own are: in memory or on disk."""
        held = self.held.spool.keep(values) if isinstance(self.held, Stored) else values
        return Column(self.name, self.kind, held, self.categories, self.is_integer, self.is_boolean)

    def part(self, start: int, stop: int) -> Column:
        """Return the rows from `start` to before `stop`, in the terms of the whole column: same kind, same codes."""
        values = self.values[start:stop]
        return Column(self.name, self.kind, values, self.categories, self.is_integer, self.is_boolean)

    def as_text(self) -> np.ndarray:
        """Return object (n,): the values as a person would write them, "" where missing.

        Whole numbers are written without a fraction, so ids come out as they went in.
        """
        if self.kind == "text":
            return arrow_numpy.texts(texts_at(self.categories, self.values))
        out = np.full(len(self.values), "", dtype=object)
        there = ~self.missing
        if self.kind == "date":
            out[there] = np.datetime_as_string(self.values[there], unit="auto").astype(object)
        elif self.is_integer:
            out[there] = self.values[there].astype(np.int64).astype(str).astype(object)
        else:
            out[there] = [repr(v) for v in self.values[there].tolist()]
        return out


@dataclass(frozen=True, slots=True)
class Source:
    """Where a table came from and how it was read.

    Parameters
    ----------
    name : str
        File name, table name or ``"frame"``; never a password.
    format : str
        ``csv``, ``parquet``, ``xlsx``, ``sql``, ``pandas``, ``polars``, ``arrow`` …
    fingerprint : str
        SHA-256 of the content, hexadecimal.
    dialect : mapping
        What was found out about the file: ``encoding, delimiter, decimal, quote, newline, sheet, compression``.
    """

    name: str
    format: str
    fingerprint: str
    dialect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as they came, typed.

    Parameters
    ----------
    columns : tuple of Column
        All of the same length `n_rows`.
    n_rows : int
        Rows kept; equals ``account.kept``.
    source : Source
        Where it came from.
    account : RowAccount
        Where every row went.
    notes : tuple of Note
        Repairs and warnings of the reading.
    row_numbers : ndarray of shape (n_rows,) or None
        int64 position of each kept row among the input's data rows (0-based), or None when all were
        kept in order. Labels are given back in the input's row order with it.
    first_line : int
        Line of the file that the first data row stands in; 1 where there are no lines.
    row_lines : ndarray of shape (n_rows,) or None
        int64 line of each row where rows and lines do not go one by one.
    """

    columns: tuple[Column, ...]
    n_rows: int
    source: Source
    account: RowAccount
    notes: tuple[Note, ...] = ()
    row_numbers: np.ndarray | None = None
    first_line: int = 1
    row_lines: np.ndarray | None = None

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(c.name for c in self.columns)

    def parts(self, rows: int = PART) -> Iterator[Table]:
        """Yield the table in parts of at most `rows` rows, in order; an empty table is one empty part.

        What a column is was decided from all of its rows, so a cell means the same whatever the size of the parts.
        Every part has the source, the account and the notes of the whole table, and its own `row_numbers`.
        """
        for start in range(0, max(1, self.n_rows), rows):
            stop = min(start + rows, self.n_rows)
            numbers = np.arange(start, stop) if self.row_numbers is None else self.row_numbers[start:stop]
            columns = tuple(c.part(start, stop) for c in self.columns)
            lines = None if self.row_lines is None else self.row_lines[start:stop]
            n, first = stop - start, self.first_line
            yield Table(columns, n, self.source, self.account, self.notes, numbers, first, lines)

    def lines(self, rows: Sequence[int] | np.ndarray) -> tuple[int, ...]:
        """Return rows, counted from 0, as a person finds them: lines of the file, or rows of a frame from 1."""
        places = np.asarray(rows, dtype=np.int64)
        if self.row_lines is not None:
            return tuple(self.row_lines[places].tolist())
        numbers = places if self.row_numbers is None else self.row_numbers[places]
        return tuple((numbers + self.first_line).tolist())

    def has(self, name: str) -> bool:
        """Whether there is a column of exactly this name."""
        return any(c.name == name for c in self.columns)

    def find(self, name: str) -> Column | None:
        """Return a column by its exact name, or by its only match without case and outer space, or None."""
        for c in self.columns:
            if c.name == name:
                return c
        folded = [c for c in self.columns if c.name.strip().casefold() == name.strip().casefold()]
        return folded[0] if len(folded) == 1 else None

    def column(self, name: str) -> Column:
        """Return the column that `find` finds.

        Raises
        ------
        ColumnError
            When there is none (the nearest name is suggested), or its values cannot be used, such as amounts in
            several currencies.
        """
        exact = self.name_of(name)
        for note in self.unusable:
            if note.column == exact:
                raise ColumnError(*note.refusal)
        return next(c for c in self.columns if c.name == exact)

    @property
    def unusable(self) -> tuple[Unusable, ...]:
        """Why some columns cannot be used."""
        return tuple(n for n in self.notes if isinstance(n, Unusable) and self.has(str(n.column)))

    def name_of(self, name: str) -> str:
        """Return the exact name of the column that `find` finds, whether it can be used or not.

        Raises
        ------
        ColumnError
            When there is none; the nearest name is suggested.
        """
        found = self.find(name)
        if found is not None:
            return found.name
        raise ColumnError(
            f"a column '{name}' in {self.source.name}",
            f"columns {listed(self.names)}",
            f"Use one of these names.{did_you_mean(name, self.names)}",
        )
