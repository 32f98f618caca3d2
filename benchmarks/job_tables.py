"""Clean files of any size for `job.py`: eight numeric columns with five planted groups, written in blocks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

BLOCK = 262_144  # rows written at a time: memory does not grow with the file
NAMES = ("recency", "visits", "orders", "basket", "returns", "discounts", "support", "tenure")
GROUPS, APART = 5, 4.0
WHOLE = 2  # decimals of the written numbers


def write_clean(folder: str, rows: int, form: str = "csv", seed: int = 0) -> Path:
    """Write ``clean.csv`` or ``clean.parquet`` and return its path."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(GROUPS, len(NAMES))) * APART
    path = Path(folder) / f"clean.{form}"
    fields = [("customer_id", pa.int64()), *((name, pa.float64()) for name in NAMES)]
    schema = pa.schema(fields)
    open_file = pa.csv.CSVWriter if form == "csv" else pa.parquet.ParquetWriter
    with open_file(str(path), schema) as writer:
        for low in range(0, rows, BLOCK):
            n = min(BLOCK, rows - low)
            x = 100 + 10 * (centres[rng.integers(0, GROUPS, n)] + rng.normal(size=(n, len(NAMES))))
            columns = [np.arange(low, low + n), *np.round(x, WHOLE).T]
            writer.write_table(pa.table(columns, schema=schema))
    return path
