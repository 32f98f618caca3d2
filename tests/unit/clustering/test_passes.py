"""The passes over all rows are exact: no chunk, thread or order can show in them."""

from fractions import Fraction
from functools import partial

import numpy as np
import pytest

from clientage.clustering import points
from clientage.clustering.passes import gather_rows, label_rows
from clientage.clustering.polish import Stage, polish
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
            assert part[j, -1] == (nearest == j).sum()
            np.testing.assert_array_equal(part[j, :-1], x[nearest == j].sum(axis=0))


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
        np.testing.assert_array_equal(sums[k], expected[k])
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


def test_polish_ends_better_with_every_step_and_where_nothing_moves(rows):
    x, grid, centres = rows

    def after(steps, start=centres):
        return polish([Stage(partial(gather_rows, x), steps)], {k: c[None] for k, c in start.items()}, grid)

    costs = [label_rows(x, after(n), grid).inertia for n in (1, 4, 16, 300)]
    again = label_rows(x, after(5, after(300)), grid).inertia
    for k in centres:
        assert label_rows(x, centres, grid).inertia[k] >= costs[0][k] >= costs[1][k] >= costs[2][k] >= costs[3][k]
        assert again[k] == pytest.approx(costs[3][k], rel=1e-5)


def test_momentum_is_faster_than_plain_steps():
    rng = np.random.default_rng(1)
    x = Grid(2.0**-20, 16.0).round(rng.normal(size=(20_000, 4)))
    grid = Grid.for_values(x)
    start = {8: x[:8]}
    plain = start
    for _ in range(25):
        part = gather_rows(x, plain)[8]
        plain = {8: grid.round(part[:, :-1] / part[:, -1:])}
    ours = polish([Stage(partial(gather_rows, x), 25)], {8: start[8][None]}, grid)
    assert label_rows(x, ours, grid).inertia[8] < label_rows(x, plain, grid).inertia[8]


def test_the_last_stage_decides_between_sets(rows):
    x, grid, centres = rows
    good = polish([Stage(partial(gather_rows, x), 50)], {5: centres[5][None]}, grid)[5]
    poor = good + np.array([[8.0], [0], [0], [0], [0]]) * grid.step * 2**16
    stage = Stage(partial(gather_rows, x), 1)
    both = polish([stage], {5: np.array([grid.round(poor), good])}, grid)[5]
    np.testing.assert_array_equal(both, polish([stage], {5: good[None]}, grid)[5])
