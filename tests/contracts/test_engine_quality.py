"""How near the engine comes to the best known solutions, on tables too large for the exact path.

The bounds are those of docs/performance.md, which `make bench` measures on ten shapes; here are some that
a library run ten times finds hard. Nothing is timed.
"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans

import clientage
from clientage.clustering.coreset import summarise
from clientage.config import ClusterSettings
from clientage.grid import Grid
from clientage.selection.select import select
from clientage.selection.silhouette import silhouettes

SAMPLED = 160_000  # distinct rows: more than the weighted sample holds
KS = (3, 5, 8, 10)


def overlapping(rng: np.random.Generator, n: int) -> np.ndarray:
    centres = rng.normal(size=(6, 6)) * 1.5
    return centres[rng.integers(0, 6, n)] + rng.normal(size=(n, 6))


def unbalanced(rng: np.random.Generator, n: int) -> np.ndarray:
    group = rng.choice(4, n, p=[0.7, 0.2, 0.08, 0.02])
    return (rng.normal(size=(4, 6)) * 4)[group] + rng.normal(size=(n, 6))


def money(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.exp(0.6 * rng.normal(size=(n, 1)) + 0.8 * rng.normal(size=(n, 6)))


@pytest.fixture(scope="module", params=[overlapping, unbalanced, money])
def above(request: pytest.FixtureRequest) -> list[float]:
    """Per cent of inertia above the best known, for every k."""
    x = request.param(np.random.default_rng(3), SAMPLED)
    ours = clientage.sweep(x, KS).inertia
    theirs = {k: KMeans(k, n_init=2, random_state=0).fit(x).inertia_ for k in KS}
    return [100 * (ours[k] / min(ours[k], theirs[k]) - 1) for k in KS]


def test_inertia_is_near_the_best_known(above: list[float]) -> None:
    assert np.median(above) <= 0.02
    assert max(above) <= 0.5


@pytest.mark.parametrize("shape", [overlapping, money])
def test_silhouettes_of_twenty_thousand_are_within_a_hundredth(shape) -> None:
    x = shape(np.random.default_rng(4), 20_000)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    x = Grid.for_values(x).round(x)
    chosen = select(x, summarise(x), ClusterSettings(algorithm="kmeans"))
    candidates = [c for c in chosen.candidates if c.k > 1]
    exact = silhouettes(x, np.ones(len(x)), [c.model.assign(x).labels for c in candidates]).mean(axis=1)
    assert len(candidates) >= 9
    np.testing.assert_allclose([c.criteria["silhouette"] for c in candidates], exact, atol=0.01)
