"""Columns that cannot be read without inventing values: refused where they are needed, left out where they are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clientage.config import Settings, settings_from
from clientage.data.columns import assign_roles
from clientage.data.reading import read
from clientage.data.roles import Roles
from clientage.data.table import Table
from clientage.errors import ColumnError

Write = Callable[..., Path]
ODD = {
    "mixed-currencies": lambda i: f"{'€$'[i % 2]}{i * 11 % 70}",
    "mixed-percent": lambda i: f"{i}%" if i % 3 else f"0.{i + 1}",
    "huge-numbers": lambda i: "1e305" if i == 7 else f"{i}.5",
}


def _people(write: Write, code: str, name: str = "deposit") -> Table:
    rows = "".join(f"C{i:03d},{20 + i % 30},{i * 7 % 90}.25,{ODD[code](i)}\n" for i in range(60))
    return read(write(f"id,age,spend,{name}\n{rows}"))


def _roles(table: Table, **roles: Any) -> Roles:
    settings = settings_from({"roles": roles}) if roles else Settings()
    return assign_roles(table, settings.roles, settings.features)


@pytest.mark.parametrize("code", ODD)
def test_a_feature_that_cannot_be_used_is_refused(write: Write, code: str) -> None:
    table = _people(write, code)
    for roles in ({}, {"features": "age,deposit"}, {"profile": "deposit"}, {"value": "deposit"}):
        with pytest.raises(ColumnError, match=r"'deposit' of customers.csv.*line.*--ignore 'deposit'"):
            _roles(table, **roles)


@pytest.mark.parametrize("code", ODD)
@pytest.mark.parametrize("roles", [{"ignore": "deposit"}, {"features": "age,spend"}])
def test_it_is_left_out_with_a_note_where_nothing_needs_it(write: Write, code: str, roles: dict[str, str]) -> None:
    table = _people(write, code)
    found = _roles(table, **roles)
    assert found.of("deposit").role == "ignored"
    assert found.names("feature") == ("age", "spend")
    (note,) = table.unusable
    assert (note.code, note.column, note.severity) == (code, "deposit", "warning")
    assert set(note.as_dict()) == {"code", "severity", "text", "column", "count", "rows"}


@pytest.mark.parametrize("code", ODD)
def test_whoever_asks_for_it_is_refused(write: Write, code: str) -> None:
    table = _people(write, code)
    path = write("", name="other.csv").with_name("customers.csv")
    with pytest.raises(ColumnError, match="'deposit'"):
        table.column("Deposit ")
    with pytest.raises(ColumnError, match="'deposit'"):
        read(path, columns=["age", "deposit"])
    assert read(path, columns=["age"]).notes == ()


def test_amounts_of_purchases_in_two_currencies_are_refused(write: Write) -> None:
    rows = "".join(f"K{i % 9},{i},2024-03-{1 + i % 28:02d},{'€$'[i % 2]}{i + 5},{'€$'[i % 2]}1\n" for i in range(60))
    table = read(write(f"customer_id,order,date,amount,tip\n{rows}"))
    with pytest.raises(ColumnError, match="one currency in column 'amount'"):
        _roles(table)
    fine = read(write(f"customer_id,order,date,amount,tip\n{rows.replace('€', '$')}".replace(",$1\n", ",€1\n", 9)))
    assert _roles(fine).only("amount") == "amount"
    assert [n.column for n in fine.unusable] == ["tip"]
    assert _roles(fine).of("tip").role == "ignored"
