"""Runs made here for the HTTP service, and a way to ask an application in this process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import httpx
import numpy as np

from clientage.api.gate import Gate, Limits
from clientage.publish import publish
from clientage.runs.run import Run, open_run
from clientage.runs.store import runs_in
from made_studies import study

NAUGHTY = 'a "quoted" name; DROP TABLE t;--'
UNICODE = "収入 {{x}}"
LIMITS = Limits(rows=500, megabytes=1, seconds=60.0)
Answer = TypeVar("Answer")


def shop_with_names() -> dict[str, Any]:
    """Return four separate groups whose columns have names that are no identifiers, and two categories."""
    rng = np.random.default_rng(5)
    n = 400
    group = rng.integers(0, 4, n)
    return {
        "customer id": [f"C{i:04d}" for i in range(n)],
        NAUGHTY: 100.0 + 40 * group + rng.normal(0, 2, n),
        UNICODE: np.where(group % 2 == 0, 5.0, 60.0) + rng.normal(0, 1, n),
        "has card": (group > 1).astype(float),
        "tier": np.array(["basic", "plus"], dtype=object)[(group > 1).astype(int)].tolist(),
        "plan": (group + 1).astype(float),
        "city": np.array(["Rome", "Oslo", "Lima"], dtype=object)[rng.integers(0, 3, n)].tolist(),
    }


def lines_of_shop(n: int = 120, seed: int = 3) -> dict[str, Any]:
    """Return invoice lines of customers who buy often or seldom."""
    rng = np.random.default_rng(seed)
    columns: dict[str, list[Any]] = {"customer_id": [], "invoice_date": [], "invoice_no": [], "amount": []}
    for customer in range(n):
        for order in range(12 if customer % 2 else 2):
            day = np.datetime64("2025-01-01") + int(rng.integers(0, 30 if customer % 2 == 0 else 300))
            columns["customer_id"].append(f"K{customer:03d}")
            columns["invoice_date"].append(str(day))
            columns["invoice_no"].append(f"{customer}-{order}")
            columns["amount"].append(round(float(rng.lognormal(3 + customer % 2, 0.3)), 2))
    return columns


def saved(columns: dict[str, Any], folder: Path, **sections: dict[str, Any]) -> Run:
    """Return the run of a table, saved in a folder."""
    publish(study(columns, **sections), folder)
    return open_run(runs_in(folder)[0])


Ask = Callable[..., httpx.Response]


def asker(app: Gate) -> Ask:
    """Return a function that sends one request to an application and returns the answer."""

    def ask(method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> httpx.Response:
        async def sent() -> httpx.Response:
            transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
                given = {"content-type": "application/json"} if content is not None else {}
                return await client.request(method, path, content=content, headers={**given, **(headers or {})})

        return awaited(sent)

    return ask


def awaited(function: Callable[..., Coroutine[Any, Any, Answer]], *given: Any) -> Answer:
    """Return what a coroutine returns, from a thread of its own: a browser of another test may keep this one's loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(function(*given))).result()


def customer(**changed: Any) -> dict[str, Any]:
    """Return a customer that the run of `shop_with_names` can score."""
    return {NAUGHTY: 141.0, UNICODE: 6.0, "has card": 1, "tier": "plus", "plan": 3, **changed}


def named_run(folder: Path) -> Run:
    """Return a run with names that are no identifiers, categories, a yes/no column and integer codes."""
    roles = {
        "features": [NAUGHTY, UNICODE, "has card", "tier", "plan"],
        "categorical": ["plan"],
        "id": "customer id",
    }
    return saved(shop_with_names(), folder, roles=roles, cluster={"k": 4})
