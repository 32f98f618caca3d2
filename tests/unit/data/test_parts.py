"""A table in parts is the same table, whatever the size of the parts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clientage.data.reading import batches, read

CELLS = ["a;1.234,5;01.02.2024", "b;;03.02.2024", "ä;-7,25;", "a;1e3;04.02.2024", "c;n/a;05.02.2024"]


@pytest.fixture
def odd_file(tmp_path: Path) -> Path:
    """Decimal commas, a missing word and dates: a part alone would be read otherwise than the whole."""
    path = tmp_path / "odd.csv"
    path.write_text("name;amount;day\n" + "\n".join(CELLS * 40) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("rows", [1, 7, 64, 10_000])
def test_parts_put_together_are_the_table(odd_file: Path, rows: int) -> None:
    whole = read(odd_file)
    parts = list(batches(odd_file, rows=rows))
    assert sum(p.n_rows for p in parts) == whole.n_rows == 200
    for i, column in enumerate(whole.columns):
        together = np.concatenate([p.columns[i].values for p in parts])
        np.testing.assert_array_equal(together, column.values)
        assert {(p.columns[i].kind, p.columns[i].categories) for p in parts} == {(column.kind, column.categories)}
    assert np.concatenate([p.row_numbers for p in parts]).tolist() == list(range(200))


def test_rows_left_out_keep_their_numbers_in_the_parts(tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text("id,n\n1,5\n2,6,7,8\n3,7\n4,8\n", encoding="utf-8")
    numbers = [n for part in batches(path, rows=2) for n in part.row_numbers]
    assert numbers == [0, 2, 3]


def test_an_empty_table_is_one_empty_part() -> None:
    (part,) = batches({"age": np.zeros(0)}, least_rows=0)
    assert part.n_rows == 0
    assert part.names == ("age",)
