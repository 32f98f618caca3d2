"""The passes over all rows are exact: no chunk, thread or order can show in them."""

from fractions import Fraction
from functools import partial

import numpy as np
import pytest

from clientage.clustering import points
from clientage.clustering.lloyd import polish
from clientage.clustering.passes import gather_rows, label_rows
from clientage.grid import Grid


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    x = np.exp(rng.normal(size=(30_011, 7))) - 1
    grid = Grid.for_values(x)
    x = grid.round(x)
    centres = {k: x[rng.choice(len(x), k, replace=False)] for k in (1, 2, 5, 9)}
    return x, grid, centres


def test_sums_are_those_of_the_nearest_rows(rows):
    x, _, centres = rows
    for k, part in gather_rows(x, centres).items():
        nearest = ((x[:, None] - centres[k]) ** 2).sum(axis=2).argmin(axis=1)
        for j in range(k):
            assert part.counts[0, j] == (nearest == j).sum()
            np.testing.assert_array_equal(part.sums[0, j], x[nearest == j].sum(axis=0))


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("most", [64, 1000, 4096])
def test_chunks_threads_and_order_change_nothing(rows, threads, most, monkeypatch):
    x, grid, centres = rows
    expected, labelled = gather_rows(x, centres, 1), label_rows(x, centres, grid, 1)
    monkeypatch.setattr(points, "MOST_ROWS", most)
    monkeypatch.setattr(points, "FEWEST_ROWS", most)
    order = np.random.default_rng(threads).permutation(len(x))
    shuffled = x[order].astype(np.float32)
    sums, again = gather_rows(shuffled, centres, threads), label_rows(shuffled, centres, grid, threads)
    for k in centres:
        np.testing.assert_array_equal(sums[k].sums, expected[k].sums)
        np.testing.assert_array_equal(again.labels[k], labelled.labels[k][order])
    assert again.inertia == labelled.inertia


def test_inertia_is_the_exact_sum_rounded_once(rows):
    x, grid, centres = rows
    x = x[:500]
    units = (x / grid.step).astype(np.int64).tolist()
    for k, value in label_rows(x, centres, grid).inertia.items():
        places = (centres[k] / grid.step).astype(np.int64).tolist()
        exact = sum(min(sum((a - b) ** 2 for a, b in zip(u, c, strict=True)) for c in places) for u in units)
        assert value == float(Fraction(exact) * Fraction(grid.step) ** 2)


def test_ties_go_to_the_lowest_number():
    x = np.array([[0.0], [1.0], [2.0]])
    done = label_rows(x, {2: np.array([[0.0], [2.0]]), 3: np.array([[2.0], [0.0], [2.0]])}, Grid.for_values(x))
    assert done.labels[2].tolist() == [0, 0, 1]
    assert done.labels[3].tolist() == [1, 0, 0]


def test_more_clusters_than_a_byte_counts():
    x = np.arange(600.0)[:, None] / 64
    done = label_rows(x, {300: x[::2]}, Grid.for_values(x))
    assert done.labels[300].tolist() == [i // 2 for i in range(600)]


def test_polish_never_ends_worse_and_ends_where_nothing_moves(rows):
    x, grid, centres = rows
    pass_over = partial(gather_rows, x)
    costs = [label_rows(x, polish(pass_over, centres, grid, n), grid).inertia for n in (0, 1, 3, 300)]
    again = label_rows(x, polish(pass_over, polish(pass_over, centres, grid, 300), grid, 5), grid).inertia
    for k in centres:
        assert costs[0][k] >= costs[1][k] >= costs[2][k] >= costs[3][k]
        assert again[k] == pytest.approx(costs[3][k], rel=1e-5)
