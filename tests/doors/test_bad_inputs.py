"""Bad inputs at the door: one small file for each promise about refusals, repairs and warnings.

A refusal exits with 2, says in one line what was found and what to do, and leaves nothing behind. A repair or a
warning is a note in `quality.json`, and the account of the rows adds up. Names begin with the number of the promise.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clientage.runs.store import runs_in

QUICK = ("--set", "cluster.bootstraps=0", "--set", "cluster.null_draws=0", "--set", "cluster.k_max=4", "--quiet")
HEAD = ("id", "age", "income", "city")
LINE_HEAD = ("customer_id", "invoice", "invoice_date", "product", "quantity", "unit_price")
Rows = list[list[Any]]


def _people(n: int = 45) -> Rows:
    """Three groups of customers: young and poor, middle-aged and rich, old and in between."""
    rng = np.random.default_rng(1)
    age, income = np.array([25.0, 45.0, 65.0]), np.array([20e3, 60e3, 40e3])
    return [
        [
            f"C{i:03d}",
            round(age[i % 3] + rng.normal(0, 3), 1),
            round(income[i % 3] + rng.normal(0, 3e3)),
            ["Wien", "Bern", "Köln"][i * 7 % 4 % 3],
        ]
        for i in range(n)
    ]


def _lines(n: int = 30) -> Rows:
    """Four invoice lines of each of n customers, two on an invoice."""
    rng = np.random.default_rng(2)
    out: Rows = []
    for i in range(4 * n):
        day = np.datetime64("2024-01-15") + int(rng.integers(0, 330))
        price = round(float(rng.gamma(2, 10 + 20 * (i // 4 % 3))), 2)
        out.append([f"K{i // 4:03d}", 1000 + i // 2, str(day), f"P{rng.integers(20)}", int(rng.integers(1, 9)), price])
    return out


def _text(rows: Sequence[Sequence[Any]], head: Sequence[str] = HEAD, sep: str = ",", end: str = "\n") -> str:
    return "".join(sep.join(map(str, r)) + end for r in [head, *rows])


def _with(column: int, change: Callable[[int, Any], Any], rows: Rows | None = None) -> Rows:
    """The rows with one column changed: `change(row number, value)`."""
    rows = _people() if rows is None else rows
    return [[*r[:column], change(i, r[column]), *r[column + 1 :]] for i, r in enumerate(rows)]


def _zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", _text(P))
    return out.getvalue()


P, L = _people(), _lines()
T = _text(P)
ROWS = T.splitlines()


def _put(line: int, *new: str) -> str:
    """The plain file with lines put in after its first `line` lines."""
    return "\n".join([*ROWS[:line], *new, *ROWS[line:]]) + "\n"


@dataclass(frozen=True)
class Refused:
    """A file that is refused, and what the refusal must say."""

    name: str
    content: str | bytes
    says: tuple[str, ...]
    args: tuple[str, ...] = ()
    file: str = "shop.csv"


@dataclass(frozen=True)
class Kept:
    """A file that is used, and what `quality.json` must hold."""

    name: str
    content: str | bytes
    notes: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    kept: int = 45
    rejected: dict[str, int] = field(default_factory=dict)
    not_data: dict[str, int] = field(default_factory=lambda: {"header": 1})
    counts: dict[str, int] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    first: str | None = None  # the first id of assignments.csv
    file: str = "shop.csv"


REFUSED = (
    Refused("1 empty", b"", ("shop.csv", "empty")),
    Refused("2 header only", "id,age,income\n", ("a header and no rows",)),
    Refused("3 one row", "id,age,income\n1,2,3\n", ("only 1 data row.",)),
    Refused("5 web page", "\n <html><title>a,b</title><body>1,2</body></html>\n", ("HTML", "Download the data")),
    Refused("6 PDF", b"%PDF-1.4\n1 0 obj\n", ("PDF",)),
    Refused("6 zip", _zipped(), ("zip archive", "Unpack")),
    Refused("11 two encodings", T.encode() + "C999,33.0,30000,Köln\n".encode("cp1252"), ("byte offset", "UTF-8")),
    Refused("12 binary", T.encode() + b"\0\x01\x05" * 500, ("500 NUL bytes",)),
    Refused("12 two encodings, one after the other", T.encode() + T.replace("Köln", "Bonn").encode("utf-16-le"),
            ("encoding",)),
    Refused("17 endless line", "id,age\n" + "x" * (9 << 20), ("8 MB", "line 2")),
    Refused("18 wide", ("c," * 6000 + "c\n") * 4, ("5,000 columns", "6,001")),
    Refused("24 no header", "\n".join(ROWS[1:]) + "\n", ("header row", "read.header=false")),
    Refused("28 many long rows", _put(5, *[r + ",x" for r in ROWS[5:15]]), ("rows of 4 cells", "line 6, 7, 8")),
    Refused("30 open quote", _put(5, '"C900,33.0,30000,Wien'), ("quote", "line 6")),
    Refused("30 open quote in the last line", T + 'C900,33.0,30000,"Wien\n', ("quote", "line 47")),
    Refused("30 open quote without a last line end", T + 'C900,33.0,30000,"Wien', ("quote", "line 47")),
    Refused("30 open quote over the last line", T + '"C900,33.0,30000,Wien', ("quote", "line 47")),
    Refused("35 two tables", T + "\nstore,turnover\nA,1\nB,2\n", ("second table", "line 48")),
    Refused("35 two tables without a gap", T + "store,turnover\nA,1\nB,2\n", ("second table", "line 47")),
    Refused("35 two tables of one width", T + "store,staff,turnover,town\nA,1,5,Graz\nB,2,6,Linz\n",
            ("second table", "line 47")),
    Refused("49 one id, two customers", T + "C000,99.0,1,Wien\n", ("'id'", "1 row ", "row 47", "duplicate_ids")),
    Refused("52 an id as feature", T, ("'id'", "roles.numeric"), ("--features", "id,age")),
    Refused(
        "57 two currencies",
        _text(_with(2, lambda i, v: f"{'€$'[i % 2]}{v}")),
        ("'income'", "EUR and USD", "line 2, 3"),
    ),
    Refused("59 percent or not", _text(_with(2, lambda i, _: f"{i}%" if i % 5 else 0.4)), ("'income'", "percent sign")),
    Refused("63 overflow", _text(_with(2, lambda i, v: "1e308" if i == 3 else v)), ("'income'", "line 5")),
    Refused("74 which is the month", _text(_with(2, lambda i, _: f"0{1 + i % 9}/0{1 + i % 7}/2024", L), LINE_HEAD),
            ("'invoice_date'", "day/month", "read.date_format")),
    Refused("75 two ways of writing dates", _text(_with(2, lambda i, v: v if i % 2 else "13.05.2024", L), LINE_HEAD),
            ("'invoice_date'", "several ways")),
    Refused("80 February 30", _text(_with(2, lambda i, v: "2024-02-30" if i == 5 else v, L), LINE_HEAD),
            ("'invoice_date'", "February 30", "in line 7)")),
    Refused("91 all on one day", _text(_with(2, lambda *_: "2024-05-05", L), LINE_HEAD), ("2024-05-05",)),
    Refused("92 as of before the first line", _text(L, LINE_HEAD), ("transactions.as_of", "2020-01-01"),
            ("--set", "transactions.as_of=2020-01-01")),
    Refused("94 more segments than customers", T, ("45 customers",), ("--k", "46")),
    Refused("95 more segments than different ones", _text([[f"C{i}", i % 3, i % 3 * 2, "x"] for i in range(45)]),
            ("3 distinct",), ("--k", "4")),
    Refused("nothing to segment by", _text([[f"C{i}", 5, 5, "x"] for i in range(45)]),
            ("at least one feature", "'age'")),
    Refused("a column that is not there", T, ("'incme'", "Did you mean 'income'"), ("--features", "age,incme")),
    Refused("an algorithm that is not there", T, ("Did you mean 'kmeans'",), ("--algorithm", "kmean")),
    Refused("a setting of the wrong kind", T, ("cluster.k_max", "a whole number"), ("--set", "cluster.k_max=a")),
)  # fmt: skip

KEPT = (
    Kept("the plain file", T, first="C000"),
    Kept("7 gzip", gzip.compress(T.encode()), ("gzip",), file="shop.csv.gz"),
    Kept("8 byte order mark", b"\xef\xbb\xbf" + T.encode(), ("byte-order-mark",), first="C000"),
    Kept("9 UTF-16", T.encode("utf-16-le"), ("utf-16",), first="C000"),
    Kept("10 Windows-1252", T.encode("cp1252"), ("cp1252",)),
    Kept("12 a NUL byte", T.replace("C003", "C0\x0003"), ("nul-bytes",)),
    Kept("12 cells padded with NULs", T.replace(",", "\0\0,\0"), ("nul-bytes",)),
    Kept("12 a tail of NULs", T.encode() + b"\0" * 4096, ("nul-bytes",)),
    Kept("13 CR alone", T.replace("\n", "\r"), ("cr-line-ends",)),
    Kept("14 mixed line ends", "".join(r + ["\n", "\r\n", "\r"][i % 3] for i, r in enumerate(ROWS)),
         ("mixed-line-ends",)),
    Kept("14 a header with a line end of its own", ROWS[0] + "\r\n" + "\n".join(ROWS[1:]), ("mixed-line-ends",)),
    Kept("15 no final line end", T.rstrip("\n")),
    Kept("16 cut off", T[:-12], ("truncated-row",), kept=44, rejected={"truncated last row": 1}),
    Kept("16 cut off in a quoted cell", T + 'C900,33.0,"30', ("truncated-row",), rejected={"truncated last row": 1}),
    Kept("19 semicolons", _text(P, sep=";")),
    Kept("20 decimal commas", _text([[r[0], f"{r[1]:.1f}".replace(".", ","), *r[2:]] for r in P], sep=";"),
         ("decimal-comma",), roles={"age": "feature"}),
    Kept("20 decimal commas in quotes", _text(_with(1, lambda _, v: f'"{v}"'.replace(".", ","))), ("decimal-comma",),
         roles={"age": "feature"}),
    Kept("21 preamble", "Export 2026\nby CRM\n\n" + T, ("preamble",),
         not_data={"header": 1, "preamble": 2, "blank": 1}),
    Kept("23 units under the header", _put(1, "-,years,EUR,-"), ("two-header-rows",), not_data={"header": 2}),
    Kept("24 no header, and said so", "\n".join(ROWS[1:]) + "\n", args=("--set", "read.header=false"), not_data={},
         roles={"column_2": "feature"}),
    Kept("25 a name twice", _text(P, ("id", "x", "x", "city")), ("duplicate-header",), roles={"x_2": "feature"}),
    Kept("26 no name", _text(P, ("id", "age", "", "city")), ("empty-header",), roles={"column_3": "feature"}),
    Kept("27 names that differ in case", _text(P, ("id", "Sum", "sum ", "city")), ("header-case",),
         roles={"sum_2": "feature"}),
    Kept("28 one long row", _put(5, ROWS[5] + ",x"), ("long-rows",), rejected={"too many cells": 1}),
    Kept("29 short rows", _put(5, "C900,33"), ("short-rows",), kept=46),
    Kept("31 a stray quote", _put(5, 'C900,33.0,30000,Wi"en'), ("stray-quotes",), kept=46),
    Kept("31 text behind a quoted part", _put(5, 'C900,"33".0,30000,"Wien" Mitte'), ("stray-quotes",), kept=46),
    Kept("32 a line end in a cell", _put(5, 'C900,33.0,30000,"Wien\nMitte"'), kept=46),
    Kept("33 blank rows", _put(5, "", "", ",,,"), ("blank-rows",), not_data={"header": 1, "blank": 3}),
    Kept("34 a total", T + "Total,,1800000,\n", ("footer",), not_data={"header": 1, "footer": 1}),
    Kept("45 leading zeros", _text(_with(0, lambda i, _: f"{i:05d}")), ("leading-zeros",), first="00000"),
    Kept("46 twenty digits", _text(_with(0, lambda i, _: f"123456789012345678{i:02d}")), first="12345678901234567800"),
    Kept("47 codes with an E", _text(_with(0, lambda i, _: f"{1 + i // 20}E{i % 20}")), ("exponent-codes",),
         first="1E0"),
    Kept("47 one code among numbers", _text(_with(0, lambda i, _: "A7" if i == 0 else i)), ("mixed-codes",),
         first="A7"),
    Kept("48 rows twice", T + "\n".join(ROWS[1:4]) + "\n", ("duplicate-rows",), rejected={"duplicate row": 3}),
    Kept("49 the first of an id", T + "C000,99.0,1,Wien\n", ("duplicate-ids",), rejected={"duplicate id": 1},
         args=("--set", "features.duplicate_ids=first")),
    Kept("50 no id", _text(_with(0, lambda i, v: "" if i < 3 else v)), ("null-ids",), counts={"null_ids": 3},
         first="row 1"),
    Kept("51 ids in two cases", T + " c000 ,40,30000,Wien\n", ("id-variants", "outer-space"), kept=46),
    Kept("54 Namibia", _text(_with(3, lambda i, _: ["NA", "DE", "AT"][i % 3]), ("id", "age", "income", "country")),
         ("word-kept",), counts={"missing_cells": 0}),
    Kept("55 Mr None", _text(_with(3, lambda i, _: ["None", "null", "Smith"][i % 3]),
         ("id", "age", "income", "surname")),
         ("word-kept",), counts={"missing_cells": 0}),
    Kept("56 words for missing", _text(_with(1, lambda i, v: ["-", "?", "N/A", "unknown"][i] if i < 4 else v)),
         ("missing-words",), counts={"missing_cells": 4}),
    Kept("57 dollars", _text(_with(2, lambda _, v: f'"${v:,.2f}"')), ("currency", "thousands-separator"),
         roles={"income": "feature"}),
    Kept("57 a currency here and there", _text(_with(2, lambda i, v: f"€{v}" if i % 2 else v)), ("currency",)),
    Kept("57 two currencies that nobody needs", _text([[*r, f"{'€$'[i % 2]}{i * 7 % 40}"] for i, r in enumerate(P)],
         (*HEAD, "deposit")), ("mixed-currencies",), args=("--ignore", "deposit"), roles={"deposit": "ignored"}),
    Kept("58 brackets", _text(_with(2, lambda i, v: f"({v})" if i % 5 == 0 else v)), ("bracket-negatives",)),
    Kept("59 percent", _text(_with(2, lambda i, _: f"{i % 3 * 30 + i % 4}%")), ("percent",),
         roles={"income": "feature"}),
    Kept("60 apostrophes", _text(_with(2, lambda _, v: f"{v:,}".replace(",", "'"))), ("thousands-separator",),
         roles={"income": "feature"}),
    Kept("61 yes and TRUE", _text(_with(3, lambda i, _: ["yes", "TRUE", "0", "no"][i % 4]), (*HEAD[:3], "member")),
         ("booleans",), roles={"member": "feature"}),
    Kept("62 infinity", _text(_with(2, lambda i, v: ["inf", "1e999", "-Infinity"][i] if i < 3 else v)), ("infinite",),
         counts={"missing_cells": 3}),
    Kept("64 impossible ages", _text(_with(1, lambda i, v: {3: -3, 4: 999}.get(i, v))), ("impossible-age",)),
    Kept("65 two words among numbers", _text(_with(2, lambda i, v: "lots" if i in (3, 9) else v)), ("bad-numbers",),
         roles={"income": "feature"}),
    Kept("65 many words among numbers", _text(_with(2, lambda i, v: "lots" if i % 5 == 0 else v)), ("mostly-numbers",)),
    Kept("66 no value", _text(_with(3, lambda *_: "")), ("all-missing-column",), roles={"city": "ignored"}),
    Kept("67 one value", _text(_with(3, lambda *_: 7)), ("constant-column",), roles={"city": "ignored"}),
    Kept("68 all different", _text(_with(3, lambda i, _: f"x{i}y")), ("nearly-unique-column",),
         roles={"city": "ignored"}),
    Kept("69 spellings", _text(_with(3, lambda i, _: ["Gold", "GOLD", "Silver"][i % 3])), ("category-spelling",)),
    Kept("71 invisible marks", _text(_with(3, lambda i, _: ["Go\u200bld", "Tin"][i % 2])), ("invisible-characters",)),
    Kept("72 two scales", _text(_with(2, lambda i, v: v if i % 2 else v / 1000)), ("mixed-scales",)),
    Kept("73 numbers with gaps", _text(_with(2, lambda i, v: "" if i == 5 else v)), first="C000",
         counts={"missing_cells": 1}),
    Kept("97 few customers", _text(P[:20]), ("few-customers",), kept=20),
    Kept("98 more columns than customers", _text([[i, *np.sin(np.arange(40) * (i + 1)).round(3)] for i in range(25)],
         ["id", *(f"m{j}" for j in range(40))]), ("fewer-customers-than-features",), kept=25),
    Kept("74 days that settle the order", _text(_with(2, lambda _, v: f"{v[8:]}/{v[5:7]}/{v[:4]}", L), LINE_HEAD),
         ("date-order",), kept=120, counts={"customers": 30}),
    Kept("76 Excel days", _text(_with(2, lambda i, _: 45300 + i, L), LINE_HEAD), ("excel-serials",), kept=120),
    Kept("77 milliseconds", _text(_with(2, lambda i, _: (1704067200 + i * 86400) * 1000, L), LINE_HEAD), ("epoch",),
         kept=120),
    Kept("78 the future", _text(_with(2, lambda i, v: "2199-01-01" if i == 7 else v, L), LINE_HEAD),
         ("future-dates", "future-lines"), kept=119, rejected={"dated in the future": 1}),
    Kept("78 much of it in the future", _text(_with(2, lambda i, v: v.replace("2024", "2199") if i % 3 else v, L),
         LINE_HEAD), ("future-dates", "future-lines-kept"), kept=120),
    Kept("79 placeholders", _text(_with(2, lambda i, v: ["1970-01-01", "9999-12-31"][i] if i < 2 else v, L), LINE_HEAD),
         ("sentinel-dates", "no-date"), kept=118, rejected={"no date": 2}),
    Kept("81 zones", _text(_with(2, lambda i, v: f"{v}T09:30:00{['Z', '+02:00'][i % 2]}", L), LINE_HEAD),
         ("time-zone",), kept=120),
    Kept("83 a return", _text([*L, ["K000", 9, "2024-06-01", "P1", -1, 5.0]], LINE_HEAD), ("returns",), kept=121,
         counts={"return_lines_netted": 1}),
    Kept("84 no price", _text([*L, ["K000", 9, "2024-06-01", "P1", 1, 0]], LINE_HEAD), ("zero-price",), kept=120,
         rejected={"price not positive": 1}),
    Kept("85 cancelled", _text([*L, ["K0", "C9", "2024-06-01", "P1", -1, 5.0],
         ["K001", "C10", "2024-06-01", "P1", 1, 5.0]],
         LINE_HEAD), ("cancelled-lines",), kept=120, rejected={"order cancelled": 1, "customer bought nothing": 1},
         counts={"cancelled_lines": 2}),
    Kept("86 a line twice", _text([*L, *L[:4]], LINE_HEAD), ("duplicate-lines",), kept=120,
         rejected={"repeats another line": 4}),
    Kept("87 no customer", _text([*L, ["", 9, "2024-06-01", "P1", 1, 5.0]], LINE_HEAD), ("no-customer",), kept=120,
         rejected={"no customer": 1}),
    Kept("88 only returns", _text([*L, ["K999", 9, "2024-06-01", "P1", -1, 5.0]], LINE_HEAD), ("only-returns",),
         kept=120,
         rejected={"customer bought nothing": 1}),
    Kept("89 one customer buys it all", _text([*L, ["K000", 9, "2024-06-01", "P1", 999, 5000.0]], LINE_HEAD),
         ("concentrated-spend",), kept=121),
    Kept("90 everybody once", _text(_with(0, lambda i, _: f"K{i}", L), LINE_HEAD), ("one-time-customers",), kept=120),
    Kept("Chinese, Arabic, Cyrillic", _text(_with(3, lambda i, _: ["北京", "القاهرة", "Москва"][i % 3]),
         ("id", "年龄", "доход", "مدينة")), roles={"年龄": "feature", "доход": "feature"}),
    Kept("CRLF and blanks", _text(P, sep=", ", end="  \r\n"), ("outer-space",), roles={"age": "feature"}),
    Kept("two columns", _text([r[1:3] for r in P], HEAD[1:3]), first="1"),
    Kept("twelve segments", T, args=("--k", "12")),
    Kept("300 columns", _text([[i, *np.sin(np.arange(300) * (i % 3 + 1) + i).round(3)] for i in range(45)],
         ["id", *(f"m{j}" for j in range(300))]), ("fewer-customers-than-features",)),
)  # fmt: skip


def _quality(folder: Path) -> tuple[dict[str, Any], Path]:
    (run,) = runs_in(folder)
    quality: dict[str, Any] = json.loads((run / "quality.json").read_text(encoding="utf-8"))
    return quality, run


def _write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _assert_refused(result: Any, says: Sequence[str], folder: Path) -> None:
    assert result.code == 2, result.err
    assert result.out == ""
    assert result.err.startswith("clientage: Expected ")
    assert result.err.count("\n") == 1  # one sentence, no traceback
    for words in says:
        assert words in result.err
    assert not folder.exists() or not any(p.is_file() for p in folder.rglob("*"))  # nothing half-written


@pytest.mark.parametrize("case", REFUSED, ids=lambda c: c.name)
def test_refused(clientage: Callable, tmp_path: Path, case: Refused) -> None:
    path = _write(tmp_path, case.file, case.content)
    result = clientage("run", path, "--out", tmp_path / "out", *QUICK, *case.args)
    _assert_refused(result, case.says, tmp_path / "out")


@pytest.mark.parametrize("case", KEPT, ids=lambda c: c.name)
def test_kept(clientage: Callable, tmp_path: Path, case: Kept) -> None:
    path = _write(tmp_path, case.file, case.content)
    result = clientage("run", path, "--out", tmp_path / "out", *QUICK, *case.args)
    assert result.code == 0, result.err
    quality, run = _quality(tmp_path / "out")
    (account,) = quality["accounts"].values()
    assert account["kept"] == case.kept
    assert account["rejected"] == case.rejected
    assert account["not_data"] == case.not_data
    assert account["rows_read"] == case.kept + sum(case.rejected.values()) + sum(case.not_data.values())
    notes = {n["code"]: n for n in quality["notes"] + quality["encoding_notes"]}
    for code in case.notes:
        assert code in notes
        assert not re.search(r"\b1 \w+s (were|have|are)\b|\(s\)", notes[code]["text"])  # reads as a sentence
    assert case.counts.items() <= quality["counts"].items()
    roles = {c["column"]: c["role"] for t in quality["roles"] for c in t["columns"]}
    assert case.roles.items() <= roles.items()
    if case.first is not None:
        assigned = (run / "assignments.csv").read_text(encoding="utf-8").splitlines()
        assert assigned[1].split(",")[0] == case.first


def test_files_that_give_the_same_customers_give_the_same_segments(clientage: Callable, tmp_path: Path) -> None:
    forms: dict[str, bytes] = {
        "plain": T.encode(),
        "utf16": T.encode("utf-16"),
        "cr": T.replace("\n", "\r").encode(),
        "semicolon": _text([[r[0], str(r[1]).replace(".", ","), *r[2:]] for r in P], sep=";").encode("cp1252"),
        "money": _text(_with(2, lambda _, v: f'"${v:,.2f}"')).encode(),
        "swiss": _text(_with(2, lambda _, v: f"{v:,}".replace(",", "'"))).encode(),
        "preamble": ("Export\n\n" + T + "Total,,1,\n").encode(),
    }
    seen = set()
    for name, content in forms.items():
        path = _write(tmp_path, f"{name}.csv", content)
        assert clientage("run", path, "--out", tmp_path / name, *QUICK).code == 0
        seen.add((_quality(tmp_path / name)[1] / "assignments.csv").read_text(encoding="utf-8"))
    assert len(seen) == 1


def test_4_paths_that_are_no_file(clientage: Callable, tmp_path: Path) -> None:
    _assert_refused(clientage("run", tmp_path, "--out", tmp_path / "out", *QUICK), ("directory",), tmp_path / "out")
    missing = clientage("run", tmp_path / "shop.cvs", "--out", tmp_path / "out", *QUICK)
    _assert_refused(missing, ("no '", "shop.cvs"), tmp_path / "out")


def test_parquet_with_all_types(clientage: Callable, tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([10**17 + i for i in range(45)], pa.int64()),
            "tier": pa.array([["gold", "tin"][i % 2] for i in range(45)]).dictionary_encode(),
            "member": pa.array([i % 3 == 0 for i in range(45)]),
            "spend": pa.array([Decimal(r[2]) / 100 for r in P], pa.decimal128(12, 2)),
            "age": pa.array([r[1] for r in P], pa.float32()),
            "since": pa.array([datetime(2024, 1, 1 + i % 28) for i in range(45)], pa.timestamp("ms")),
        }
    )
    pq.write_table(table, tmp_path / "shop.parquet")
    result = clientage("run", tmp_path / "shop.parquet", "--out", tmp_path / "out", *QUICK)
    assert result.code == 0, result.err
    quality, run = _quality(tmp_path / "out")
    roles = {c["column"]: c["role"] for c in quality["roles"][0]["columns"]}
    assert roles == {
        "id": "id",
        "tier": "profile",
        "member": "feature",
        "spend": "feature",
        "age": "feature",
        "since": "profile",
    }
    assert (run / "assignments.csv").read_text().splitlines()[1].startswith("100000000000000000,")


def test_36_workbook_with_two_sheets(clientage: Callable, tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "notes"
    book.active.append(["nothing here"])
    sheet = book.create_sheet("people")
    for row in [list(HEAD), *P]:
        sheet.append(row)
    book.save(tmp_path / "shop.xlsx")
    refused = clientage("run", tmp_path / "shop.xlsx", "--out", tmp_path / "out", *QUICK)
    _assert_refused(refused, ("'notes'", "'people'", "read.sheet"), tmp_path / "out")
    args = ("--set", "read.sheet=people", *QUICK)
    assert clientage("run", tmp_path / "shop.xlsx", "--out", tmp_path / "out", *args).code == 0
    assert _quality(tmp_path / "out")[0]["counts"]["customers"] == 45


def test_44_database(clientage: Callable, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as base:
        base.execute("CREATE TABLE people (id TEXT, age REAL, income REAL, city TEXT)")
        base.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", P)
    base.close()
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    assert clientage("run", url, "--out", tmp_path / "out", *QUICK).code == 0
    assert _quality(tmp_path / "out")[0]["counts"]["customers"] == 45
    missing = clientage("run", url, "--out", tmp_path / "none", "--set", "read.table=poeple", *QUICK)
    _assert_refused(missing, ("poeple", "people"), tmp_path / "none")


def test_93_customers_and_lines_counted_both_ways(clientage: Callable, tmp_path: Path) -> None:
    lines = _write(tmp_path, "lines.csv", _text(L, LINE_HEAD))
    people = _text(
        [[f"K{i:03d}", 20 + i % 40, 20_000 + i % 3 * 20_000] for i in range(10, 50)], ("customer_id", *HEAD[1:3])
    )
    path = _write(tmp_path, "people.csv", people)
    result = clientage("run", path, "--transactions", lines, "--out", tmp_path / "out", *QUICK)
    assert result.code == 0, result.err
    counts = _quality(tmp_path / "out")[0]["counts"]
    assert counts["customers_without_transactions"] == 20
    assert counts["transaction_customers_not_in_table"] == 10


# Scoring: the run of the plain file meets new files.


@pytest.fixture
def run(clientage: Callable, tmp_path: Path) -> Path:
    path = _write(tmp_path, "trained.csv", T)
    assert clientage("run", path, "--out", tmp_path / "runs", *QUICK).code == 0
    (made,) = runs_in(tmp_path / "runs")
    return made


@pytest.mark.parametrize(
    ("content", "n", "says"),
    [
        ("id,age,income,city\n", 0, ""),
        (T, 45, ""),
        (_text([[r[3], r[2], r[0], r[1]] for r in P], ("City", "INCOME", "ID", "Age")), 45, ""),
        (_text(_with(1, lambda i, v: "old" if i == 2 else v)), 45, "1 cell of column 'age' can't be read"),
        (_text(_with(1, lambda _, v: v + 50)), 45, "of 'age' lies outside"),
        (_text(_with(2, lambda *_: "")), 45, "45 missing values in 'income'"),
        (_text([[r[0], "", "", r[3]] for r in P]), 0, "45 rows were rejected"),
        (T + ROWS[1] + "\n", 45, "1 row was left out"),
    ],
    ids=["100 no rows", "the same", "other order and case", "a word", "out of range", "no income", "no value", "twice"],
)
def test_scored(clientage: Callable, tmp_path: Path, run: Path, content: str, n: int, says: str) -> None:
    path = _write(tmp_path, "new.csv", content)
    result = clientage("predict", run, path, "-o", tmp_path / "scored.csv")
    assert result.code == 0, result.err
    assert says in result.err
    assert bool(says) == bool(result.err)
    lines = (tmp_path / "scored.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "id,segment_id,segment_name,confidence,runner_up_id,distance"
    assert len(lines) == n + 1
    if not says and n:
        assert lines == (run / "assignments.csv").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", ("empty",)),
        (_text([r[:2] for r in P], HEAD[:2]), ("'income'", "new.csv")),
        (_text(_with(1, lambda *_: "old")), ("numbers in column 'age'",)),
        ("<html></html>", ("HTML",)),
    ],
    ids=["empty", "a column is missing", "words for numbers", "web page"],
)
def test_scoring_refused(clientage: Callable, tmp_path: Path, run: Path, content: str, says: tuple[str, ...]) -> None:
    path = _write(tmp_path, "new.csv", content)
    result = clientage("predict", run, path, "-o", tmp_path / "out" / "scored.csv")
    _assert_refused(result, says, tmp_path / "out")


@pytest.mark.parametrize("where", ["", "nowhere"])
def test_99_no_model(clientage: Callable, tmp_path: Path, where: str) -> None:
    path = _write(tmp_path, "new.csv", T)
    result = clientage("predict", tmp_path / where, path, "-o", tmp_path / "out" / "scored.csv")
    _assert_refused(result, ("run directory",), tmp_path / "out")


# What a spreadsheet, a browser or a reader must never meet in the files of a run.

PAYLOADS = ("=1+1", "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", '=HYPERLINK("http://x")', "\t=1", "\r=1")
SCRIPT = "</script><script>alert(1)</script>"
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]?\d+)?\Z")


def _live(path: Path) -> list[str]:
    """Cells of a CSV that a spreadsheet would run."""
    with path.open(encoding="utf-8", newline="") as file:
        cells = [c for row in csv.reader(file) for c in row]
    return [c for c in cells if c[:1] in tuple("=+-@\t\r\0") and not NUMBER.match(c)]


def test_no_formula_no_script_and_nobody_in_any_file(clientage: Callable, tmp_path: Path) -> None:
    head = ["=id(1)", "=age", "@income" + SCRIPT, "+tier", "email", "phone"]
    path = tmp_path / "=evil<b>.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        write = csv.writer(file)
        write.writerow(head)
        for i, r in enumerate(P):
            ids, tier = f"{PAYLOADS[i % 8]}{i}", [*PAYLOADS[:3], SCRIPT][i % 4]
            write.writerow([ids, r[1], r[2], tier, f"canary{i}@secret.example", f"+4366012345{i:03d}"])
    args = ("--id", head[0], "--features", ",".join(head[1:4]), "--keep-clean", *QUICK)
    assert clientage("run", path, "--out", tmp_path / "out", *args).code == 0
    assert clientage("explore", path, "-o", tmp_path / "out" / "page.html", "--quiet").code == 0
    run = _quality(tmp_path / "out")[1]
    assert clientage("predict", run, path, "-o", tmp_path / "out" / "scored.csv", "--quiet").code == 0
    written = [p for p in (tmp_path / "out").rglob("*") if p.is_file()]
    assert {p.suffix for p in written} >= {".csv", ".html", ".json", ".parquet", ".npz", ".toml"}
    for one in written:
        content = one.read_bytes()
        assert not {word for word in (b"canary", b"66012345") if word in content}, one.name
        if one.suffix == ".csv":
            assert _live(one) == [], one.name
        if one.suffix == ".html":
            assert b"<script>alert" not in content, one.name


def test_53_an_e_mail_as_id_stands_in_the_assignments_alone(clientage: Callable, tmp_path: Path) -> None:
    rows = _with(0, lambda i, _: f"canary{i}@secret.example")
    path = _write(tmp_path, "shop.csv", _text(rows, ("email", *HEAD[1:])))
    result = clientage("run", path, "--id", "email", "--out", tmp_path / "out", *QUICK[:-1])
    assert result.code == 0
    assert "canary" not in result.out + result.err
    run = _quality(tmp_path / "out")[1]
    holders = {p.name for p in run.rglob("*") if p.is_file() and b"canary" in p.read_bytes()}
    assert holders == {"assignments.csv", "assignments.parquet"}
    twice = _write(tmp_path, "twice.csv", _text([*rows, [rows[0][0], 1, 1, "x"]], ("email", *HEAD[1:])))
    refused = clientage("run", twice, "--id", "email", "--out", tmp_path / "none", *QUICK)
    _assert_refused(refused, ("'email'",), tmp_path / "none")
    assert "canary" not in refused.err
