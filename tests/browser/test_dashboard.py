"""The dashboard as a person uses it: a real server, a real browser, from the file to the classified customers."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import made_studies
from clientage.data.writing import write_csv
from clientage.publish import publish
from made_dashboards import IDLE, MILLISECONDS, dashboard, until_seen

CHARTS = '[data-testid="stVegaLiteChart"]'
OWN_NAME = "Your own name for this segment"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A running dashboard: its address and its folder of runs."""
    folder = tmp_path_factory.mktemp("dashboard") / "runs"
    with dashboard(folder) as address:
        yield address, folder


class Visitor:
    """A window on the dashboard, and everything it did that it should not."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.outside: list[str] = []
        self.dialogs: list[str] = []
        self.broken: list[str] = []
        page.set_default_timeout(MILLISECONDS)
        page.on("request", self._note)
        page.on("dialog", self._dismiss)
        page.on("pageerror", lambda e: self.broken.append(str(e)))

    def _note(self, request: Any) -> None:
        if not re.match(r"(https?|wss?)://127\.0\.0\.1[:/]|data:|blob:", request.url):
            self.outside.append(request.url)

    def _dismiss(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.rest()

    def rest(self) -> None:
        """Wait until the page is drawn whose drawing has begun, its charts included."""
        self.page.wait_for_selector(IDLE)
        drawn = f"[...document.querySelectorAll('{CHARTS}')].every(c => c.querySelector('canvas, svg'))"
        until_seen(self.page, lambda: self.page.evaluate(drawn))

    def go(self, page: str) -> None:
        link = self.page.locator(f'[data-testid="stTopNavLink"]:has-text("{page}")')
        narrow = self.page.locator(f'.st-key-narrow_navigation a:has-text("{page}")')
        (link if link.first.is_visible() else narrow).first.click()
        title = "Customer segments of .*" if page == "Overview" else page
        self.page.locator("h1").filter(has_text=re.compile(rf"^\s*{title}\s*$")).wait_for()
        self.rest()

    def click(self, words: str) -> None:
        self.page.click(f'button:has-text("{words}")')

    def other_data(self) -> None:
        """Leave the file that was chosen; nothing of it is on the page any more."""
        self.click("Other data")
        self.page.wait_for_selector('button:has-text("Other data")', state="detached")
        self.rest()

    def upload(self, path: Path) -> None:
        self.page.set_input_files("input[type=file] >> nth=0", str(path))

    def says(self, words: str) -> None:
        self.page.wait_for_selector(f'[data-testid="stMain"] :text("{words}")')

    def download(self, words: str) -> bytes:
        with self.page.expect_download() as waiting:
            self.page.click(f'button:has-text("{words}")')
        return Path(waiting.value.path()).read_bytes()

    def assert_harmless(self) -> None:
        assert self.outside == []
        assert self.dialogs == []
        assert self.broken == []
        assert "Traceback" not in self.page.inner_text("body")


@pytest.fixture
def visitor(browser: Any) -> Iterator[Callable[..., Visitor]]:
    """Come as a new visitor: ``visitor(width=390, dark=True)``."""
    contexts = []

    def come(width: int = 1280, *, dark: bool = False) -> Visitor:
        scheme = "dark" if dark else "light"
        context = browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=scheme)
        contexts.append(context)
        return Visitor(context.new_page())

    yield come
    for context in contexts:
        context.close()


def shown(page: Any, name: str) -> None:
    """Keep a picture of the page where somebody asks for it, to be looked at."""
    folder = os.environ.get("CLIENTAGE_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def test_the_whole_journey(server: tuple[str, Path], visitor: Callable[..., Visitor], shared_data: Path) -> None:
    address, folder = server
    me = visitor()
    page = me.page
    me.open(address)
    shown(page, "01-data-empty")
    me.upload(shared_data / "marketing_campaign.csv")
    page.wait_for_selector('h3:has-text("What each column is")')
    me.rest()
    me.says("2,240")
    shown(page, "02-data-roles")
    me.click("Make segments")
    page.wait_for_url("**run=*")
    page.wait_for_selector('h1:has-text("Customer segments of")')
    me.rest()
    run = page.url.partition("run=")[2].partition("&")[0]
    assert (folder / run / "report.html").is_file()
    shown(page, "03-overview")
    me.go("Segments")
    me.says("All segments at a glance")
    page.wait_for_selector(f"{CHARTS} canvas, {CHARTS} svg")
    shown(page, "04-segments")
    _change_k(me)
    shown(page, "05-other-k")
    me.go("Segments")
    page.get_by_role("radio", name=re.compile(r"^1\. ")).click()
    page.wait_for_url("**segment=1*")
    page.fill(f'input[aria-label="{OWN_NAME}"]', "Thrifty *families*")
    me.click("Rename")
    page.wait_for_selector('.card h3:has-text("Thrifty *families*")')
    assert "segment=1" in page.url
    shown(page, "06-renamed")
    ids = me.download("with ids")
    assert ids.startswith(b"id,")
    me.go("Predict")
    me.says("Why this segment and not the nearest other")
    answer = page.locator('[data-testid="stMain"] .sheet')
    before = answer.all_inner_texts()
    page.locator('[data-testid="stSlider"] input[type=range]').first.press("End")
    until_seen(page, lambda: answer.all_inner_texts() != before)
    shown(page, "07-predict")
    page.click('[role=tab]:has-text("A file of customers")')
    me.upload(shared_data / "marketing_campaign.csv")
    page.wait_for_selector(':text("2,240 customers classified")')
    shown(page, "08-classified")
    rows = list(csv.DictReader(io.StringIO(me.download("Download them classified").decode())))
    assert len(rows) == 2_240
    assert "Thrifty *families*" in {row["segment_name"] for row in rows}
    other = visitor()
    other.open(f"{address}/segments?run={run}&segment=1")
    other.page.wait_for_selector('.card h3:has-text("Thrifty *families*")')
    other.go("Explore")
    shown(other.page, "09-explore")
    other.go("Runs")
    shown(other.page, "10-runs")
    me.assert_harmless()
    other.assert_harmless()


def _change_k(me: Visitor) -> None:
    """Turn the knob on the Overview: what is shown follows, the run stays."""
    me.go("Overview")
    me.page.locator('[aria-label="Number of segments"] [role=radio]:has-text("4")').first.click()
    me.page.wait_for_url("**k=4*")
    me.says("A trial")


@pytest.mark.parametrize(("width", "dark"), [(1280, True), (390, False)])
def test_every_page_fits_and_does_nothing_else(
    server: tuple[str, Path], visitor: Callable[..., Visitor], width: int, dark: bool
) -> None:
    address, folder = server
    run = publish(made_studies.hostile_study(), folder)
    me = visitor(width, dark=dark)
    for name in ("", "overview", "segments", "predict", "explore", "runs"):
        me.open(f"{address}/{name}?run={run.path.name}")
        fits = f"document.documentElement.scrollWidth <= {width}"
        until_seen(me.page, lambda fits=fits: me.page.evaluate(fits), lambda name=name: f"{name} is too wide")
        assert me.page.evaluate("document.querySelectorAll('[data-testid=stMain] img').length") == 0
        shown(me.page, f"hostile-{width}-{name}")
    me.open(f"{address}/segments?run={run.path.name}&segment=1")
    me.says("onerror")
    me.assert_harmless()


HOSTILE_FILES = {
    "empty.csv": b"",
    "header.csv": b"id,age,income\n",
    "page.csv": b"<!doctype html><html><body>Sign in</body></html>",
    "archive.csv": b"PK\x03\x04" + b"\x00" * 60,
    "cut.parquet": b"PAR1" + b"\x00" * 40,
    "sheet.xlsx": b"this is no workbook",
    "=cmd|' /C calc'!A0.csv": b"id;age\n1;2\n",
}


def test_a_hostile_file_gives_a_sentence_and_the_server_lives_on(
    server: tuple[str, Path], visitor: Callable[..., Visitor], tmp_path: Path
) -> None:
    address, _ = server
    me = visitor()
    me.open(address)
    for name, content in HOSTILE_FILES.items():
        path = tmp_path / re.sub(r"[/|]", "_", name)
        path.write_bytes(content)
        me.upload(path)
        me.page.wait_for_selector('.callout.serious :text("What to do:")')
        alert = me.page.inner_text('[data-testid="stMain"]')
        assert "What to do:" in alert, (name, alert)
        assert "failed where it should not have" not in alert, (name, alert)
        me.other_data()
    good = tmp_path / "good.csv"
    write_csv(good, made_studies.shop(60))
    me.upload(good)
    me.page.wait_for_selector('h3:has-text("What each column is")')
    me.assert_harmless()


def test_ten_visitors_at_once_keep_their_own_states(server: tuple[str, Path], visitor: Callable[..., Visitor]) -> None:
    address, folder = server
    runs = [publish(getattr(made_studies, f"{name}_study")(), folder).path for name in ("shop", "one", "noise")]
    first = visitor()  # windows of one browser: each is a visitor of its own to the server
    visitors = [first, *(Visitor(first.page.context.new_page()) for _ in range(9))]
    for i, me in enumerate(visitors):
        me.page.goto(f"{address}/segments?run={runs[i % 3].name}")
    for me in visitors:
        me.rest()
    for i, me in enumerate(visitors):
        me.page.wait_for_selector(".glance")
        me.page.wait_for_url(f"**run={runs[i % 3].name}*")
        rows = me.page.locator(".glance tbody tr").count()
        assert rows == len([*_segments(runs[i % 3])])
        me.assert_harmless()


def _segments(run: Path) -> Iterator[str]:
    with (run / "profiles.csv").open(encoding="utf-8", newline="") as file:
        yield from sorted({row["segment_id"] for row in csv.DictReader(file)})


def test_keys_alone_lead_through_the_pages(server: tuple[str, Path], visitor: Callable[..., Visitor]) -> None:
    address, folder = server
    run = publish(made_studies.shop_study(), folder)
    me = visitor()
    me.open(f"{address}/segments?run={run.path.name}")
    page = me.page
    _tab_to(page, "document.activeElement.role === 'radio'")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.wait_for_url("**segment=1*")
    page.wait_for_selector(f'input[aria-label="{OWN_NAME}"]')
    me.rest()
    _tab_to(page, f"document.activeElement.getAttribute('aria-label') === '{OWN_NAME}'")
    page.keyboard.press("Control+a")
    page.keyboard.type("By keys alone")
    page.keyboard.press("Enter")
    page.wait_for_selector('.card h3:has-text("By keys alone")')
    me.assert_harmless()


def _tab_to(page: Any, condition: str, most: int = 80) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(condition):
            return
    raise AssertionError(f"no key leads to where {condition}")


def test_charts_have_words_for_those_who_cannot_see_them(
    server: tuple[str, Path], visitor: Callable[..., Visitor]
) -> None:
    address, folder = server
    run = publish(made_studies.shop_study(), folder)
    me = visitor()
    me.open(f"{address}/segments?run={run.path.name}")
    chart = me.page.locator('[data-testid="stVegaLiteChart"][aria-label]').first
    assert "share of customers" in (chart.get_attribute("aria-label") or "")
