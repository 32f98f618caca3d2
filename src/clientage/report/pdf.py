"""The report as PDF: the page printed by an installed Chromium, without a window and without a network.

Receives the page, returns the bytes of the PDF. The browser is a process of its own, ended after a time limit.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clientage.errors import ClientageError

BROWSER = "CLIENTAGE_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-scrollbars",
    "--window-size=1000,1400",
    "--run-all-compositor-stages-before-draw",
    "--virtual-time-budget=8000",  # milliseconds of the page's own clock, which stands still while charts are drawn
    "--no-pdf-header-footer",
)
SECONDS = 180.0
LONGEST = 60  # characters of a folder in which Chromium can still make the socket it wants: systems allow 104 in all
# As wide as a screen on which the page shows its tables and cards side by side; a printer scales it down to A4.
# What a card folds away stays away: it would take a second page for each segment.
PAPER = (
    "<style>@page { size: 270mm 382mm; margin: 13mm 14mm; } "
    "@media print { .card details.fold { display: none; } .chart svg.marks { max-height: 310mm; } "
    ".scroll table th, .scroll table td { overflow-wrap: break-word; } }</style></head>"  # there is room for words
)
OTHERWISE = "Install Chromium or Chrome, or open report.html in any browser and print it to a file."


class BrowserError(ClientageError):
    """No browser is there to print a page, or it did not."""


def find_browser() -> str | None:
    """Return the path of an installed Chromium; ``$CLIENTAGE_BROWSER`` names another."""
    named = os.environ.get(BROWSER)
    if named:
        return shutil.which(named)
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or next((place for place in PLACES if Path(place).is_file()), None)


def print_pdf(page: str, seconds: float = SECONDS) -> bytes:
    """Return a page as PDF.

    Parameters
    ----------
    page : str
        Self-contained HTML.
    seconds : float
        After so long the browser is ended.

    Raises
    ------
    BrowserError
        When there is no browser, or it did not print in time.
    """
    browser = find_browser()
    if browser is None:
        raise BrowserError(
            "a Chromium to print the page with", f"none is installed (or named by ${BROWSER})", OTHERWISE
        )
    with tempfile.TemporaryDirectory(prefix="clientage-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder) / "report.html", Path(folder) / "report.pdf"
        source.write_text(page.replace("</head>", PAPER, 1), encoding="utf-8")
        command = [browser, *FLAGS, f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}"]
        if _is_root():  # as root the sandbox of Chromium refuses to start; the page is our own and loads nothing
            command.append("--no-sandbox")
        said = _run([*command, f"{source.as_uri()}#print"], seconds, folder)
        if not target.is_file() or target.stat().st_size == 0:
            last = said.strip().splitlines()[-1:] or ["it said nothing"]
            raise BrowserError("a PDF", f"'{browser}' printed none: {last[0]}", OTHERWISE)
        return target.read_bytes()


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _run(command: list[str], seconds: float, folder: str) -> str:
    """What the browser said; it, its children and its temporary files are gone afterwards, whatever happens."""
    with _started(command, folder) as process:
        try:
            _, said = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise BrowserError("a PDF", f"'{command[0]}' had not printed after {seconds:.0f} s", OTHERWISE) from None
    return said.decode(errors="replace")


@contextmanager
def _started(command: list[str], folder: str) -> Iterator[subprocess.Popen[bytes]]:
    # a browser that is ended leaves its temporary files behind: they go with the folder
    environment = {**os.environ, "TMPDIR": folder} if len(folder) <= LONGEST else None
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env=environment,
        )
    except OSError as problem:
        raise BrowserError(
            "a browser that starts", f"'{command[0]}': {problem.strerror or problem}", OTHERWISE
        ) from None
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the browser with the children it started, which share its session."""
    if sys.platform == "win32":
        process.kill()
    else:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:  # all of them have ended by themselves
            return
    process.wait()
    if process.stderr is not None:
        process.stderr.close()
