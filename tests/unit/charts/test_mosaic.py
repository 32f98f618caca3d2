"""Mosaics: areas are customers, and rare categories have no name."""

from __future__ import annotations

import numpy as np
import pytest

import made_studies
from clientage.charts.mosaic import category_mosaics


def mosaic(**changed: object):
    columns = made_studies.shop() | changed
    roles = {"features": ["income", "store_visits", "total_spend"], "profile": ["city"]}
    record = made_studies.study(columns, roles=roles, cluster={"k": 4})
    figure = category_mosaics(record.customers, record.segmentation, record.profiles)
    assert figure is not None
    return record, figure


def tiles(figure):
    return figure.spec["concat"][0]["layer"][0]["data"]["values"]


def test_the_area_of_a_tile_is_its_share_of_all_customers() -> None:
    record, figure = mosaic()
    city = record.customers.column("city")
    widths = {t["id"]: t["right"] - t["left"] for t in tiles(figure) if t["id"]}
    for t in tiles(figure):
        if t["id"]:
            own = (record.segmentation.labels == t["id"] - 1) & (city.as_text() == t["category"])
            area = (t["bottom"] - t["top"]) * widths[t["id"]] / sum(widths.values())
            assert area == pytest.approx(np.count_nonzero(own) / record.customers.n, abs=2e-3)


def test_the_title_names_what_differs() -> None:
    columns = made_studies.shop()
    spend = np.array(columns["total_spend"])
    near = np.where(spend > 70, "Rome", np.array(columns["city"], dtype=object)).tolist()
    record, figure = mosaic(city=near)
    rich = max(record.profiles.segments, key=lambda s: next(t.mean for t in s.traits if t.column == "total_spend"))
    assert figure.title.startswith(f"City Rome is 100% of segment {rich.id} and ")
    assert mosaic()[1].title.startswith(("No category", "City"))


def test_rare_categories_are_drawn_together() -> None:
    city = ["Rome"] * 200 + ["Oslo"] * 190 + [f"village {i}" for i in range(10)]
    _, figure = mosaic(city=np.random.default_rng(0).permutation(np.array(city, dtype=object)).tolist())
    assert {t["category"] for t in tiles(figure)} == {"Rome", "Oslo", "(all others)"}
    heights = [t["bottom"] for t in tiles(figure) if t["category"] == "(all others)"]
    assert heights == pytest.approx([1.0] * len(heights), abs=1e-3)


def test_a_column_of_rare_categories_alone_is_not_drawn() -> None:
    columns = made_studies.shop() | {"street": [f"street {i % 90}" for i in range(400)]}
    roles = {"features": ["income", "store_visits", "total_spend"], "profile": ["city", "street"]}
    record = made_studies.study(columns, roles=roles, cluster={"k": 4})
    figure = category_mosaics(record.customers, record.segmentation, record.profiles)
    assert figure is not None
    assert [panel["title"] for panel in figure.spec["concat"]] == [["city"]]
