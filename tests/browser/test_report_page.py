"""The report and the exploration, opened as a person opens them."""

from __future__ import annotations

from typing import Any

import pytest

import made_studies
from clientage.report.bundle import vega_bundle
from clientage.report.document import build_document
from clientage.report.exploration import render_exploration
from clientage.report.html import render_html


@pytest.fixture(scope="module", autouse=True)
def _charts() -> None:
    if vega_bundle() is None:
        pytest.skip("the chart script cannot be had here: vl_convert is not installed or its cache cannot be written")


def report(name: str) -> str:
    return render_html(build_document(getattr(made_studies, f"{name}_study")()))


@pytest.mark.parametrize("name", ["shop", "hostile", "noise", "twelve", "one"])
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_a_report_draws_every_figure_and_does_nothing_else(visit: Any, name: str, width: int, dark: bool) -> None:
    opened = visit(report(name), width=width, dark=dark)
    opened.draw_all()
    opened.assert_harmless()
    assert opened.page.evaluate("document.documentElement.scrollWidth") == width
    drawn = opened.page.evaluate(
        "[...document.querySelectorAll('.chart svg.marks')].map(s => s.getBoundingClientRect().height)"
    )
    assert len(drawn) == len(opened.page.query_selector_all(".chart"))
    assert min(drawn) > 50


def test_an_exploration_draws_and_does_nothing_else(visit: Any) -> None:
    record = made_studies.hostile_study()
    opened = visit(render_exploration(record.prepared, record.matrix))
    opened.draw_all()
    opened.assert_harmless()
    assert opened.page.locator(".legend").count() == 0


def test_a_page_is_there_before_its_figures(visit: Any) -> None:
    """Whoever opens a report reads at once: what is far below is not drawn until the page is loaded."""
    count = "drawnWhenLoaded = document.querySelectorAll('.chart[data-drawn]').length"
    opened = visit(report("shop"), before=f"addEventListener('load', () => {{ window.{count}; }})")
    at_once = opened.page.evaluate("window.drawnWhenLoaded")
    opened.draw_all()
    assert at_once < opened.page.evaluate("document.querySelectorAll('.chart[data-drawn]').length")


def test_hostile_names_are_text_on_the_page_in_figures_and_in_tips(visit: Any) -> None:
    opened = visit(report("hostile"))
    opened.draw_all()
    page = opened.page
    assert page.locator(f"text={made_studies.MARKUP}").count() > 0
    bar = page.locator("[data-figure=profiles] svg .mark-rect path").first
    bar.scroll_into_view_if_needed()
    bar.hover()
    opened.until("document.querySelector('#vg-tooltip-element')?.innerText.includes('onerror')")
    assert page.evaluate("document.querySelectorAll('img').length") == 0
    opened.assert_harmless()


def test_a_script_that_is_not_the_pages_own_does_not_run(visit: Any) -> None:
    opened = visit(report("shop"))
    script = "s = document.createElement('script'); s.textContent = 'window.intruder = 1'; document.body.append(s)"
    opened.page.evaluate(f"() => {{ let {script}; }}")
    assert opened.page.evaluate("window.intruder") is None
    opened.until(lambda: any("Content Security Policy" in text for text in opened.complaints))


def test_one_segment_can_be_shown_alone(visit: Any) -> None:
    opened = visit(report("shop"))
    opened.draw_all()
    page = opened.page
    bars = "[...document.querySelectorAll('[data-figure=sizes] .layer_0_marks path')]"
    faded = f"{bars}.map(p => Number(p.getAttribute('opacity') ?? 1))"
    page.locator("button[data-focus='2']").click()
    opened.until(lambda: page.evaluate(faded).count(1) == 1)
    assert page.locator("article.card.focused").count() == 1
    assert page.locator("button[aria-pressed=true]").count() == 1
    page.keyboard.press("Escape")
    opened.until(lambda: set(page.evaluate(faded)) == {1})
    opened.assert_harmless()


def test_the_page_prints_whole(visit: Any) -> None:
    opened = visit(report("shop"))
    opened.draw_all()
    page = opened.page
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 900})  # an A4 page less its margins
    opened.until("document.documentElement.scrollWidth <= 700")
    assert not page.locator(".bar-top").is_visible()
    opened.assert_harmless()


def test_another_width_draws_the_figures_anew(visit: Any) -> None:
    opened = visit(report("shop"))
    opened.draw_all()
    page = opened.page
    page.set_viewport_size({"width": 420, "height": 900})
    opened.until("document.documentElement.scrollWidth === 420")
    narrow = "c => c.querySelector('svg.marks')?.getBoundingClientRect().width <= 420"
    opened.until(f"[...document.querySelectorAll('.chart')].every({narrow})")
    opened.assert_harmless()
