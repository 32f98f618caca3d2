"""RELIABILITY §1, File and Structure: text files as people really have them."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from clientage.config import ReadSettings
from clientage.data.reading import read
from clientage.data.table import Table
from clientage.errors import ColumnError, InputError

Write = Callable[..., Path]
PLAIN = "id,age,city\n" + "".join(f"{i},{20 + i % 50},{'Bonn' if i % 2 else 'Köln'}\n" for i in range(1, 41))


def codes(table: Table) -> set[str]:
    return {n.code for n in table.notes}


def check_plain(table: Table) -> None:
    assert table.n_rows == 40
    assert table.names == ("id", "age", "city")
    assert table.column("id").values.tolist() == list(range(1, 41))
    assert table.column("city").categories == ("Bonn", "Köln")


# File


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_1_empty(write: Write, content: str) -> None:
    with pytest.raises(InputError, match="is empty"):
        read(write(content))


def test_2_header_only_is_refused_unless_welcome(write: Write) -> None:
    path = write("id,age\n")
    with pytest.raises(InputError, match="a header and no rows"):
        read(path)
    table = read(path, least_rows=0)
    assert (table.names, table.n_rows, table.account.rows_read) == (("id", "age"), 0, 1)


def test_3_one_data_row(write: Write) -> None:
    path = write("id,age,city\nA,5,x\n")
    with pytest.raises(InputError, match="only 1 data row"):
        read(path)
    assert read(path, least_rows=1).column("age").values.tolist() == [5.0]


def test_4_directory_missing_unreadable(tmp_path: Path, write: Write) -> None:
    with pytest.raises(InputError, match="is a directory"):
        read(tmp_path)
    write(PLAIN)
    with pytest.raises(InputError, match=r"Did you mean 'customers\.csv'"):
        read(tmp_path / "custmers.csv")
    with pytest.raises(InputError, match="Check the path"):
        read("a\0b.csv")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"<!DOCTYPE html>\n<html><body>a,b\n1,2\n</body></html>", "an HTML page"),
        (b"\xef\xbb\xbf  <html>\n", "an HTML page"),
        (b"%PDF-1.7\n1,2\n", "a PDF document"),
        (b"PK\x03\x04 broken", "a damaged zip archive"),
        (b'[{"id": 1, "age": 2}]', "a JSON document"),
        (b"SQLite format 3\x00....", "an SQLite database"),
        (b"PAR1....", "a Parquet file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
    ],
)
def test_5_6_other_kinds_are_named(write: Write, content: bytes, what: str) -> None:
    with pytest.raises(InputError, match=what):
        read(write(content))


def test_6_archives_are_named_by_what_is_in_them(write: Write) -> None:
    for inside, what in (("xl/workbook.xml", r"Excel workbook \(.xlsx\)"), ("a.csv", "a zip archive")):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(inside, "id,age\n1,2\n")
        with pytest.raises(InputError, match=what):
            read(write(packed.getvalue()))


@pytest.mark.parametrize("name", ["customers.csv.gz", "customers.csv"])
def test_7_gzip(write: Write, name: str) -> None:
    packed = gzip.compress(PLAIN.encode())
    table = read(write(packed, name))
    check_plain(table)
    assert table.source.dialect["compression"] == "gzip"
    assert table.source.fingerprint == hashlib.sha256(packed).hexdigest()


def test_7_damaged_gzip(write: Write) -> None:
    with pytest.raises(InputError, match="damaged"):
        read(write(gzip.compress(os.urandom(50_000).hex().encode())[:-2000], "a.csv.gz"))


def test_8_byte_order_mark(write: Write) -> None:
    table = read(write(PLAIN, encoding="utf-8-sig"))
    check_plain(table)
    assert "byte-order-mark" in codes(table)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_9_utf16(write: Write, encoding: str) -> None:
    check_plain(read(write(PLAIN, encoding=encoding)))


def test_10_cp1252_is_stated(write: Write) -> None:
    table = read(write(PLAIN, encoding="cp1252"))
    check_plain(table)
    assert table.source.dialect["encoding"] == "cp1252"
    assert "cp1252" in codes(table)
    check_plain(read(write(PLAIN, encoding="cp1252"), ReadSettings(encoding="latin-1")))


def test_10_cp1252_found_only_far_into_the_file(write: Write) -> None:
    rows = "".join(f"{i},x\n" for i in range(400_000))
    table = read(write((f"id,city\n{rows}7,Köln\n").encode("cp1252")))
    assert table.column("city").categories == ("x", "Köln")
    assert table.n_rows == 400_001


def test_11_mixed_encodings_name_the_offset(write: Write) -> None:
    content = b"id,city\n1," + "Köln".encode() + b"\n2," + "Köln".encode("cp1252") + b"\n3,x\n"
    with pytest.raises(InputError, match=f"byte offset {content.index(b'K' + bytes([0xF6])) + 1}"):
        read(write(content))
    assert read(write(content), ReadSettings(encoding="cp1252")).n_rows == 3


def test_11_wrong_encoding_given(write: Write) -> None:
    with pytest.raises(InputError, match="0xf6 at offset"):
        read(write(PLAIN, encoding="cp1252"), ReadSettings(encoding="utf-8"))
    with pytest.raises(InputError, match="an encoding that Python knows"):
        read(write(PLAIN), ReadSettings(encoding="klingon"))


def test_12_nul_bytes(write: Write) -> None:
    table = read(write(PLAIN.replace("Bonn", "Bo\0nn", 3)))
    check_plain(table)
    assert next(n.count for n in table.notes if n.code == "nul-bytes") == 3
    with pytest.raises(InputError, match="NUL bytes"):
        read(write(b"id,age\n1,2\n" + bytes([0, 0, 7]) * 5_000))


def test_12_padding_with_nul_bytes_is_doubted(write: Write) -> None:
    table = read(write(PLAIN.replace("\n", "\0\0\0\0\n") + "\0" * 3_000))
    check_plain(table)
    (note,) = table.notes
    assert (note.code, note.severity) == ("nul-bytes", "warning")


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_13_line_ends(write: Write, end: str) -> None:
    check_plain(read(write(PLAIN.replace("\n", end))))


def test_14_mixed_line_ends(write: Write) -> None:
    lines = PLAIN.splitlines()
    check_plain(read(write("".join(x + e for x, e in zip(lines, ["\n", "\r\n", "\r"] * 20, strict=False)))))


def test_15_no_final_newline(write: Write) -> None:
    check_plain(read(write(PLAIN.rstrip("\n"))))


def test_16_truncated_last_row(write: Write) -> None:
    table = read(write(PLAIN + "41,6"))
    check_plain(table)
    assert table.account.rejected == {"truncated last row": 1}
    assert table.account.rows_read == 42


def test_17_line_of_100_mb(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with open(path, "wb") as file:
        file.write(b"id,name\n1,a\n2,")
        for _ in range(100):
            file.write(b"x" * (1 << 20))
        file.write(b"\n")
    with pytest.raises(InputError, match="line of more than 8 MB"):
        read(path)
    path.write_bytes(b"x," * (6 << 20))
    with pytest.raises(InputError, match="longer than 8 MB"):
        read(path)


def test_18_twenty_thousand_columns(write: Write) -> None:
    wide = ",".join(f"c{i}" for i in range(20_000))
    row = ",".join(["1"] * 20_000)
    with pytest.raises(InputError, match="at most 5,000 columns"):
        read(write(f"{wide}\n{row}\n{row}\n"))


# Structure


@pytest.mark.parametrize("delimiter", [";", "\t", "|", ","])
def test_19_delimiters(write: Write, delimiter: str) -> None:
    table = read(write(PLAIN.replace(",", delimiter)))
    check_plain(table)
    assert table.source.dialect["delimiter"] == delimiter


def test_19_delimiter_inside_quotes(write: Write) -> None:
    table = read(write('name;note\n"a;b";"x, y, z"\n"c";"p, q"\n"d";"r, s"\n'))
    assert table.column("name").categories == ("a;b", "c", "d")


def test_19_blanks_between_columns(write: Write) -> None:
    table = read(write(" id   date  spend\n 00001 19970101   11.77\n 00002 19970112   12.00\n"))
    assert table.names == ("id", "date", "spend")
    assert table.column("id").categories == ("00001", "00002")
    assert table.column("spend").values.tolist() == [11.77, 12.0]


def test_20_decimal_comma(write: Write) -> None:
    table = read(write("id;spend;rate\n1;1.234,56;0,5\n2;7;1\n3;-12,5;2,25\n"))
    assert table.column("spend").values.tolist() == [1234.56, 7.0, -12.5]
    assert table.column("rate").values.tolist() == [0.5, 1.0, 2.25]
    assert table.source.dialect["decimal"] == ","


def test_20_thousands_points_beside_decimal_commas(write: Write) -> None:
    table = read(write("id;visits;spend\n1;1.234;3,50\n2;2.500;4,25\n3;12.000;1,75\n"))
    assert table.column("visits").values.tolist() == [1234.0, 2500.0, 12000.0]


def test_20_decimal_mark_given(write: Write) -> None:
    text = 'id,a\n1,"1,234"\n2,"2,345"\n'
    assert read(write(text)).column("a").values.tolist() == [1234.0, 2345.0]
    assert read(write(text), ReadSettings(decimal=",")).column("a").values.tolist() == [1.234, 2.345]


@pytest.mark.parametrize("pad", ["", ",,"])
def test_21_22_preamble(write: Write, pad: str) -> None:
    table = read(write(f"Report of 2024{pad}\nAll clients{pad}\n{pad}\n" + PLAIN))
    check_plain(table)
    assert table.account.not_data == {"preamble": 2, "blank": 1, "header": 1}
    assert table.account.rows_read == 44


def test_21_excel_separator_line(write: Write) -> None:
    table = read(write("sep=;\n" + PLAIN.replace(",", ";")))
    check_plain(table)
    assert table.account.rows_read == 42


def test_23_two_header_rows(write: Write) -> None:
    table = read(write("id,age,spend\nno,years,EUR\n1,20,1.5\n2,30,2.5\n3,40,3.5\n"))
    assert table.names == ("id", "age", "spend")
    assert table.n_rows == 3
    assert table.account.not_data == {"header": 2}
    grouped = read(write("id,Q1,,Q2,\n,sales,returns,sales,returns\n1,2,3,4,5\n2,3,4,5,6\n3,4,5,6,7\n"))
    assert grouped.names == ("id", "Q1 sales", "Q1 returns", "Q2 sales", "Q2 returns")


@pytest.mark.parametrize("row", ["4,19970101,29.33", "C1,34,12.5", "A,2024-01-01,3"])
def test_24_no_header(write: Write, row: str) -> None:
    path = write("".join(row.replace("4", str(i)).replace("C1", f"C{i}") + "\n" for i in range(4, 9)))
    with pytest.raises(InputError, match=r"read\.header=false"):
        read(path)
    table = read(path, ReadSettings(header=False))
    assert table.names == ("column_1", "column_2", "column_3")
    assert table.n_rows == table.account.rows_read == 5


def test_24_years_are_names(write: Write) -> None:
    assert read(write("client,2019,2020\nx,1,2\ny,3,4\n")).names == ("client", "2019", "2020")


def test_25_26_27_names(write: Write) -> None:
    table = read(write("id,a,a,,Age,age \n1,2,3,4,5,6\n2,3,4,5,6,7\n"))
    assert table.names == ("id", "a", "a_2", "column_4", "Age", "age_2")
    assert {"duplicate-header", "empty-header", "header-case"} <= codes(table)
    assert "a_2" in next(n.text for n in table.notes if n.code == "duplicate-header")
    assert table.column("a_2").values.tolist() == [3.0, 4.0]


def test_28_long_rows_are_rejected_and_counted(write: Write) -> None:
    table = read(write(PLAIN.replace("7,27,Bonn\n", "7,27,Bonn,extra\n", 1)))
    assert table.account.rejected == {"too many cells": 1}
    assert table.n_rows == 39
    assert table.row_numbers is not None
    assert table.row_numbers.tolist() == [i for i in range(40) if i != 6]
    assert next(n.rows for n in table.notes if n.code == "long-rows") == (8,)


def test_28_many_long_rows_are_refused(write: Write) -> None:
    with pytest.raises(InputError, match=r"10 of 40 rows .* have more \(first in line 4, 6"):
        read(write(PLAIN.replace(",Bonn\n", ",Bonn,1\n", 11).replace(",Bonn,1\n", ",Bonn\n", 1)))


def test_28_row_names_without_a_header(write: Write) -> None:
    table = read(write("age,spend\nr1,20,1.5\nr2,30,2.5\nr3,40,3.5\n"))
    assert table.names == ("column_1", "age", "spend")
    assert table.column("age").values.tolist() == [20.0, 30.0, 40.0]


def test_28_trailing_delimiters(write: Write) -> None:
    table = read(write(PLAIN.replace("\n", ",\n")))
    check_plain(table)
    table = read(write(PLAIN.replace("Bonn\n", "Bonn,\n")))
    check_plain(table)
    assert table.account.repaired == {"empty extra cells": 20}


def test_29_short_rows(write: Write) -> None:
    table = read(write(PLAIN.replace("7,27,Bonn\n", "7,27\n", 1)))
    assert table.n_rows == 40
    assert table.column("city").n_missing == 1
    assert table.account.repaired == {"short rows": 1}
    assert next(n.rows for n in table.notes if n.code == "short-rows") == (8,)


def test_30_unclosed_quote_names_its_line(write: Write) -> None:
    with pytest.raises(InputError, match="line 8"):
        read(write(PLAIN.replace("7,27,Bonn\n", '7,27,"Bonn\n', 1)))
    rows = "".join(f"{i},x y,5\n" for i in range(60_000))
    with pytest.raises(InputError, match="line 50002"):
        read(write("id,name,n\n" + rows.replace("50000,x", '50000,"x', 1)))


def test_30_unclosed_quote_closed_by_a_later_one(write: Write) -> None:
    broken = PLAIN.replace("7,27,Bonn\n", '7,27,"Bonn\n', 1).replace("21,41,Bonn\n", '21,41,Bonn"\n', 1)
    with pytest.raises(InputError, match="line 8"):
        read(write(broken))


def test_31_stray_quotes_stay(write: Write) -> None:
    table = read(write('id,name\n1,5" screen\n2,x\n3,O\'Neil\n4,"say ""hi"""\n'))
    assert table.column("name").categories == ('5" screen', "x", "O'Neil", 'say "hi"')


