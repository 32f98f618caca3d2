"""A real browser for the pages: Chromium, driven by Playwright, without a network."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from made_dashboards import MILLISECONDS, until_seen

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A running browser; the tests are skipped where there is none."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no browser is installed: none of {', '.join(NAMES)} is on the PATH (make test installs one)")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="Playwright, which drives the browser, is not installed"
    )
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=FLAGS, timeout=MILLISECONDS)
        yield running
        running.close()


class Visit:
    """A page opened from a file, and everything it did that it should not."""

    def __init__(self, page: Any, path: Path, before: str) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.dialogs: list[str] = []
        page.set_default_timeout(MILLISECONDS)
        page.on("request", lambda r: self.requests.append(r.url))
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        page.on("dialog", self._dismiss)
        page.add_init_script(before)
        page.goto(path.as_uri())

    def _dismiss(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def until(self, holds: str | Callable[[], object]) -> None:
        """Wait until an expression holds; the page's policy forbids Playwright's own waiting, which needs eval."""
        if isinstance(holds, str):
            until_seen(self.page, lambda: self.page.evaluate(holds), lambda: holds)
        else:
            until_seen(self.page, holds)

    def draw_all(self) -> None:
        """Wait until every figure is drawn."""
        self.until("[...document.querySelectorAll('.chart')].every(c => c.dataset.drawn)")

    def assert_harmless(self) -> None:
        """Nothing asked for, nothing complained of, nobody addressed."""
        assert [url for url in self.requests if not url.startswith(("file:", "data:"))] == []
        assert self.complaints == []
        assert self.dialogs == []


@pytest.fixture
def visit(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Open a page's text in a new window: ``visit(html, width=390, dark=True)``; a script may run before its own."""
    contexts = []

    def opened(html: str, *, width: int = 1280, dark: bool = False, before: str = "") -> Visit:
        path = tmp_path / "page.html"
        path.write_text(html, encoding="utf-8")
        scheme = "dark" if dark else "light"
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        return Visit(context.new_page(), path, before)

    yield opened
    for context in contexts:
        context.close()
