"""Public files give the same table whether it lives on disk or in memory, read in blocks of any size."""

from __future__ import annotations

from pathlib import Path

import pytest

from clientage.config import settings_from
from clientage.data import csv_arrow
from clientage.data.reading import read
from clientage.spool import Stored

FILES = (
    "CC GENERAL.csv",
    "Mall_Customers.csv",
    "marketing_campaign.csv",
    "online_retail.csv.gz",
    "segmentation_data.csv",
    "CDNOW_master.txt",
)


@pytest.mark.parametrize("name", FILES)
def test_a_real_table_on_disk_is_the_table_in_memory(
    name: str, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = read(shared_data / name)
    monkeypatch.setattr(csv_arrow, "SMALL_BLOCK", 1 << 18)
    stored = read(shared_data / name, settings_from({"read": {"memory": "10KB"}}).read)
    assert isinstance(stored.columns[0].held, Stored)
    assert (held.names, held.notes, held.account, held.source) == (
        stored.names,
        stored.notes,
        stored.account,
        stored.source,
    )
    for a, b in zip(held, stored, strict=True):
        assert (a.kind, a.is_integer, list(a.categories)) == (b.kind, b.is_integer, list(b.categories))
        assert a.values.tobytes() == b.values.tobytes()
