"""`make bench`: everything that docs/performance.md shows, measured in one run on this machine.

    python benchmarks/bench.py                 10³ to 10⁷ rows; about half an hour on two quiet cores
    python benchmarks/bench.py --most 100000   a few minutes

Writes ``bench/tables.md``, ``bench/engine.json``, ``bench/job.json`` and ``bench/cost.png``: the sweep beside
scikit-learn and faiss (`engine.py`), the whole job beside the mere read and the usual script (`job.py`). All ten shapes
run at 10⁵ rows, three at the other sizes, one at 10⁷. Whoever would take too long, judged by the size before, is left
out of a size: the usual script beyond `--longest` seconds, a contestant of the sweep beyond `--longest-sweep`.
All ten shapes at a million rows: ``python benchmarks/engine.py --rows 1000000``.
"""

from __future__ import annotations

import argparse
import json
import statistics
from pathlib import Path

import engine
import job
import picture
from contestants import CONTESTANTS
from engine_shapes import SHAPES as ALL_SHAPES

SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
SHAPES = ("separated", "overlapping", "money_log")  # of the ten, which the sizes beside QUALITY_ROWS are measured on
QUALITY_ROWS = 100_000  # rows of the tables in all ten shapes
ONE_SHAPE = SHAPES[1:2]  # beyond a million rows, where a table takes minutes


def sweeps(most: int, longest: float, one_core: bool) -> list[engine.Cell]:
    """Let the contestants run on every size, and on all shapes at `QUALITY_ROWS`."""
    cells: list[engine.Cell] = []
    for rows in [n for n in SIZES if n <= most]:
        names = [name for name in CONTESTANTS if affordable(name, cells, rows, longest)]
        cells += [engine.compete(shape, rows, 8, names, one_core) for shape in shapes_of(rows, most)]
    return cells


def shapes_of(rows: int, most: int) -> list[str]:
    """Return the shapes that tables of so many rows are made in."""
    if rows == min(QUALITY_ROWS, most):
        return list(ALL_SHAPES)
    return list(SHAPES if rows <= 10**6 else ONE_SHAPE)


def affordable(name: str, cells: list[engine.Cell], rows: int, longest: float) -> bool:
    """Whether a contestant is likely to end in time: it grows with the rows, and took part in the size before."""
    if not cells:
        return True
    before = cells[-1].rows
    took = [c.contest[name].wall for c in cells if c.rows == before and name in c.contest]
    return bool(took) and statistics.median(took) * rows / before <= longest


def main() -> None:
    """Measure, write the tables and draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=SIZES[-1], help="rows of the largest table")
    parser.add_argument("--longest", type=float, default=600.0, help="seconds that the usual script may take")
    parser.add_argument("--longest-sweep", type=float, default=150.0, help="seconds that a contestant may take")
    parser.add_argument("--one-core", action="store_true", help="one OpenMP thread for the others too")
    parser.add_argument("-o", "--out", type=Path, default=Path("bench"))
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    sizes = [n for n in SIZES if n <= asked.most]
    done = job.jobs(sizes, "csv", False, asked.longest, 3)
    cells = sweeps(asked.most, asked.longest_sweep, asked.one_core)
    tables = [
        engine.machine(),
        "",
        "## The whole job",
        job.HEADER,
        *map(job.line, done),
        "",
        "## The sweep",
        *engine.cost_table(cells),
        "",
        *engine.quality_table(cells),
        "",
    ]
    (asked.out / "tables.md").write_text("\n".join(tables), encoding="utf-8")
    (asked.out / "engine.json").write_text(json.dumps(engine.as_json(cells), indent=1))
    (asked.out / "job.json").write_text(json.dumps([job.as_json(j) for j in done], indent=1))
    picture.draw(engine.as_json(cells), [job.as_json(j) for j in done], asked.out / "cost.png")
    print("\n".join(tables))


if __name__ == "__main__":
    main()
