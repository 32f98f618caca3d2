"""Shares by segment."""

from __future__ import annotations

import numpy as np

from clientage.charts.spread import category_shares
from clientage.data.table import Column
from clientage.segments.groups import Groups


def test_shares_are_of_those_with_a_value() -> None:
    column = Column("c", "text", np.array([0, 0, 1, -1, 1, 1, 0], dtype=np.int32), ("a", "b"))
    categories, shares, sizes = category_shares(column, Groups(np.array([0, 0, 0, 0, 1, 1, -1]), 2))
    assert categories == ("a", "b")
    assert sizes.tolist() == [3, 2]
    np.testing.assert_allclose(shares, [[0.5, 0.5], [2 / 3, 1 / 3], [0.0, 1.0]])
