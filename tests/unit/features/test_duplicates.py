"""Equal rows are found whatever their types, and only equal ones."""

from __future__ import annotations

import numpy as np

from clientage.data.table import Column
from clientage.features.duplicates import first_equal
from made_tables import table


def test_missing_equals_missing_and_zero_equals_minus_zero() -> None:
    t = table(a=[0.0, -0.0, None, None], b=["x", "x", None, None])
    assert first_equal(list(t), 4).tolist() == [0, 0, 2, 2]


def test_one_different_cell_makes_a_different_row() -> None:
    day = np.datetime64("2024-01-01")
    t = table(a=[1, 1, 1], b=["x", "x", "x"], c=[day, day, day + 1])
    assert first_equal(list(t), 3).tolist() == [0, 0, 2]


def test_many_rows_agree_with_a_plain_count() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 200, 200_000).astype(float), rng.integers(0, 200, 200_000).astype(np.int32)
    columns = [Column("a", "number", a), Column("b", "text", b, tuple(str(i) for i in range(200)))]
    _, first = np.unique(a * 1000 + b, return_index=True)
    found = first_equal(columns, len(a))
    assert np.count_nonzero(found == np.arange(len(a))) == len(first)
    np.testing.assert_array_equal(np.sort(first), np.flatnonzero(found == np.arange(len(a))))


def test_rows_left_out_are_not_there() -> None:
    rng = np.random.default_rng(1)
    columns = [Column(name, "number", rng.integers(0, 9, 500).astype(float)) for name in "ab"]
    kept = np.flatnonzero(rng.random(500) < 0.7).astype(np.int32)
    found = first_equal(columns, 500, kept)
    np.testing.assert_array_equal(found, first_equal([c.take(kept) for c in columns], len(kept)))
    assert 0 < np.count_nonzero(found != np.arange(len(kept))) < len(kept)


def test_no_rows_and_no_columns() -> None:
    assert first_equal([], 3).tolist() == [0, 1, 2]
    assert first_equal([Column("a", "number", np.empty(0))], 0).tolist() == []
