"""A column that is needed as dates, made into dates or refused.

Receives a `Column` of any kind; returns a date column and what was repaired. Reading leaves 03/04/2024,
19970101, Excel's 45,000 and seconds since 1970 as they stand, because only a role says they are dates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from clientage.data.date_text import NAT, DateReading, form_notes, read_dates
from clientage.data.quality import Note
from clientage.data.table import Column
from clientage.data.text_list import texts_at
from clientage.errors import ColumnError, counted

Lines = Callable[[Sequence[int]], tuple[int, ...]]
FIRST = 5
DAY = np.timedelta64(86_400_000_000, "us")
EXCEL_ZERO = np.datetime64("1899-12-30", "us")  # Excel's day 0, its February 29, 1900 taken into account
EPOCH = np.datetime64("1970-01-01", "us")
LAST_SENTINEL = np.datetime64("2900-01-01", "us")
EARLY_SENTINELS = tuple(
    np.datetime64(d, "us") for d in ("0001-01-01", "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01")
)
LONELY = 366 * DAY  # an early date this far from all others is a placeholder
# (name, smallest, largest, microseconds in one)
NUMBERS = (
    ("Excel serial days", 20_000.0, 80_000.0, 86_400_000_000),
    ("seconds since 1970", 1e8, 9e9, 1_000_000),
    ("milliseconds since 1970", 1e11, 9e12, 1_000),
    ("microseconds since 1970", 1e14, 9e15, 1),
)


def as_dates(
    column: Column,
    source: str,
    date_format: str | None = None,
    *,
    time_zone: str = "UTC",
    today: np.datetime64 | None = None,
    lines: Lines | None = None,
) -> tuple[Column, tuple[Note, ...]]:
    """Return a column as dates, for a role that needs them.

    Parameters
    ----------
    column : Column
        Text, numbers (yyyymmdd, Excel serials, seconds or milliseconds since 1970) or dates.
    source : str
        The table's name, for messages.
    date_format : str, optional
        `strptime` format that settles what the values leave open.
    time_zone : str, default "UTC"
        Zoned times are turned into it.
    today : datetime64, optional
        Dates after it are doubted. Default: now.
    lines : callable, optional
        Row indices to the numbers a person knows them by, as `Table.lines`. Default: counted from 1.

    Returns
    -------
    column : Column
        Kind ``date``: datetime64[us], NaT where missing.
    notes : tuple of Note
        Placeholders taken as missing, future dates, how numbers were read.

    Raises
    ------
    ColumnError
        For dates that could be day/month or month/day, are written in several ways, do not exist, or
        are no dates at all.

    Examples
    --------
    >>> days = Column("date", "number", np.array([19970101.0, 19970118.0]), is_integer=True)
    >>> as_dates(days, "sales.csv")[0].values.astype("datetime64[D]").tolist()
    [datetime.date(1997, 1, 1), datetime.date(1997, 1, 18)]
    """
    notes: list[Note] = []
    lines = lines or _counted_from_one
    if column.kind == "date":
        dates = column
    elif column.kind == "number":
        dates, notes = _from_numbers(column, source, date_format, lines)
    else:
        dates, notes = _from_text(column, _Wish(source, date_format, time_zone), lines)
    dates, lone = _without_sentinels(dates, lines)
    return dates, (*notes, *lone, *_future(dates, today, lines))


def _counted_from_one(rows: Sequence[int]) -> tuple[int, ...]:
    return tuple(int(i) + 1 for i in rows)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is known of a column of texts that is to be dates."""

    source: str
    date_format: str | None
    zone: str = "UTC"


