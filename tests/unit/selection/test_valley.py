"""Thinner ground between segments: there or not."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans

from clientage.selection.valley import LEAST_VALLEY, valley


@pytest.mark.parametrize("apart", [4.0, 6.0])
def test_groups_have_a_valley(apart: float) -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 200)
    x = rng.normal(size=(600, 3)) + apart * np.eye(3)[labels]
    found = valley(x, labels, 3)
    assert found is not None
    assert found > 0.5 > LEAST_VALLEY


@pytest.mark.parametrize("seed", range(3))
def test_a_cut_through_one_heap_has_none(seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(800, 2)) * [3.0, 1.0]
    found = valley(x, KMeans(2, n_init=5, random_state=0).fit_predict(x), 2)
    assert found is not None
    assert found < LEAST_VALLEY


def test_unit_and_direction_do_not_matter() -> None:
    rng = np.random.default_rng(1)
    x, labels = rng.normal(size=(100, 2)), rng.integers(0, 3, size=100)
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    assert valley(7 * x @ turn + 3, labels, 3) == pytest.approx(valley(x, labels, 3))


def test_too_few_customers_cannot_be_judged() -> None:
    assert valley(np.arange(4.0)[:, None], np.array([0, 0, 1, 1]), 2) is None
    assert valley(np.arange(50.0)[:, None], np.zeros(50, int), 1) is None
    assert valley(np.arange(50.0)[:, None], np.where(np.arange(50) < 25, 0, -1), 2) is None
