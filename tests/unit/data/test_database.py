"""Databases: SQLite files and a real PostgreSQL server; RELIABILITY item 44."""

from __future__ import annotations

import csv
import datetime as dt
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from clientage.config import ReadSettings, settings_from
from clientage.data.reading import read
from clientage.data.samples import write_shop
from clientage.errors import InputError
from clientage.study import prepare


@pytest.fixture
def shop(tmp_path: Path) -> str:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table customers (id text, age int, spend real, since text, country text)")
        rows = [
            ("007", 31, 1.5, "2024-01-01", "NA"),
            ("008", None, 2.5, "2024-02-01", "DE"),
            ("009", 5, None, None, "DE"),
        ]
        connection.executemany("insert into customers values (?, ?, ?, ?, ?)", rows)
    connection.close()
    return f"sqlite:///{path}"


def test_only_table_needs_no_name(shop: str) -> None:
    table = read(shop)
    assert table.names == ("id", "age", "spend", "since", "country")
    assert table.column("id").as_text().tolist() == ["007", "008", "009"]
    assert table.column("age").n_missing == 1
    assert table.column("since").kind == "date"
    assert table.column("country").categories == ("NA", "DE")
    assert table.account.rows_read == table.account.kept == 3
    assert table.source.format == "sql"


def test_several_tables_are_listed(shop: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("create table orders (id int)")
    connection.close()
    with pytest.raises(InputError, match=r"'customers', 'orders'.*behind the URL: #customers"):
        read(shop)
    assert read(shop, ReadSettings(table="customers")).n_rows == 3
    named = read(f"{shop}#customers", ReadSettings(table="orders"))
    assert (named.n_rows, named.source.name) == (3, "customers")
    with pytest.raises(InputError, match="Did you mean 'customers'"):
        read(f"{shop}#custmers")


def test_customers_and_their_lines_may_be_tables_of_one_database(tmp_path: Path) -> None:
    made = write_shop(tmp_path, 300)
    assert made.transactions is not None
    with sqlite3.connect(tmp_path / "both.db") as connection:
        for file in (made.customers, made.transactions):
            head, *rows = csv.reader(file.read_text(encoding="utf-8").splitlines())
            connection.execute(f"create table {file.stem} ({', '.join(head)})")
            connection.executemany(f"insert into {file.stem} values ({','.join('?' * len(head))})", rows)
    connection.close()
    both = f"sqlite:///{tmp_path / 'both.db'}"
    told, settings = {"transactions": f"{both}#transactions"}, settings_from({})
    joined = prepare(f"{both}#customers", settings, **told).customers
    expected = prepare(made.customers, settings, transactions=made.transactions).customers
    assert (joined.n, joined.origin) == (expected.n, "both")
    assert [c.name for c in joined.features] == [c.name for c in expected.features]


def test_query_with_colon_and_columns(shop: str) -> None:
    settings = ReadSettings(query="select id, spend * 2 as twice from customers where id <> 'a:b' and spend > 0")
    table = read(shop, settings, columns=["twice"])
    assert table.names == ("twice",)
    assert table.column("twice").values.tolist() == [3.0, 5.0]


def test_missing_table_suggests_the_nearest(shop: str) -> None:
    with pytest.raises(InputError, match="Did you mean 'customers'"):
        read(shop, ReadSettings(table="custmers"))


def test_database_is_only_read(shop: str) -> None:
    with pytest.raises(InputError, match="readonly"):
        read(shop, ReadSettings(query="delete from customers"))
    assert read(shop).n_rows == 3


def test_missing_sqlite_file_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no"):
        read(f"sqlite:///{tmp_path / 'none.db'}")
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("url", ["postgresql://me:hunter2@127.0.0.1:1/db", "foo://me:hunter2@host/x", "://hunter2@:::"])
def test_password_is_never_shown(url: str) -> None:
    with pytest.raises(InputError) as refused:
        read(url)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None


def _fill(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
        connection.execute("grant usage on schema public to public")
        connection.execute(
            "create table customers"
            " (id bigint, zip text, spend numeric(10, 2), joined date, seen timestamptz, vip boolean)"
        )
        connection.execute(
            "insert into customers values"
            " (9007199254740993, '01234', 10.50, '2024-01-31', '2024-03-01 12:00+02', true),"
            " (9007199254740995, '99999', null, null, null, false)"
        )


def test_postgres_types(postgres: str) -> None:
    _fill(postgres)
    table = read(postgres)
    assert table.column("id").as_text().tolist() == ["9007199254740993", "9007199254740995"]
    assert table.column("zip").as_text().tolist() == ["01234", "99999"]
    np.testing.assert_array_equal(table.column("spend").values, [10.5, np.nan])
    assert table.column("joined").values[0] == np.datetime64("2024-01-31")
    assert table.column("seen").values[0] == np.datetime64("2024-03-01T10:00")
    assert table.column("vip").is_boolean
    assert "s3cret" not in repr(table)


def test_postgres_refuses_without_showing_the_password(postgres: str) -> None:
    import psycopg

    _fill(postgres)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("drop role if exists guest")
        connection.execute("create role guest login password 'guest-pass'")
    guest = postgres.replace("owner:s3cret-pass", "guest:guest-pass")
    with pytest.raises(InputError, match="permission denied") as refused:
        read(guest, ReadSettings(table="customers"))
    assert "guest-pass" not in str(refused.value)
    wrong = postgres.replace("s3cret-pass", "wr0ng-pass")
    with pytest.raises(InputError, match="authentication failed") as refused:
        read(wrong)
    assert "wr0ng-pass" not in str(refused.value)
    with pytest.raises(InputError, match="tables 'customers'"):
        read(postgres, ReadSettings(table="clients"))


def test_postgres_reads_only_and_by_schema(postgres: str) -> None:
    import psycopg

    _fill(postgres)
    with pytest.raises(InputError, match="says"):
        read(postgres, ReadSettings(query="delete from customers returning id"))
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("create sequence counter")
    with pytest.raises(InputError, match="read-only"):
        read(postgres, ReadSettings(query="select nextval('counter') from customers"))
    assert read(postgres, ReadSettings(table="public.customers")).n_rows == 2


def test_postgres_streams_many_rows(postgres: str) -> None:
    _fill(postgres)
    query = "select i as id, i % 7 as k, now()::date as d from generate_series(1, 45000) as i"
    table = read(postgres, ReadSettings(query=query))
    assert table.n_rows == 45_000
    assert table.column("id").values[-1] == 45_000
    assert table.column("d").values[0] >= np.datetime64(dt.date(2024, 1, 1))
