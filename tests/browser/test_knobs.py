"""The live knobs in a real browser: every one redraws the map, and the trial is judged while the visitor looks."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import made_studies
from clientage.data.writing import write_csv

PATIENCE = 90_000  # milliseconds: the machine may be busy
MAP = '[data-testid="stVegaLiteChart"] canvas'


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard that was asked for with a file."""
    folder = tmp_path_factory.mktemp("knobs")
    write_csv(folder / "shop.csv", made_studies.shop())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "clientage.dashboard", "--port", str(port), "--folder", str(folder / "runs")]
    server = subprocess.Popen([*command, "--", str(folder / "shop.csv")], stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield url
    server.terminate()
    server.wait(30)


@pytest.fixture(scope="module")
def page(browser: Any, address: str) -> Iterator[Any]:
    """The Overview of a study that was made on the page."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE)
    opened.goto(address)
    opened.get_by_role("button", name="Make segments").click()
    opened.get_by_role("heading", name="Try other settings").wait_for()
    opened.wait_for_selector(MAP)
    opened.wait_for_timeout(800)
    yield opened
    context.close()


def run_in(url: str) -> str:
    """The id of the run that an address opens; "" for none."""
    return next(iter(parse_qs(urlsplit(url).query).get("run", [])), "")


def picture(page: Any) -> str:
    """What the map shows, pixel by pixel."""
    drawn: str = page.evaluate(f"() => document.querySelector('{MAP}').toDataURL()")
    return drawn


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
    page.get_by_role("button", name="Back to the study").click()
    page.locator("button:disabled", has_text="Back to the study").wait_for()
    page.locator(".sheet").filter(has_text="A trial").first.wait_for(state="detached")
    page.get_by_role("radio", name="5", exact=True).click()
    page.locator(".sheet").filter(has_text="A trial with 5 segments, being judged").first.wait_for()
    page.locator(".callout-title").filter(has_text="A trial:").first.wait_for()
    page.locator(".sheet").filter(has_text="being judged").first.wait_for(state="detached")
    assert "k=5" in page.url
    page.reload()
    page.locator(".callout-title").filter(has_text="A trial:").first.wait_for()


def test_another_candidate_is_one_click_away(page: Any) -> None:
    page.get_by_role("link", name="Choosing k").first.click()
    page.get_by_role("heading", name="Take another").wait_for()
    page.wait_for_url("**/choosing?*run=*")  # the page stands before its address does
    before = run_in(page.url)
    page.get_by_role("button", name="Take", exact=False).first.click()
    page.wait_for_url(lambda url: run_in(url) not in {"", before})
    page.get_by_role("heading", name="Try other settings").wait_for()
    assert Path(page.url.split("?")[0]).name == "overview"
