"""RELIABILITY §1, Identifiers and Values: what cells mean, read from small CSV files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from clientage.config import ReadSettings
from clientage.data.date_text import read_dates, soon_no_dates
from clientage.data.reading import read
from clientage.data.table import Column, Table
from clientage.errors import ColumnError

Write = Callable[..., Path]
FILLER = [str(10 + i) for i in range(30)]


@pytest.fixture
def column(write: Write) -> Callable[..., tuple[Column, Table]]:
    """Read one column of cells beside a number column."""

    def _column(cells: list[str], name: str = "v", **settings: object) -> tuple[Column, Table]:
        quoted = ('"' + c.replace('"', '""') + '"' if any(x in c for x in ',"\n') else c for c in cells)
        path = write(f"n,{name}\n" + "".join(f"{i},{c}\n" for i, c in enumerate(quoted)))
        table = read(path, ReadSettings(**settings))  # type: ignore[arg-type]
        return table.column(name), table

    return _column


Read = Callable[..., tuple[Column, Table]]


def note(table: Table, code: str) -> object:
    return next(n for n in table.notes if n.code == code)


def test_45_leading_zeros_kept(column: Read) -> None:
    c, table = column(["007", "123", "0815"])
    assert c.categories == ("007", "123", "0815")
    assert note(table, "leading-zeros")


def test_45_zero_point_five_is_a_number(column: Read) -> None:
    assert column(["0.5", "0", "-0.25", "10"])[0].values.tolist() == [0.5, 0.0, -0.25, 10.0]


def test_46_twenty_digits_exact(column: Read) -> None:
    c, _ = column(["12345678901234567890", "12345678901234567891", "5"])
    assert c.as_text().tolist() == ["12345678901234567890", "12345678901234567891", "5"]
    c, _ = column(["9007199254740993", "9007199254740992"])
    assert c.n_distinct == 2


@pytest.mark.parametrize("cells", [["1E5", "2E7", "33"], ["1E5", "A7", "12"], ["1e5", "2e6"], ["12", "7E2", "15"]])
def test_47_codes_with_an_e_stay_text(column: Read, cells: list[str]) -> None:
    assert column(cells)[0].as_text().tolist() == cells


@pytest.mark.parametrize("cells", [["1e-05", "2.5E+3", "7"], ["1.0E5", "2", "3"], ["1e+05", "2", "3"]])
def test_47_scientific_numbers_are_numbers(column: Read, cells: list[str]) -> None:
    np.testing.assert_array_equal(column(cells)[0].values, [float(c) for c in cells])


def test_invoice_numbers_with_a_few_letters_stay_text(column: Read) -> None:
    c, table = column([str(536_365 + i) for i in range(100)] + ["C536379"])
    assert c.kind == "text"
    assert note(table, "mixed-codes")


def test_phones_stay_text(column: Read) -> None:
    assert column(["+4917012345678", "+4917012345679"])[0].kind == "text"


def test_50_null_ids_are_missing(column: Read) -> None:
    assert column(["1", "", "NULL", "4"])[0].n_missing == 2


@pytest.mark.parametrize("name", ["country", "origin"])
def test_54_namibia_stays(column: Read, name: str) -> None:
    c, table = column(["NA", "DE", "FR", "NA", ""], name)
    assert c.as_text().tolist() == ["NA", "DE", "FR", "NA", ""]
    assert note(table, "word-kept")


def test_54_namibia_stays_beside_na_among_numbers(write: Write) -> None:
    table = read(write("id,country,income,education\n1,NA,5,PhD\n2,DE,NA,NA\n3,FR,7,Basic\n"))
    assert table.column("country").as_text().tolist() == ["NA", "DE", "FR"]
    assert table.column("income").n_missing == 1
    # the file says NA for a missing number: so it does for a missing education, and the note says it
    assert table.column("education").as_text().tolist() == ["PhD", "", "Basic"]
    assert {"education", "income"} <= {n.column for n in table.notes if n.code == "missing-words"}


def test_55_mister_null_stays(write: Write) -> None:
    table = read(write("id,last_name,x\n1,None,1\n2,null,NULL\n3,Nil,None\n4,Smith,5\n"))
    assert table.column("last_name").as_text().tolist() == ["None", "null", "Nil", "Smith"]
    assert table.column("x").n_missing == 2


def test_56_markers_are_missing_per_column(column: Read) -> None:
    c, table = column(["-", "?", "N/A", "unknown", "#N/A", "5", "7"])
    assert c.kind == "number"
    assert c.n_missing == 5
    assert note(table, "missing-words").rows == (2, 3, 4, 5, 6)
    c, table = column(["-", "?", "N/A", "Unknown", "red", "blue-green"])
    assert c.categories == ("red", "blue-green")
    assert note(table, "missing-words").count == 4


def test_56_given_null_values(column: Read) -> None:
    c, _ = column(["9999", "5", "x9", "7"], null_values=("9999", "x9"))
    assert c.values[[1, 3]].tolist() == [5.0, 7.0]
    assert c.n_missing == 2


def test_57_currencies(column: Read) -> None:
    c, table = column(["$1,200", "$5.50", "$ 7"])
    assert c.values.tolist() == [1200.0, 5.5, 7.0]
    assert "USD" in note(table, "currency").text
    assert column(["€30", "30 €", "12,50 EUR"])[0].values.tolist() == [30.0, 30.0, 12.5]
    with pytest.raises(ColumnError, match="amounts in EUR and USD, first in line 2, 3"):
        column(["€30", "$30", "5"])


def test_58_brackets_are_negative(column: Read) -> None:
    c, table = column(["(12.50)", "3", "($4.00)", "12.50-"])
    assert c.values.tolist() == [-12.5, 3.0, -4.0, -12.5]
    assert note(table, "bracket-negatives").count == 2


def test_59_percent(column: Read) -> None:
    values, table = column(["12%", "40 %", "-0.5%", "(3.1%)", "1e3%"])
    assert values.values.tolist() == [0.12, 0.4, -0.005, -0.031, 10.0]
    assert "0.12" in str(note(table, "percent"))
    shares = [f"{i / 10:.1f}%" for i in range(5_000)]  # each the number nearest to what is written
    assert column(shares)[0].values.tolist() == [float(f"{i / 1000:.3f}") for i in range(5_000)]
    with pytest.raises(ColumnError, match="percent sign"):
        column(["12%", "0.4", "0.5"])


@pytest.mark.parametrize("mark", [",", "'", "\u202f", " "])
def test_60_thousands(column: Read, mark: str) -> None:
    assert column([f"1{mark}234{mark}567", f"12{mark}000", "5"])[0].values.tolist() == [1234567.0, 12000.0, 5.0]


def test_60_two_numbers_in_a_cell_are_no_number(column: Read) -> None:
    assert column(["12 34", "5 6", "7 8"])[0].kind == "text"


def test_61_booleans(column: Read) -> None:
    c, table = column(["yes", "TRUE", "0", "no", ""])
    np.testing.assert_array_equal(c.values, [1, 1, 0, 0, np.nan])
    assert c.is_boolean
    assert note(table, "booleans").count == 4
    assert not column(["0", "1", "1"])[0].is_boolean
    assert column(["NO", "SE", "DK"])[0].kind == "text"
    assert column(["f", "m", "f"])[0].kind == "text"


def test_62_infinities_are_missing_and_counted(column: Read) -> None:
    c, table = column(["inf", "1e999", "-Infinity", "5", "6", "100"])
    assert c.n_missing == 3
    assert np.isfinite(c.values[3:]).all()
    assert note(table, "infinite").rows == (2, 3, 4)


@pytest.mark.parametrize("cell", ["1e308", "-1e200", "1.5E+150"])
def test_63_numbers_that_overflow_are_refused(column: Read, cell: str) -> None:
    with pytest.raises(ColumnError, match="first in line 3"):
        column(["1.5", cell, "7"])


def test_65_few_bad_cells(column: Read) -> None:
    c, table = column([*FILLER, "abc", "12 or so"][::-1] + FILLER)
    assert c.kind == "number"
    assert c.n_missing == 2
    found = note(table, "bad-numbers")
    assert (found.count, found.rows) == (2, (2, 3))
    assert "abc" not in found.text


def test_65_many_bad_cells_are_text(column: Read) -> None:
    assert column([*FILLER[:10], *["abc", "def", "ghi"] * 3])[0].kind == "text"


def test_65_bad_cells_late_in_a_large_file(write: Write) -> None:
    rows = "".join(f"{i},{i / 8}\n" for i in range(200_000))
    table = read(write(f"id,v\n{rows}200000,oops\n200001,NA\n"))
    assert table.column("v").kind == "number"
    assert table.column("v").n_missing == 2
    assert note(table, "bad-numbers").rows == (200_002,)


NAUGHTY = [
    "<script>alert(1)</script>", "'; DROP TABLE t;--", "=1+1", "Ω≈ç√∫˜µ", "👩‍👩‍👧‍👦",
    "田中さん", "\\", "%s%n", "{{7*7}}", "nan%",
    "ＡＢＣ",
    "a\tb", "line\nbreak", '"', "../../etc/passwd", "hasOwnProperty", "#", "1/0", "١٢٣",
]  # fmt: skip


def test_70_naughty_strings_survive(write: Write) -> None:
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", *(n.replace("\n", " ").replace("\t", " ") for n in NAUGHTY)])
    for i in range(3):
        writer.writerow([i, *NAUGHTY])
    table = read(write(text.getvalue()))
    assert list(table.names[1:]) == [n.replace("\n", " ").replace("\t", " ") for n in NAUGHTY]
    for c, value in zip(table.columns[1:], NAUGHTY, strict=True):
        assert c.as_text().tolist() == [value] * 3


def test_71_invisible_characters(column: Read) -> None:
    c, table = column(["West", "We\u200bst", "\u202eWest", " West", "Cafe\u0301", "Café"])
    assert c.categories == ("West", "Café")
    assert note(table, "invisible-characters").count == 3
    assert note(table, "outer-space").count == 1


def test_73_integers_with_missing_ids_undamaged(column: Read) -> None:
    c, _ = column(["17850", "", "13047"])
    assert c.is_integer
    assert c.as_text().tolist() == ["17850", "", "13047"]


def test_numbers_with_blanks_after_the_delimiter(write: Write) -> None:
    table = read(write("a, b, c\n1, 2, x\n3, 4.5, y\n"))
    assert table.column("b").values.tolist() == [2.0, 4.5]
    assert table.column("c").categories == ("x", "y")


def test_time_zones_become_one(write: Write) -> None:
    path = write("id,t\n1,2024-07-01T10:00:00+02:00\n2,2024-07-01T10:00:00Z\n3,2024-07-01 10:00\n")
    table = read(path)
    hours = table.column("t").values.astype("datetime64[h]").astype(int) % 24
    assert hours.tolist() == [8, 10, 10]
    assert note(table, "time-zone")
    local = read(path, ReadSettings(time_zone="Europe/Berlin")).column("t").values
    assert (local.astype("datetime64[h]").astype(int) % 24).tolist() == [10, 12, 10]


def test_doubtful_dates_stay_text_with_a_note(column: Read) -> None:
    for cells, code in (
        (["03/04/2024", "05/06/2024"], "ambiguous-date"),
        (["2024-01-05", "13/02/2024"], "mixed-dates"),
        (["30/02/2024", "13/01/2024"], "impossible-date"),
    ):
        c, table = column(cells)
        assert c.kind == "text"
        assert note(table, code).column == "v"
    assert column(["03/04/2024", "05/06/2024"], date_format="%d/%m/%Y")[0].kind == "date"
    _, table = column(["03/04/2024", "05/06/2024"], date_format="%Y-%m-%d")
    told = note(table, "ambiguous-date").text
    assert told.endswith("kept as text until another read.date_format than %Y-%m-%d settles it.")


@pytest.mark.parametrize("date_format", [None, "%d.%m.%Y", "ID %d"])
def test_what_is_given_up_as_dates_is_none_to_the_whole_reading(date_format: str | None) -> None:
    rng, given_up = np.random.default_rng(3), 0
    for share in np.repeat([0.0, 0.5, 0.9, 0.94, 0.95, 0.96, 1.0], 20):
        dates = rng.random(40) < share
        cells = [f"{i % 28 + 1:02}.03.{1980 + i}" if date else f"ID {i}" for i, date in enumerate(dates)]
        counts, missing = rng.integers(1, 400, 40).astype(np.int32), rng.random(40) < 0.1
        blocks = [(low, pa.array(cells[low : low + 7])) for low in range(0, 40, 7)]
        if soon_no_dates(blocks, counts, missing, date_format):
            given_up += 1
            texts = pa.array([c for c, gone in zip(cells, missing, strict=True) if not gone])
            assert read_dates(texts, counts[~missing], date_format) is None
    assert given_up >= 60  # of the columns with half dates and less, and with %d behind ID: those of both


def test_texts_that_look_like_dates_are_not_walked_through_twice() -> None:
    blocks = ((low, pa.array(["2024-03-01 10:00"] * 5_000)) for low in range(0, 50_000, 5_000))
    assert not soon_no_dates(blocks, np.ones(50_000, np.int32), np.zeros(50_000, dtype=bool))
    assert next(blocks)[0] == 10_000  # 5 % decide; twice as many and 4,096 were enough to give up looking
