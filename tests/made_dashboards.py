"""A dashboard as a process of its own, and waiting for what a browser shows of it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from patience import PATIENCE, ended, free_port, until, until_answering

MILLISECONDS = 1_000 * PATIENCE  # Playwright's unit
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'  # holds before a click has reached the server, too


@contextmanager
def dashboard(folder: Path, *words: str) -> Iterator[str]:
    """Start `clientage dashboard` with a folder of runs, give its address, and stop it; it must not complain."""
    port = free_port()
    command = [sys.executable, "-m", "clientage", "dashboard", *words, "--no-browser"]
    command += ["--port", str(port), "--out", str(folder)]
    said = folder.with_name("said.txt")
    with said.open("wb") as log, subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log) as server:
        try:
            until_answering(f"http://127.0.0.1:{port}/_stcore/health", server)
            yield f"http://127.0.0.1:{port}"
            server.send_signal(signal.SIGTERM)
            assert ended(server) == 0
        finally:
            server.kill()
    told = said.read_text(encoding="utf-8")
    assert "Traceback" not in told, told


def until_seen(page: Any, holds: Callable[[], object], what: Callable[[], object] = lambda: "") -> None:
    """Wait until it holds in a browser, whose messages come in meanwhile."""
    until(holds, what, pause=lambda: page.wait_for_timeout(50))
