"""What the service did, counted: requests, answers, seconds, customers.

One table of counts lies in memory that all workers share. Each worker writes its own row, so nothing is locked, and
whichever worker is asked adds the rows up. Read as Prometheus text.
"""

from __future__ import annotations

import mmap
import time

import numpy as np

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
STATUSES = (200, 400, 401, 404, 405, 408, 413, 415, 422, 500)
OTHER = "other"


class Metrics:
    """Counts shared by the workers of one service.

    Parameters
    ----------
    paths : tuple of str
        Known to the service; any other counts as "other", so that a stranger cannot make the table grow.
    workers : int, default 1
        Rows of the table. Made before the workers are forked.
    """

    def __init__(self, paths: tuple[str, ...], workers: int = 1) -> None:
        self.paths = (*paths, OTHER)
        self.statuses = (*STATUSES, 0)  # 0: any other
        p, s, b = len(self.paths), len(self.statuses), len(BOUNDS) + 1
        self._parts = {"requests": (p, s), "buckets": (p, b), "seconds": (p,), "customers": (1,)}
        width = sum(int(np.prod(shape)) for shape in self._parts.values())
        self._shared = mmap.mmap(-1, workers * width * 8)  # anonymous and shared with forked processes
        self._table = np.frombuffer(self._shared, dtype=np.float64).reshape(workers, width)
        self._worker = 0
        self._started = time.time()

    def become(self, worker: int) -> None:
        """Write to this worker's row from now on."""
        self._worker = worker

    def count(self, path: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        own = self._views(self._table[self._worker])
        p = self.paths.index(path) if path in self.paths else len(self.paths) - 1
        s = self.statuses.index(status) if status in self.statuses else len(self.statuses) - 1
        own["requests"][p, s] += 1
        own["buckets"][p, int(np.searchsorted(BOUNDS, seconds))] += 1
        own["seconds"][p] += seconds

    def add_customers(self, n: int) -> None:
        """Count customers that were scored."""
        self._views(self._table[self._worker])["customers"][0] += n

    def _views(self, row: np.ndarray) -> dict[str, np.ndarray]:
        views, start = {}, 0
        for name, shape in self._parts.items():
            stop = start + int(np.prod(shape))
            views[name] = row[start:stop].reshape(shape)
            start = stop
        return views

    def text(self) -> str:
        """Return all counts in the text format of Prometheus, version 0.0.4."""
        whole = self._views(self._table.sum(axis=0))
        lines = _head("clientage_requests_total", "counter", "Requests answered, by path and status.")
        for p, path in enumerate(self.paths):
            for s, status in enumerate(self.statuses):
                if whole["requests"][p, s]:
                    labels = f'path="{path}",status="{status or OTHER}"'
                    lines.append(f"clientage_requests_total{{{labels}}} {whole['requests'][p, s]:.0f}")
        errors = whole["requests"][:, [i for i, s in enumerate(self.statuses) if s >= 400]].sum()
        lines += _head("clientage_errors_total", "counter", "Requests answered with a status of 400 or more.")
        lines.append(f"clientage_errors_total {errors:.0f}")
        lines += _head("clientage_request_seconds", "histogram", "Seconds from the first byte read to the answer.")
        for p, path in enumerate(self.paths):
            lines += self._histogram(path, whole["buckets"][p], float(whole["seconds"][p]))
        lines += _head("clientage_customers_scored_total", "counter", "Customers scored.")
        lines.append(f"clientage_customers_scored_total {whole['customers'][0]:.0f}")
        lines += _head("clientage_workers", "gauge", "Worker processes.")
        lines.append(f"clientage_workers {len(self._table)}")
        lines += _head("clientage_start_time_seconds", "gauge", "When the service started, in seconds since 1970.")
        lines.append(f"clientage_start_time_seconds {self._started:.3f}")
        return "\n".join(lines) + "\n"

    def _histogram(self, path: str, counts: np.ndarray, seconds: float) -> list[str]:
        total = int(counts.sum())
        if not total:
            return []
        name = "clientage_request_seconds"
        rising = np.cumsum(counts).astype(int).tolist()
        bounds = [*(f"{b:g}" for b in BOUNDS), "+Inf"]
        lines = [f'{name}_bucket{{path="{path}",le="{b}"}} {n}' for b, n in zip(bounds, rising, strict=True)]
        return [*lines, f'{name}_sum{{path="{path}"}} {seconds:.6f}', f'{name}_count{{path="{path}"}} {total}']


def _head(name: str, kind: str, text: str) -> list[str]:
    return [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
