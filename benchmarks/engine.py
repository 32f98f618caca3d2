"""Measure the k-means sweep against other libraries in one run, on the same made tables.

    python benchmarks/engine.py --rows 1000000 --shapes 3
    python benchmarks/engine.py --rows 1000 10000 100000 --only overlapping

For each shape and size, one child process after the other reads the table, runs its contestant for k = 2..10 and
reports processor and wall seconds, peak memory above the table, inertia and labels. Printed: Markdown tables of
ratios (contestant ÷ ours), of inertia above the best known, which is the lowest that any contestant of the run
found, and of the adjusted Rand index with the labels of that best.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from contestants import CONTESTANTS, KS, Measured, measured
from engine_shapes import SHAPES, make

RAND_ROWS = 100_000  # rows that labels are compared on
Contest = Mapping[str, Measured]  # contestant -> what it took and found


@dataclass(frozen=True, slots=True)
class Cell:
    """All contestants on one table.

    Parameters
    ----------
    shape : str
    rows : int
    contest : mapping of str to Measured
    agreement : mapping of str to list of float
        For each k the adjusted Rand index with the labels of the lowest inertia.
    """

    shape: str
    rows: int
    contest: Contest
    agreement: Mapping[str, list[float]]

    @property
    def excess(self) -> dict[str, list[float]]:
        """For each contestant and k, how far its inertia is above the best known, in per cent."""
        best = {k: min(m.inertia[k] for m in self.contest.values()) for k in KS}
        return {name: [100 * (m.inertia[k] / best[k] - 1) for k in KS] for name, m in self.contest.items()}


def compete(shape: str, rows: int, columns: int, names: list[str], one_core: bool) -> Cell:
    """Let the contestants run on one table, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        table = str(Path(folder) / "table.npy")
        np.save(table, make(shape, rows, columns))
        contest: dict[str, Measured] = {}
        for name in names:
            contest[name] = measured(name, table, one_core=one_core)
            took = contest[name]
            print(f"{shape}, {rows:,} rows: {name} {took.cpu:.2f} s CPU", file=sys.stderr, flush=True)
        return Cell(shape, rows, contest, agreement(contest))


def agreement(contest: Contest) -> dict[str, list[float]]:
    """Return, per contestant and k, the adjusted Rand index with the labels of the lowest inertia."""
    from clientage.selection.adjusted_rand import adjusted_rand

    labels = {name: np.load(m.labels) for name, m in contest.items()}
    found: dict[str, list[float]] = {name: [] for name in contest}
    for k in KS:
        best = min(contest, key=lambda name: contest[name].inertia[k])
        for name in contest:
            first, second = (labels[n][str(k)][:RAND_ROWS].astype(np.int64) for n in (best, name))
            found[name].append(float(adjusted_rand(first, second)))
    return found


def machine() -> str:
    """Return the line that every table of figures begins with."""
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"NumPy {np.__version__}"
    )


def cost_table(cells: list[Cell]) -> list[str]:
    """Return what each contestant costs, ours in seconds and the others as multiples of it."""
    names = [n for n in CONTESTANTS if n != "ours" and any(n in c.contest for c in cells)]
    lines = [
        "| shape | rows | ours: CPU s | wall s | MB |" + "".join(f" {n}: CPU ÷ | wall ÷ | MB |" for n in names),
        "|---|---:|" + "---:|" * (3 + 3 * len(names)),
    ]
    for cell in cells:
        mine = cell.contest["ours"]
        text = [f"{mine.cpu:.2f}", f"{mine.wall:.2f}", f"{mine.peak:.0f}"]
        for n in names:
            other = cell.contest.get(n)
            text += ["", "", ""] if other is None else _ratios(other, mine)
        lines.append(f"| {cell.shape} | {cell.rows:,} | " + " | ".join(text) + " |")
    sizes = sorted({c.rows for c in cells})
    return lines + [_median_line([c for c in cells if c.rows == rows], names) for rows in sizes]


def _ratios(other: Measured, mine: Measured) -> list[str]:
    return [_ratio(other.cpu / mine.cpu), _ratio(other.wall / mine.wall), f"{other.peak:.0f}"]


def _ratio(value: float) -> str:
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _median_line(cells: list[Cell], names: list[str]) -> str:
    own = [statistics.median(getattr(c.contest["ours"], what) for c in cells) for what in ("cpu", "wall")]
    text = [f"{v:.2f}" for v in own] + [""]
    for n in names:
        pairs = [(c.contest[n], c.contest["ours"]) for c in cells if n in c.contest]
        for what in ("cpu", "wall"):
            ratios = [getattr(other, what) / getattr(mine, what) for other, mine in pairs]
            text.append(_ratio(statistics.median(ratios)) if ratios else "")
        text.append("")
    return f"| **median of {len(cells)}** | {cells[0].rows:,} | " + " | ".join(text) + " |"


def quality_table(cells: list[Cell]) -> list[str]:
    """Return how close each contestant comes to the best known solutions."""
    lines = [
        "| over shapes, sizes and k | inertia above the best known, %: median | 95th percentile | worst "
        "| adjusted Rand with the best: median | 5th percentile |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name in CONTESTANTS:
        above = [v for c in cells if name in c.contest for v in c.excess[name]]
        rand = [v for c in cells if name in c.contest for v in c.agreement[name]]
        if above:
            high = f"{np.median(above):.4f} | {np.percentile(above, 95):.3f} | {max(above):.3f}"
            lines.append(f"| {name} | {high} | {np.median(rand):.4f} | {np.percentile(rand, 5):.3f} |")
    return lines


def as_json(cells: list[Cell]) -> list[dict[str, object]]:
    """Return the figures without labels, for the picture and for later."""
    return [
        {"shape": c.shape, "rows": c.rows, "contestant": name, "cpu": m.cpu, "wall": m.wall, "peak": m.peak}
        | {"excess": c.excess[name], "agreement": c.agreement[name]}
        for c in cells
        for name, m in c.contest.items()
    ]


def main() -> None:
    """Parse, run the contestants, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000])
    parser.add_argument("--columns", type=int, default=8)
    parser.add_argument("--shapes", type=int, default=len(SHAPES), help="how many of the ten, from the first on")
    parser.add_argument("--only", nargs="*", choices=list(SHAPES), help="these shapes instead")
    parser.add_argument("--skip", nargs="*", choices=list(CONTESTANTS), default=[])
    parser.add_argument("--one-core", action="store_true", help="one OpenMP thread for the others too")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    options = parser.parse_args()
    names = [n for n in CONTESTANTS if n not in options.skip]
    shapes = options.only or list(SHAPES)[: options.shapes]
    cells = [compete(s, n, options.columns, names, options.one_core) for n in options.rows for s in shapes]
    print(
        "\n".join(
            [f"{machine()}; {options.columns} columns, k = 2..10", "", *cost_table(cells), "", *quality_table(cells)]
        )
    )
    if options.json:
        options.json.write_text(json.dumps(as_json(cells), indent=1))


if __name__ == "__main__":
    main()
