"""How often the product tells the truth about groups, on simulated tables whose truth is known.

    python benchmarks/truth/run.py --tables 200
    python benchmarks/truth/run.py --tables 200 --rivals      (needs scikit-learn)
    python benchmarks/truth/run.py --tables 400 --seed 7 --json truth.json

Half of the tables have no groups: what counts is how often they are called natural, which should be
at most 5 %. Half have planted groups 3, 4 and 6 SD apart: what counts is how often they are called
natural, and whether k and the partition are found. The adjusted Rand index is shown beside that of
the best possible assignment, which knows the planted centres: groups 3 SD apart overlap.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from tables import PLANTED, STRUCTURELESS, TruthTable, with_groups, without_groups

from clientage.clustering.coreset import summarise
from clientage.config import ClusterSettings
from clientage.selection.adjusted_rand import adjusted_rand
from clientage.selection.select import select

SEPARATIONS = (3.0, 4.0, 6.0)


def ours(table: TruthTable) -> dict[str, Any]:
    """Run the product's choice on a table."""
    begin = time.process_time()
    found = select(table.x, summarise(table.x), ClusterSettings(), feature_of=table.feature_of)
    seconds = time.process_time() - begin
    labels = found.chosen.model.assign(table.x).labels
    return {
        "verdict": found.verdict,
        "k": found.chosen.k,
        "stability": found.chosen.stability,
        "p_value": found.null.p_value if found.null else None,
        "valley": found.chosen.valley,
        "rand": None if table.labels is None else adjusted_rand(table.labels, labels),
        "seconds": seconds,
    }


def rivals(table: TruthTable) -> dict[str, Any]:
    """Run what is usually done: scikit-learn's k-means with the best silhouette, and HDBSCAN."""
    from sklearn.cluster import HDBSCAN, KMeans
    from sklearn.metrics import silhouette_score

    best = (-1.0, 2, np.zeros(len(table.x), dtype=int))
    for k in range(2, 11):
        labels = KMeans(k, n_init=5, random_state=0).fit_predict(table.x)
        best = max(best, (float(silhouette_score(table.x, labels)), k, labels), key=lambda b: b[0])
    dense = HDBSCAN(min_cluster_size=max(5, len(table.x) // 50), copy=True).fit_predict(table.x)
    return {
        "silhouette_k": best[1],
        "silhouette_claims": best[0] > 0.25,
        "silhouette_rand": None if table.labels is None else adjusted_rand(table.labels, best[2]),
        "hdbscan_k": int(dense.max()) + 1,
        "hdbscan_claims": int(dense.max()) >= 1,
        "hdbscan_rand": None if table.labels is None else adjusted_rand(table.labels, dense),
    }


def simulate(tables: int, seed: int) -> list[TruthTable]:
    """Return half the tables without groups and half with, every kind and separation in turn."""
    half = tables // 2
    plain = [
        without_groups(STRUCTURELESS[i % len(STRUCTURELESS)], np.random.default_rng([seed, 1, i])) for i in range(half)
    ]
    turns = [(PLANTED[i % len(PLANTED)], SEPARATIONS[(i // len(PLANTED)) % len(SEPARATIONS)], i) for i in range(tables)]
    return plain + [
        with_groups(kind, apart, np.random.default_rng([seed, 2, i])) for kind, apart, i in turns[: tables - half]
    ]


def summary(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Shares and means over tables of one sort."""
    out = {"tables": len(rows), "natural": float(np.mean([r["verdict"] == "natural" for r in rows]))}
    out["reproducible"] = float(np.mean([r["verdict"] == "reproducible" for r in rows]))
    if rows[0]["rand"] is not None:
        out["k_exact"] = float(np.mean([r["k"] == r["planted"] for r in rows]))
        out["rand"] = float(np.mean([r["rand"] for r in rows]))
        out["rand_possible"] = float(np.mean([r["possible"] for r in rows]))
    for name in ("silhouette", "hdbscan"):
        if f"{name}_claims" in rows[0]:
            out[f"{name}_claims"] = float(np.mean([r[f"{name}_claims"] for r in rows]))
        if rows[0].get(f"{name}_rand") is not None:
            out[f"{name}_k_exact"] = float(np.mean([r[f"{name}_k"] == r["planted"] for r in rows]))
            out[f"{name}_rand"] = float(np.mean([r[f"{name}_rand"] for r in rows]))
    return out


def best_possible(table: TruthTable) -> float | None:
    """Adjusted Rand index of assigning every customer to the nearest mean of the planted groups."""
    if table.labels is None:
        return None
    means = np.array([table.x[table.labels == j].mean(axis=0) for j in range(table.k)])
    nearest = ((table.x[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    return adjusted_rand(table.labels, nearest)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rivals", action="store_true")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    rows = []
    for table in simulate(asked.tables, asked.seed):
        row = {"kind": table.kind, "separation": table.separation, "planted": table.k, "n": len(table.x)}
        row |= {"p": table.x.shape[1], "possible": best_possible(table)} | ours(table)
        if asked.rivals:
            row |= rivals(table)
        rows.append(row)
        sort = "no groups" if table.labels is None else f"groups {table.separation:.0f} SD apart"
        groups[sort].append(row)
        groups[f"  {sort}: {table.kind}"].append(row)
    for sort in sorted(groups, key=lambda s: (s.strip().split(":")[0], s)):
        figures = {k: round(v, 3) if isinstance(v, float) else v for k, v in summary(groups[sort]).items()}
        print(f"{sort:42s}", "  ".join(f"{k} {v}" for k, v in figures.items()))
    print(f"CPU seconds a table: {np.mean([r['seconds'] for r in rows]):.2f}")
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
