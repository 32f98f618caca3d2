"""Speed of the HTTP service, asked from a second process: one customer at a time, and batches.

Serves a run of the simulated shop with one worker and prints a Markdown table for docs/performance.md. Processor
seconds are the server's own, so that they mean something on a busy machine; wall times do not.

    python benchmarks/api.py
    python benchmarks/api.py --single 5000 --batch 50000
"""

from __future__ import annotations

import argparse
import csv
import http.client
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
MAKE_SHOP = "from clientage.data.samples import write_shop; write_shop({0!r}, 20_000, transactions=False)"
WARM_UP = 200


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--single", type=int, default=3_000, help="requests for one customer")
    words.add_argument("--batch", type=int, default=20_000, help="customers in a batch")
    words.add_argument("--repeat", type=int, default=15, help="batches of each form")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run, customers = make_run(Path(folder))
        with served(run) as (process, port):
            connection = http.client.HTTPConnection("127.0.0.1", port)
            names = [c["name"] for c in json.loads(ask(connection, "GET", "/model"))["columns"]]
            rows = [{name: number(row[name]) for name in names} for row in customers]
            print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
            print("| request | n | median ms | p99 ms | slowest ms | customers/s | customers/s of processor |")
            print("|---|--:|--:|--:|--:|--:|--:|")
            bodies = [json.dumps(row).encode() for row in rows[: asked.single]]
            for body in bodies[:WARM_UP]:
                ask(connection, "POST", "/predict", body)
            measure("one customer", connection, process, "/predict", [(b, 1) for b in bodies])
            many = (rows * (asked.batch // len(rows) + 1))[: asked.batch]
            columns = {"columns": {name: [row[name] for row in many] for name in names}}
            for path, tree in (("/predict/batch", many), ("/predict/columns", columns)):
                body = json.dumps(tree).encode()
                ask(connection, "POST", path, body)
                label = f"{path}, {asked.batch:,} customers, {len(body) / 1e6:.1f} MB"
                measure(label, connection, process, path, [(body, asked.batch)] * asked.repeat)


def make_run(folder: Path) -> tuple[Path, list[dict[str, str]]]:
    """Return a run of the simulated shop and its customers."""
    subprocess.run([sys.executable, "-c", MAKE_SHOP.format(str(folder))], check=True)
    file = folder / "customers.csv"
    out = ["--out", str(folder / "runs"), "--quiet"]
    subprocess.run([sys.executable, "-m", "clientage", "run", str(file), *out], check=True)
    with file.open(encoding="utf-8", newline="") as opened:
        return folder / "runs", list(csv.DictReader(opened))


def number(text: str) -> float | None:
    """Return a cell as JSON has it."""
    try:
        return float(text)
    except ValueError:
        return None


@contextmanager
def served(run: Path) -> Iterator[tuple[int, int]]:
    """Serve a run; yield process and port."""
    command = [sys.executable, "-m", "clientage", "serve", str(run), "--port", "0"]
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split(" at ")[1].split()[0]
        try:
            yield process.pid, int(address.rpartition(":")[2])
        finally:
            process.terminate()


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None) -> bytes:
    """Return the body of an answer of status 200; the connection stays open."""
    connection.request(method, path, body, {"content-type": "application/json"} if body else {})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        sys.exit(f"{path} answered {answer.status}: {content[:300]!r}")
    return content


def measure(
    label: str, connection: http.client.HTTPConnection, process: int, path: str, requests: list[tuple[bytes, int]]
) -> None:
    """Send the requests one after the other and print a line."""
    seconds = []
    begin, busy = time.perf_counter(), processor_seconds(process)
    for body, _ in requests:
        sent = time.perf_counter()
        ask(connection, "POST", path, body)
        seconds.append(time.perf_counter() - sent)
    wall, busy = time.perf_counter() - begin, processor_seconds(process) - busy
    n = sum(count for _, count in requests)
    median, p99, worst = (1e3 * float(np.quantile(seconds, q)) for q in (0.5, 0.99, 1.0))
    of_processor = f"{n / busy:,.0f}" if busy else "–"
    print(
        f"| {label} | {len(requests):,} | {median:.2f} | {p99:.2f} | {worst:.1f} | {n / wall:,.0f} | {of_processor} |"
    )


def processor_seconds(process: int) -> float:
    """Return the processor time of another process so far; NaN where the system does not tell."""
    try:
        fields: list[Any] = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == "__main__":
    main()
