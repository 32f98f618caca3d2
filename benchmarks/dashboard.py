"""From turning a knob to redrawn charts: the dashboard, measured in a real browser.

Starts the server on a free port, opens the simulated shop, makes its segments, and turns every knob of the page
Overview many times, each time to a position that was never tried before, so that nothing comes from a cache. Prints
a Markdown table for docs/performance.md: milliseconds from the input event to the last change of the last chart, and
where they went. Also the time to the first page of a fresh start, and memory. Measure on a quiet machine.

    python benchmarks/dashboard.py                    1,000 and 1,000,000 customers, 30 turns of each knob
    python benchmarks/dashboard.py 1000 --turns 60
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
WRITE_SHOP = "from clientage.data.samples import write_shop; write_shop({0!r}, {1}, transactions=False)"
BARS = {1_000: 300, 1_000_000: 500}  # ms, 95th percentile
UNSEEN = 1_200  # ms after the answer: no chart changes any more
QUIET = 450  # ms without a change in any chart: everything is drawn
PATIENCE = 60_000  # ms a turn may take
KNOBS = ("k", "algorithm", "features", "weight", "transformation", "outliers")
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
CHART = '[data-testid="stVegaLiteChart"]'
TICK = 1000.0 / os.sysconf("SC_CLK_TCK")
# Charts drawn as SVG change the document; those on a canvas are seen by what is called on their context.
WATCH = """
(() => {
  const seen = window.__seen = {input: 0, sent: 0, first: 0, received: 0, answered: 0, drawn: 0};
  for (const kind of ['click', 'keydown']) addEventListener(kind, e => {
    seen.input = e.timeStamp; seen.sent = seen.first = seen.received = seen.drawn = 0;
  }, true);
  const drew = node => {
    const chart = node && node.closest && node.closest('CHART');
    if (chart) { seen.drawn = performance.now(); seen.answered = seen.received; }
  };
  const canvas = CanvasRenderingContext2D.prototype;
  for (const name of ['clearRect', 'fill', 'stroke', 'fillText', 'fillRect']) {
    const own = canvas[name];
    canvas[name] = function (...args) { drew(this.canvas); return own.apply(this, args); };
  }
  new MutationObserver(changes => {
    for (const c of changes) drew(c.target.nodeType === 1 ? c.target : c.target.parentElement);
  }).observe(document, {childList: true, subtree: true, attributes: true, characterData: true,
                        attributeFilter: ['d', 'fill', 'transform', 'x2', 'y2', 'opacity']});
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (...args) {
    if (!this.__heard) {
      this.__heard = true;
      this.addEventListener('message', () => {
        seen.received = performance.now();
        if (seen.sent && !seen.first) seen.first = seen.received;
      });
    }
    if (!seen.sent) seen.sent = performance.now();
    return send.apply(this, args);
  };
})();
""".replace("CHART", CHART)
# A turn that changes nothing anybody sees, as drawing in outliers where there are none, is told from a slow one by its
# answer, which came long ago.
SETTLED = f"""() => {{
  const s = window.__seen, now = performance.now();
  if (!s.drawn) return s.first > 0 && now - s.first > {UNSEEN};
  return s.drawn > 0 && now - s.drawn > {QUIET} && document.querySelectorAll('{CHART}').length > 0;
}}"""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a knob: ms until the message left, until the answer was there, until the charts stood."""

    sent: float
    answered: float
    drawn: float
    server: float
    browser: float


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("customers", nargs="*", type=int, default=[1_000, 1_000_000])
    asked.add_argument("--turns", type=int, default=30, help="of each knob")
    options = asked.parse_args()
    browser = next((b for b in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if b), None)
    if browser is None:
        sys.exit("No Chromium is installed; on Debian: apt-get install --no-install-recommends chromium")
    from playwright.sync_api import sync_playwright

    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start\n")
    with sync_playwright() as driver:
        for n in options.customers:
            with tempfile.TemporaryDirectory() as folder:
                measure(driver, browser, n, options.turns, Path(folder))


def measure(driver: Any, browser: str, n: int, turns: int, folder: Path) -> None:
    """Measure one shop and print its lines."""
    subprocess.run([sys.executable, "-c", WRITE_SHOP.format(str(folder / "shop"), n)], check=True)
    file = next((folder / "shop").glob("customers.*"))
    running = driver.chromium.launch(executable_path=browser, args=FLAGS)
    begun = time.perf_counter()
    with served(file, folder / "runs") as (server, address):
        page = running.new_page(viewport={"width": 1280, "height": 1000})
        page.add_init_script(WATCH)
        page.goto(address)
        page.get_by_role("heading", name="Data", exact=True).wait_for(timeout=60_000)
        print(f"First page of a fresh start with {n:,} customers: {time.perf_counter() - begun:.1f} s")
        page.get_by_role("button", name="Make segments").click(timeout=600_000)
        page.get_by_role("heading", name="Try other settings").wait_for(timeout=600_000)
        page.wait_for_function(SETTLED, timeout=60_000)
        print(f"Segments on the page after {time.perf_counter() - begun:.1f} s")
        found = walk(page, server.pid, turns)
        print_table(n, found)
        left_out = turns * len(KNOBS) - sum(map(len, found.values()))
        print(f"{left_out} turns changed nothing that is drawn, and are left out")
        print(f"Server: {peak_mb(server.pid):,.0f} MB at most\n")
    running.close()


