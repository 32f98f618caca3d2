"""The adjusted Rand index against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from clientage.selection.adjusted_rand import adjusted_rand, adjusted_rand_of, contingency


@pytest.mark.parametrize("seed", range(5))
def test_it_equals_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 4, size=200), rng.integers(0, 6, size=200)
    b[:120] = a[:120]
    assert adjusted_rand(a, b) == pytest.approx(adjusted_rand_score(a, b), abs=1e-12)


def test_weights_are_repetition() -> None:
    rng = np.random.default_rng(0)
    a, b, w = rng.integers(0, 3, 50), rng.integers(0, 3, 50), rng.integers(1, 4, 50)
    assert adjusted_rand(a, b, w.astype(float)) == pytest.approx(adjusted_rand_score(np.repeat(a, w), np.repeat(b, w)))


def test_rows_without_a_label_are_left_out() -> None:
    a, b = np.array([0, 0, 1, 1, -1]), np.array([1, 1, 0, 0, 0])
    assert adjusted_rand(a, b) == 1.0


@pytest.mark.parametrize("labels", [np.zeros(6, int), np.arange(6)])
def test_trivial_partitions_agree_with_themselves(labels: np.ndarray) -> None:
    assert adjusted_rand(labels, labels) == 1.0


def test_a_stack_of_tables_is_each_table() -> None:
    rng = np.random.default_rng(1)
    pairs = [(rng.integers(0, 3, 40), rng.integers(0, 3, 40)) for _ in range(4)]
    stacked = adjusted_rand_of(np.stack([contingency(a, b) for a, b in pairs]))
    np.testing.assert_allclose(stacked, [adjusted_rand_score(a, b) for a, b in pairs])
