"""Keeping pandas out of the command's process.

pyarrow imports pandas with its first array wherever pandas is installed, and it takes a second and 33 MB.
The commands read files and databases, never frames, so nothing is lost without it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class _NoPandas:
    """An import finder that finds no pandas, and says nothing about other modules."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:  # noqa: ARG004 - the import system's own
        if name == "pandas":
            raise ModuleNotFoundError("pandas is kept out of this process", name=name)


@contextmanager
def without_pandas() -> Iterator[None]:
    """Hide pandas from imports inside the block; where it is imported already, it stays."""
    finder: Any = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
