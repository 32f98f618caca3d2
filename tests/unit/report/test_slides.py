"""Slides: what they say, that every number is the summary's, and that nothing runs over its place."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pptx
import pytest

import made_studies
from clientage.charts.choice import CHANCE
from clientage.publish import publish
from clientage.report.measuring import Paragraph, height_of
from clientage.report.saved import SavedReport, saved_report
from clientage.report.slides import render_slides
from clientage.report.slides_segments import HEADING
from clientage.segments.wording import percent

MADE = [
    made_studies.shop_study,
    made_studies.hostile_study,
    made_studies.noise_study,
    made_studies.twelve_study,
    made_studies.one_study,
]
EMU = 12_700  # in a point


@pytest.fixture(scope="module", params=MADE, ids=lambda make: make.__name__)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[SavedReport, Any]:
    report = saved_report(publish(request.param(), tmp_path_factory.mktemp("slides")))
    return report, pptx.Presentation(io.BytesIO(render_slides(report)))


def texts(slide: Any) -> Iterator[str]:
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield from (p.text for p in shape.text_frame.paragraphs)
        elif shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)


def charts(slide: Any) -> list[Any]:
    return [shape.chart for shape in slide.shapes if shape.has_chart]


def test_about_twelve_slides_wide_and_titled(made: tuple[SavedReport, Any]) -> None:
    _, deck = made
    assert 6 <= len(deck.slides) <= 18
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, rel=1e-3)
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert all(titles)
    assert titles[0].startswith("Customer segments of")


def test_the_verdict_is_on_the_first_slide(made: tuple[SavedReport, Any]) -> None:
    report, deck = made
    said = list(texts(deck.slides[0]))
    assert report.summary["verdict_sentence"] in said


def test_noise_is_called_arbitrary_and_gets_no_campaign(tmp_path: Path) -> None:
    report = saved_report(publish(made_studies.noise_study(), tmp_path))
    deck = pptx.Presentation(io.BytesIO(render_slides(report)))
    assert "No groups, arbitrary cuts" in list(texts(deck.slides[0]))
    assert "No campaign is recommended" in [slide.shapes.title.text for slide in deck.slides]


def test_the_table_at_a_glance_shows_the_summary(made: tuple[SavedReport, Any]) -> None:
    report, deck = made
    rows = [
        [cell.text for cell in row.cells]
        for slide in deck.slides
        if "at a glance" in slide.shapes.title.text
        for shape in slide.shapes
        if shape.has_table
        for row in list(shape.table.rows)[1:]
    ]
    segments = report.summary["segments"]
    assert [(int(r[0]), r[2], r[3]) for r in rows] == [
        (s["id"], f"{s['size']:,}", percent(s["share"])) for s in segments
    ]


def test_the_chart_of_sizes_holds_the_shares(made: tuple[SavedReport, Any]) -> None:
    report, deck = made
    found = [c for slide in deck.slides for c in charts(slide) if c.plots[0].series[0].name == "Share of customers"]
    (chart,) = found
    series = {s.name: list(s.values) for s in chart.plots[0].series}
    assert series["Share of customers"] == [s["share"] for s in report.summary["segments"]]
    if "Share of value" in series:
        assert series["Share of value"] == [s["value_share"] for s in report.summary["segments"]]


def test_segment_charts_hold_the_standardised_means_of_the_summary(made: tuple[SavedReport, Any]) -> None:
    report, deck = made
    found = [
        list(chart.plots[0].series[0].values)
        for slide in deck.slides
        if HEADING in list(texts(slide))
        for chart in charts(slide)
    ]
    compared = report.summary["segments"] if len(report.summary["segments"]) > 1 else []
    assert len(found) == len(compared)
    for values, segment in zip(found, compared, strict=True):
        effects = [t["effect"] for t in segment["profile"] if t["category"] is None]
        assert values == sorted(values, key=lambda v: -abs(v))
        shown = [e if abs(e) >= 0.05 else 0.0 for e in effects]  # less would be labelled "+0.0"
        assert all(any(v == pytest.approx(e, abs=1e-12) for e in shown) for v in values)


def test_the_silhouettes_are_those_of_the_candidates(made: tuple[SavedReport, Any]) -> None:
    report, deck = made
    (slide,) = [s for s in deck.slides if s.shapes.title.text.startswith("Why")]
    silhouettes = {
        c["criteria"]["silhouette"] for c in report.summary["candidates"] if c["criteria"].get("silhouette") is not None
    }
    figures = [b for b in report.document.section("choice").blocks if getattr(b, "name", "") == "silhouette"]
    chance = {row["y"] for f in figures for row in f.spec["data"]["values"] if row["line"] == CHANCE[0]}
    for chart in charts(slide):
        for series in chart.plots[0].series:
            values = {v for v in series.values if v is not None}
            if series.name == CHANCE[0]:
                assert values == chance
            elif series.name == CHANCE[1]:
                assert values == {report.summary["null_silhouette_max"]}
            else:
                assert values <= silhouettes


def test_every_text_fits_its_box_and_every_box_the_slide(made: tuple[SavedReport, Any]) -> None:
    _, deck = made
    for number, slide in enumerate(deck.slides, 1):
        for shape in slide.shapes:
            assert shape.left >= 0, number
            assert shape.top >= 0, number
            assert shape.left + shape.width <= deck.slide_width + 1, number
            assert shape.top + shape.height <= deck.slide_height + 1, (number, shape.name)
            if shape.has_text_frame and shape.text_frame.text:
                assert tall(shape) <= shape.height / EMU + 0.5, (number, shape.text_frame.text[:60])


def tall(shape: Any) -> float:
    paragraphs = shape.text_frame.paragraphs
    size = paragraphs[0].runs[0].font.size.pt
    kinds = [Paragraph(p.text, "head" if p.runs[0].font.bold else "body") for p in paragraphs]
    gaps = sum(p.space_before.pt for p in paragraphs)
    return sum(height_of([k], shape.width / EMU, size) for k in kinds) + gaps


def test_texts_are_never_smaller_than_can_be_read(made: tuple[SavedReport, Any]) -> None:
    _, deck = made
    sizes = [
        run.font.size.pt
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_text_frame
        for p in shape.text_frame.paragraphs
        for run in p.runs
    ]
    assert min(sizes) >= 8


def test_charts_and_tables_have_text_alternatives(made: tuple[SavedReport, Any]) -> None:
    _, deck = made
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table:
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")


def test_segments_have_the_colours_of_the_report(tmp_path: Path) -> None:
    report = saved_report(publish(made_studies.shop_study(), tmp_path))
    deck = pptx.Presentation(io.BytesIO(render_slides(report)))
    (chart,) = [c for s in deck.slides for c in charts(s) if c.plots[0].series[0].name == "Share of customers"]
    points = chart.plots[0].series[0].points
    colours = [str(points[i].format.fill.fore_color.rgb) for i in range(4)]
    assert colours == ["2672B7", "F7A224", "9B2014", "22CDE5"]


def test_what_was_cut_stands_whole_in_the_notes(tmp_path: Path) -> None:
    run = publish(made_studies.shop_study(), tmp_path)
    (run.path / "names.toml").write_text(f'1 = "{"Wochenendeinkäuferinnen " * 5}"', encoding="utf-8")
    deck = pptx.Presentation(io.BytesIO(render_slides(saved_report(run))))
    names = [s.shapes.title.text for s in deck.slides]
    assert any(re.match("Wochenend", name) for name in names)


@pytest.mark.parametrize("make", [made_studies.shop_study], ids=["shop"])
def test_own_names_are_on_the_slides(make: Callable, tmp_path: Path) -> None:
    run = publish(make(), tmp_path)
    (run.path / "names.toml").write_text('1 = "Weekend families"\n3 = "常連さん"\n', encoding="utf-8")
    deck = pptx.Presentation(io.BytesIO(render_slides(saved_report(run))))
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert "Weekend families" in titles
    assert "常連さん" in titles
