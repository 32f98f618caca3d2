"""Made data on the grid for the engine's tests, as functions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from clientage.grid import Grid


def _blobs(
    n: int, p: int = 4, k: int = 4, apart: float = 4.0, seed: int = 0, offset: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(k, p)) * apart
    group = rng.integers(0, k, n)
    x = centres[group] + rng.normal(size=(n, p))
    x = (x - x.mean(axis=0)) / x.std(axis=0) + offset
    return Grid.for_values(x).round(x), group


def _skewed(n: int, p: int = 3, seed: int = 0) -> np.ndarray:
    x = np.exp(np.random.default_rng(seed).normal(size=(n, p)))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return Grid.for_values(x).round(x)


def _inertia_of(x: np.ndarray, labels: np.ndarray) -> float:
    return float(sum(((x[labels == j] - x[labels == j].mean(axis=0)) ** 2).sum() for j in np.unique(labels)))


@pytest.fixture
def blobs() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """Rows in k round groups, and the group of every row."""
    return _blobs


@pytest.fixture
def skewed() -> Callable[..., np.ndarray]:
    """Log-normal rows: long tails and no groups."""
    return _skewed


@pytest.fixture
def inertia_of() -> Callable[[np.ndarray, np.ndarray], float]:
    """Squared distances to the groups' means, computed the slow way."""
    return _inertia_of
