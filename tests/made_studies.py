"""Studies made from tables made here, small and quick: the same walk as any other study."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from clientage.config import settings_from
from clientage.study import StudyRecord, make_study

MARKUP = "<img src=x onerror=alert(1)>"
SCRIPT = "</script><script>alert(2)</script>"
LONG = "a column name that goes on and on about the customer and never seems to come to its end"
CANARY = "canary.person@example.org"


def shop(n: int = 400, k: int = 4, seed: int = 0) -> dict[str, Any]:
    """Return k separate groups in three numbers, with a category and an answer beside them."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, k, n)
    angle = 2 * np.pi * group / k
    visits = np.exp(2.0 + 0.9 * np.sin(angle) + rng.normal(0, 0.1, n))
    return {
        "customer_id": [f"C{i:05d}" for i in range(n)],
        "email": [f"{i}.{CANARY}" for i in range(n)],
        "income": 50_000 + 20_000 * np.cos(angle) + rng.normal(0, 1_500, n),
        "store_visits": visits,
        "total_spend": 40.0 + 12 * group + rng.normal(0, 1.5, n),
        "city": np.array(["Rome", "Oslo", "Lima"], dtype=object)[rng.integers(0, 3, n)].tolist(),
        "response": (rng.random(n) < 0.1 + 0.15 * group).astype(int),
    }


def hostile(n: int = 600) -> dict[str, Any]:
    """Return the same with names and categories that would do harm in a page, and ones that are hard to show."""
    made = shop(n, k=5, seed=1)
    city = np.array([SCRIPT, "مدينة", "東京 & \u2028 'x'"], dtype=object)
    rng = np.random.default_rng(2)
    return {
        "id": made["customer_id"],
        MARKUP: made["income"],
        "収入 {{alert(3)}}": made["store_visits"],
        LONG: made["total_spend"],
        SCRIPT: city[rng.integers(0, 3, n)].tolist(),
    }


def noise(n: int = 300) -> dict[str, Any]:
    """Return columns that have nothing to do with each other."""
    rng = np.random.default_rng(3)
    return {name: rng.uniform(0, 100, n) for name in ("age", "income", "score", "savings")}


def study(columns: dict[str, Any], **sections: dict[str, Any]) -> StudyRecord:
    """Return the study of a table, with few bootstraps and null draws."""
    tree = {name: dict(values) for name, values in sections.items()}
    tree["cluster"] = {"bootstraps": 10, "null_draws": 19, "k_max": 6, **tree.get("cluster", {})}
    return make_study(columns, settings_from(tree))


@cache
def shop_study() -> StudyRecord:
    """Separate groups."""
    features = ["income", "store_visits", "total_spend"]
    return study(
        shop(), roles={"features": features, "profile": ["city"], "outcome": ["response"], "value": "total_spend"}
    )


@cache
def four_study() -> StudyRecord:
    """The same, asked for as four by k-means: what is found does not depend on the rule that chooses."""
    features = ["income", "store_visits", "total_spend"]
    roles = {"features": features, "profile": ["city"], "outcome": ["response"], "value": "total_spend"}
    return study(shop(), roles=roles, cluster={"algorithm": "kmeans", "k": 4})


@cache
def hostile_study() -> StudyRecord:
    """Names that would do harm."""
    return study(hostile(), roles={"features": [MARKUP, "収入 {{alert(3)}}", LONG], "profile": [SCRIPT]})


@cache
def noise_study() -> StudyRecord:
    """No groups."""
    return study(noise())


@cache
def twelve_study() -> StudyRecord:
    """Twelve segments."""
    return study(shop(900, k=12), roles={"features": ["income", "store_visits", "total_spend"]}, cluster={"k": 12})


@cache
def one_study() -> StudyRecord:
    """Everybody in one segment."""
    return study(shop(200), roles={"features": ["income", "total_spend"]}, cluster={"k": 1})


@cache
def crescents_study() -> StudyRecord:
    """Two groups that are not round: crescents that reach into each other."""
    rng = np.random.default_rng(7)
    turn, upper = rng.uniform(0, np.pi, 600), np.arange(600) % 2 == 0
    across = np.where(upper, np.cos(turn), 1 - np.cos(turn)) + rng.normal(0, 0.05, 600)
    up = np.where(upper, np.sin(turn), 0.5 - np.sin(turn)) + rng.normal(0, 0.05, 600)
    return study({"visits": 50 + 20 * across, "engagement": 60 + 30 * up})