def test_32_line_breaks_inside_cells(write: Write) -> None:
    table = read(write('id,note,n\n1,"two\nlines",5\n2,"x\r\ny",6\n3,z,7\n4,,8\n'))
    assert table.column("note").categories == ("two\nlines", "x\r\ny", "z")
    assert table.column("n").values.tolist() == [5.0, 6.0, 7.0, 8.0]
    assert table.account.rows_read == 5


def test_33_blank_rows(write: Write) -> None:
    table = read(write(PLAIN.replace("7,27", "\n,,\n7,27", 1) + "\n\n"))
    check_plain(table)
    assert table.account.not_data == {"header": 1, "blank": 4}
    assert table.account.rows_read == 45
    assert table.row_numbers is None


def test_33_blank_rows_of_delimiters_only(write: Write) -> None:
    path = write(PLAIN.replace("7,27", ",,\n7,27", 1))
    check_plain(read(path))
    subset = read(path, columns=["city"])
    assert (subset.names, subset.n_rows) == (("city",), 40)


@pytest.mark.parametrize("footer", ["Total,,\n", "Grand total:,1880,\n", "\n(40 rows)\n", "Total,1880,\nAverage,47,\n"])
def test_34_footer(write: Write, footer: str) -> None:
    table = read(write(PLAIN + footer))
    check_plain(table)
    assert "footer" in codes(table)
    assert table.account.not_data["footer"] == footer.count("\n") - footer.startswith("\n")


