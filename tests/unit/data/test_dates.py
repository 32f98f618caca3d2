"""RELIABILITY §1, Transactions 74–82: a column that is needed as dates."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from clientage.data.dates import as_dates
from clientage.data.table import Column
from clientage.errors import ColumnError

TODAY = np.datetime64("2026-11-21")


def text(*cells: str) -> Column:
    distinct = tuple(dict.fromkeys(c for c in cells if c))
    codes = np.array([distinct.index(c) if c else -1 for c in cells], dtype=np.int32)
    return Column("when", "text", codes, distinct)


def number(*values: float) -> Column:
    array = np.array(values, dtype=np.float64)
    return Column("when", "number", array, is_integer=bool((array == np.rint(array)).all()))


def days(column: Column, **options: object) -> list[object]:
    dates, _ = as_dates(column, "sales.csv", today=TODAY, **options)  # type: ignore[arg-type]
    assert dates.kind == "date"
    return dates.values.astype("datetime64[D]").tolist()


JAN_31, FEB_1 = dt.date(2024, 1, 31), dt.date(2024, 2, 1)


@pytest.mark.parametrize(
    "cells",
    [
        ("2024-01-31", "2024-02-01"),
        ("31/01/2024", "01/02/2024"),
        ("1/31/2024 8:26", "2/1/2024 18:00"),
        ("31.1.2024", "1.2.2024"),
        ("31-Jan-2024", "1 Feb 2024"),
        ("Jan 31, 2024", "February 1, 2024"),
        ("20240131", "20240201"),
        ("31/01/24", "01/02/24"),
        ("2024/01/31 11:59 PM", "2024/02/01 12:30 AM"),
    ],
)
def test_forms(cells: tuple[str, str]) -> None:
    assert days(text(*cells)) == [JAN_31, FEB_1]


def test_74_ambiguous_is_refused_unless_settled() -> None:
    with pytest.raises(ColumnError, match=r"day/month or month/day.*line 1, 2"):
        as_dates(text("03/04/2024", "05/06/2024"), "sales.csv")
    assert days(text("03/04/2024", "13/06/2024"))[0] == dt.date(2024, 4, 3)
    assert days(text("03/04/2024", "06/13/2024"))[0] == dt.date(2024, 3, 4)
    assert days(text("03/04/2024"), date_format="%d/%m/%Y") == [dt.date(2024, 4, 3)]
    assert days(text("04/04/2024")) == [dt.date(2024, 4, 4)]


@pytest.mark.parametrize("cells", [("13/01/2024", "01/13/2024"), ("2024-01-13", "14/01/2024")])
def test_75_mixed_forms_are_refused(cells: tuple[str, str]) -> None:
    with pytest.raises(ColumnError, match="written in several ways"):
        as_dates(text(*cells), "sales.csv")


def test_76_excel_serials() -> None:
    assert days(number(45322, 45323, np.nan)) == [JAN_31, FEB_1, None]
    moment, notes = as_dates(number(45322.5), "a.xlsx", today=TODAY)
    assert moment.values[0] == np.datetime64("2024-01-31T12:00")
    assert notes[0].code == "excel-serials"


def test_77_epoch_seconds_and_milliseconds() -> None:
    seconds = 1_706_659_200.0
    assert days(number(seconds)) == [JAN_31]
    assert days(number(seconds * 1000)) == [JAN_31]
    assert days(number(seconds, (seconds + 86_400) * 1000)) == [JAN_31, FEB_1]


def test_yyyymmdd_numbers() -> None:
    assert days(number(20240131, np.nan, 20240201)) == [JAN_31, None, FEB_1]
    assert days(number(31012024, np.nan), date_format="%d%m%Y") == [JAN_31, None]


@pytest.mark.parametrize("column", [number(20240230), text("2024-02-30"), text("30/02/2024"), text("20240230")])
def test_80_february_30_is_refused(column: Column) -> None:
    with pytest.raises(ColumnError, match="February 30"):
        as_dates(column, "sales.csv")


def test_78_future_dates_are_doubted() -> None:
    _, notes = as_dates(text("2026-11-21", "2026-11-22", "2026-11-23"), "sales.csv", today=TODAY)
    assert [(n.code, n.count, n.rows) for n in notes] == [("future-dates", 1, (3,))]  # it is the 22nd somewhere


def test_79_placeholders_are_missing() -> None:
    dates, notes = as_dates(text("1970-01-01", "2024-01-31", "9999-12-31", "2024-02-01"), "sales.csv", today=TODAY)
    assert np.isnat(dates.values).tolist() == [True, False, True, False]
    assert next(n.count for n in notes if n.code == "sentinel-dates") == 2
    assert days(text("1970-01-01", "1970-01-02")) == [dt.date(1970, 1, 1), dt.date(1970, 1, 2)]


def test_82_hours_that_come_twice_are_two_purchases() -> None:
    assert len(days(text("2024-10-27 02:30", "2024-10-27 02:30"))) == 2


@pytest.mark.parametrize("column", [text("red", "blue"), number(1957, 1984), number(3, 4.5), number(45322, 1.7e9)])
def test_no_dates_are_refused(column: Column) -> None:
    with pytest.raises(ColumnError, match=r"dates in column 'when' of sales\.csv"):
        as_dates(column, "sales.csv")


def test_few_bad_cells_are_missing_and_counted() -> None:
    cells = [f"2024-01-{i:02d}" for i in range(1, 31)]
    dates, notes = as_dates(text(*cells, "soon"), "sales.csv", today=TODAY)
    assert dates.n_missing == 1
    assert next(n.rows for n in notes if n.code == "bad-dates") == (31,)
