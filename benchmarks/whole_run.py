"""Time and memory of `clientage run` as whole processes, imports and report included.

Prints a Markdown table for docs/performance.md. Each line is the fastest of some repetitions; memory is
the largest of them. Measure on a quiet machine.

    python benchmarks/whole_run.py                     1,000, 100,000 and 1,000,000 customers as CSV
    python benchmarks/whole_run.py 1000 --repeat 9     the small job alone
    python benchmarks/whole_run.py 1000000 --format parquet
    python benchmarks/whole_run.py --file customers.csv
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

# This process stays small: the kernel starts a child's account of memory with what its parent held.
WRITE_SHOP = "from clientage.data.samples import write_shop; write_shop({0!r}, {1}, format={2!r}, transactions=False)"


@dataclass(frozen=True, slots=True)
class Measured:
    """One process: seconds of wall and processor time, largest resident size in MB of 10⁶ bytes, its summary."""

    wall: float
    processor: float
    memory: float
    summary: dict[str, object]


def run_once(file: Path, folder: Path) -> Measured:
    """Run the command in a process of its own and account for it."""
    out = folder / "summary.json"
    command = [sys.executable, "-m", "clientage", "run", str(file), "--out", str(folder / "runs"), "--json"]
    begin = time.perf_counter()
    pid = os.posix_spawn(
        sys.executable,
        command,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, str(out), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)],
    )
    _, status, used = os.wait4(pid, 0)
    wall = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"clientage run {file} ended with status {os.waitstatus_to_exitcode(status)}")
    kilobyte = 1 if sys.platform == "darwin" else 1024
    return Measured(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * kilobyte / 1e6, json.loads(out.read_bytes()))


def row(name: str, size: int, measured: list[Measured]) -> str:
    """Return one line of the table."""
    best = min(measured, key=lambda m: m.wall)
    memory = max(m.memory for m in measured)
    timings = best.summary["timings"]
    steps = ", ".join(f"{step} {seconds:.2f}" for step, seconds in timings.items()) if isinstance(timings, dict) else ""
    return f"| {name} | {size / 1e6:.1f} | {best.wall:.2f} | {best.processor:.2f} | {memory:.0f} | {steps} |"


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description="Time and memory of whole runs on the simulated shop.")
    parser.add_argument("customers", nargs="*", type=int, default=[1_000, 100_000, 1_000_000])
    parser.add_argument("--format", choices=["csv", "parquet"], default="csv")
    parser.add_argument("--file", type=Path, help="measure this file and not the shop")
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| input | MB | wall s | processor s | peak memory MB | steps, s |\n|---|--:|--:|--:|--:|---|")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if asked.file is not None:
            measured = [run_once(asked.file, home) for _ in range(asked.repeat)]
            print(row(asked.file.name, asked.file.stat().st_size, measured))
            return
        for customers in asked.customers:
            write = WRITE_SHOP.format(str(home), customers, asked.format)
            subprocess.run([sys.executable, "-c", write], check=True)
            shop = home / f"customers.{asked.format}"
            measured = [run_once(shop, home) for _ in range(asked.repeat)]
            print(
                row(f"shop, {customers:,} customers, {asked.format}", shop.stat().st_size, measured),
                flush=True,
            )


if __name__ == "__main__":
    main()
