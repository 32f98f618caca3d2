"""Where the customers of each segment were in the solution with one segment fewer."""

from __future__ import annotations

import numpy as np
import pytest

import made_studies
from clientage.selection.stability import carried_over, handed_over


def test_flows_are_a_contingency_table_of_the_two_solutions() -> None:
    rng = np.random.default_rng(0)
    before, after, weights = rng.integers(0, 3, 90), rng.integers(0, 4, 90), rng.uniform(1, 3, 90)
    counts = handed_over(before, after, weights)
    assert counts.shape == (3, 4)
    for i in range(3):
        for j in range(4):
            assert counts[i, j] == pytest.approx(weights[(before == i) & (after == j)].sum())


def test_customers_in_no_segment_are_left_out() -> None:
    counts = handed_over(np.array([0, 1, -1, 0]), np.array([0, -1, 1, 1]), np.ones(4))
    assert counts.tolist() == [[1.0, 1.0], [0.0, 0.0]]


def test_slsa_is_the_entropy_of_the_flows() -> None:
    """Dolnicar & Leisch (2017): 1 - H(p) / ln(k-1), p the shares that come from each earlier segment."""
    rng = np.random.default_rng(1)
    before, after = rng.integers(0, 4, 200), rng.integers(0, 5, 200)
    shares = handed_over(before, after, np.ones(200))
    shares /= shares.sum(axis=0)
    expected = 1.0 + (shares * np.log(shares)).sum(axis=0) / np.log(4)
    assert carried_over(before, after, np.ones(200)) == pytest.approx(expected)


def test_every_solution_knows_where_its_customers_were() -> None:
    candidates = made_studies.four_study().selection.candidates
    by_k = {c.k: c for c in candidates if c.algorithm == "kmeans"}
    assert by_k[2].came_from is None
    for k in range(3, 7):
        flows = by_k[k].came_from
        assert flows is not None
        assert flows.shape == (k - 1, k)
        assert flows.sum(axis=1) == pytest.approx(by_k[k - 1].sizes)
        assert flows.sum(axis=0) == pytest.approx(by_k[k].sizes)


def test_the_null_test_keeps_what_each_simulated_table_showed() -> None:
    null = made_studies.noise_study().selection.null
    assert null is not None
    assert len(null.drawn) == null.draws
    assert max(null.drawn) == null.maximum
    assert np.mean(null.drawn) == pytest.approx(null.mean)
    beaten = sum(d >= null.observed - 1e-6 for d in null.drawn)
    assert null.p_value == pytest.approx((1 + beaten) / (1 + null.draws))
