"""How often the product tells the truth about groups, on simulated tables whose truth is known.

    python benchmarks/truth/run.py --tables 400 --jobs 2
    python benchmarks/truth/run.py --tables 400 --rivals 3 --markdown truth.md    (needs scikit-learn)
    python benchmarks/truth/run.py --tables 60 --kinds buyers ring --n 5000 --json truth.json
    python benchmarks/truth/run.py --tables 360 --derived
    python benchmarks/truth/run.py --tables 70 --kinds balanced unbalanced --separations 3

Half of the tables have no groups: what counts is how often they are called natural, which should be
at most 5 %. Half have planted groups whose nearest two are 3, 4 or 6 SD apart: what counts is how often they are
called natural, and whether k and the partition are found. The adjusted Rand index is shown beside a ceiling, that of
the best assignment with means, shares and common covariance of the planted groups known: groups 3 SD apart overlap.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from derived import DERIVED
from report import markdown, text
from tables import PLANTED, PLANTED_DERIVED, STRUCTURELESS, TruthTable, with_groups, without_groups

from clientage.clustering.coreset import summarise
from clientage.config import ClusterSettings
from clientage.selection.adjusted_rand import adjusted_rand
from clientage.selection.gap import gap_statistic
from clientage.selection.sample import draw_sample
from clientage.selection.select import select

SEPARATIONS = (3.0, 4.0, 6.0)
Row = dict[str, Any]


def ours(table: TruthTable) -> Row:
    """Run the product's choice on a table."""
    begin = time.process_time()
    found = select(table.x, summarise(table.x), ClusterSettings(), feature_of=table.feature_of, amounts=table.amounts)
    seconds = time.process_time() - begin
    return {
        "verdict": found.verdict,
        "algorithm": found.chosen.algorithm,
        "k": found.chosen.k,
        "stability": found.chosen.stability,
        "p_value": found.null.p_value if found.null else None,
        "valley": found.chosen.valley,
        "rand": _rand(table, found.chosen.model.assign(table.x).labels),
        "seconds": seconds,
    }


