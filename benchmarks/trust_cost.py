"""What the judgement costs beside the clustering: the choice with 100 bootstraps against the sweep alone.

    python benchmarks/trust_cost.py                          1,000,000 × 8, two tables, fastest of 3
    python benchmarks/trust_cost.py --rows 100000 --repeat 5 --shapes overlapping "one blob"

`sweep` fits k-means for k = 2..10. The choice fits it again, with three more algorithms and DBSCAN, computes every
criterion for every candidate, simulates tables without groups, looks for all solutions in the bootstraps and gives
the verdict: all of a study between the encoded customers and the chosen model. Both take turns in one process, on the
same array. Printed: a Markdown table of processor and wall seconds, the fastest of the turns, and their ratio.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import clientage
from clientage.clustering.coreset import summarise
from clientage.config import ClusterSettings
from clientage.grid import Grid
from clientage.selection.select import select
from engine import machine
from engine_shapes import SHAPES, make

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
BAR = 3.0  # times the sweep
COLUMNS = 8


@dataclass(frozen=True, slots=True)
class Took:
    """Processor and wall seconds of one turn, and what came of it."""

    cpu: float
    wall: float
    found: Any


def timed(work: Callable[[], Any]) -> Took:
    """Run and account for it, all threads included."""
    cpu, wall = time.process_time(), time.perf_counter()
    found = work()
    return Took(time.process_time() - cpu, time.perf_counter() - wall, found)


def line(shape: str, rows: int, bootstraps: int, repeat: int) -> str:
    """Measure one table, taking turns, and return its row."""
    x = make(shape, rows, COLUMNS)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    x = Grid.for_values(x).round(x)
    settings = ClusterSettings(bootstraps=bootstraps)
    sweeps, choices = [], []
    for _ in range(repeat):
        sweeps.append(timed(lambda: clientage.sweep(x)))
        choices.append(timed(lambda: select(x, summarise(x), settings)))
    cpu, wall = (min(t.cpu for t in sweeps), min(t.wall for t in sweeps))
    cpu_choice, wall_choice = (min(t.cpu for t in choices), min(t.wall for t in choices))
    found = choices[0].found
    return (
        f"| {shape} | {cpu:.2f} | {wall:.2f} | {cpu_choice:.2f} | {wall_choice:.2f} | {cpu_choice / cpu:.1f} "
        f"| {wall_choice / wall:.1f} | {found.verdict}, {found.chosen.k} |"
    )


def main() -> None:
    """Measure every table and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--bootstraps", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--shapes", nargs="+", choices=list(SHAPES), default=list(SHAPES)[:2])
    asked = parser.parse_args()
    if not any(name in os.environ for name in THREADS):  # as the command line has it; read when NumPy is loaded
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | dict.fromkeys(THREADS, "1"))
    print(f"{machine()}; {asked.rows:,} × {COLUMNS}, {asked.bootstraps} bootstraps; bar: {BAR:.0f} times the sweep\n")
    print("| table | sweep, CPU s | wall s | choice, CPU s | wall s | CPU ratio | wall ratio | verdict, k |")
    print("|---|--:|--:|--:|--:|--:|--:|---|")
    for shape in asked.shapes:
        print(line(shape, asked.rows, asked.bootstraps, asked.repeat), flush=True)


if __name__ == "__main__":
    main()
