"""Reading of new data no more than scoring needs.

Receives a source and the columns of the model; returns a `Table` of these columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from clientage.config import ReadSettings
from clientage.data.reading import read
from clientage.data.table import Table
from clientage.errors import ColumnError
from clientage.memory import machine_memory

MOST_MEMORY = 200_000_000  # bytes that reading may plan with unless the study says otherwise


def read_needed(
    source: Any, settings: ReadSettings, features: Sequence[str], id_name: str | None, *, every: bool = False
) -> Table:
    """Return the needed columns of a source.

    Parameters
    ----------
    source : path, database URL or frame
        New data.
    settings : ReadSettings
        Of the study. Without a memory setting, tables of more than a tenth of a gigabyte live on disk.
    features : sequence of str
        Needed.
    id_name : str or None
        Taken along where the source has it.
    every : bool, default False
        Keep all columns.

    Raises
    ------
    ColumnError
        When a feature is missing.
    InputError
        When the source cannot be read.
    """
    if settings.memory is None:
        settings = replace(settings, memory=f"{min(MOST_MEMORY, machine_memory() // 4) // 1000}KB")
    wanted = [*features, *([id_name] if id_name is not None else [])]
    if every or not isinstance(source, str | Path):  # a frame may be one that can be read only once
        table = read(source, settings, least_rows=0)
        return table if every else _only(table, wanted)
    try:
        return read(source, settings, columns=wanted, least_rows=0)
    except ColumnError:
        if id_name is None:
            raise
    return read(source, settings, columns=features, least_rows=0)  # without ids, or refused for a feature


def _only(table: Table, wanted: Sequence[str]) -> Table:
    found = (table.find(name) for name in wanted)
    return replace(table, columns=tuple(c for c in found if c is not None))
