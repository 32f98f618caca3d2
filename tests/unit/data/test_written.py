"""What is written comes back as it was meant, formulas and gaps included."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clientage.data.writing import harmless, write_csv, write_parquet
from clientage.data.written import as_meant, read_written_csv, read_written_parquet

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(TEXTS.filter(lambda t: not t.startswith("'")))
def test_a_text_made_harmless_comes_back(text: str) -> None:
    assert as_meant(harmless(text)) == text


@given(st.lists(st.none() | TEXTS.filter(lambda t: t and not t.startswith("'")), min_size=1, max_size=8))
def test_a_csv_comes_back(cells: list[str | None]) -> None:
    file = io.BytesIO()
    write_csv(file, {"n": np.arange(len(cells)), "=t": cells})
    read = read_written_csv(file.getvalue())
    assert read == {"n": [str(i) for i in range(len(cells))], "=t": cells}


def test_a_parquet_comes_back_with_its_types(tmp_path: Path) -> None:
    columns = {
        "id": np.array(["00001", "=x", None], dtype=object),
        "segment": np.array([1, 2, 0], dtype=np.int32),
        "spend": np.array([1.5, np.nan, -2.0]),
        "day": np.array(["2026-01-31", "NaT", "2026-02-01T10:00"], dtype="datetime64[us]"),
    }
    write_parquet(tmp_path / "a.parquet", columns)
    read = read_written_parquet((tmp_path / "a.parquet").read_bytes())
    assert read["segment"].dtype == np.int64
    assert read["day"].dtype == np.dtype("datetime64[us]")
    for name, values in columns.items():
        np.testing.assert_array_equal(read[name], values)


def test_an_empty_parquet_keeps_its_columns(tmp_path: Path) -> None:
    write_parquet(tmp_path / "a.parquet", {"n": np.zeros(0), "t": np.zeros(0, dtype=object)})
    read = read_written_parquet((tmp_path / "a.parquet").read_bytes())
    assert {name: len(values) for name, values in read.items()} == {"n": 0, "t": 0}
