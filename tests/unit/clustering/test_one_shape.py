"""Mixtures of one shape: groups that scaling has stretched, outliers, rounding, and an oracle."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from clientage.clustering.catalogue import ALGORITHMS, FitOptions
from clientage.clustering.coreset import summarise
from clientage.clustering.models import MixtureModel
from clientage.clustering.one_shape import cloud_of, fit_one_shape, rounding_variance
from clientage.clustering.one_shape_models import ROWS, refit_one_shape, tilts_of

KS = range(1, 8)


def _scaled(x: np.ndarray) -> np.ndarray:
    return np.rint((x - x.mean(axis=0)) / x.std(axis=0) * 2**20) / 2**20


def _flat_groups(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Four groups 4 SD apart in one column; two more columns in which they are alike."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 4, n)
    x = rng.normal(size=(n, 3))
    x[:, 0] += 4.0 * group
    return _scaled(x), group


def _best(models: dict[int, object], n: int) -> int:
    """The k of the lowest BIC, for at most the customers that were looked at."""
    rows = min(n, ROWS)

    def bic(k: int) -> float:
        model: MixtureModel = models[k]  # type: ignore[assignment]
        return float(model.parameters * np.log(rows) - 2 * model.log_likelihood * rows / n)

    return min(models, key=bic)


@pytest.mark.parametrize("n", [700, 20_000])
def test_groups_that_differ_in_one_column_are_found_where_kmeans_cuts_across_them(n: int) -> None:
    x, group = _flat_groups(n)
    core = summarise(x)
    models = ALGORITHMS["one_shape"].fit(x, core, KS, FitOptions())
    kmeans = ALGORITHMS["kmeans"].fit(x, core, [4], FitOptions())[4]
    assert _best(models, n) == 4  # type: ignore[arg-type]
    assert adjusted_rand_score(group, models[4].assign(x).labels) > 0.85
    assert adjusted_rand_score(group, kmeans.assign(x).labels) < 0.75


def test_likelihood_is_that_of_scikit_learn_with_tied_covariances() -> None:
    x, _ = _flat_groups(600, seed=1)
    found = fit_one_shape(cloud_of(x, np.ones(600)), [4], [summarise(x).tree.cut(24)], tilts=[True], volumes=False)[4]
    theirs = GaussianMixture(4, covariance_type="tied", means_init=found.means, tol=1e-7, max_iter=500).fit(x)
    # ours has a uniform component beside, which takes hardly anybody here
    assert found.log_likelihood == pytest.approx(600 * theirs.score(x), rel=2e-3)
    np.testing.assert_allclose(found.means, theirs.means_, atol=0.03)
    np.testing.assert_allclose(found.covariances[0], theirs.covariances_, atol=0.03)


def test_a_weight_is_as_good_as_repetition() -> None:
    x, _ = _flat_groups(200, seed=2)
    weights = np.random.default_rng(0).integers(1, 4, size=200).astype(float)
    start = summarise(x).tree.cut(6)
    order = np.lexsort(x.T[::-1])
    rounding = np.zeros(3)
    once = fit_one_shape(cloud_of(x[order], weights, rounding), [4], [start])[4]
    times = weights.astype(int)
    many = fit_one_shape(
        cloud_of(np.repeat(x[order], times, axis=0), np.ones(times.sum()), rounding),
        [4],
        [np.repeat(start, times)],
    )[4]
    np.testing.assert_allclose(once.means, many.means, atol=1e-9)
    assert once.log_likelihood == pytest.approx(many.log_likelihood, rel=1e-9)


def test_outliers_do_not_become_a_group_of_their_own() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(800, 3)) + 4.0 * np.eye(3)[rng.integers(0, 3, 800)]
    x[:6] += rng.normal(size=(6, 3)) * 12
    x = _scaled(x)
    models = ALGORITHMS["one_shape"].fit(x, summarise(x), KS, FitOptions())
    assert _best(models, 800) == 3  # type: ignore[arg-type]


def test_groups_of_unequal_width_get_volumes_of_their_own() -> None:
    rng = np.random.default_rng(4)
    group = rng.integers(0, 2, 1_000)
    x = _scaled(rng.normal(size=(1_000, 3)) * np.array([0.4, 1.6])[group, None] + 5.0 * np.eye(3)[group])
    models = ALGORITHMS["one_shape"].fit(x, summarise(x), KS, FitOptions())
    assert _best(models, 1_000) == 2  # type: ignore[arg-type]
    triangles = [models[2].triangle(j) for j in range(2)]  # type: ignore[attr-defined]
    widths = np.sqrt(1 / np.linalg.det(triangles)) ** (1 / 3)
    assert max(widths) / min(widths) == pytest.approx(np.sqrt(4.0), rel=0.15)


@pytest.mark.parametrize("kind", ["normal", "whole numbers"])
def test_tables_without_groups_have_one_component(kind: str) -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(900, 4))
    x = _scaled(np.round(2 * x) if kind == "whole numbers" else x)
    models = ALGORITHMS["one_shape"].fit(x, summarise(x), KS, FitOptions())
    assert _best(models, 900) == 1  # type: ignore[arg-type]


def test_rounding_is_that_of_whole_numbers_and_nothing_where_hardly_a_value_repeats() -> None:
    rng = np.random.default_rng(6)
    whole = np.round(rng.normal(size=5_000) * 4)
    assert rounding_variance(whole, np.ones(5_000)) == pytest.approx(1 / 12, rel=0.02)  # gaps in the tails are wider
    assert rounding_variance(rng.normal(size=500), np.ones(500)) == 0.0


def test_refits_agree_where_there_are_groups_and_not_where_there_are_none() -> None:
    rng = np.random.default_rng(7)
    agreement = {}
    for name, x in {"groups": _flat_groups(500)[0], "none": _scaled(rng.normal(size=(500, 3)))}.items():
        core = summarise(x)
        one, two = (refit_one_shape(core, rng.multinomial(500, np.full(500, 1 / 500)) * 1.0, [4]) for _ in "ab")
        agreement[name] = adjusted_rand_score(one[4], two[4])
    assert agreement["groups"] > 0.8
    assert agreement["none"] < 0.5


def test_many_columns_and_few_customers_get_no_tilt() -> None:
    x = _scaled(np.random.default_rng(8).normal(size=(60, 20)))
    model = ALGORITHMS["one_shape"].fit(x, summarise(x), [2], FitOptions())[2]
    assert model.parameters in (1 + 40 + 20 + 1, 1 + 40 + 20 + 1 + 1)  # type: ignore[attr-defined]


def _simplex(k: int, n: int, seed: int) -> np.ndarray:
    """Round groups 3 SD apart from one another, in as many columns as there are groups."""
    rng = np.random.default_rng(seed)
    return _scaled(rng.normal(size=(n, k)) + 3.0 / np.sqrt(2) * np.eye(k)[rng.integers(0, k, n)])


def _lowest_bic(x: np.ndarray, tilts: tuple[bool, ...]) -> int:
    found = fit_one_shape(cloud_of(x, np.ones(len(x))), KS, [summarise(x).tree.cut(24)], tilts=tilts)
    return min(found, key=lambda k: found[k].bic(len(x)))


def test_a_tilted_shape_passes_for_what_lies_between_round_groups_and_one_along_the_columns_does_not() -> None:
    x = _simplex(6, 500, seed=0)
    order = np.lexsort(x.T[::-1])
    assert _lowest_bic(x[order], (True,)) < 6
    assert _lowest_bic(x[order], (True, False)) == 6


def test_columns_that_go_together_need_a_tilt_and_are_one_component() -> None:
    rng = np.random.default_rng(9)
    x = _scaled(rng.normal(size=(700, 4)) + 2.0 * rng.normal(size=(700, 1)))
    x = x[np.lexsort(x.T[::-1])]
    assert _lowest_bic(x, (False,)) > 1
    assert _lowest_bic(x, (True, False)) == 1


def test_bootstraps_are_fitted_in_the_shape_that_the_customers_have() -> None:
    round_groups = _simplex(4, 600, seed=1)
    leaning = round_groups @ (np.eye(4) + 0.5)
    tilts = {}
    for name, x in {"round": round_groups, "leaning": _scaled(leaning)}.items():
        core = summarise(x)
        tilts[name] = tilts_of(core, ALGORITHMS["one_shape"].fit(x, core, [4], FitOptions()).values())
    assert tilts == {"round": (False,), "leaning": (True,)}
