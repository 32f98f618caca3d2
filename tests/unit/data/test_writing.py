"""What is written stays data: no live formula in any spreadsheet, and the same values when read again."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyarrow import parquet

from clientage.data.appending import ParquetAppender
from clientage.data.reading import read
from clientage.data.table import Column
from clientage.data.writing import Slices, harmless, write_csv, write_parquet

PAYLOADS = [
    "=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\0=1", "=cmd|' /C calc'!A0", "＝1", "−", "x\0=1",
]  # fmt: skip


def rows(columns: dict[str, object]) -> list[list[str]]:
    file = io.BytesIO()
    write_csv(file, columns)
    return list(csv.reader(io.StringIO(file.getvalue().decode(), newline="")))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_live_formula_in_names_and_values(payload: str) -> None:
    header, first, *_ = rows({payload: [payload, "ok"], "n": np.array([-1.5, 2.0])})
    for cell in (header[0], first[0]):
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "\0", "＝"))
        assert "\0" not in cell
    assert first[1] == "-1.5"


def test_values() -> None:
    columns = {
        "id": np.array(["a", 'q"u,o', "two\nlines", None], dtype=object),
        "x": np.array([0.1, np.nan, -0.5, 1e-7]),
        "k": np.arange(4, dtype=np.int32),
        "b": np.array([True, False, True, False]),
        "d": np.array(["2024-01-31", "NaT", "2024-02-01", "2024-02-02"], dtype="datetime64[us]"),
    }
    assert rows(columns) == [
        ["id", "x", "k", "b", "d"],
        ["a", "0.1", "0", "true", "2024-01-31"],
        ['q"u,o', "", "1", "false", ""],
        ["two\nlines", "-0.5", "2", "true", "2024-02-01"],
        ["", "1e-7", "3", "false", "2024-02-02"],
    ]


def test_plain_texts_are_not_quoted(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", {"id": ["a", "b"], "x": [1, 2]} | {"x": np.array([1, 2])})
    assert (tmp_path / "a.csv").read_bytes() == b"id,x\na,1\nb,2\n"


def test_no_rows() -> None:
    assert rows({"id": [], "x": np.zeros(0)}) == [["id", "x"]]


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="different lengths"):
        write_csv(io.BytesIO(), {"a": [1], "b": np.zeros(2)})


def test_floats_survive_csv_and_slices(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=300_000) * 10.0 ** rng.integers(-8, 9, 300_000)
    write_csv(tmp_path / "a.csv", {"id": np.arange(300_000), "x": x})
    np.testing.assert_array_equal(read(tmp_path / "a.csv").column("x").values, x)


@pytest.mark.parametrize("last", [np.nan, -3.0, 2.0**53])
def test_whole_numbers_as_ids_are_written_as_a_person_writes_them(last: float) -> None:
    ids = Column("id", "number", np.array([7.0, 1e6, last]), is_integer=True)
    found = Slices(ids, as_text=True)[0:3]
    assert found.to_pylist() == ids.as_text().tolist()
    harmless_ids = [harmless(t) for t in ids.as_text()]
    assert [row[0] for row in rows({"id": Slices(ids, as_text=True)})] == ["id", *harmless_ids]


def test_texts_that_many_rows_share_are_written_as_single_ones_are() -> None:
    kinds = ("=1+1", 'a "b"', "x,y", "", "plain", "\0n")
    codes = np.array([0, 1, 2, 3, 4, 5, -1, 4], dtype=np.int32)
    texts = [None if c < 0 else kinds[c] for c in codes]
    for last in (False, True):  # the last cell of a line carries its end
        shared, single = io.BytesIO(), io.BytesIO()
        for file, names in ((shared, Slices(Column("t", "text", codes, kinds))), (single, texts)):
            write_csv(file, {"k": codes, "t": names} if last else {"t": names, "k": codes})
        assert shared.getvalue() == single.getvalue()
        assert shared.getvalue().count(b"\n") == 1 + len(codes)


def test_parquet_keeps_texts_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(path, {"t": ["=1", None], "x": np.array([1.5, np.nan]), "k": np.array([1, 2], dtype=np.int32)})
    assert parquet.read_table(path).to_pydict() == {"t": ["=1", None], "x": [1.5, None], "k": [1, 2]}
    write_parquet(path, {"t": [], "x": np.zeros(0)})
    assert parquet.read_table(path).num_rows == 0


def test_harmless_leaves_words() -> None:
    assert [harmless(t) for t in ("West", "a=b", "3-4", "")] == ["West", "a=b", "3-4", ""]


@pytest.mark.parametrize("known", [True, False])
def test_parquet_is_what_arrows_own_class_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool) -> None:
    columns: dict[str, Any] = {
        "id": ["a", "b", "a", None],
        "n": np.array([1, 2, 3, 2]),
        "x": np.array([0.5, np.nan, 0.5, -1.0]),
        "day": np.array(["2024-01-02", "NaT", "2024-01-03", "2024-01-02"], "datetime64[us]"),
    }
    if not known:  # as in a release of Arrow that is built otherwise
        monkeypatch.setitem(sys.modules, "pyarrow._parquet", None)
    write_parquet(tmp_path / "ours.parquet", columns)
    with open(tmp_path / "file.parquet", "wb") as file:
        appender = ParquetAppender(file)
        appender.add(columns)
        appender.close()
    table = parquet.read_table(tmp_path / "ours.parquet")
    assert table.to_pylist()[1] == {"id": "b", "n": 2, "x": None, "day": None}
    parquet.write_table(table, tmp_path / "arrow.parquet", compression="zstd", use_dictionary=["id", "n", "day"])
    expected = (tmp_path / "arrow.parquet").read_bytes()
    assert (tmp_path / "ours.parquet").read_bytes() == expected
    assert (tmp_path / "file.parquet").read_bytes() == expected
