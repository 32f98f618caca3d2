"""Small hand-made studies: customers with known segments, for the tests of this room."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from clientage.data.table import Column
from clientage.segments.profiles import Profiles, profile
from clientage.segments.segmentation import Segmentation


def number(name: str, values: Any) -> Column:
    values = np.asarray(values, dtype=np.float64)
    there = values[~np.isnan(values)]
    return Column(name, "number", values, is_integer=bool(np.all(there == np.rint(there))))


def text(name: str, values: list[str | None]) -> Column:
    categories = tuple(dict.fromkeys(v for v in values if v is not None))
    codes = np.array([-1 if v is None else categories.index(v) for v in values], dtype=np.int32)
    return Column(name, "text", codes, categories)


def customers_of(
    features: list[Column],
    profile: tuple[Column, ...] = (),
    outcome: tuple[Column, ...] = (),
    **more: Any,
) -> Any:
    known = {"value": None, "titles": {}, "units": {}} | more
    return SimpleNamespace(
        n=len(features[0]), features=tuple(features), profile=tuple(profile), outcome=tuple(outcome), **known
    )


def segmentation_of(labels: Any, k: int) -> Segmentation:
    labels = np.asarray(labels, dtype=np.int32)
    half = np.full(len(labels), 0.5)
    return Segmentation(labels, np.full(len(labels), -1, np.int32), half, half, np.arange(k))


def selection_of(k: int, *, stability: Any = 0.9, verdict: str = "natural") -> Any:
    each = None if stability is None else np.broadcast_to(np.asarray(stability, dtype=np.float64), (k,))
    return SimpleNamespace(chosen=SimpleNamespace(segment_stability=each), verdict=verdict)


def matrix_of(customers: Any) -> Any:
    """Standardised numbers on a coarse grid, as an encoder would give them."""
    columns = [c for c in customers.features if c.kind == "number"]
    values = []
    for c in columns:
        there = c.values[~np.isnan(c.values)]
        x = np.where(np.isnan(c.values), np.median(there) if len(there) else 0.0, c.values)
        sd = x.std() or 1.0
        values.append(np.rint((x - x.mean()) / sd * 1024) / 1024)
    return SimpleNamespace(
        values=np.column_stack(values) if values else np.zeros((customers.n, 0)),
        feature_of=np.arange(len(columns)),
        recipe=SimpleNamespace(features=[SimpleNamespace(name=c.name) for c in columns]),
    )


def profiles_of(customers: Any, labels: Any, k: int, **selection: Any) -> Profiles:
    return profile(customers, matrix_of(customers), segmentation_of(labels, k), selection_of(k, **selection))


def four_corners(n: int = 60, seed: int = 0) -> tuple[Any, np.ndarray]:
    """Income and spending score, high and low: four segments of n, and an average one of 2 n."""
    rng = np.random.default_rng(seed)
    means = [(50, 50), (90, 85), (90, 15), (20, 15), (20, 85)]
    sizes = [2 * n, n, n, n, n]
    labels = np.repeat(np.arange(5), sizes)
    income = np.concatenate([rng.normal(m[0], 3, s) for m, s in zip(means, sizes, strict=True)])
    score = np.concatenate([rng.normal(m[1], 3, s) for m, s in zip(means, sizes, strict=True)])
    return customers_of([number("Annual Income (k$)", income), number("Spending Score (1-100)", score)]), labels


@pytest.fixture(scope="session")
def studies() -> Any:
    """The builders above, for test modules, which cannot import this file."""
    builders = (number, text, customers_of, segmentation_of, selection_of, matrix_of, profiles_of, four_corners)
    return SimpleNamespace(**{b.__name__: b for b in builders})