def test_34_a_total_in_the_middle_is_data(write: Write) -> None:
    table = read(write("plan,n\nTotal,5\nBasic,6\nBasic,7\n"))
    assert table.column("plan").categories == ("Total", "Basic")


def test_35_two_tables(write: Write) -> None:
    with pytest.raises(InputError, match="second table begins in line 43"):
        read(write(PLAIN + "\norder,customer,amount\n1,5,10.0\n2,6,11.0\n"))
    with pytest.raises(InputError, match="second table begins in line 43"):
        read(write(PLAIN + "\nshop,town\nA,Bonn\nB,Ulm\n"))


def test_repeated_header_is_left_out(write: Write) -> None:
    table = read(write(PLAIN + PLAIN.replace("\n", "\n", 1)))
    assert table.n_rows == 80
    assert table.column("id").kind == "number"
    assert table.account.not_data["header"] == 2


# The table as a whole


def test_columns_are_chosen_in_order_and_by_folded_name(write: Write) -> None:
    table = read(write(PLAIN), columns=["CITY", "id"])
    assert table.names == ("city", "id")
    with pytest.raises(ColumnError, match="Did you mean 'age'"):
        read(write(PLAIN), columns=["agee"])


def test_late_text_in_a_column_of_numbers_is_kept_as_written(write: Write) -> None:
    rows = "".join(f"{i}.50,{i}\n" for i in range(300_000))
    table = read(write("code,n\n" + rows + "".join(f"AB{i},1\n" for i in range(100_000))))
    assert table.column("code").kind == "text"
    assert table.column("code").categories[1] == "1.50"


