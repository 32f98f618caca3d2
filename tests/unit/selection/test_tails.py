"""Extremes that come together: told from those that do not, measured, and drawn again."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from clientage.selection.null_tables.copula import fit_copula
from clientage.selection.null_tables.tails import degrees_of_freedom, rearranged, scales

CORRELATION = np.full((5, 5), 0.4) + 0.6 * np.eye(5)


def _latent(n: int, freedom: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, 5)) @ np.linalg.cholesky(CORRELATION).T / scales((n, 1), freedom, rng)


def _mixed(latent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two numbers, a yes or no, a scale of four and a nominal column of three categories."""
    steps = np.searchsorted([-1.0, 0.0, 1.2], latent[:, 3])
    kind = np.array([1, 2, 0])[np.searchsorted([-0.5, 0.9], latent[:, 4])]
    x = np.column_stack([latent[:, :2].round(2), latent[:, 2] > 0.8, steps, np.eye(3)[kind]])
    return x, np.array([0, 1, 2, 3, 4, 4, 4])


def _ranked(latent: np.ndarray) -> np.ndarray:
    """Normal scores without ties."""
    ranks = np.argsort(np.argsort(latent, axis=0), axis=0)
    return np.asarray(stats.norm.ppf((ranks + 0.5) / len(latent)))


def _score_correlations(x: np.ndarray) -> np.ndarray:
    """Correlations of normal scores; ties share a rank."""
    return np.corrcoef(stats.norm.ppf((stats.rankdata(x, axis=0) - 0.5) / len(x)).T)


def _likeliest(scores: np.ndarray) -> float:
    """Degrees of freedom with the highest likelihood of a t-copula, which asks for columns without ties."""
    u, r = stats.norm.cdf(scores), np.corrcoef(scores.T)

    def likelihood(freedom: float) -> float:
        x = stats.t.ppf(u, freedom)
        joint = stats.multivariate_t.logpdf(x, shape=r, df=freedom)
        return float((joint - stats.t.logpdf(x, freedom).sum(axis=1)).sum())

    return max(np.exp(np.linspace(np.log(1.5), np.log(60), 40)).tolist(), key=likelihood)


@pytest.mark.parametrize("freedom", [3.0, 6.0])
def test_degrees_of_freedom_are_near_those_of_the_highest_likelihood(freedom: float) -> None:
    tables = [_ranked(_latent(1_000, freedom, seed)) for seed in range(4)]
    factor = np.linalg.cholesky(CORRELATION)
    found = [1 / degrees_of_freedom(t, factor, np.random.default_rng(i)) for i, t in enumerate(tables)]
    assert np.mean(found) == pytest.approx(np.mean([1 / _likeliest(t) for t in tables]), abs=0.06)


@pytest.mark.parametrize("freedom", [2.5, 4.0])
def test_they_are_found_among_scales_and_categories(freedom: float) -> None:
    found = []
    for seed in range(6):
        x, feature_of = _mixed(_latent(600, freedom, seed))
        found.append(1 / fit_copula(x, feature_of, np.random.default_rng(seed)).freedom)
    assert np.mean(found) == pytest.approx(1 / freedom, abs=0.08)


def test_normal_columns_keep_the_gaussian_copula_and_its_draws() -> None:
    found = []
    for seed in range(20):
        x, feature_of = _mixed(_latent(500, math.inf, seed))
        found.append(fit_copula(x, feature_of, np.random.default_rng(seed)).freedom)
    assert sum(math.isinf(f) for f in found) >= 18
    plain = _latent(300, math.inf, 0)
    rng = np.random.default_rng(1)
    assert math.isinf(fit_copula(plain, np.arange(5), rng).freedom)
    assert rng.standard_normal() == np.random.default_rng(1).standard_normal()


def test_groups_are_no_heavy_tails() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 4)) + 4.0 * rng.integers(0, 2, size=(600, 4))
    assert math.isinf(fit_copula(x, np.arange(4), rng).freedom)


def test_draws_keep_columns_and_correlations_and_their_extremes_come_together() -> None:
    x, feature_of = _mixed(_latent(800, 2.5, 3))
    rng = np.random.default_rng(4)
    copula = fit_copula(x, feature_of, rng)
    tables = copula.draw(40, rng)
    np.testing.assert_array_equal(np.sort(tables[7], axis=0), np.sort(x, axis=0))
    drawn = np.mean([_score_correlations(t[:, :4]) for t in tables], axis=0)
    np.testing.assert_allclose(drawn, _score_correlations(x[:, :4]), atol=0.05)

    def both_extreme(t: np.ndarray) -> float:
        far = np.abs(t[:, :2] - np.median(t[:, :2], axis=0)) > np.quantile(np.abs(x[:, :2]), 0.95, axis=0)
        return float(far.all(axis=1).mean())

    gaussian = fit_copula(_mixed(_latent(800, math.inf, 3))[0], feature_of, rng)
    plain = type(copula)(copula.blocks, copula.columns, gaussian.factor).draw(40, rng)
    near = np.mean([both_extreme(t) for t in tables])
    assert abs(near - both_extreme(x)) < 0.01
    assert both_extreme(x) - np.mean([both_extreme(t) for t in plain]) > 0.01


def test_one_column_has_no_joint_extremes() -> None:
    assert math.isinf(degrees_of_freedom(np.arange(50.0)[:, None], np.eye(1), np.random.default_rng(0)))


def test_rearranging_keeps_the_order_of_the_latent_variables() -> None:
    ordered = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
    latent = np.array([[[0.3, -1.0], [-0.2, 5.0], [0.9, 0.0]]])
    np.testing.assert_array_equal(rearranged(ordered, latent)[0], [[2.0, 10.0], [1.0, 30.0], [3.0, 20.0]])
