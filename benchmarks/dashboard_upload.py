"""A file of many customers through the dashboard's upload: memory of every process of it, and seconds.

Starts the server on a free port, uploads a CSV file of the simulated shop's customers in a real browser, waits for the
roles, makes the segments, and reads meanwhile from /proc what all processes of the server hold together. Linux only.

    python benchmarks/dashboard_upload.py             1,000,000 customers
    python benchmarks/dashboard_upload.py 100000
"""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
WRITE_SHOP = "from clientage.data.samples import write_shop; write_shop({0!r}, {1}, transactions=False)"
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
PATIENCE = 600_000  # milliseconds


class Watch(threading.Thread):
    """The largest proportional set size of a process and all below it, together and of the first alone."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.together, self.alone, self.over = pid, 0.0, 0.0, threading.Event()

    def run(self) -> None:
        """Look twenty times a second until it is over."""
        while not self.over.wait(0.05):
            sizes = [pss(pid) for pid in family(self.pid)]
            self.together = max(self.together, sum(sizes))
            self.alone = max(self.alone, max(sizes, default=0.0))


def family(pid: int) -> list[int]:
    """The process and everything it started, and they started."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        tasks = [p.name for p in Path(f"/proc/{pid}/task").iterdir()]
        texts = [Path(f"/proc/{pid}/task/{t}/children").read_text(encoding="ascii") for t in tasks]
    except OSError:
        return []
    below = {int(word) for part in (text, *texts) for word in part.split()}
    return [pid, *(p for child in below for p in family(child))]


def pss(pid: int) -> float:
    """Memory of one process in MB of 10⁶ bytes, shared pages counted in part."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("Pss:")), 0.0)


def journey(page: Any, address: str, file: Path) -> tuple[float, float]:
    """Upload, wait for the roles, make segments; seconds of each."""
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.wait_for_selector(IDLE)
    begin = time.perf_counter()
    page.set_input_files("input[type=file] >> nth=0", str(file))
    page.wait_for_selector('h3:has-text("What each column is")')
    looked = time.perf_counter()
    page.wait_for_timeout(1_000)
    page.click('button:has-text("Make segments")')
    begun = time.perf_counter()
    page.wait_for_url("**run=*")
    page.wait_for_selector(IDLE)
    return looked - begin, time.perf_counter() - begun


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("customers", type=int, nargs="?", default=1_000_000)
    asked = parser.parse_args()
    from playwright.sync_api import sync_playwright

    folder = Path(tempfile.mkdtemp(prefix="dashboard-upload-"))
    subprocess.run([sys.executable, "-c", WRITE_SHOP.format(str(folder / "shop"), asked.customers)], check=True)
    file = folder / "shop" / "customers.csv"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "clientage", "dashboard", "--no-browser", "--quiet", "--port", str(port)]
    server = subprocess.Popen([*command, "--out", str(folder / "runs")])
    try:
        while socket.socket().connect_ex(("127.0.0.1", port)):
            time.sleep(0.1)
        watch = Watch(server.pid)
        watch.start()
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            looked, made = journey(browser.new_page(), f"http://127.0.0.1:{port}", file)
            browser.close()
        time.sleep(1.0)
        rest = sum(pss(pid) for pid in family(server.pid))
        watch.over.set()
        watch.join()
        print(
            "| customers | file, MB | upload to roles, s | segments, s | all processes, MB | largest, MB | after, MB |"
        )
        print("|---|---|---|---|---|---|---|")
        figures = (file.stat().st_size / 1e6, looked, made, watch.together, watch.alone, rest)
        print(f"| {asked.customers:,} | {' | '.join(f'{x:.0f}' for x in figures)} |")
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
