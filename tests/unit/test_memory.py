"""Amounts of memory, as people write them."""

from __future__ import annotations

import pytest

from clientage.config import settings_from
from clientage.errors import SettingsError
from clientage.memory import machine_memory, memory_bytes


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
