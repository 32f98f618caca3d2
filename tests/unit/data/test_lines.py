"""Messages name the lines of the file as it stands, whatever stood above or between its rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from clientage.config import Settings
from clientage.data.columns import assign_roles
from clientage.data.reading import read
from clientage.errors import ColumnError, DataError
from clientage.features.customers import build_customers
from clientage.features.lines import clean_lines

Write = Callable[..., Path]
HEAD = "customer_id,order,date,amount"


def _shop(**odd: str) -> list[str]:
    """Forty lines of purchases; `r7="2024-02-30"` gives row 7 (from 0) another date."""
    dates = [f"2024-0{1 + i % 9}-{10 + i % 19}" for i in range(40)]
    for row, date in odd.items():
        dates[int(row[1:])] = date
    return [f"K{i % 9},{i},{date},{i + 1}.5" for i, date in enumerate(dates)]


def _arranged(rows: list[str], above: str, between: str) -> str:
    """Twelve rows, something irregular, the rest."""
    return above + HEAD + "\n" + "\n".join(rows[:12]) + "\n" + between + "\n".join(rows[12:]) + "\n"


ABOVE = ("", "Sales of the shop\n\n")
BETWEEN = ("", "\n", ",,,\n", 'K1,"7\nb",2024-03-01,3\n')


@pytest.mark.parametrize("above", ABOVE)
@pytest.mark.parametrize("between", BETWEEN)
@pytest.mark.parametrize(
    ("odd", "says"),
    [("2024-02-30", "February 30"), ("13.05.2024", "written in several ways")],
)
def test_a_date_that_is_refused_is_named_by_its_line(
    write: Write, above: str, between: str, odd: str, says: str
) -> None:
    path = write(_arranged(_shop(r20=odd), above, between))
    line = next(i for i, text in enumerate(path.read_text().splitlines(), 1) if odd in text)
    table = read(path)
    roles = assign_roles(table, Settings().roles, Settings().features)
    with pytest.raises(ColumnError, match=rf"{says}.*in line (\d, )*{line}[,)]") as refused:
        clean_lines(table, roles, Settings())
    assert "data row" not in str(refused.value)


@pytest.mark.parametrize("above", ABOVE)
@pytest.mark.parametrize("between", BETWEEN)
def test_a_placeholder_date_is_noted_by_its_line(write: Write, above: str, between: str) -> None:
    path = write(_arranged(_shop(r20="1970-01-01"), above, between))
    line = next(i for i, text in enumerate(path.read_text().splitlines(), 1) if "1970" in text)
    table = read(path)
    lines = clean_lines(table, assign_roles(table, Settings().roles, Settings().features), Settings())
    assert {n.code: n.rows for n in lines.notes}["sentinel-dates"] == (line,)


@pytest.mark.parametrize("above", ABOVE)
@pytest.mark.parametrize("between", ["", "\n", ",,\n"])
def test_an_id_with_two_customers_is_named_by_its_line(write: Write, above: str, between: str) -> None:
    rows = [f"C{i},{i},{i % 3}" for i in range(30)]
    text = above + "id,age,visits\n" + "\n".join(rows[:9]) + "\n" + between + "\n".join(rows[9:]) + "\nC3,99,2\n"
    table = read(write(text))
    roles = assign_roles(table, Settings().roles, Settings().features)
    with pytest.raises(DataError, match=rf"first in row {text.count(chr(10))}\)"):
        build_customers(table, roles, Settings())


def test_parts_of_a_table_know_their_lines(write: Write) -> None:
    body = "\n".join(f"{i},{i * 2}" for i in range(20))
    for text, first in (("id,n\n" + body, 2), ("id,n\n1,1\n\n" + body, 4)):
        table = read(write(text))
        found = np.concatenate([part.lines(range(part.n_rows)) for part in table.parts(7)])
        assert found.tolist() == list(table.lines(range(table.n_rows)))
        assert table.lines([table.n_rows - 1]) == (first + 19,)


def test_rows_of_a_frame_are_counted_from_one() -> None:
    assert read({"id": [1, 2, 3], "age": [31, 45, 27]}).lines([0, 2]) == (1, 3)
