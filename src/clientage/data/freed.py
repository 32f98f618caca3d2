"""Memory that was freed goes back to the system between the steps of a large study.

The allocators of Arrow and of C keep what is freed for later; after the reading of ten million rows that is hundreds of
megabytes which the next step, whose arrays are large and come from the system, never asks for.
"""

from __future__ import annotations

import contextlib

import pyarrow as pa


def give_back() -> None:
    """Return freed memory to the system, as far as the allocators know how."""
    pa.default_memory_pool().release_unused()
    import ctypes

    with contextlib.suppress(OSError, AttributeError, TypeError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)
