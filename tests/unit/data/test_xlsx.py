"""RELIABILITY §1, items 36–41: workbooks, made for each test."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clientage.config import ReadSettings
from clientage.data.reading import read
from clientage.data.xlsx_guard import survey
from clientage.errors import InputError
from clientage.spool import Stored

pytest.importorskip("python_calamine", reason="python-calamine is not installed")

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
Cell = Any
Book = Callable[..., Path]


def _cell(place: str, value: Cell) -> str:
    if isinstance(value, dict):  # raw attributes and content
        return f'<c r="{place}" {value.get("a", "")}>{value["x"]}</c>'
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, dt.date):
        return f'<c r="{place}" s="1"><v>{(value - dt.date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def _sheet(rows: list[list[Cell]], merged: tuple[str, ...], extra: str) -> str:
    lines = []
    for i, row in enumerate(rows, 1):
        cells = "".join(_cell(f"{chr(65 + j)}{i}", v) for j, v in enumerate(row) if v is not None)
        lines.append(f'<row r="{i}">{cells}</row>')
    blocks = "".join(f'<mergeCell ref="{m}"/>' for m in merged)
    tail = f"<mergeCells>{blocks}</mergeCells>" if merged else ""
    return f"<worksheet {MAIN}><sheetData>{''.join(lines)}{extra}</sheetData>{tail}</worksheet>"


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Write a workbook of sheets, name -> rows, and return its path."""

    def _book(
        sheets: dict[str, list[list[Cell]]],
        merged: tuple[str, ...] = (),
        extra: str = "",
        epoch_1904: bool = False,
        name: str = "customers.xlsx",
    ) -> Path:
        path = tmp_path / name
        listed = "".join(f'<sheet name="{n}" sheetId="{i}" r:id="r{i}"/>' for i, n in enumerate(sheets, 1))
        links = "".join(
            f'<Relationship Id="r{i}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{i}.xml"/>'
            for i in range(1, len(sheets) + 1)
        )
        styles = '<numFmts count="0"/><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
        base = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", f"<Types {base.replace('relationships', 'content-types')}/>")
            office = f'<Relationship Id="o" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
            archive.writestr("_rels/.rels", f"<Relationships {base}>{office}</Relationships>")
            properties = f'<workbookPr date1904="{int(epoch_1904)}"/>'
            archive.writestr(
                "xl/workbook.xml",
                f'<workbook {MAIN} xmlns:r="{RELATIONS}">{properties}<sheets>{listed}</sheets></workbook>',
            )
            styled = f'<Relationship Id="s" Type="{RELATIONS}/styles" Target="styles.xml"/>'
            archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships {base}>{links}{styled}</Relationships>")
            archive.writestr("xl/styles.xml", f"<styleSheet {MAIN}>{styles}</styleSheet>")
            for i, rows in enumerate(sheets.values(), 1):
                archive.writestr(f"xl/worksheets/sheet{i}.xml", _sheet(rows, merged, extra))
        return path

    return _book


ROWS: list[list[Cell]] = [
    ["id", "spend", "vip", "since", "zip"],
    ["A", 1.5, True, dt.date(2024, 1, 31), "01234"],
    ["B", 3, False, dt.date(2024, 2, 1), "99999"],
    ["C", None, True, None, "10115"],
]


def test_types(book: Book) -> None:
    table = read(book({"clients": ROWS}))
    assert table.names == ("id", "spend", "vip", "since", "zip")
    np.testing.assert_array_equal(table.column("spend").values, [1.5, 3.0, np.nan])
    assert table.column("vip").is_boolean
    assert table.column("since").values[0] == np.datetime64("2024-01-31")
    assert table.column("zip").as_text().tolist() == ["01234", "99999", "10115"]
    assert table.account.as_dict()["not_data"] == {"header": 1}
    assert (table.source.format, table.source.dialect["sheet"]) == ("xlsx", "clients")


def test_36_several_sheets(book: Book) -> None:
    path = book({"clients": ROWS, "orders": ROWS[:3], "empty": []})
    with pytest.raises(InputError, match="'clients', 'orders'"):
        read(path)
    assert read(path, ReadSettings(sheet="orders")).n_rows == 2
    with pytest.raises(InputError, match="Did you mean 'orders'"):
        read(path, ReadSettings(sheet="order"))
    single = read(book({"clients": ROWS, "empty": []}, name="b.xlsx"))
    assert "empty-sheets" in {n.code for n in single.notes}


