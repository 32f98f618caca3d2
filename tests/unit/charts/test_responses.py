"""What is drawn of responses is what the outcomes say."""

from __future__ import annotations

import pytest

import made_studies
from clientage.charts.responses import responses


def drawn(figure, panel=0):
    return list(figure.spec["concat"][panel]["data"]["values"])


def test_rates_stand_beside_those_of_all_customers() -> None:
    profiles = made_studies.shop_study().profiles
    figure = responses(profiles)
    assert figure is not None
    for value, segment in zip(drawn(figure), profiles.segments, strict=True):
        (outcome,) = segment.outcomes
        assert value["y"] == pytest.approx(outcome.value, rel=1e-3)
        assert (value["low"], value["high"]) == pytest.approx((outcome.low, outcome.high), rel=1e-3, abs=1e-6)
    line = figure.spec["concat"][0]["layer"][0]["encoding"]["x"]["datum"]
    assert line == pytest.approx(profiles.segments[0].outcomes[0].overall, rel=1e-3)
    assert "% of segment" in figure.title


def test_a_control_group_draws_what_was_changed() -> None:
    columns = made_studies.shop()
    columns["arm"] = ["mailed", "held out"] * 200
    roles = {"features": ["income", "store_visits", "total_spend"], "outcome": ["response"], "control": "arm=held out"}
    profiles = made_studies.study(columns, roles=roles, cluster={"k": 4}).profiles
    figure = responses(profiles)
    assert figure is not None
    for value, segment in zip(drawn(figure), profiles.segments, strict=True):
        assert value["y"] == pytest.approx(segment.outcomes[0].uplift.difference, rel=1e-3, abs=1e-6)
    assert figure.spec["concat"][0]["layer"][0]["encoding"]["x"]["datum"] == 0
    assert figure.title == "In no segment did the treatment change anything beyond chance"
    assert [row[0] for row in figure.table.rows] == ["response", "response, uplift"]
    assert all("points (" in str(cell) for cell in figure.table.rows[1][2:])


def test_without_outcomes_there_is_nothing_to_draw() -> None:
    assert responses(made_studies.noise_study().profiles) is None
