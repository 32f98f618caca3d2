"""`make bench`: everything that docs/performance.md shows, measured in one run on this machine.

    python benchmarks/bench.py                 10³ to 10⁷ rows; about an hour on two quiet cores
    python benchmarks/bench.py --most 100000   a few minutes

Writes ``bench/tables.md``, ``bench/engine.json``, ``bench/job.json`` and ``bench/cost.png``: the sweep beside
scikit-learn and faiss (`engine.py`), the whole job beside the mere read and the usual script (`job.py`).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import engine
import job
import picture
from contestants import CONTESTANTS

SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
SHAPES = ("separated", "overlapping", "money_log")  # for every size; all ten at QUALITY_ROWS
QUALITY_ROWS = 1_000_000
SLOW = "KMeans n_init=10"
SLOW_ROWS = 1_000_000  # beyond, ten starts take a quarter of an hour for each shape


def sweeps(most: int, one_core: bool) -> list[engine.Cell]:
    """Let all contestants run on every size, and on all shapes at a million rows."""
    cells = []
    for rows in [n for n in SIZES if n <= most]:
        names = [n for n in CONTESTANTS if n != SLOW or rows <= SLOW_ROWS]
        shapes = engine.SHAPES if rows == min(QUALITY_ROWS, most) else SHAPES
        cells += [engine.compete(shape, rows, 8, names, one_core) for shape in shapes]
    return cells


def main() -> None:
    """Measure, write the tables and draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=SIZES[-1], help="rows of the largest table")
    parser.add_argument("--longest", type=float, default=600.0, help="seconds that the usual script may take")
    parser.add_argument("--one-core", action="store_true", help="one OpenMP thread for the others too")
    parser.add_argument("-o", "--out", type=Path, default=Path("bench"))
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    sizes = [n for n in SIZES if n <= asked.most]
    done = job.jobs(sizes, "csv", False, asked.longest, 3)
    cells = sweeps(asked.most, asked.one_core)
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