@contextmanager
def served(file: Path, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A dashboard on a free port, stopped afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "clientage.dashboard", "--port", str(port), "--folder", str(folder)]
    server = subprocess.Popen([*command, "--", str(file)], stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield server, address
    finally:
        server.terminate()
        server.wait()


def walk(page: Any, pid: int, turns: int) -> dict[str, list[Turn]]:
    """Turn one knob after the other to positions that were never tried."""
    luck = random.Random(0)
    page.get_by_text("Weights of the features").click()
    page.wait_for_timeout(600)
    found: dict[str, list[Turn]] = {name: [] for name in KNOBS}
    hands: dict[str, Callable[[Any, random.Random], None]] = {
        "k": _turn_k,
        "algorithm": _turn_algorithm,
        "features": _turn_features,
        "weight": _turn_weight,
        "transformation": lambda page, _: page.get_by_text("Skewed features on a log scale").click(),
        "outliers": lambda page, _: page.get_by_text("Far outliers drawn in").click(),
    }
    for _ in range(turns):
        for name, hand in hands.items():
            turned = timed(page, pid, lambda hand=hand: hand(page, luck))  # type: ignore[misc]
            found[name] += [turned] if turned is not None else []
            if not page.get_by_text("Number of segments", exact=True).count():
                timed(page, pid, lambda: _choose(page, "k-means"))  # an algorithm without k: back, unmeasured
    return found


def timed(page: Any, pid: int, turn: Callable[[], None]) -> Turn | None:
    """Turn a knob and wait until every chart stands; None where no chart had to change."""
    page.evaluate("() => { window.__seen.drawn = 0; }")
    server, browser = cpu_ms(pid), browser_ms()
    turn()
    page.wait_for_function(SETTLED, timeout=PATIENCE, polling=50)
    used = cpu_ms(pid) - server, browser_ms() - browser
    s = page.evaluate("() => window.__seen")
    if not s["drawn"]:
        return None
    return Turn(s["sent"] - s["input"], s["answered"] - s["input"], s["drawn"] - s["input"], *used)


def _turn_k(page: Any, luck: random.Random) -> None:
    group = page.locator('[class*="st-key-knob_"][class*="_k"]').filter(has_text="Number of segments")
    buttons = group.get_by_role("radio")
    now = [i for i in range(buttons.count()) if buttons.nth(i).get_attribute("aria-checked") == "true"]
    buttons.nth(luck.choice([i for i in range(buttons.count()) if i not in now])).click()


def _turn_algorithm(page: Any, luck: random.Random) -> None:
    shown = page.locator('[data-testid="stSelectbox"] input').first.input_value()
    names = ["k-means", "Ward", "Gaussian mixture", "DBSCAN"]
    _choose(page, luck.choice([n for n in names if n not in shown]))


def _choose(page: Any, name: str) -> None:
    page.locator('[data-testid="stSelectbox"] input').first.click()
    page.get_by_role("option").filter(has_text=name).first.click()


def _turn_features(page: Any, luck: random.Random) -> None:
    pills = page.locator('[class*="_features"]').get_by_role("button")
    pills.nth(luck.randrange(pills.count())).click()


def _turn_weight(page: Any, luck: random.Random) -> None:
    thumbs = page.get_by_role("slider")
    thumb = thumbs.nth(luck.randrange(thumbs.count()))
    low, high, now = thumb.evaluate("e => [+e.min, +e.max, +e.value]")
    thumb.press("ArrowLeft" if now >= high or (now > low and luck.random() < 0.5) else "ArrowRight")


def cpu_ms(pid: int) -> float:
    """Processor time of a process so far, in ms."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def browser_ms() -> float:
    """Processor time of the processes below this one that are a browser's, in ms."""
    parents: dict[int, int] = {}
    names: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                name, _, rest = (entry / "stat").read_text().rpartition(")")
            except OSError:
                continue
            parents[int(entry.name)], names[int(entry.name)] = int(rest.split()[1]), name
    total = 0.0
    for pid, name in names.items():
        above = pid
        while above in parents and above != os.getpid():
            above = parents[above]
        if above == os.getpid() and "chrom" in name:
            try:
                total += cpu_ms(pid)
            except OSError:
                continue
    return total


def peak_mb(pid: int) -> float:
    """Largest resident size of a process, in MB of 10⁶ bytes."""
    line = next(x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


def print_table(n: int, found: dict[str, list[Turn]]) -> None:
    """Print the lines of one shop."""
    print(
        "\n| customers | knob | turns | median ms | p95 ms | until sent | until answered | server CPU | browser CPU |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    everything = [t for turns in found.values() for t in turns]
    for name, turns in [*found.items(), ("all", everything)]:
        drawn = sorted(t.drawn for t in turns)
        p95 = drawn[min(len(drawn) - 1, int(0.95 * len(drawn)))]
        split = ("sent", "answered", "server", "browser")
        parts = [statistics.median(getattr(t, part) for t in turns) for part in split]
        figures = " | ".join(f"{v:.0f}" for v in (statistics.median(drawn), p95, *parts))
        print(f"| {n:,} | {name} | {len(turns)} | {figures} |")
    bar = BARS.get(n)
    if bar is not None:
        inside = sum(t.drawn <= bar for t in everything) / len(everything)
        print(f"\n{inside:.0%} of the turns within {bar} ms")


if __name__ == "__main__":
    main()
