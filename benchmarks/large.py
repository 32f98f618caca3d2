"""Files larger than memory: time, peak memory and growth of `clientage run` from 10⁵ to 10⁷ rows.

    python benchmarks/large.py                              the simulated shop's customers as CSV, --memory 1GB
    python benchmarks/large.py --lines                      its invoice lines
    python benchmarks/large.py --format parquet --memory 500MB
    python benchmarks/large.py --keep FOLDER                files are made there once and used again

Every size is one process. Printed: a Markdown table, and the exponents that wall and processor time grow with, fitted
through all sizes on logarithmic scales (1 is proportional to the rows). Ten million rows take 1 GB on disk for the file
and up to 4 GB of temporary files.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine import machine
from job import READ, WRITE_SHOP, python
from processes import Account, run

LINES_EACH = 31  # of a customer, on average
HEADER = (
    "| file | rows | MB | mere read: wall s | CPU s | clientage run: wall s | CPU s | peak MB "
    "| wall ÷ read | CPU ÷ read |\n|---|" + "---:|" * 9
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One file: the fastest mere read of it and the whole run."""

    file: Path
    rows: int
    read: Account
    ours: Account

    def line(self) -> str:
        """Return one line of the table."""
        cells = [
            self.file.name,
            f"{self.rows:,}",
            f"{self.file.stat().st_size / 1e6:.0f}",
            f"{self.read.wall:.2f}",
            f"{self.read.cpu:.2f}",
            f"{self.ours.wall:.1f}",
            f"{self.ours.cpu:.1f}",
            f"{self.ours.memory:.0f}",
            f"{self.ours.wall / self.read.wall:.1f}",
            f"{self.ours.cpu / self.read.cpu:.1f}",
        ]
        return "| " + " | ".join(cells) + " |"


def made(home: Path, rows: int, form: str, lines: bool) -> Path:
    """Return the file of this size, made when it is not there."""
    folder = home / f"{'lines' if lines else 'customers'}-{rows}-{form}"
    file = folder / f"{'transactions' if lines else 'customers'}.{form}"
    if not file.exists():
        print(f"making {file.name} of {rows:,} rows", file=sys.stderr, flush=True)
        code = WRITE_SHOP.format(str(folder), rows // LINES_EACH if lines else rows, form)
        run(python(code.replace("transactions=False", f"transactions={lines}")), home)
    return file


def measure(file: Path, folder: Path, memory: str, repeat: int) -> Measured:
    """Read the file with every reader, and run the product on it."""
    reads = [run(python(code.format(str(file))), folder) for code in READ[file.suffix[1:]].values() for _ in range(2)]
    command = [sys.executable, "-m", "clientage", "run", str(file), "--memory", memory, "--json"]
    runs = [run([*command, "--out", str(folder / "runs")], folder) for _ in range(repeat)]
    ours = min(runs, key=lambda r: r.wall)
    done = Measured(file, json.loads(ours.said)["rows_read"], min(reads, key=lambda r: r.wall), ours)
    print(done.line(), flush=True)
    return done


def exponent(done: list[Measured], which: str) -> float:
    """Return b of cost = a · rowsᵇ, by least squares through the logarithms."""
    rows = np.log([m.rows for m in done])
    return float(np.polyfit(rows, np.log([getattr(m.ours, which) for m in done]), 1)[0])


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[10**5, 10**6, 10**7])
    parser.add_argument("--lines", action="store_true", help="invoice lines, and not customers")
    parser.add_argument("--format", choices=list(READ), default="csv")
    parser.add_argument("--memory", default="1GB")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder of the files; default: a temporary one")
    asked = parser.parse_args()
    print(f"{machine()}\n\n{HEADER}", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        home = asked.keep or Path(scratch)
        home.mkdir(parents=True, exist_ok=True)
        files = [made(home, n, asked.format, asked.lines) for n in sorted(asked.rows)]
        done = [measure(file, Path(scratch), asked.memory, asked.repeat) for file in files]
    if len(done) > 1:
        print(f"\nGrowth with the rows: wall^{exponent(done, 'wall'):.2f}, processor^{exponent(done, 'cpu'):.2f}")


if __name__ == "__main__":
    main()
