"""A table for other programs: declared columns with fixed types, keys and meanings, and their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Type = Literal["integer", "number", "text", "date"]


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One declared column.

    Parameters
    ----------
    name : str
        Unique in its table, also where case is no difference.
    type : {"integer", "number", "text", "date"}
        int64, float64, UTF-8 text or a timestamp without zone, whatever the data. Integers are never missing.
    meaning : str
        One sentence for the data dictionary.
    unit : str
        ``"customers"``, ``"share of 1"`` …; "" where there is none.
    key : str
        ``"primary key"``, ``"foreign key: table.column"`` or "".
    """

    name: str
    type: Type
    meaning: str
    unit: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class ExportTable:
    """Declared columns and their values.

    Parameters
    ----------
    name : str
        Also the name of its files.
    columns : tuple of ExportColumn
        In the order of the files.
    values : mapping of str to sequence
        One for each column.

    Examples
    --------
    >>> t = ExportTable("a", (ExportColumn("x", "number", "An x."),), {"x": ["1.5", None]})
    >>> t.arrays()["x"].tolist()
    [1.5, nan]
    """

    name: str
    columns: tuple[ExportColumn, ...]
    values: Mapping[str, Sequence[Any] | np.ndarray]

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the values as arrays of exactly the declared types."""
        return {c.name: typed(self.values[c.name], c.type) for c in self.columns}

    def dictionary(self) -> list[dict[str, str]]:
        """Return one row of the data dictionary for each column."""
        return [
            {"table": self.name, "column": c.name, "type": c.type, "unit": c.unit, "meaning": c.meaning, "key": c.key}
            for c in self.columns
        ]


def typed(values: Sequence[Any] | np.ndarray, kind: Type) -> np.ndarray:
    """Return values, which may be texts of a CSV file, as an array of a declared type.

    Examples
    --------
    >>> typed(["1", "2"], "integer").dtype, typed([7, None], "text").tolist()
    (dtype('int64'), ['7', None])
    """
    if kind == "integer":
        return np.array([int(v) for v in values], dtype=np.int64)
    if kind == "number":
        if isinstance(values, np.ndarray) and values.dtype.kind == "f":
            return values
        return np.array([np.nan if v is None else float(v) for v in values], dtype=np.float64)
    if kind == "date":
        return np.asarray(values, dtype="datetime64[us]")
    texts = np.empty(len(values), dtype=object)
    texts[:] = [None if v is None else str(v) for v in values]
    return texts