def test_37_merged_cells_are_filled_downwards(book: Book) -> None:
    rows: list[list[Cell]] = [["town", "n"], ["Bonn", 1], [None, 2], [None, 3], ["Ulm", 4]]
    table = read(book({"s": rows}, merged=("A2:A4",)))
    assert table.column("town").as_text().tolist() == ["Bonn", "Bonn", "Bonn", "Ulm"]
    assert next(n.count for n in table.notes if n.code == "merged-cells") == 2


BODY: list[list[Cell]] = [[f"C{i:03d}", 20 + i % 9, 100.5 + i, dt.date(2024, 1, 1 + i % 28)] for i in range(30)]
SHEET: list[list[Cell]] = [["id", "age", "spend", "since"], *BODY]


def test_33_34_blank_rows_and_totals_of_a_sheet(book: Book) -> None:
    table = read(book({"s": [*SHEET[:11], [], *SHEET[11:], ["Total", None, 3450.5], [], ["Source: the shop"]]}))
    assert table.n_rows == 30
    assert table.account.as_dict()["not_data"] == {"header": 1, "blank": 2, "footer": 2}
    assert table.lines([9, 10]) == (11, 13)
    assert {n.code for n in table.notes} == {"blank-rows", "footer"}


def test_35_headers_repeated_on_a_sheet_are_left_out(book: Book) -> None:
    table = read(book({"s": [*SHEET[:21], SHEET[0], *SHEET[21:]]}))
    assert table.column("age").kind == "number"
    assert table.n_rows == 30
    assert table.account.as_dict()["not_data"] == {"header": 2}
    assert next(n.rows for n in table.notes if n.code == "repeated-header") == (22,)


@pytest.mark.parametrize(
    ("gap", "head"),
    [
        ([], ["shop", "town", "turnover", "manager"]),
        ([[]], ["shop", "town", "turnover", "manager"]),
        ([[]], ["shop", "town", "turnover", None]),
    ],
)
def test_35_two_tables_on_a_sheet_are_refused(book: Book, gap: list[list[Cell]], head: list[Cell]) -> None:
    shops: list[list[Cell]] = [[f"S{i}", "Bonn", 5000 + i, *([] if head[-1] is None else ["Li"])] for i in range(5)]
    with pytest.raises(InputError, match=f"a second table begins in line {32 + len(gap)} of"):
        read(book({"s": [*SHEET, *gap, head, *shops]}))


def test_35_tables_beside_each_other_are_refused(book: Book) -> None:
    shops: list[list[Cell]] = [["shop", "turnover"], *([f"S{i}", 5000 + i] for i in range(5))]
    beside = [[*row, None, *(shops[i] if i < len(shops) else [])] for i, row in enumerate(SHEET)]
    with pytest.raises(InputError, match="a second table begins in column 'shop'"):
        read(book({"s": beside}))
    # an empty column inside one table stands between columns of the same rows
    one = [[*row[:2], None, *row[2:]] for row in SHEET]
    assert read(book({"s": one}, name="b.xlsx")).names == ("id", "age", "spend", "since")
    # and so does one before remarks that few rows have
    remarks = [
        [*row, None, *(["by", "remark"] if i == 0 else ["x", "y"] if i in (3, 9) else [])]
        for i, row in enumerate(SHEET)
    ]
    assert len(read(book({"s": remarks}, name="c.xlsx")).names) == 6


def test_37_merged_header_cells(book: Book) -> None:
    upper = ["id", "year", None, "spend", None]
    lower = [None, "born", "joined", "shop", "web"]
    rows: list[list[Cell]] = [upper, lower, *([f"C{i}", 1960 + i, 2020.5, 3.5 * i, i] for i in range(9))]
    table = read(book({"s": rows}, merged=("A1:A2", "B1:C1", "D1:E1")))
    assert table.names == ("id", "year born", "year joined", "spend shop", "spend web")
    assert table.account.as_dict()["not_data"] == {"header": 2}
    title = read(book({"s": [["Customers of May"], *SHEET]}, merged=("A1:D1",), name="b.xlsx"))
    assert title.names == ("id", "age", "spend", "since")
    assert "preamble" in {n.code for n in title.notes}


