"""Pictures without a browser."""

from __future__ import annotations

import sys

import pytest

import made_studies
from clientage.charts.figure import DataTable, build_figure
from clientage.charts.pictures import draw_picture, standing_alone
from clientage.charts.segments import segment_sizes
from clientage.errors import MissingExtraError


def test_a_png_and_an_svg_with_its_title() -> None:
    pytest.importorskip("vl_convert", reason="the library that draws is not installed")
    figure = segment_sizes(made_studies.shop_study().profiles)
    assert draw_picture(figure, scale=0.5).startswith(b"\x89PNG")
    svg = draw_picture(figure, "svg").decode()
    assert svg.startswith("<svg")
    assert figure.title in svg


def test_hostile_names_are_text_in_a_picture() -> None:
    pytest.importorskip("vl_convert", reason="the library that draws is not installed")
    svg = draw_picture(segment_sizes(made_studies.hostile_study().profiles), "svg").decode()
    assert "<img" not in svg
    assert "<script" not in svg


def test_without_the_library_the_install_line_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(MissingExtraError, match=r"clientage\[charts\]"):
        draw_picture(segment_sizes(made_studies.shop_study().profiles))


def test_many_names_below_a_figure_get_room() -> None:
    names = [f"{i}. Some people" for i in range(12)]
    x = {"field": "segment", "type": "nominal", "scale": {"domain": names}}
    body = {"layer": [{"mark": "rect", "encoding": {"x": x}}]}
    wide = standing_alone(build_figure("a", "A", "Cells.", DataTable((), ()), body))
    assert wide["width"] == 1_200
