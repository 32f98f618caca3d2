"""Every figure of the catalogue, on studies of every kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import made_studies
from clientage.charts.catalogue import FIGURES, draw
from clientage.charts.figure import Figure
from clientage.charts.parts import parts_of
from clientage.charts.pictures import standing_alone
from clientage.study import StudyRecord

STUDIES = {
    "groups": made_studies.shop_study,
    "hostile": made_studies.hostile_study,
    "noise": made_studies.noise_study,
    "twelve": made_studies.twelve_study,
    "one": made_studies.one_study,
}


def figures_of(record: StudyRecord) -> dict[str, Figure]:
    parts = parts_of(record)
    drawn = {name: draw(name, parts) for name in FIGURES}
    return {name: figure for name, figure in drawn.items() if figure is not None}


def walk(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for child in node.values():
            yield from walk(child)
    elif isinstance(node, list):
        for child in node:
            yield from walk(child)


@pytest.fixture(params=STUDIES)
def figures(request: pytest.FixtureRequest) -> dict[str, Figure]:
    make: Callable[[], StudyRecord] = STUDIES[request.param]
    return figures_of(make())


def test_a_full_study_has_every_figure() -> None:
    assert set(figures_of(made_studies.shop_study())) == set(FIGURES)


def test_figures_are_json_and_say_what_they_show(figures: dict[str, Figure]) -> None:
    for name, figure in figures.items():
        assert figure.name == name
        json.dumps(dict(figure.spec), allow_nan=False)
        assert figure.title
        assert figure.description.endswith(".")
        assert figure.title in figure.spec["description"]


def test_the_table_of_a_figure_has_a_cell_under_every_header(figures: dict[str, Figure]) -> None:
    for figure in figures.values():
        assert figure.table.rows, figure.name
        for row in figure.table.rows:
            assert len(row) == len(figure.table.columns), figure.name


def test_vega_lite_compiles_every_figure(figures: dict[str, Figure]) -> None:
    converter = pytest.importorskip("vl_convert", reason="the library that draws is not installed")
    for figure in figures.values():
        converter.vegalite_to_vega(standing_alone(figure), vl_version="6.4")


def test_names_of_views_are_unique(figures: dict[str, Figure]) -> None:
    for figure in figures.values():
        names = [n["name"] for n in walk(dict(figure.spec)) if "name" in n and ("mark" in n or "layer" in n)]
        assert len(names) == len(set(names)), figure.name


def test_figures_stay_small(figures: dict[str, Figure]) -> None:
    assert sum(len(json.dumps(dict(f.spec))) for f in figures.values()) < 400_000


def test_data_never_become_part_of_an_expression() -> None:
    for figure in figures_of(made_studies.hostile_study()).values():
        for node in walk(dict(figure.spec)):
            for key in ("test", "filter", "calculate", "labelExpr", "expr"):
                assert "alert" not in str(node.get(key, "")), figure.name


def test_labels_on_one_axis_are_all_different(figures: dict[str, Figure]) -> None:
    for figure in figures.values():
        for node in walk(dict(figure.spec)):
            domain = node.get("domain") if isinstance(node.get("domain"), list) else []
            if domain and isinstance(domain[0], str):
                assert len(domain) == len(set(domain)), figure.name


def test_a_segment_has_one_colour_everywhere() -> None:
    colours: dict[int, set[str]] = {}
    for figure in figures_of(made_studies.shop_study()).values():
        for node in walk(dict(figure.spec)):
            if isinstance(node.get("domain"), list) and isinstance(node.get("range"), list) and node["domain"]:
                for value, colour in zip(node["domain"], node["range"], strict=False):
                    if isinstance(value, int) and value > 0:
                        colours.setdefault(value, set()).add(colour)
    assert {len(found) for found in colours.values()} == {1}


def test_no_figure_depends_on_the_order_of_rows() -> None:
    columns = made_studies.shop()
    order = np.random.default_rng(5).permutation(400)
    shuffled = {name: [values[i] for i in order] for name, values in columns.items()}
    roles = {"features": ["income", "store_visits", "total_spend"], "profile": ["city"], "value": "total_spend"}
    one = figures_of(made_studies.study(columns, roles=roles))
    other = figures_of(made_studies.study(shuffled, roles=roles))
    assert set(one) == set(other)
    for name, figure in one.items():
        if name == "map":
            continue  # its points are the same set in the order they came
        assert dict(figure.spec) == dict(other[name].spec), name
        assert figure.table == other[name].table, name
    assert points(one["map"]) == points(other["map"])


def points(figure: Figure) -> list[tuple[float, float]]:
    return sorted((row["x"], row["y"]) for row in figure.spec["layer"][0]["data"]["values"])
