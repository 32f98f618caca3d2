"""Amounts of memory, as people write them."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

from clientage.config import settings_from
from clientage.errors import SettingsError
from clientage.memory import allowed_memory, machine_memory, memory_bytes


@pytest.mark.parametrize(
    ("text", "n_bytes"),
    [("800MB", 800 * 10**6), ("1GB", 10**9), ("2GiB", 2 << 30), ("1.5 gb", 1_500_000_000), ("64kib", 64 << 10)],
)
def test_amounts_with_units(text: str, n_bytes: int) -> None:
    assert memory_bytes(text) == n_bytes


@pytest.mark.parametrize("text", ["", "1", "GB", "-1GB", "1 GB free", "1GBit", "1e3MB"])
def test_anything_else_is_refused_with_examples(text: str) -> None:
    with pytest.raises(SettingsError, match="800MB, 1GB or 2GiB"):
        settings_from({"read": {"memory": text}})


def test_the_machine_has_memory() -> None:
    assert machine_memory() > 1 << 28


@pytest.mark.parametrize(("machine", "allowed"), [(4 * 10**9, 10**9), (64 * 10**9, 15 * 10**8)])
def test_who_says_nothing_allows_a_quarter_and_one_and_a_half_gigabytes_at_most(
    monkeypatch: pytest.MonkeyPatch, machine: int, allowed: int
) -> None:
    monkeypatch.setattr("clientage.memory.machine_memory", lambda: machine)
    assert allowed_memory(None) == allowed
    assert allowed_memory("8GB") == 8 * 10**9


def grown(program: str) -> float:
    """MB that a program says it grew by, where nobody has told the C library how to go about memory."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MALLOC_", "GLIBC_TUNABLES", "LD_PRELOAD"))}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    return float(done.stdout)


HOLES = """
import resource
import numpy as np
from clientage.memory import give_back_large_arrays
if {0}:
    give_back_large_arrays()
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 2**20
np.ones(3 << 20)  # of 24 MB: from now on smaller ones are kept
kept, before = [], resident()
large = []
for _ in range(50):
    large.append(np.ones(1 << 18))  # 2 MB each, with something small behind it that stays
    kept.append(np.ones(8_000))
del large
print(resident() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a setting of glibc")
def test_freed_arrays_leave_no_holes() -> None:
    kept, given_back = (grown(HOLES.format(on)) for on in (False, True))
    assert kept > 80  # MB: what is put right
    assert given_back < 20


HEAPS = """
import resource, threading
import numpy as np
from clientage.memory import share_one_heap
if {0}:
    share_one_heap()
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 2**20
kept, over = [], threading.Event()
def work(done):
    large = []
    for _ in range(200):
        large.append(np.ones(8_000))  # 12 MB together, with something small behind each that stays
        kept.append(np.ones(300))
    del large
    done.set()
    over.wait()
before = resident()
for _ in range(4):  # one after the other, each alive to the end
    done = threading.Event()
    threading.Thread(target=work, args=(done,)).start()
    done.wait()
print(resident() - before)
over.set()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has a heap for each thread")
def test_what_one_thread_freed_is_there_for_the_others() -> None:
    assert grown(HEAPS.format(True)) < 0.5 * grown(HEAPS.format(False))
