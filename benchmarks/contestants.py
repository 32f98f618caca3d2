"""k-means for k = 2..10 by several libraries, each called the way its users call it.

Receives a float64 array; returns labels and inertia for each k. One contestant runs in one child process, which
accounts for its own processor time and memory: `measured` starts it, `child` is what it does.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

KS = range(2, 11)
Found = dict[int, tuple[np.ndarray, float]]  # k -> labels, inertia


@dataclass(frozen=True, slots=True)
class Measured:
    """What a contestant took and found.

    Parameters
    ----------
    cpu, wall : float
        Seconds, without imports.
    peak : float
        MB of resident memory above what the table itself and the imports take.
    inertia : dict of int to float
    labels : Path
        An ``.npz`` with one array for each k.
    """

    cpu: float
    wall: float
    peak: float
    inertia: dict[int, float]
    labels: Path


def ours(x: np.ndarray) -> Found:
    """Run this engine."""
    from clientage.clustering.sweep import sweep

    found = sweep(x, KS)
    return {k: (found.labels[k], found.inertia[k]) for k in KS}


def _scikit_learn(starts: int, seed: int) -> Callable[[np.ndarray], Found]:
    def run(x: np.ndarray) -> Found:
        from sklearn.cluster import KMeans

        fits = {k: KMeans(k, n_init=starts, random_state=seed).fit(x) for k in KS}
        return {k: (fit.labels_, float(fit.inertia_)) for k, fit in fits.items()}

    return run


def mini_batch(x: np.ndarray) -> Found:
    """Run scikit-learn's MiniBatchKMeans as it comes, three starts."""
    from sklearn.cluster import MiniBatchKMeans

    fits = {k: MiniBatchKMeans(k, n_init=3, random_state=0).fit(x) for k in KS}
    return {k: (fit.labels_, float(fit.inertia_)) for k, fit in fits.items()}


def _faiss(**options: int) -> Callable[[np.ndarray], Found]:
    def run(x: np.ndarray) -> Found:
        import faiss

        rows = np.ascontiguousarray(x, dtype=np.float32)
        found: Found = {}
        for k in KS:
            kmeans = faiss.Kmeans(x.shape[1], k, niter=25, seed=1, **options)
            kmeans.train(rows)
            labels = kmeans.index.search(rows, 1)[1][:, 0]
            found[k] = labels, _inertia(x, labels, k)
        return found

    return run


def _inertia(x: np.ndarray, labels: np.ndarray, k: int) -> float:
    """Return the squared distances of the rows to the means of their groups, in float64."""
    sizes = np.maximum(np.bincount(labels, minlength=k), 1)
    means = np.column_stack([np.bincount(labels, column, minlength=k) for column in x.T]) / sizes[:, None]
    return float(
        sum(
            ((x[low : low + 65_536] - means[labels[low : low + 65_536]]) ** 2).sum() for low in range(0, len(x), 65_536)
        )
    )


CONTESTANTS: dict[str, Callable[[np.ndarray], Found]] = {
    "ours": ours,
    "KMeans n_init=10": _scikit_learn(10, 0),
    "KMeans n_init=1": _scikit_learn(1, 1),
    "MiniBatchKMeans": mini_batch,
    "faiss": _faiss(),  # as it comes: trained on 256 rows for each centre
    "faiss, all rows": _faiss(max_points_per_centroid=2**31 - 1),
}


def child(name: str, table: str) -> None:
    """Run one contestant on a saved table, save its labels, print what it cost."""
    warnings.simplefilter("ignore")
    x = np.load(table)
    CONTESTANTS[name](x[:500])  # imports and first calls are not the point here
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cpu, wall = time.process_time(), time.perf_counter()
    found = CONTESTANTS[name](x)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = (
        (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * (1 if sys.platform == "darwin" else 1024) / 1e6
    )
    np.savez(_labels_of(name, table), **{str(k): labels.astype(np.int8) for k, (labels, _) in found.items()})
    inertia = {k: value for k, (_, value) in found.items()}
    print(json.dumps({"cpu": cpu, "wall": wall, "peak": peak, "inertia": inertia}))


def measured(name: str, table: str, *, one_core: bool) -> Measured:
    """Return what a child process says about a contestant.

    OpenMP threads that wait for a core count as processor time: on a busy machine give everybody one core.
    """
    command = [sys.executable, __file__, name, table]
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"} if name == "ours" or one_core else {}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, **threads})
    said = json.loads(done.stdout.splitlines()[-1])
    inertia = {int(k): value for k, value in said["inertia"].items()}
    return Measured(said["cpu"], said["wall"], said["peak"], inertia, _labels_of(name, table))


def _labels_of(name: str, table: str) -> Path:
    return Path(table).with_suffix(f".{list(CONTESTANTS).index(name)}.npz")


if __name__ == "__main__":
    child(*sys.argv[1:])
