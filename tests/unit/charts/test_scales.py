"""Ticks of logarithmic axes."""

from __future__ import annotations

import pytest

from clientage.charts.scales import log_ticks


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0, 3_000.0, [0.0, 10.0, 100.0, 1_000.0]),
        (1_500.0, 700_000.0, [10_000.0, 100_000.0]),
        (-1_200.0, 280_000.0, [-1_000.0, -10.0, 0.0, 10.0, 1_000.0, 100_000.0]),
        (0.0, 0.5, [0.0]),
        (2.0, 5.0, [2.0, 5.0]),
    ],
)
def test_ticks_are_powers_of_ten_inside_the_ends(low: float, high: float, ticks: list[float]) -> None:
    assert log_ticks(low, high) == ticks
