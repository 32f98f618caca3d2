"""A process of its own, accounted for by the kernel: seconds, memory, and what it printed."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Account:
    """What one process took.

    Parameters
    ----------
    wall, cpu : float
        Seconds, from its start to its end, imports included.
    memory : float
        Largest resident size in MB of 10⁶ bytes.
    said : str
        Its standard output.
    """

    wall: float
    cpu: float
    memory: float
    said: str


def run(command: Sequence[str], folder: Path) -> Account:
    """Run a command and account for it; its standard error is passed on.

    It is spawned, not forked: the kernel starts a child's account of memory with what its parent held.
    """
    out = folder / "said.txt"
    begin = time.perf_counter()
    to_file = (os.POSIX_SPAWN_OPEN, 1, str(out), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    pid = os.posix_spawn(command[0], list(command), os.environ, file_actions=[to_file])
    _, status, used = os.wait4(pid, 0)
    wall = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"{' '.join(command)} ended with status {os.waitstatus_to_exitcode(status)}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Account(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6, out.read_text(encoding="utf-8"))


def fastest(command: Sequence[str], folder: Path, repeat: int) -> Account:
    """Return the fastest of several runs, with the largest memory of them."""
    runs = [run(command, folder) for _ in range(repeat)]
    best = min(runs, key=lambda r: r.wall)
    return Account(best.wall, best.cpu, max(r.memory for r in runs), best.said)
