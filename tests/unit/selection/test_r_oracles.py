"""R's clusGap and clusterboot, recorded by benchmarks/oracles/r_figures.R, against ours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from clientage.clustering.catalogue import ALGORITHMS, FitOptions
from clientage.clustering.coreset import summarise
from clientage.grid import Grid
from clientage.selection.gap import gap_statistic
from clientage.selection.many_kmeans import problems_of, solve
from clientage.selection.sample import draw_sample
from clientage.selection.stability import bootstrap_weights, kmeans_stability, tables

FOLDER = Path(__file__).parents[3] / "benchmarks" / "oracles"
GAP_DRAWS, BOOTSTRAPS, R_BOOTSTRAPS = 200, 200, 500


@pytest.fixture(scope="module")
def made() -> np.ndarray:
    x = np.loadtxt(FOLDER / "made.csv", delimiter=",", skiprows=1)
    return Grid.for_values(x).round(x)


@pytest.fixture(scope="module")
def recorded() -> list[tuple[str, int, int, float, float]]:
    lines = (FOLDER / "r_figures.csv").read_text().splitlines()[1:]
    cells = [line.split(",") for line in lines if not line.startswith("#")]
    return [(name, int(k), int(size), float(value), float(error)) for name, k, size, value, error in cells]


def test_gap_is_that_of_r_within_three_standard_errors(made: np.ndarray, recorded: list) -> None:
    ours = gap_statistic(draw_sample(made, summarise(made)), range(1, 7), draws=GAP_DRAWS)
    compared = 0
    for name, k, _, value, error in recorded:
        if name != "gap":
            continue
        own = ours.error[k] / np.sqrt(1 + 1 / GAP_DRAWS) / np.sqrt(GAP_DRAWS)
        assert abs(ours.gap[k] - value) <= 3 * np.hypot(own, error), k
        compared += 1
    assert compared == 6
    assert ours.k == 1  # by Tibshirani's rule, which R's maxSE(method = "Tibs2001SEmax") follows: .51 >= .35 - s


def test_inertia_is_that_of_r(made: np.ndarray, recorded: list) -> None:
    models = ALGORITHMS["kmeans"].fit(made, summarise(made), range(1, 7), FitOptions())
    for name, k, _, value, _ in recorded:
        if name == "log_w":
            labels = models[k].assign(made).labels
            within = sum(((made[labels == j] - made[labels == j].mean(axis=0)) ** 2).sum() for j in range(k))
            # clusGap halves W once more than Tibshirani does; rows are rounded to the grid here
            assert np.log(within / 2) == pytest.approx(value, abs=1e-4), k


def _figures(recorded: list, name: str) -> dict[int, tuple[float, float]]:
    """Value and standard error by size of the segment."""
    return {size: (value, error) for given, _, size, value, error in recorded if given == name}


def _agree(ours: dict[int, float], theirs: dict[int, tuple[float, float]]) -> None:
    assert set(ours) == set(theirs)
    for size, (value, error) in theirs.items():
        assert abs(ours[size] - value) <= 3 * error * np.sqrt(1 + R_BOOTSTRAPS / BOOTSTRAPS), size


def test_segment_stability_is_that_of_r(made: np.ndarray, recorded: list) -> None:
    core = summarise(made)
    labels = ALGORITHMS["kmeans"].fit(made, core, [3], FitOptions())[3].assign(core.points).labels.astype(np.int64)
    ours = kmeans_stability(core.points, core.weights, {3: labels}, BOOTSTRAPS, 0)[3].segments
    _agree(dict(zip(np.bincount(labels).tolist(), ours.tolist(), strict=True)), _figures(recorded, "jaccard_all"))


def test_on_drawn_rows_alone_it_is_that_of_clusterboot(made: np.ndarray, recorded: list) -> None:
    core = summarise(made)
    labels = ALGORITHMS["kmeans"].fit(made, core, [3], FitOptions())[3].assign(core.points).labels.astype(np.int64)
    rng = np.random.default_rng(0)
    # by default clusterboot uses a row that is drawn several times once
    drawn = (bootstrap_weights(core.weights, BOOTSTRAPS, rng) > 0).astype(float)
    found = solve(problems_of(core.points[None], drawn, 3), [3], rng)[3].labels.astype(np.int64)
    values = []
    for one, weights in zip(found, drawn, strict=True):
        both = tables(labels[None], one[None], weights)[0]
        either = both.sum(axis=1, keepdims=True) + both.sum(axis=0) - both
        values.append((both / either).max(axis=1))
    ours = dict(zip(np.bincount(labels).tolist(), np.mean(values, axis=0).tolist(), strict=True))
    _agree(ours, _figures(recorded, "jaccard"))
