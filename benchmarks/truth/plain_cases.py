"""What somebody would try first: round normal groups of one size, 500 customers, and how often they are found.

    python benchmarks/truth/plain_cases.py --each 3 --jobs 2
    python benchmarks/truth/plain_cases.py --each 3 --separations 3 --json cases.json

Every combination of 2 to 8 groups, 2, 4 or 8 columns, equal or unequal shares, with the nearest two centres 3 or 4 SD
apart. No column says nothing, there are no outliers, and every group is as wide as the others.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from run import Row, ceiling, ours
from tables import TruthTable, encoded, numbers, planted

CUSTOMERS = 500
Case = tuple[float, int, int, str, int, int]


def cases(separations: list[float], each: int, seed: int) -> list[Case]:
    """Return every combination, `each` times."""
    return [
        (apart, k, p, shares, seed, again)
        for apart, again, k, p, shares in product(
            separations, range(each), range(2, 9), (2, 4, 8), ("equal", "unequal")
        )
    ]


def judged(case: Case) -> Row:
    """Make one table and put it to the product."""
    apart, k, p, kind, seed, again = case
    rng = np.random.default_rng([seed, 3, int(apart * 10), k, p, kind == "equal", again])
    shares = np.full(k, 1 / k) if kind == "equal" else rng.dirichlet(np.full(k, 3.0))
    x, labels = planted(CUSTOMERS, p, shares, apart, rng)
    matrix = encoded(numbers(x))
    table = TruthTable(kind, matrix.values, matrix.feature_of, labels, apart)
    row: Row = {"separation": apart, "planted": k, "p": p, "kind": kind, "number": again}
    return row | {"ceiling": ceiling(table)} | ours(table)


def told(rows: list[Row]) -> str:
    """Return shares and means of some rows."""
    natural = np.mean([r["verdict"] == "natural" for r in rows])
    exact = np.mean([r["k"] == r["planted"] for r in rows])
    rand, most = np.mean([r["rand"] for r in rows]), np.mean([r["ceiling"] for r in rows])
    return f"| {len(rows)} | {natural:.0%} | {exact:.0%} | {rand:.2f} | {most:.2f} |"


def main() -> None:
    """Run and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=3)
    parser.add_argument("--separations", type=float, nargs="+", default=[3.0, 4.0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with ProcessPoolExecutor(asked.jobs) as pool:
        rows = list(pool.map(judged, cases(asked.separations, asked.each, asked.seed), chunksize=4))
    sorts: dict[str, list[Row]] = defaultdict(list)
    for r in rows:
        apart = f"{r['separation']:g} SD apart"
        for name in (apart, f"{apart}, {r['planted']} groups", f"{apart}, {r['p']} columns", f"{apart}, {r['kind']}"):
            sorts[name].append(r)
    print("| plain groups | n | natural | k exact | adjusted Rand | ceiling |\n|---|---|---|---|---|---|")
    for name in sorted(sorts):
        print(f"| {name} {told(sorts[name])}")
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
