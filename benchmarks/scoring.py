"""Scoring a large file beside the mere reading of it: whole processes, imports included.

Writes a file of ten million made customers (eight features, an id), makes a run of five thousand of them, and prints a
Markdown table for docs/performance.md. Processor seconds mean something on a busy machine; wall times do not.

    python benchmarks/scoring.py
    python benchmarks/scoring.py --rows 1000000 --format csv
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

from processes import Account, run

STEP = 500_000  # rows written at a time
FEATURES = "income,visits,spend,recency,orders,basket,returns,tier"
READ = """
from clientage.cli.lean import without_pandas
with without_pandas():
    from clientage.config import settings_from
    from clientage.data.reading import read
    read({0!r}, settings_from({{"read": {{"memory": "400MB"}}}}).read)
"""


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--rows", type=int, default=10_000_000)
    words.add_argument("--format", choices=["csv", "parquet", "both"], default="both")
    words.add_argument("--write", metavar="FILE", help="only write a file of so many rows")
    asked = words.parse_args()
    if asked.write:
        write(Path(asked.write), asked.rows)
        return
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    print("| input | job | wall s | processor s | peak memory MB | × reading |")
    print("|---|---|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made(folder / "few.csv", 5_000)
        clientage = [sys.executable, "-m", "clientage"]
        out = ["--out", str(folder / "runs"), "--quiet", "--features", FEATURES]
        run([*clientage, "run", str(folder / "few.csv"), *out], folder)
        for form in ("csv", "parquet") if asked.format == "both" else (asked.format,):
            file = folder / f"customers.{form}"
            made(file, asked.rows)
            label = f"{asked.rows:,} rows, {form}, {file.stat().st_size / 1e6:,.0f} MB"
            reading = run([sys.executable, "-c", READ.format(str(file))], folder)
            print(row(label, "reading alone", reading, reading), flush=True)
            scored = [*clientage, "predict", str(folder / "runs"), str(file), "--quiet", "-o"]
            for ending in (".csv", ".parquet"):
                spent = run([*scored, str(folder / f"scored{ending}")], folder)
                print(row(label, f"scoring to {ending}", spent, reading), flush=True)
            file.unlink()


def row(label: str, job: str, spent: Account, reading: Account) -> str:
    """Return one line of the table."""
    ratio = spent.cpu / reading.cpu
    return f"| {label} | {job} | {spent.wall:.1f} | {spent.cpu:.1f} | {spent.memory:.0f} | {ratio:.2f} |"


def made(path: Path, n: int) -> None:
    """Have another process write the file: this one stays small, or its children would be taken for large."""
    run([sys.executable, __file__, "--write", str(path), "--rows", str(n)], path.parent)


def write(path: Path, n: int) -> None:
    """Write made customers: four groups, skewed money, a category."""
    import numpy as np
    from pyarrow import csv as arrow_csv
    from pyarrow import parquet

    rng = np.random.default_rng(0)
    writer: Any = None
    for start in range(0, n, STEP):
        table = customers(rng, start, min(STEP, n - start))
        if writer is None:
            kind = parquet.ParquetWriter if path.suffix == ".parquet" else arrow_csv.CSVWriter
            writer = kind(str(path), table.schema)
        writer.write_table(table)
    writer.close()


def customers(rng: Any, start: int, n: int) -> Any:
    """Return n customers numbered from `start`, an Arrow table."""
    import numpy as np
    import pyarrow as pa

    group = rng.integers(0, 4, n)
    return pa.table(
        {
            "customer_id": np.char.add("C", np.char.zfill(np.arange(start, start + n).astype(str), 8)),
            "income": np.round(50_000 + 20_000 * np.cos(group) + rng.normal(0, 1_500, n), 2),
            "visits": rng.poisson(5 + 10 * group),
            "spend": np.round(rng.lognormal(3 + 0.5 * group, 0.4), 2),
            "recency": rng.integers(0, 365, n),
            "orders": rng.poisson(2 + group),
            "basket": np.round(rng.gamma(2, 20, n), 2),
            "returns": rng.poisson(0.4, n),
            "tier": np.array(["basic", "plus", "gold", "silver"])[group],
        }
    )


if __name__ == "__main__":
    main()
