"""Rules for values that a person would look at twice."""

from __future__ import annotations

import numpy as np
import pytest

from clientage.features.doubts import doubt_values
from made_tables import column


@pytest.mark.parametrize(
    ("name", "values", "code", "count"),
    [
        ("Age", [31, -3, 999], "impossible-age", 2),
        ("Year_Birth", [1893, 1957, 1996], "old-birth-year", 1),
        ("savings", [-5, *range(1, 40)], "few-negatives", 1),
        ("income", [*range(50_000, 70_000, 500), 60, 62], "mixed-scales", 2),
    ],
)
def test_a_rule_counts_what_breaks_it(name: str, values: list, code: str, count: int) -> None:
    assert [(n.code, n.count, n.severity) for n in doubt_values(column(name, values))] == [(code, count, "warning")]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Age", [0, 31, 119]),
        ("income", np.random.default_rng(0).lognormal(10, 1.5, 500).tolist()),
        ("z", np.random.default_rng(0).normal(size=500).tolist()),
        ("visits", [0] * 50 + [1000] * 50),
        ("day", [np.datetime64("2024-01-01")]),
        ("flag", [True, False]),
        ("empty", [None, None]),
    ],
)
def test_ordinary_columns_are_not_doubted(name: str, values: list) -> None:
    assert doubt_values(column(name, values)) == ()
