"""Bare ground: as wide as it is, in any unit and order, none in a continuum; scipy's spanning tree as oracle."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist

from clientage.clustering import stretches as module
from clientage.clustering.stretches import WIDE, ground_between, stretches


def crescents(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two half rings that reach into each other."""
    turn, upper = rng.uniform(0, np.pi, n), np.arange(n) % 2 == 0
    x = np.where(upper, np.cos(turn), 1 - np.cos(turn))
    y = np.where(upper, np.sin(turn), 0.5 - np.sin(turn))
    return np.column_stack([x, y]) + rng.normal(0, noise, (n, 2)), upper.astype(int)


def test_the_tree_is_the_smallest() -> None:
    x = np.random.default_rng(1).normal(size=(120, 3))
    reach = module._reachability(x, 6)
    away = cdist(x, x)
    core = np.sort(away, axis=1)[:, 6]
    expected = np.maximum(np.maximum(away, core), core[:, None])
    assert reach == pytest.approx(expected)
    steps = module._tree(reach)[2]
    off = expected.copy()
    np.fill_diagonal(off, 0.0)
    assert steps.sum() == pytest.approx(minimum_spanning_tree(off).sum())


@pytest.mark.parametrize("noise", [0.05, 0.08])
def test_crescents_lie_apart(noise: float) -> None:
    x, group = crescents(500, noise, np.random.default_rng(2))
    found = stretches(x, 5)
    assert found.wide
    assert ground_between(x, group, 5) == pytest.approx(found.width)


def test_other_units_and_another_order_change_nothing() -> None:
    x, _ = crescents(300, 0.05, np.random.default_rng(3))
    turned = np.random.default_rng(4).permutation(len(x))
    one, other = stretches(x, 5), stretches(1024.0 * x[turned], 5)
    assert other.width == pytest.approx(one.width)
    assert other.radius == pytest.approx(1024.0 * one.radius)


@pytest.mark.parametrize("kind", ["uniform", "normal", "log-normal", "ring", "band"])
def test_a_continuum_has_no_wide_stretch(kind: str) -> None:
    rng = np.random.default_rng(5)
    for _ in range(6):
        turn = rng.uniform(0, 2 * np.pi, 400)
        x = {
            "uniform": rng.uniform(size=(400, 2)),
            "normal": rng.normal(size=(400, 3)),
            "log-normal": np.log1p(rng.lognormal(size=(400, 3))),
            "ring": np.column_stack([np.cos(turn), np.sin(turn)]) + rng.normal(0, 0.1, (400, 2)),
            "band": np.column_stack([rng.uniform(0, 10, 400), rng.normal(0, 0.3, 400)]),
        }[kind]
        assert stretches(x, max(4, 2 * x.shape[1])).width < WIDE


def test_a_few_far_customers_are_no_group() -> None:
    rng = np.random.default_rng(6)
    x = np.vstack([rng.normal(size=(300, 2)), rng.normal(30, 0.1, size=(8, 2))])
    assert not stretches(x, 5).wide


def test_customers_that_are_all_the_same_have_no_ground_between_them() -> None:
    assert stretches(np.zeros((50, 2)), 5) == module.Stretches(0.0, 0.0)
    assert stretches(np.zeros((1, 2)), 5) == module.Stretches(0.0, 0.0)
    assert ground_between(np.zeros((50, 2)), np.arange(50) % 2, 5) == 0.0
