"""Percentiles and shares by segment."""

from __future__ import annotations

import numpy as np

from clientage.charts.spread import category_shares, spreads
from clientage.data.table import Column
from clientage.segments.groups import Groups


def test_percentiles_of_each_segment_without_missing_values() -> None:
    values = np.array([1.0, 2.0, 3.0, np.nan, 10.0, 20.0])
    found = spreads(values, Groups(np.array([0, 0, 0, 0, 1, -1]), 3))
    assert found[0] is not None
    assert (found[0].median, found[0].lower) == (2.0, 1.5)
    assert found[1] is not None
    assert found[1].high == 10.0
    assert found[2] is None


def test_shares_are_of_those_with_a_value() -> None:
    column = Column("c", "text", np.array([0, 0, 1, -1, 1, 1, 0], dtype=np.int32), ("a", "b"))
    categories, shares, sizes = category_shares(column, Groups(np.array([0, 0, 0, 0, 1, 1, -1]), 2))
    assert categories == ("a", "b")
    assert sizes.tolist() == [3, 2]
    np.testing.assert_allclose(shares, [[0.5, 0.5], [2 / 3, 1 / 3], [0.0, 1.0]])
