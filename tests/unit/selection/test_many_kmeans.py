"""Many small k-means at once: as good as scikit-learn's, one table like the other, whatever stands beside it."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans

from clientage.selection import many_kmeans
from clientage.selection.lloyd import nearest
from clientage.selection.many_kmeans import problems_of, solve
from clientage.selection.starts import merged

KS = [2, 3, 5, 8]


def _tables(count: int = 4, n: int = 160, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(count, 5, 3)) * 3
    return centres[np.arange(count)[:, None], rng.integers(0, 5, size=(count, n))] + rng.normal(size=(count, n, 3))


def _inertia(x: np.ndarray, centres: np.ndarray, weights: np.ndarray | None = None) -> float:
    near = ((x[:, None] - centres) ** 2).sum(axis=2).min(axis=1)
    return float(near.sum() if weights is None else near @ weights)


def test_solutions_are_as_good_as_the_best_of_five_starts_of_scikit_learn() -> None:
    tables = _tables(6)
    found = solve(problems_of(tables, np.ones((1, 160)), 8), KS, np.random.default_rng(0))
    for k in (3, 5, 8):
        ours = [_inertia(x, c) for x, c in zip(tables, found[k].centres, strict=True)]
        best = [KMeans(k, n_init=5, random_state=0).fit(x).inertia_ for x in tables]
        assert np.mean(np.divide(ours, best)) < 1.01, k


def test_centres_are_the_means_of_their_labels_and_labels_the_nearest_centres() -> None:
    tables = np.repeat(_tables(1, 60), 2, axis=0)
    weights = np.random.default_rng(1).integers(0, 4, size=(2, 60)).astype(float)
    problems = problems_of(tables[:1], weights, 3)
    found = solve(problems, [3], np.random.default_rng(0))[3]
    assert (nearest(problems, found.centres[:, None])[:, 0] == found.labels).all()
    for x, w, centres, labels in zip(tables, weights, found.centres, found.labels, strict=True):
        for j in range(3):
            inside = labels == j
            np.testing.assert_allclose(centres[j], np.average(x[inside], axis=0, weights=w[inside]), atol=1e-3)


def test_a_table_is_solved_the_same_whatever_stands_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = _tables(7)
    monkeypatch.setattr(many_kmeans, "HELD", 20_000)  # so that they are solved in several parts
    found = solve(problems_of(tables, np.ones((1, 160)), 8), KS, np.random.default_rng(0))
    monkeypatch.undo()
    together = solve(problems_of(tables, np.ones((1, 160)), 8), KS, np.random.default_rng(0))
    for k in KS:
        np.testing.assert_array_equal(found[k].labels, together[k].labels)


def test_weights_are_repetition() -> None:
    x = _tables(1, 80)
    counts = np.random.default_rng(2).integers(1, 5, size=(1, 80))
    short = solve(problems_of(x, counts, 4), [4], np.random.default_rng(0))[4]
    long = np.repeat(x, counts[0], axis=1)
    whole = solve(problems_of(long, np.ones((1, counts.sum())), 4), [4], np.random.default_rng(0))[4]
    short_cost = _inertia(x[0], short.centres[0], counts[0].astype(float))
    assert short_cost == pytest.approx(_inertia(long[0], whole.centres[0]), rel=0.02)


def test_fewer_different_customers_than_segments_are_no_obstacle() -> None:
    x = np.repeat(np.array([[[0.0, 0.0], [5.0, 5.0]]]), 20, axis=1)
    found = solve(problems_of(x, np.ones((1, 40)), 5), [2, 5], np.random.default_rng(0))
    assert len(np.unique(found[2].labels)) == 2
    assert np.isfinite(found[5].centres).all()


def test_numbers_far_apart_are_solved_without_those_between() -> None:
    tables = _tables(2)
    found = solve(problems_of(tables, np.ones((1, 160)), 40), [3, 40], np.random.default_rng(0))
    near = solve(problems_of(tables, np.ones((1, 160)), 3), [3], np.random.default_rng(0))
    assert found.keys() == {3, 40}
    for x, far, close in zip(tables, found[3].centres, near[3].centres, strict=True):
        assert _inertia(x, far) < 1.03 * _inertia(x, close)


def test_the_cheapest_pairs_are_merged_by_size_and_distance() -> None:
    centres = np.array([[[0.0], [3.0], [4.5], [20.0]]])
    sizes = np.array([[1.0, 100.0, 100.0, 10.0]])
    sets = merged(centres, sizes, 3, 2)[0, :, :, 0]
    # one customer who moves costs less than two hundred who move half as far
    np.testing.assert_allclose(sets, [[300 / 101, 4.5, 20.0], [450 / 101, 3.0, 20.0]])
    assert merged(centres, sizes, 1, 2).ravel().tolist() == pytest.approx([(300 + 450 + 200) / 211])