def rivals(table: TruthTable) -> Row:
    """Run what is usually done: k-means with the best silhouette or the gap statistic, and HDBSCAN."""
    from sklearn.cluster import HDBSCAN, KMeans
    from sklearn.metrics import silhouette_score

    tried = {k: KMeans(k, n_init=5, random_state=0).fit_predict(table.x) for k in range(2, 11)}
    silhouette = {k: float(silhouette_score(table.x, labels)) for k, labels in tried.items()}
    best = max(silhouette, key=lambda k: silhouette[k])
    gap = gap_statistic(draw_sample(table.x, summarise(table.x)), draws=20).k
    dense = HDBSCAN(min_cluster_size=max(5, len(table.x) // 50), copy=True).fit_predict(table.x)
    tried[1] = np.zeros(len(table.x), dtype=int)
    row: Row = {}
    for name, k, labels, claims in (
        ("silhouette", best, tried[best], silhouette[best] > 0.25),
        ("gap", gap, tried[gap], gap > 1),
        ("hdbscan", int(dense.max()) + 1, dense + 1, dense.max() >= 1),  # its noise counts as one more group
    ):
        row |= {f"{name}_k": k, f"{name}_claims": bool(claims), f"{name}_rand": _rand(table, labels)}
    return row


def _rand(table: TruthTable, labels: np.ndarray) -> float | None:
    return None if table.labels is None else adjusted_rand(table.labels, labels)


def ceiling(table: TruthTable) -> float | None:
    """Adjusted Rand index of the best linear assignment that knows the planted groups' means, shares and shape."""
    if table.labels is None:
        return None
    inside = table.labels >= 0
    x, labels = table.x[inside], table.labels[inside]
    means = np.array([x[labels == j].mean(axis=0) for j in range(table.k)])
    within = np.atleast_2d(np.cov((x - means[labels]).T))
    whitener = np.linalg.cholesky(np.linalg.inv(within + 1e-6 * np.eye(x.shape[1])))
    apart = ((table.x @ whitener)[:, None] - means @ whitener) ** 2
    shares = np.bincount(labels) / len(labels)
    return adjusted_rand(table.labels, (apart.sum(axis=2) - 2 * np.log(shares)).argmin(axis=1))


@dataclass(frozen=True, slots=True)
class Task:
    """One table to make and judge; `separation` 0: without groups, `n` None: 300 to 1,500 customers."""

    kind: str
    separation: float
    seed: int
    number: int
    n: int | None = None
    beside: bool = False

    def table(self) -> TruthTable:
        """Make the table."""
        rng = np.random.default_rng([self.seed, 2 if self.separation else 1, self.number])
        if self.separation:
            return with_groups(self.kind, self.separation, rng, self.n)
        return without_groups(self.kind, rng, self.n)


def simulated(asked: argparse.Namespace) -> list[Task]:
    """Return what to make: as many tables without groups as with, every kind and separation in turn."""
    bare, grouped = (tuple(DERIVED), PLANTED_DERIVED) if asked.derived else (STRUCTURELESS, PLANTED)
    plain = [k for k in bare if k.startswith(tuple(asked.kinds))]
    planted = [k for k in grouped if k.startswith(tuple(asked.kinds))]
    share = asked.tables // 2 if plain and planted else asked.tables
    tasks = [Task(plain[i % len(plain)], 0.0, asked.seed, i, asked.n) for i in range(share if plain else 0)]
    for i in range(share if planted else 0):
        apart = asked.separations[(i // len(planted)) % len(asked.separations)]
        tasks.append(Task(planted[i % len(planted)], apart, asked.seed, i, asked.n))
    seen: Counter[str] = Counter()
    for i, task in enumerate(tasks):
        tasks[i] = replace(task, beside=seen[task.kind] < asked.rivals)
        seen[task.kind] += 1
    return tasks


def judged(task: Task) -> Row:
    """Make one table and put it to everybody who is asked."""
    table = task.table()
    row: Row = {"kind": table.kind, "separation": table.separation, "planted": table.k, "n": len(table.x)}
    row |= {"p": table.x.shape[1], "number": task.number, "ceiling": ceiling(table)} | ours(table)
    return row | (rivals(table) if task.beside else {})


def sorts_of(rows: list[Row]) -> dict[str, list[Row]]:
    """Sort rows into all without groups, all with, by separation, by kind, and those that rivals saw."""
    sorts: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["separation"]:
            apart = f"groups {row['separation']:.0f} SD apart"
            names = ["groups", apart, f"groups: {row['kind']}", f"{apart}: {row['kind']}"]
        else:
            names = ["no groups", f"no groups: {row['kind']}"]
        for name in [*names, *([f"{names[0]} (seen by rivals)"] if "gap_k" in row else [])]:
            sorts[name].append(row)
    return sorts


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="+", default=[""], help="those whose name begins so, of both sorts")
    parser.add_argument("--derived", action="store_true", help="columns made of one another (derived.py) instead")
    parser.add_argument("--separations", type=float, nargs="+", default=SEPARATIONS)
    parser.add_argument("--n", type=int, help="customers of every table (default: 300 to 1,500)")
    parser.add_argument(
        "--rivals", type=int, default=0, metavar="N", help="N tables of every kind are put to rivals too"
    )
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    asked = parser.parse_args()
    rows: list[Row] = []
    with ProcessPoolExecutor(asked.jobs) as pool:
        for row in pool.map(judged, simulated(asked)):
            rows.append(row)
            if asked.json:  # what is known so far, should the run be stopped
                asked.json.write_text(json.dumps(rows, indent=1))
    groups = sorts_of(rows)
    print(text(groups))
    print(f"CPU seconds a table: {np.mean([r['seconds'] for r in rows]):.2f}")
    if asked.markdown:
        asked.markdown.write_text(markdown(groups))


if __name__ == "__main__":
    main()
