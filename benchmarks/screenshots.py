"""The pictures of README and docs, as the product looks today: the report and the dashboard on the simulated shop.

Segments the shop of `make demo`, opens the report and the dashboard in a real browser, and writes into `docs/images`.
The picture of cost is made by `bench.py`. Look at each picture before you keep it.

    python benchmarks/screenshots.py
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from dashboard import FLAGS, served
from picture import light

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
SCREEN = {"width": 1280, "height": 860}
PAGE = {"width": 1000, "height": 1000}
WIDE = {"width": 1100, "height": 1000}
SEGMENT = 3  # whose card stands in docs/report.md
# the page's head stays on top and would cover the card
UNSTICK = """for (const e of document.querySelectorAll('*'))
    if (getComputedStyle(e).position === 'sticky') e.style.position = 'static'"""
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def main() -> None:
    """Take the pictures."""
    browser = next((b for b in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if b), None)
    if browser is None:
        sys.exit("No Chromium is installed; on Debian: apt-get install --no-install-recommends chromium")
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        home = Path(folder)
        subprocess.run([sys.executable, "-m", "clientage", "demo", "-q", "--out", str(home)], check=True)
        running = driver.chromium.launch(executable_path=browser, args=FLAGS)
        picture_report(running, next((home / "runs").iterdir()) / "report.html")
        with served(home / "shop" / "customers.csv", home / "shown") as (_, address):
            picture_dashboard(running, address)
        running.close()


def picture_report(browser: Any, report: Path) -> None:
    """Take the first screen of the report, and the card of one segment."""
    page = browser.new_page(viewport=PAGE)
    page.goto(report.as_uri())
    keep("report", page.screenshot())
    page.set_viewport_size(WIDE)
    card = page.locator(f'article[data-segment="{SEGMENT}"]')
    page.evaluate(UNSTICK)
    keep("segment", card.screenshot())
    page.close()


def picture_dashboard(browser: Any, address: str) -> None:
    """Take the pages that README and docs show, from the file to the classified customer."""
    page = browser.new_page(viewport=SCREEN)
    page.goto(address)
    page.get_by_role("heading", name="What each column is").wait_for(timeout=60_000)
    keep("dashboard-data", settled(page))
    page.get_by_role("button", name="Make segments").click()
    page.get_by_role("heading", name="Try other settings").wait_for(timeout=120_000)
    keep("dashboard-overview", settled(page))
    for name in ("Segments", "Predict"):
        page.get_by_role("link", name=name, exact=True).click()
        page.get_by_role("heading", name=name, exact=True).wait_for(timeout=60_000)
        keep(f"dashboard-{name.lower()}", settled(page))
    page.close()


def settled(page: Any) -> bytes:
    """Return a picture of the page once nothing on it changes any more."""
    page.mouse.move(5, 5)
    seen = b""
    while True:
        page.locator(IDLE).wait_for(timeout=60_000)
        page.wait_for_timeout(1_500)
        page.get_by_test_id("stToast").wait_for(state="detached", timeout=60_000)
        now: bytes = page.screenshot()
        if now == seen:
            return now
        seen = now


def keep(name: str, picture: bytes) -> None:
    """Write a picture in as few bytes as it takes."""
    path = IMAGES / f"{name}.png"
    path.write_bytes(light(picture))
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
