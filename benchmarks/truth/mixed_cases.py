"""Numbers beside categories: how often categories make groups where none are, and hide them where some are.

    python benchmarks/truth/mixed_cases.py --tables 64 --jobs 2

Half of the tables have no groups: numbers of a kind of continuum (`continua.py`), a yes-or-no and a nominal column that
go with them (cut from what the numbers have in common), and a nominal column that does not. The mixed tables of
`answers.py` have a scale of five besides, so that no mixture is tried. Half are those "with categories" of `tables.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from answers import cut, nominal
from continua import CONTINUA
from report import text
from run import SEPARATIONS, Row, Task, ceiling, ours, sorts_of
from tables import TruthTable, encoded, numbers

from clientage.data.table import Column

NOISE = 0.7  # standard deviations, added to what the numbers have in common before it is cut
Case = tuple[str, int, int]


def without_groups(kind: str, rng: np.random.Generator) -> TruthTable:
    """Return numbers of one continuum with a yes-or-no, a nominal column that goes with them, and one that does not."""
    n = int(rng.integers(300, 1501))
    columns = numbers(CONTINUA[kind](n, int(rng.integers(2, 7)), rng))
    x = encoded(columns).values
    common = x @ np.linalg.svd(x, full_matrices=False)[2][0]
    common = common / common.std()
    answer = cut(common + NOISE * rng.standard_normal(n), 2, rng).astype(np.float64)
    columns.append(Column("yes or no", "number", answer, is_integer=True))
    columns.append(nominal("telling", common + NOISE * rng.standard_normal(n), int(rng.integers(2, 6)), rng))
    columns.append(nominal("silent", rng.standard_normal(n), int(rng.integers(2, 6)), rng))
    matrix = encoded(columns)
    return TruthTable(kind, matrix.values, matrix.feature_of)


def judged(case: Case) -> Row:
    """Make one table and put it to the product."""
    kind, seed, i = case
    if kind:
        table = without_groups(kind, np.random.default_rng([seed, 4, i]))
    else:
        table = Task("with categories", SEPARATIONS[i % len(SEPARATIONS)], seed, i).table()
    row: Row = {"kind": table.kind, "separation": table.separation, "planted": table.k, "number": i}
    return row | {"ceiling": ceiling(table)} | ours(table)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=80)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    kinds = list(CONTINUA)
    cases = [(kinds[i % len(kinds)], asked.seed, i) for i in range(asked.tables // 2)]
    cases += [("", asked.seed, i) for i in range(asked.tables - len(cases))]
    with ProcessPoolExecutor(asked.jobs) as pool:
        rows = list(pool.map(judged, cases, chunksize=4))
    print(text(sorts_of(rows)))
    print(f"CPU seconds a table: {np.mean([r['seconds'] for r in rows]):.2f}")
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
