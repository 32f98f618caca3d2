"""Waiting in tests: for the state itself, as long as a loaded machine may take, and never for a while.

What must come gets `PATIENCE`; a test that sleeps and then looks, or that measures how long something took, would
fail on a busy day with nothing wrong.
"""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

PATIENCE = 180.0  # seconds until a test gives up
FIRST_PORT, PORTS = 20_000, 12_000  # below those that the system hands out by itself
_next_port = itertools.count(os.getpid() * 64)


def until(
    holds: Callable[[], object],
    what: Callable[[], object] = lambda: "",
    pause: Callable[[], object] = lambda: time.sleep(0.02),
) -> None:
    """Wait until it holds; `what` says how things stand when it never does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"not after {PATIENCE:g} s: {what()}"
        pause()


def free_port() -> int:
    """A port of 127.0.0.1 that is free, and that no other worker and no outgoing connection will take meanwhile."""
    while True:
        port = FIRST_PORT + next(_next_port) % PORTS
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def until_answering(url: str, server: subprocess.Popen) -> None:
    """Wait until a server that was started answers."""

    def answers() -> bool:
        assert server.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(url, timeout=10).close()
        except OSError:
            return False
        return True

    until(answers, lambda: f"{url} does not answer")


def ended(server: subprocess.Popen) -> int:
    """The exit code of a process that was told to end; one that does not is killed, and the test fails."""
    try:
        return server.wait(PATIENCE)
    finally:
        server.kill()


def state_of(process: int) -> tuple[str, int] | None:
    """State letter and parent of a process; None when there is none."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("processes are looked up in /proc")
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return fields[0], int(fields[1])


def runs(process: int) -> bool:
    """Whether a process is there; one that has ended and was not yet noticed by its parent is not."""
    found = state_of(process)
    return found is not None and found[0] not in "ZX"


def children_of(process: int) -> list[int]:
    """The processes that one has started and that run."""
    there = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]
    found = {p: state_of(p) for p in there}
    return sorted(p for p, state in found.items() if state is not None and state[0] not in "ZX" and state[1] == process)