def _from_numbers(column: Column, source: str, date_format: str | None, lines: Lines) -> tuple[Column, list[Note]]:
    there = ~np.isnan(column.values)
    numbers = column.values[there]
    if len(numbers) == 0 or date_format is not None:
        return _formatted_numbers(column, _Wish(source, date_format), lines)
    values = np.full(len(column), NAT)
    if (numbers == np.rint(numbers)).all() and ((numbers >= 10_000_101) & (numbers <= 99_991_231)).all():
        moments, exists = _compact(numbers.astype(np.int64))
        if not exists.all():
            _refuse_impossible(column.name, source, np.flatnonzero(there)[~exists], lines)
        values[there] = moments
        text = f"The numbers of column '{column.name}' were read as dates yyyymmdd."
        return _dates(column, values), [Note("yyyymmdd", "repair", text, column.name, len(numbers))]
    moments, used = _counted(numbers)
    if np.isnat(moments).any():
        raise ColumnError(
            f"dates in column '{column.name}' of {source}",
            "numbers that are neither yyyymmdd, Excel serial days, nor seconds or milliseconds since 1970",
            "Choose another column for the dates, or give --set read.date_format=…",
        )
    values[there] = moments
    text = f"The numbers of column '{column.name}' were read as {' and '.join(used)}."
    code = "excel-serials" if used == ["Excel serial days"] else "epoch"
    return _dates(column, values), [Note(code, "repair", text, column.name, len(numbers))]


def _formatted_numbers(column: Column, wish: _Wish, lines: Lines) -> tuple[Column, list[Note]]:
    """Numbers read through a format, as `%Y%m%d` or `%d%m%Y` are."""
    there = column.values[~column.missing]
    whole = replace(column, is_integer=bool((there == np.rint(there)).all()))
    distinct, codes = np.unique(whole.as_text(), return_inverse=True)
    text = Column(column.name, "text", np.where(column.missing, -1, codes).astype(np.int32), tuple(distinct.tolist()))
    if not text.missing.all():
        return _from_text(text, wish, lines)
    return _dates(column, np.full(len(column), NAT)), []


