"""Measure the k-means sweep against scikit-learn in one run, on the same made tables.

    python benchmarks/engine.py --rows 1000000 --shapes 3

For each shape, one child process after the other reads the table, runs its contestant for k = 2..10 and reports CPU
and wall seconds, peak memory above the table, and inertia. Printed: a Markdown table of ratios (contestant ÷ ours)
and of inertia above the best known, which is the lowest that any contestant of the run found.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine_shapes import SHAPES, make

KS = range(2, 11)
INITS = 10


def ours(x: np.ndarray) -> dict[int, float]:
    """Run this engine."""
    from clientage.clustering.sweep import sweep

    return dict(sweep(x, KS).inertia)


def scikit_learn_10(x: np.ndarray) -> dict[int, float]:
    """Run scikit-learn's KMeans with ten inits."""
    from sklearn.cluster import KMeans

    return {k: float(KMeans(k, n_init=INITS, random_state=0).fit(x).inertia_) for k in KS}


def scikit_learn_1(x: np.ndarray) -> dict[int, float]:
    """Run scikit-learn's KMeans with one init."""
    from sklearn.cluster import KMeans

    return {k: float(KMeans(k, n_init=1, random_state=1).fit(x).inertia_) for k in KS}


def mini_batch(x: np.ndarray) -> dict[int, float]:
    """Run scikit-learn's MiniBatchKMeans as it comes, three inits."""
    from sklearn.cluster import MiniBatchKMeans

    return {k: float(MiniBatchKMeans(k, n_init=3, random_state=0).fit(x).inertia_) for k in KS}


CONTESTANTS: dict[str, Callable[[np.ndarray], dict[int, float]]] = {
    "ours": ours,
    "KMeans n_init=10": scikit_learn_10,
    "KMeans n_init=1": scikit_learn_1,
    "MiniBatchKMeans": mini_batch,
}


def child(name: str, table: str) -> None:
    """Run one contestant on a saved table and print what it cost."""
    warnings.simplefilter("ignore")
    x = np.load(table)
    CONTESTANTS[name](x[:300])  # imports and first calls are not the point here
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cpu, wall = time.process_time(), time.perf_counter()
    inertia = CONTESTANTS[name](x)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(json.dumps({"cpu": cpu, "wall": wall, "peak": peak, "inertia": inertia}))


def measured(name: str, table: str, *, one_core: bool) -> dict[str, object]:
    """Return what a child process says about a contestant."""
    command = [sys.executable, __file__, "--child", name, table]
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"} if name == "ours" or one_core else {}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **threads})
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def excesses(found: dict[str, dict[str, dict[str, object]]]) -> dict[str, list[float]]:
    """Return, per contestant, how far each inertia is above the best known, in per cent."""
    above: dict[str, list[float]] = {name: [] for name in next(iter(found.values()))}
    for results in found.values():
        for k in map(str, KS):
            best = min(r["inertia"][k] for r in results.values())  # type: ignore[index]
            for name, r in results.items():
                above[name].append(100 * (r["inertia"][k] / best - 1))  # type: ignore[index]
    return above


def report(found: dict[str, dict[str, dict[str, object]]], options: argparse.Namespace) -> str:
    """Return the Markdown tables."""
    names = [n for n in next(iter(found.values())) if n != "ours"]
    lines = [
        f"{options.rows:,} × {options.columns}, k = {KS[0]}..{KS[-1]}; {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, NumPy {np.__version__}",
        "",
        "| shape | ours: CPU s | wall s | MB |" + "".join(f" {n}: CPU ÷ | wall ÷ | MB |" for n in names),
        "|---|" + "---:|" * (3 + 3 * len(names)),
    ]
    for shape, results in found.items():
        mine = results["ours"]
        cells = [f"{mine['cpu']:.2f}", f"{mine['wall']:.2f}", f"{mine['peak']:.0f}"]
        for n in names:
            other = results[n]
            cells += [f"{other[c] / mine[c]:.1f}" for c in ("cpu", "wall")] + [f"{other['peak']:.0f}"]  # type: ignore[operator]
        lines.append(f"| {shape} | " + " | ".join(cells) + " |")
    ratios = {
        (n, c): statistics.median(r[n][c] / r["ours"][c] for r in found.values())  # type: ignore[operator]
        for n in names
        for c in ("cpu", "wall")
    }
    cells = [f"{statistics.median(float(str(r['ours'][c])) for r in found.values()):.2f}" for c in ("cpu", "wall")]
    cells += [""] + [v for n in names for v in (f"{ratios[n, 'cpu']:.1f}", f"{ratios[n, 'wall']:.1f}", "")]
    lines += ["| **median** | " + " | ".join(cells) + " |", ""]
    lines += ["| inertia above the best known, % | median | 95th percentile | worst |", "|---|---:|---:|---:|"]
    for name, values in excesses(found).items():
        lines.append(f"| {name} | {np.median(values):.4f} | {np.percentile(values, 95):.3f} | {max(values):.3f} |")
    return "\n".join(lines)


def main() -> None:
    """Parse, run the contestants, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=8)
    parser.add_argument("--shapes", type=int, default=len(SHAPES), help="how many of the ten, from the first on")
    parser.add_argument("--only", nargs="*", choices=list(SHAPES), help="these shapes instead")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--skip", nargs="*", choices=list(CONTESTANTS), default=[])
    parser.add_argument("--one-core", action="store_true", help="one OpenMP thread for scikit-learn too")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(*options.child)
        return
    found: dict[str, dict[str, dict[str, object]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        table = str(Path(folder) / "table.npy")
        for shape in options.only or list(SHAPES)[: options.shapes]:
            np.save(table, make(shape, options.rows, options.columns, options.seed))
            found[shape] = {}
            for name in [n for n in CONTESTANTS if n not in options.skip]:
                print(f"{shape}: {name} …", file=sys.stderr, flush=True)
                found[shape][name] = measured(name, table, one_core=options.one_core)
    print(report(found, options))


if __name__ == "__main__":
    main()