@pytest.mark.parametrize("empty", ["", "<v></v>", "<v/>"])
def test_38_formula_without_stored_value(book: Book, empty: str) -> None:
    rows = [*ROWS, ["D", {"x": f"<f>B2+1</f>{empty}"}, True, None, "1"]]
    with pytest.raises(InputError, match=r"1 formula without.*: B5"):
        read(book({"s": rows}))
    stored = [*ROWS, ["D", {"x": "<f>B2+1</f><v>2.5</v>"}, True, None, "1"]]
    assert read(book({"s": stored}, name="b.xlsx")).column("spend").values[-1] == 2.5


def test_39_error_cells_are_missing(book: Book) -> None:
    errors = [{"a": 't="e"', "x": f"<v>{e}</v>"} for e in ("#REF!", "#N/A", "#DIV/0!")]
    table = read(book({"s": [["id", "v"], *([f"k{i}", e] for i, e in enumerate(errors)), ["k9", 4.5]]}))
    assert table.column("v").n_missing == 3
    assert next(n.count for n in table.notes if n.code == "error-cells") == 3


def test_40_stray_cell_at_the_end_of_the_sheet(book: Book) -> None:
    path = book({"s": ROWS}, extra='<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    assert path.stat().st_size < 5_000
    with pytest.raises(InputError, match="a cell at XFD1048576"):  # read, it would be 17 billion cells
        read(path)
    path = book({"s": ROWS}, extra='<row r="1048576"><c r="CV1048576"><v>1</v></c></row>', name="b.xlsx")
    with pytest.raises(InputError, match="a cell at CV1048576"):
        read(path)


def test_40_declared_size_of_a_bomb(book: Book) -> None:
    path = book({"s": ROWS})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b" " * (64 << 20))
    with pytest.raises(InputError, match="as no table does"):
        read(path)


def test_41_both_epochs(book: Book) -> None:
    table = read(book({"s": [["id", "d"], ["a", dt.date(2024, 1, 31)], ["b", dt.date(2024, 2, 1)]]}, epoch_1904=True))
    # the same serial number is 1,462 days later where days are counted from 1904
    assert table.column("d").values[0] == np.datetime64("2024-01-31") + np.timedelta64(1462, "D")


def test_preamble_blank_rows_and_total(book: Book) -> None:
    rows: list[list[Cell]] = [["Report"], [], *ROWS[:3], [], ROWS[3], ["Total", 4.5]]
    table = read(book({"s": rows}))
    assert table.column("id").categories == ("A", "B", "C")
    assert table.account.not_data == {"preamble": 1, "blank": 2, "header": 1, "footer": 1}
    assert table.account.rows_read == 8


def test_texts_are_decided_like_those_of_a_csv(book: Book) -> None:
    table = read(book({"s": [["v", "w"], ["1.234,56", "NA"], ["7,5", "DE"], [3, "FR"]]}))
    assert table.column("v").values.tolist() == [1234.56, 7.5, 3.0]
    assert table.column("w").categories == ("NA", "DE", "FR")


def test_other_files_under_this_name(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    for content, what in ((b"id,age\n1,2\n", "a text file"), (b"<html><table>", "an HTML page"), (b"%PDF", "a PDF")):
        path.write_bytes(content)
        with pytest.raises(InputError, match=what):
            read(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "1")
    with pytest.raises(InputError, match="another kind of archive"):
        read(path)


def test_damage_is_refused(book: Book) -> None:
    path = book({"s": ROWS * 50})
    content = path.read_bytes()
    for cut in (len(content) // 2, len(content) - 30):
        path.write_bytes(content[:cut])
        with pytest.raises(InputError, match="damaged"):
            read(path)


def test_survey_counts_cells(book: Book) -> None:
    facts = survey(book({"s": ROWS}), "xl/worksheets/sheet1.xml", ReadSettings())
    assert (facts.n_cells, facts.columns, facts.rows, facts.errors) == (18, 5, 4, 0)


def test_a_workbook_larger_than_what_is_allowed_is_told_of(book: Book) -> None:
    path = book({"people": [["age", "spend"], *([i % 70, i / 7] for i in range(500))]})
    told = read(path, ReadSettings(memory="10KB"))
    assert all(isinstance(c.held, Stored) for c in told)
    (note,) = [n.text for n in told.notes if n.code == "held-whole"]
    assert note.startswith("Sheet 'people' takes about ")
    assert note.endswith(
        "than the 10KB allowed: what is made of it lives on disk. Save it as CSV to have it read in parts."
    )
    assert "held-whole" not in {n.code for n in read(path, ReadSettings(memory="10MB")).notes}