def _compact(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    year, month, day = numbers // 10_000, numbers // 100 % 100, numbers % 100
    exists = (month >= 1) & (month <= 12) & (day >= 1)
    months = ((np.where(exists, year, 1970) - 1970) * 12 + np.where(exists, month, 1) - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (np.where(exists, day, 1) - 1)
    exists &= days.astype("datetime64[M]") == months
    return days.astype("datetime64[us]"), exists


def _counted(numbers: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Days or seconds counted from a beginning; 0 is the placeholder of an empty counter."""
    out = np.full(len(numbers), NAT)
    out[numbers == 0] = EPOCH
    used = []
    for name, least, most, microseconds in NUMBERS:
        fits = (numbers >= least) & (numbers <= most)
        if not fits.any():
            continue
        used.append(name)
        start = EXCEL_ZERO if name.startswith("Excel") else EPOCH
        # Excel keeps times as fractions of a day: whole seconds are what was meant
        passed = (
            np.rint(numbers[fits] * (microseconds / 1e6)) * 1e6
            if microseconds > 1_000_000
            else (numbers[fits] * microseconds)
        )
        out[fits] = start + np.rint(passed).astype(np.int64).astype("timedelta64[us]")
    # serial days beside seconds are no repair but two kinds of dates
    if "Excel serial days" in used and len(used) > 1:
        out[:] = NAT
    return out, used


def _from_text(column: Column, wish: _Wish, lines: Lines) -> tuple[Column, list[Note]]:
    counts = np.bincount(column.values[column.values >= 0], minlength=len(column.categories))
    used = np.flatnonzero(counts)
    texts = texts_at(column.categories, used)
    dates = read_dates(texts, counts[used], wish.date_format, wish.zone)
    if dates is None and wish.date_format is None:
        dates = _compact_text(texts)
    if dates is None:
        written = f" written as {wish.date_format}" if wish.date_format else ""
        raise ColumnError(
            f"dates{written} in column '{column.name}' of {wish.source}",
            "text that is no date",
            "Choose another column for the dates, or give --set read.date_format=… (for example %d/%m/%Y).",
        )
    if dates.doubt is not None:
        doubtful = np.zeros(len(column.categories) + 1, dtype=bool)
        doubtful[used] = False if dates.doubtful is None else dates.doubtful
        _refuse_doubt(column.name, wish.source, str(dates.doubt), np.flatnonzero(doubtful[column.values]), lines)
    lookup = np.full(len(column.categories) + 1, NAT)
    lookup[used] = dates.values
    values = lookup[column.values]
    notes = form_notes(column.name, dates)
    bad = np.flatnonzero(np.isnat(values) & (column.values >= 0))
    if len(bad):
        rows = lines(bad[:FIRST].tolist())
        text = f"{counted(len(bad), 'cell')} of column '{column.name}' can't be read as dates: taken as missing."
        notes.append(Note("bad-dates", "repair", text, column.name, len(bad), rows))
    return _dates(column, values), notes


def _compact_text(texts: pa.Array) -> DateReading | None:
    """Eight digits among texts, where something else made the column text."""
    listed = texts.to_pylist()
    if not listed or not all(len(t) == 8 and t.isdigit() for t in listed):
        return None
    values, exists = _compact(np.array([int(t) for t in listed], dtype=np.int64))
    doubt = None if exists.all() else "impossible-date"
    return DateReading(values, exists, "yyyymmdd", doubt, ~exists)  # type: ignore[arg-type]


def _refuse_doubt(name: str, source: str, doubt: str, rows: np.ndarray, lines: Lines) -> None:
    if doubt == "impossible-date":
        _refuse_impossible(name, source, rows, lines)
    found = {
        "ambiguous-date": "dates that could all be day/month or month/day",
        "mixed-dates": "dates written in several ways",
    }[doubt]
    raise ColumnError(
        f"dates of one settled form in column '{name}' of {source}",
        f"{found} (first in line {_first(rows, lines)})",
        "Say which with --set read.date_format=%d/%m/%Y or %m/%d/%Y, or write them as 2024-04-03.",
    )


def _first(rows: np.ndarray, lines: Lines) -> str:
    return ", ".join(str(line) for line in lines(rows[:FIRST].tolist()))


def _refuse_impossible(name: str, source: str, rows: np.ndarray, lines: Lines) -> None:
    raise ColumnError(
        f"days that exist in column '{name}' of {source}",
        f"{len(rows):,} that do not, such as February 30 (first in line {_first(rows, lines)})",
        "Correct or empty these cells.",
    )


def _dates(column: Column, values: np.ndarray) -> Column:
    return replace(column.with_values(values), kind="date", categories=(), is_integer=False, is_boolean=False)


def _without_sentinels(column: Column, lines: Lines) -> tuple[Column, list[Note]]:
    """Take placeholders as missing: year 9999, and 1970 or 1900 far from every other date."""
    values = column.values
    there = ~np.isnat(values)
    early = np.isin(values, EARLY_SENTINELS)
    late = there & (values >= LAST_SENTINEL)
    others = values[there & ~early & ~late]
    if not (early.any() or late.any()):
        return column, []
    # only dates that stand alone are placeholders: somebody may have bought something on January 1, 1970
    if len(others):
        early &= others.min() - values > LONELY
    else:
        early[:] = False
    placeholders = early | late
    if not placeholders.any():
        return column, []
    kept = values.copy()
    kept[placeholders] = NAT
    rows = np.flatnonzero(placeholders)
    what = counted(len(rows), "placeholder date")
    text = f"{what} such as 1970-01-01 or 9999-12-31 in column '{column.name}': taken as missing."
    note = Note("sentinel-dates", "repair", text, column.name, len(rows), lines(rows[:FIRST].tolist()))
    return column.with_values(kept), [note]


def first_future_day(today: np.datetime64 | None = None) -> np.datetime64:
    """Return the first day (datetime64[D]) that has not begun anywhere; when today begins (UTC), tomorrow soon has.

    Examples
    --------
    >>> first_future_day(np.datetime64("2026-11-21T09:00"))
    np.datetime64('2026-11-23')
    """
    now = today if today is not None else np.datetime64("now", "us")
    day: np.datetime64 = now.astype("datetime64[D]") + np.timedelta64(2, "D")
    return day


def _future(column: Column, today: np.datetime64 | None, lines: Lines) -> list[Note]:
    rows = np.flatnonzero(column.values >= first_future_day(today).astype("datetime64[us]"))
    if len(rows) == 0:
        return []
    text = f"{counted(len(rows), 'date lies', 'dates lie')} in the future in column '{column.name}'."
    return [Note("future-dates", "warning", text, column.name, len(rows), lines(rows[:FIRST].tolist()))]
