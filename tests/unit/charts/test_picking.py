"""Customers chosen in a figure: all that were meant, drawn or not."""

from __future__ import annotations

import numpy as np
import pytest

import made_studies
from clientage.charts.catalogue import draw
from clientage.charts.exploration import explore
from clientage.charts.figure import Figure
from clientage.charts.picking import in_frame, in_segments, pickable, picked_segments
from clientage.study import StudyRecord


def figure(record: StudyRecord, name: str) -> Figure:
    parts = {key: getattr(record, key) for key in ("selection", "profiles", "segmentation", "matrix", "customers")}
    parts["exploration"] = explore(record.customers.features, record.customers.profile)
    drawn = draw(name, parts)
    assert drawn is not None
    return drawn


@pytest.mark.parametrize("name", ["sizes", "map"])
def test_a_figure_gets_one_selection_and_keeps_its_own_specification(name: str) -> None:
    drawn = figure(made_studies.shop_study(), name)
    before = str(drawn.spec)
    chosen = pickable(drawn)
    assert chosen is not None
    assert [p["name"] for p in chosen.spec["layer"][0]["params"]] == ["choice"]
    assert str(drawn.spec) == before
    assert "zoom" not in chosen.description


def test_other_figures_offer_nothing_to_choose() -> None:
    assert pickable(figure(made_studies.shop_study(), "heatmap")) is None


def test_bars_choose_whole_segments() -> None:
    record = made_studies.shop_study()
    rows = in_segments(record, picked_segments([{"id": 3}, {"id": 1}]))
    assert len(rows) == record.profiles[1].size + record.profiles[3].size
    assert set(record.segment_ids[rows]) == {1, 3}


def test_a_frame_holds_the_dots_in_it_and_the_customers_that_are_not_drawn() -> None:
    record = made_studies.study(made_studies.shop(3_000), cluster={"bootstraps": 0, "null_draws": 0, "k": 4})
    dots = figure(record, "map").spec["layer"][0]["data"]["values"]
    x, y = (np.array([d[axis] for d in dots]) for axis in "xy")
    frame = {"x": [float(np.median(x)), float(x.max()) + 0.01], "y": [float(y.min()) - 0.01, float(np.median(y))]}
    drawn = int(np.count_nonzero((x >= frame["x"][0]) & (y <= frame["y"][1])))
    rows = in_frame(record, frame)
    assert len(dots) == 1_500
    assert 1.7 < len(rows) / drawn < 2.3  # half of the customers are drawn


def test_a_frame_around_everything_holds_everybody() -> None:
    record = made_studies.shop_study()
    assert len(in_frame(record, {"x": [-1e9, 1e9], "y": [1e9, -1e9]})) == record.customers.n


@pytest.mark.parametrize("nothing", [None, [], {}, {"x": [0, 1]}, "choice"])
def test_nothing_chosen_is_nobody(nothing: object) -> None:
    assert picked_segments(nothing) == ()
    assert len(in_frame(made_studies.shop_study(), nothing)) == 0
