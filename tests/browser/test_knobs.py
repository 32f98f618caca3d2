"""The live knobs in a real browser: every one redraws the map, and the trial is judged while the visitor looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import made_studies
from clientage.data.writing import write_csv
from made_dashboards import IDLE, MILLISECONDS, dashboard, until_seen

MAP = '[data-testid="stVegaLiteChart"] canvas'


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard that was asked for with a file."""
    folder = tmp_path_factory.mktemp("knobs")
    write_csv(folder / "shop.csv", made_studies.shop())
    with dashboard(folder / "runs", str(folder / "shop.csv")) as url:
        yield url


@pytest.fixture(scope="module")
def study(browser: Any, address: str) -> str:
    """The address of a study that was made on the page."""
    with browser.new_context() as context:
        opened = context.new_page()
        opened.set_default_timeout(MILLISECONDS)
        opened.goto(address)
        opened.get_by_role("button", name="Make segments").click()
        opened.wait_for_url("**run=*")
        return f"{address}/overview?run={run_in(opened.url)}"


@pytest.fixture
def page(browser: Any, study: str) -> Iterator[Any]:
    """The Overview of the study, as a new visitor sees it."""
    with browser.new_context(viewport={"width": 1280, "height": 1000}) as context:
        opened = context.new_page()
        opened.set_default_timeout(MILLISECONDS)
        opened.goto(study)
        opened.get_by_role("heading", name="Try other settings").wait_for()
        opened.wait_for_selector(MAP)
        opened.wait_for_selector(IDLE)
        yield opened


def run_in(url: str) -> str:
    """The id of the run that an address opens; "" for none."""
    return next(iter(parse_qs(urlsplit(url).query).get("run", [])), "")


def picture(page: Any) -> str:
    """What the map shows, pixel by pixel, when it is drawn and stays so."""
    looks = ["", ""]

    def look() -> bool:
        drawn: str = page.evaluate(f"() => document.querySelector('{MAP}')?.toDataURL() ?? ''")
        looks.append(drawn)
        return len(set(looks[-4:])) == 1 and bool(drawn)

    page.wait_for_selector(IDLE)
    until_seen(page, look)
    return looks[-1]


def turned(page: Any, turn: Callable[[], None], says: str) -> None:
    """Turn a knob: the page says what was turned, and the map is another one."""
    before = picture(page)
    turn()
    page.locator(".sheet").filter(has_text=says).first.wait_for()
    page.wait_for_function(f"old => document.querySelector('{MAP}')?.toDataURL() !== old", arg=before)


def test_every_knob_redraws_the_map(page: Any) -> None:
    fewer = "3" if page.get_by_role("radio", name="3", exact=True).get_attribute("aria-checked") != "true" else "2"
    turned(page, lambda: page.get_by_role("radio", name=fewer, exact=True).click(), f"A trial with {fewer} segments")
    turned(page, lambda: page.get_by_role("button", name="store_visits").click(), "without 'store_visits'")
    turned(page, lambda: page.get_by_role("button", name="city").click(), "with 'city'")
    page.get_by_text("Weights of the features").click()
    slider = page.get_by_role("slider").first
    slider.wait_for()
    turned(page, lambda: slider.press("ArrowRight"), "counts 2 times")
    page.get_by_text("Skewed features on a log scale").click()
    page.locator(".sheet").filter(has_text="Turned:").first.wait_for()


def test_the_trial_is_judged_while_the_visitor_looks_and_survives_a_reload(page: Any) -> None:
    page.get_by_role("radio", name="5", exact=True).click()
    page.wait_for_url("**k=5*")
    page.locator(".callout-title").filter(has_text="A trial:").first.wait_for()
    page.locator(".sheet").filter(has_text="being judged").first.wait_for(state="detached")
    assert "k=5" in page.url
    page.reload()
    page.locator(".callout-title").filter(has_text="A trial:").first.wait_for()
    page.get_by_role("button", name="Back to the study").click()
    page.locator("button:disabled", has_text="Back to the study").wait_for()
    page.locator(".sheet").filter(has_text="A trial").first.wait_for(state="detached")


def test_another_candidate_is_one_click_away(page: Any) -> None:
    page.get_by_role("link", name="Choosing k").first.click()
    page.get_by_role("heading", name="Take another").wait_for()
    page.wait_for_url("**/choosing?*run=*")  # the page stands before its address does
    before = run_in(page.url)
    page.get_by_role("button", name="Take", exact=False).first.click()
    page.wait_for_url(lambda url: run_in(url) not in {"", before})
    page.get_by_role("heading", name="Try other settings").wait_for()
    page.wait_for_url("**/overview?*")
