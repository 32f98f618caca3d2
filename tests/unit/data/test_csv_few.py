"""A small file that is simply cut at its delimiters gives what Arrow's parser gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clientage.config import ReadSettings
from clientage.data import csv_few
from clientage.data.reading import read
from clientage.data.table import Table
from clientage.errors import ClientageError

CELLS = st.sampled_from(["", "7", "1.5", "West", "é", " a ", "2024-01-02", "NA", "x\u2028y", "\x0b", "-", "007"])
ROWS = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=2, max_size=6)


def told(path: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> object:
    """Everything that reading says, with files up to this size cut."""
    monkeypatch.setattr(csv_few, "FEW_BYTES", size)
    try:
        return _everything(read(path, ReadSettings()))
    except ClientageError as refusal:
        return str(refusal)


def _everything(table: Table) -> object:
    columns = [(c.name, c.kind, list(c.categories), c.is_integer, repr(c.values.tolist())) for c in table]
    return columns, table.account, table.notes, table.source


@given(
    ROWS, st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from([0, 1, 2, 3])
)
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_cut_rows_are_parsed_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[list[str]], mark: str, end: str, odd: int
) -> None:
    lines = [mark.join(row) for row in [["id", "size", "region"], ["a1", "1", "w"], *rows, ["a9", "2", "w"]]]
    if odd == 1:
        lines.insert(2, "")  # an empty line
    if odd == 2:
        lines[2] += f"{mark}more"  # a cell too many
    path = tmp_path / "few.csv"
    path.write_bytes(end.join(lines).encode() + (end.encode() if odd != 3 else b""))
    assert told(path, 1 << 18, monkeypatch) == told(path, -1, monkeypatch)


def test_a_small_file_with_quotes_is_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "few.csv"
    path.write_text('id,size,name\n1,2.5,"Bonn, West"\n2,3.5,"a ""b"""\n3,4.5,plain\n', encoding="utf-8")
    assert read(path).column("name").as_text().tolist() == ["Bonn, West", 'a "b"', "plain"]
    assert told(path, 1 << 18, monkeypatch) == told(path, -1, monkeypatch)