def test_late_leading_zero(write: Write) -> None:
    rows = "".join(f"{i},{i}\n" for i in range(10_000, 300_000))
    table = read(write("zip,n\n" + rows + "01234,5\n"))
    assert table.column("zip").as_text()[[0, -1]].tolist() == ["10000", "01234"]


def test_careful_and_fast_reading_agree(write: Write) -> None:
    rng = np.random.default_rng(1)
    body = "".join(
        f"{i},{v:.3f},{c},2024-01-{d:02d}\n"
        for i, (v, c, d) in enumerate(
            zip(rng.normal(size=50_000), rng.choice(["a", "b", ""], 50_000), rng.integers(1, 29, 50_000), strict=True)
        )
    )
    fast = read(write("id,v,c,d\n" + body))
    careful = read(write("id,v,c,d\n" + body + "99,,\n"))
    assert careful.account.repaired == {"short rows": 1}
    for a, b in zip(fast, careful, strict=True):
        np.testing.assert_array_equal(a.values, b.values[:-1])
        assert a.categories == b.categories


FIRST = "id,age,spend\n" + "".join(f"C{i:03d},{20 + i % 9},{i}.5\n" for i in range(400))


@pytest.mark.parametrize("rows", [5, 300, 900])
@pytest.mark.parametrize("head", ["product,stock,price", "shop,opened,town"])
def test_35_a_second_table_of_the_same_width(write: Write, rows: int, head: str) -> None:
    second = {"product": "P{0},{0},9.5\n", "shop": "S{0},2024-01-05,Bonn\n"}[head.split(",")[0]]
    with pytest.raises(InputError, match="a second table begins in line 402 of"):
        read(write(FIRST + head + "\n" + "".join(second.format(i) for i in range(rows))))


