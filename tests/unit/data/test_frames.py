"""Frames of every library become the same table, and Parquet too; RELIABILITY items 42, 43, 62, 73."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from clientage.config import ReadSettings
from clientage.data.reading import read
from clientage.data.table import Table
from clientage.errors import ColumnError, InputError

SPEND = np.array([1.5, 2.5, np.nan])
IDS = ["007", "008", None]
DAYS = np.array(["2024-01-31", "2024-02-01", "NaT"], dtype="datetime64[us]")


def check(table: Table) -> None:
    assert table.names == ("id", "spend", "n", "day", "vip")
    assert table.column("id").as_text().tolist() == ["007", "008", ""]
    np.testing.assert_array_equal(table.column("spend").values, SPEND)
    assert table.column("n").is_integer
    np.testing.assert_array_equal(table.column("day").values, DAYS)
    assert table.column("vip").is_boolean
    assert table.account.rows_read == table.account.kept == table.n_rows == 3


@pytest.fixture
def arrow() -> pa.Table:
    spend = pa.array(SPEND, from_pandas=True)
    return pa.table({"id": IDS, "spend": spend, "n": [1, 2, 3], "day": DAYS, "vip": [True, False, True]})


def test_arrow_forms(arrow: pa.Table) -> None:
    check(read(arrow))
    check(read(arrow.to_batches()[0]))
    check(read(arrow.to_reader()))


def test_pandas(arrow: pa.Table) -> None:
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    check(read(arrow.to_pandas()))
    frame = pd.DataFrame({"c": pd.Categorical(["u", "v", "u"]), "i": pd.array([1, None, 3], dtype="Int64")})
    table = read(frame.set_index(pd.Index([5, 6, 7], name="client")))
    assert table.names == ("client", "c", "i")
    assert table.column("c").categories == ("u", "v")
    np.testing.assert_array_equal(table.column("i").values, [1, np.nan, 3])
    with pytest.raises(InputError, match="several header levels"):
        read(pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")])))


def test_polars(arrow: pa.Table) -> None:
    pl = pytest.importorskip("polars", reason="polars is not installed")
    frame = pl.from_arrow(arrow)
    check(read(frame))
    check(read(frame.lazy()))


def test_one_fingerprint_whatever_the_library(arrow: pa.Table) -> None:
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    pl = pytest.importorskip("polars", reason="polars is not installed")
    frames = [arrow, arrow.to_pandas(), pl.from_arrow(arrow), arrow.slice(0, 3)]
    assert len({read(f).source.fingerprint for f in frames}) == 1
    assert read(pd.DataFrame({"a": [1.0, 2.0]})).source.fingerprint != read({"a": [1.0, 2.5]}).source.fingerprint


def test_numbers_are_not_copied() -> None:
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    pl = pytest.importorskip("polars", reason="polars is not installed")
    values = np.arange(1000.0)
    series = pl.Series("a", values)
    for frame, memory in (
        ({"a": values}, values),
        (pa.table({"a": values}), values),
        (pd.DataFrame({"a": values}, copy=False), values),
        (series.to_frame(), series.to_numpy()),
    ):
        assert np.shares_memory(read(frame).column("a").values, memory)


def test_numpy_and_mappings() -> None:
    rows = np.array([(1, 2.5, "ab"), (2, 3.5, "c")], dtype=[("i", "i4"), ("f", "f4"), ("s", "U5")])
    table = read(rows)
    assert [c.kind for c in table] == ["number", "number", "text"]
    assert read({"a": [1, 2], "b": ["1,5", "2,5"]}).column("b").values.tolist() == [1.5, 2.5]
    with pytest.raises(InputError, match="lengths"):
        read({"a": [1, 2], "b": [1]})
    with pytest.raises(InputError, match="without names"):
        read(np.zeros((3, 2)))
    with pytest.raises(InputError, match=r"type builtins\.int"):
        read(5)


def test_cells_of_several_types() -> None:
    values = np.array(["A1", 5, 5.0, None, dt.date(2024, 1, 1), float("nan")], dtype=object)
    assert read({"a": values}).column("a").as_text().tolist() == ["A1", "5", "5", "", "2024-01-01", ""]


def test_exact_types() -> None:
    table = pa.table(
        {
            "big": pa.array([2**60, 2**60 + 1]),
            "money": pa.array([Decimal("1.50"), None]),
            "zoned": pa.array([dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC)] * 2, pa.timestamp("ns", tz="Europe/Berlin")),
            "took": pa.array([90_000_000, None], pa.duration("us")),
            "none": pa.nulls(2),
            "kind": pa.array(["x", "y"]).dictionary_encode(),
        }
    )
    out = read(table, ReadSettings(time_zone="Europe/Berlin"))
    assert out.column("big").as_text().tolist() == [str(2**60), str(2**60 + 1)]
    assert out.column("money").values[0] == 1.5
    assert out.column("zoned").values[0] == np.datetime64("2024-07-01T14:00")
    assert out.column("took").values[0] == 90.0
    assert out.column("none").n_missing == 2
    assert out.column("kind").categories == ("x", "y")


def test_62_63_infinite_and_huge() -> None:
    table = read({"a": np.array([1.0, np.inf, -np.inf])})
    assert table.column("a").n_missing == 2
    assert next(n.rows for n in table.notes if n.code == "infinite") == (2, 3)
    with pytest.raises(ColumnError, match="overflow"):
        read({"a": np.array([1.0, 1e308])}).column("a")
    given = np.array([1.0, 1e308])
    assert read({"a": given, "b": [1, 2]}).column("b").values.tolist() == [1.0, 2.0]
    assert given[1] == 1e308  # somebody's array stays as it was


def test_parquet(arrow: pa.Table, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(arrow, path)
    check(read(path))
    assert read(path, columns=["spend", "ID"]).names == ("spend", "id")
    with pytest.raises(ColumnError, match="Did you mean 'spend'"):
        read(path, columns=["spent"])


def test_42_nested_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"id": [1, 2], "tags": [["a"], ["b", "c"]], "at": [{"x": 1}, {"x": 2}]}), path)
    with pytest.raises(InputError, match=r"column 'tags' of 'a\.parquet' is nested"):
        read(path)
    assert read(path, columns=["id"]).n_rows == 2


def test_43_truncated_parquet(arrow: pa.Table, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(arrow, path)
    content = path.read_bytes()
    for cut in (4, 20, len(content) // 2, len(content) - 3):
        path.write_bytes(content[:cut])
        with pytest.raises(InputError, match="truncated or damaged"):
            read(path)
    path.write_bytes(b"id,age\n1,2\n")
    with pytest.raises(InputError, match="no Parquet file"):
        read(path)


def test_reading_text_imports_no_frame_library(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,v,w\n" + "".join(f"{i},{i / 2},x\n" for i in range(50)))
    code = (
        "import sys; from clientage.data.reading import read; "
        f"assert read({str(path)!r}).n_rows == 50; "
        "heavy = ('pandas', 'polars', 'sqlalchemy', 'python_calamine', 'pyarrow.parquet', 'scipy'); "
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
