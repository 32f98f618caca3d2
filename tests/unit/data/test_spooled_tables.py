"""A table on disk is the table in memory, whatever the budget and the size of the blocks it is read in."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from clientage.config import settings_from
from clientage.data import csv_arrow, database, parquet
from clientage.data.reading import read
from clientage.data.samples import write_shop
from clientage.data.table import Table
from clientage.spool import Stored


def _csv(home: Path) -> Path:
    return write_shop(home, 3_000, transactions=False).customers


def _lines(home: Path) -> Path:
    path = write_shop(home, 120).transactions
    assert path is not None
    return path


def _packed(home: Path) -> Path:
    path = home / "customers.csv.gz"
    path.write_bytes(gzip.compress(_csv(home).read_bytes()))
    return path


def _irregular(home: Path) -> Path:
    """Commas too many, decimal commas, late texts among numbers, a total at the end: the careful reader's work."""
    rows = [f"k{i % 900};{i},5;{i % 7};0{i}" for i in range(4_000)]
    rows[17] = "k17;1;2;3;4;5"
    rows[3_500] = " k3500 ;n/a;seven;03500"
    path = home / "irregular.csv"
    path.write_text("who;amount;visits;code\n" + "\n".join(rows) + "\nTotal;99;;\n", encoding="utf-8")
    return path


def _parquet(home: Path) -> Path:
    n = 2_000
    long = [None, *range(1, 1_000), *(10**16 + i for i in range(1_000))]
    table = pa.table(
        {
            "id": [f"c{i}" for i in range(n)],
            "long": pa.array(long, pa.int64()),
            "amount": pa.array(np.where(np.arange(n) % 9 == 3, np.inf, np.arange(n) / 7)),
            "when": pa.array(np.arange(n) * 3_600_000, pa.timestamp("ms", tz="Europe/Lisbon")),
            "kind": pa.array(["x", "y", None, "z "] * (n // 4)).dictionary_encode(),
            "yes": pa.array([True, False, None, True] * (n // 4)),
            "price": pa.array([f"{i},5" for i in range(n)]),
        }
    )
    path = home / "odd.parquet"
    pa.parquet.write_table(table, path, row_group_size=300)
    return path


def _same(one: Table, other: Table) -> None:
    assert (one.names, one.notes, one.account, one.source) == (other.names, other.notes, other.account, other.source)
    for a, b in zip(one, other, strict=True):
        assert (a.kind, a.is_integer, a.is_boolean) == (b.kind, b.is_integer, b.is_boolean)
        assert a.values.tobytes() == b.values.tobytes()
        assert list(a.categories) == list(b.categories)


@pytest.mark.parametrize("make", [_csv, _lines, _packed, _irregular, _parquet])
@pytest.mark.parametrize("block", [1 << 14, 1 << 20])
def test_neither_the_budget_nor_the_blocks_change_a_table(
    make: Callable[[Path], Path], block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path)
    held = read(path)
    monkeypatch.setattr(csv_arrow, "SMALL_BLOCK", block)
    monkeypatch.setattr(parquet, "PART", block >> 6)
    stored = read(path, settings_from({"read": {"memory": "1KB"}}).read)
    assert all(isinstance(c.held, Stored) for c in stored)
    assert not any(isinstance(c.held, Stored) for c in held)
    _same(held, stored)


def _database(home: Path) -> str:
    """Columns whose cells change their type on the way, as SQLite lets them."""
    n = 2_000
    late = [None] * 700 + list(range(700)) + [i / 7 for i in range(600)]
    mixed = list(range(1_500)) + [f"x{i}" for i in range(500)]
    rows = [(f"c{i}", late[i], mixed[i], 10**16 + i, f"2024-01-{1 + i % 28:02}", None) for i in range(n)]
    with sqlite3.connect(home / "shop.db") as connection:
        connection.execute("create table customers (id, late, mixed, long, day, empty)")
        connection.executemany("insert into customers values (?, ?, ?, ?, ?, ?)", rows)
    connection.close()
    return f"sqlite:///{home / 'shop.db'}"


def _frame(_home: Path) -> pa.Table:
    amounts = np.where(np.arange(3_000) % 9 == 3, np.nan, np.arange(3_000) / 7)
    return pa.table({"amount": amounts, "kind": ["x", "y ", None] * 1_000})


@pytest.mark.parametrize("make", [_database, _frame])
@pytest.mark.parametrize("batch", [150, 20_000])
def test_what_is_no_file_lives_on_disk_as_well(
    make: Callable[[Path], object], batch: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make(tmp_path)
    held = read(source)
    monkeypatch.setattr(database, "BATCH", batch)
    stored = read(source, settings_from({"read": {"memory": "1KB"}}).read)
    assert all(isinstance(c.held, Stored) for c in stored)
    assert not any(isinstance(c.held, Stored) for c in held)
    _same(held, replace(stored, notes=tuple(n for n in stored.notes if n.code != "held-whole")))


def test_a_frame_larger_than_what_is_allowed_is_told_of() -> None:
    frame = {"a": np.arange(3_000.0), "b": np.arange(3_000.0)}  # 48 KB
    told = {memory: read(frame, settings_from({"read": {"memory": memory}}).read).notes for memory in ("40KB", "50KB")}
    assert [n.text for n in told["40KB"]] == [
        "The frame takes about 48 KB of memory, more than the 40KB allowed: what is made of it lives on disk. Write it "
        "to Parquet and give the file to have neither."
    ]
    assert told["50KB"] == ()
