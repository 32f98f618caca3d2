"""How much memory there is, and how much of it a person allows.

Receives a text such as ``1GB``, or looks at the machine; returns bytes.
"""

from __future__ import annotations

import contextlib
import os
import re

from clientage.errors import SettingsError

UNKNOWN_MACHINE = 4 << 30  # taken where a machine does not say how much it has
MOST_UNASKED = 15 * 10**8  # what nobody was asked for: ten million customers need no more, and 1.4 GB at their peak
UNITS = {"kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30}
LARGE_ARRAY = 1 << 20  # bytes from which an array is asked of the system, and given back to it at once
TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8  # M_TRIM_THRESHOLD … of glibc's malloc.h
REUSED_ARRAY, KEPT = 64 << 20, 256 << 20  # bytes: of the largest array kept for the next, and of all that is kept
_ours: list[bool] = []  # not empty: the process is a command of ours, and nobody else's memory is in it
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def memory_bytes(text: str) -> int:
    """Return an amount of memory in bytes.

    Parameters
    ----------
    text : str
        A number and a unit: KB, MB, GB, TB of 1,000 each, or KiB, MiB, GiB of 1,024.

    Raises
    ------
    SettingsError
        For anything else.

    Examples
    --------
    >>> memory_bytes("800MB"), memory_bytes("1.5 GiB")
    (800000000, 1610612736)
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmg]i?b|tb)\s*", text.lower())
    if found is None:
        raise SettingsError("an amount of memory such as 800MB, 1GB or 2GiB", f"'{text}'", "Give a number and a unit.")
    return int(float(found[1]) * UNITS[found[2]])


def give_back_large_arrays() -> None:
    """Have the C library return every large array to the system as soon as it is freed.

    Left to itself glibc raises the size that counts as large to that of what was freed, up to 32 MB, and keeps smaller
    arrays for later: 150 MB of holes after the reading of ten million rows. For a process of ours only, as it changes
    all of it; elsewhere than with glibc it changes nothing.
    """
    _tell_allocator(MMAP_THRESHOLD, LARGE_ARRAY)


def reuse_large_arrays() -> None:
    """Have the C library keep what is freed for the arrays that come next, in a process that called `share_one_heap`.

    Memory fresh from the system is cleared page by page: half a millisecond for each MB, as long as several passes over
    it take; a study of a million customers asks for a third of the pages so. Whoever says how much memory there is
    wants `give_back_large_arrays` instead.
    """
    if _ours:
        _tell_allocator(MMAP_THRESHOLD, REUSED_ARRAY)
        _tell_allocator(TRIM_THRESHOLD, KEPT)


def share_one_heap() -> None:
    """Have all threads take memory from one heap: what one of them freed is there for the others.

    Left to itself glibc gives each thread a heap of its own: 4 MB more for a thousand customers, and no faster, as
    the large arrays come from the system. For a process of ours only, like `give_back_large_arrays`.
    """
    _ours.append(True)
    _tell_allocator(ARENA_MAX, 1)


def _tell_allocator(parameter: int, value: int) -> None:
    import ctypes

    with contextlib.suppress(OSError, AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).mallopt(parameter, value)


def allowed_memory(text: str | None) -> int:
    """Return the bytes that a person allows; None allows a quarter of the machine's memory, and 1.5 GB at most."""
    return min(machine_memory() // 4, MOST_UNASKED) if text is None else memory_bytes(text)


def machine_memory() -> int:
    """Return the memory in bytes that this process may hope for: the machine's, or its container's."""
    sizes = [_container(path) for path in LIMITS]
    if hasattr(os, "sysconf"):
        sizes.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return min((s for s in sizes if s), default=UNKNOWN_MACHINE)


def _container(path: str) -> int:
    try:
        with open(path, encoding="ascii") as file:
            text = file.read().strip()
    except OSError:
        return 0
    return int(text) if text.isdecimal() else 0