@pytest.mark.parametrize(
    "odd",
    ["C777,refused,not asked", "C003,low,high", "C9,unknown,n/a", "Total,,", "x,x,x", "C777,seven,8", "Hans Meyer,,"],
)
def test_35_a_row_of_words_is_no_second_table(write: Write, odd: str) -> None:
    table = read(write(FIRST + odd + "\nC888,44,9.5\nC889,45,9.5\n"))
    assert table.n_rows == 403
    assert table.column("age").kind == "number"


def test_35_headers_repeated_among_late_texts(write: Write) -> None:
    """Files put one after the other, in which a column turns out to be of codes far below."""
    codes = "".join(f"{i},{i if i < 50_000 else f'A{i}'},{i % 7}\n" for i in range(50_300))
    table = read(write("id,what,n\n" + codes + "id,what,n\n" + "1,B7,3\n"))
    assert table.n_rows == 50_301
    assert table.column("what").as_text()[[49, 50_299, 50_300]].tolist() == ["49", "A50299", "B7"]


def test_fingerprint_is_of_the_bytes(write: Write) -> None:
    path = write(PLAIN.replace("\n", "\r\n"))
    assert read(path).source.fingerprint == hashlib.sha256(path.read_bytes()).hexdigest()


def test_caps_on_cells(write: Write) -> None:
    with pytest.raises(InputError, match="at most 100 cells"):
        read(write(PLAIN), ReadSettings(max_cells=100))


def test_gzip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(b"id,age\n")
        for _ in range(80):
            file.write(b"1,2\n" * (1 << 18))
    with pytest.raises(InputError, match="times its size"):
        read(path)
