"""Gaussian mixtures against scikit-learn from the same start."""

import math

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from clientage.clustering.catalogue import ALGORITHMS, FitOptions
from clientage.clustering.coreset import summarise
from clientage.clustering.mixture import fit_mixtures, moments, one_hot

KINDS = [(True, "full"), (False, "diag")]


def start_of(x, k, seed=0):
    centres = x[np.random.default_rng(seed).choice(len(x), k, replace=False)]
    return one_hot(((x[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1), k)


@pytest.mark.parametrize(("full", "name"), KINDS)
@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_one_step_equals_scikit_learn(blobs, full, name, k):
    x, _ = blobs(400, 3, 3, 2.0)
    start = start_of(x, k)
    ours = fit_mixtures(moments(x, np.ones(len(x)), None, full=full), {k: start}, ridge=1e-6, steps=1)[k]
    theirs = GaussianMixture(k, covariance_type=name, reg_covar=1e-6)
    theirs._initialize(x, start.T)
    np.testing.assert_allclose(ours.means, theirs.means_, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.covariances, theirs.covariances_, rtol=1e-7, atol=1e-9)
    assert ours.log_likelihood == pytest.approx(theirs.score_samples(x).sum(), rel=1e-9)


@pytest.mark.parametrize(("full", "name"), KINDS)
def test_end_equals_scikit_learn_from_there(blobs, full, name):
    x, _ = blobs(600, 3, 3, 2.5)
    ours = fit_mixtures(moments(x, np.ones(len(x)), None, full=full), {3: start_of(x, 3)}, ridge=1e-6)[3]
    precisions = np.linalg.inv(ours.covariances) if full else 1.0 / ours.covariances
    theirs = GaussianMixture(
        3,
        covariance_type=name,
        reg_covar=1e-6,
        tol=1e-8,
        max_iter=500,
        weights_init=ours.weights,
        means_init=ours.means,
        precisions_init=precisions,
    ).fit(x)
    assert ours.log_likelihood / len(x) == pytest.approx(theirs.score(x), abs=2e-3)
    assert ours.parameters == theirs._n_parameters()


def test_all_k_together_equal_each_alone(blobs):
    x, _ = blobs(300, 4, 3, 1.5)
    data = moments(x, np.ones(len(x)), None, full=True)
    starts = {k: start_of(x, k) for k in (2, 3, 6)}
    together = fit_mixtures(data, starts)
    for k, start in starts.items():
        alone = fit_mixtures(data, {k: start})[k]
        assert together[k].log_likelihood == pytest.approx(alone.log_likelihood, rel=1e-9)


def test_weights_are_repetition(blobs):
    x, _ = blobs(200, 3, 3, 2.0)
    weights = np.random.default_rng(0).integers(1, 5, 200)
    start = start_of(x, 3)
    one = fit_mixtures(moments(x, weights.astype(float), None, full=True), {3: start})[3]
    other = np.repeat(x, weights, axis=0)
    two = fit_mixtures(moments(other, np.ones(len(other)), None, full=True), {3: np.repeat(start, weights, axis=1)})[3]
    assert one.log_likelihood == pytest.approx(two.log_likelihood, rel=1e-9)
    np.testing.assert_allclose(one.covariances, two.covariances, rtol=1e-6, atol=1e-9)


def test_covariance_inside_points_is_not_lost(blobs):
    x, _ = blobs(20_000, 3, 3, 2.0)
    core = summarise(x)
    one = fit_mixtures(moments(core.points, core.weights, core.spread, full=True), {1: np.ones((1, len(core.points)))})
    np.testing.assert_allclose(one[1].covariances[0], np.cov(x.T, ddof=0) + 1e-3 * np.eye(3), atol=1e-4)


def test_likelihood_never_falls(blobs):
    x, _ = blobs(500, 3, 4, 1.0)
    data = moments(x, np.ones(len(x)), None, full=True)
    values = [fit_mixtures(data, {4: start_of(x, 4)}, ridge=0.0, steps=s)[4].log_likelihood for s in range(1, 25)]
    assert (np.diff(values) >= -1e-6).all()


@pytest.mark.parametrize("n", [900, 30_000])
def test_models_find_stretched_groups_and_know_their_likelihood(n):
    rng = np.random.default_rng(0)
    group = rng.integers(0, 3, n)
    turn = np.array([[1.0, 0.9], [0.0, 0.25]])
    x = rng.normal(size=(n, 2)) @ turn + np.array([[0, 0], [0, 1.6], [0, 3.2]])[group]
    x = np.rint((x - x.mean(axis=0)) / x.std(axis=0) * 2**20) / 2**20
    models = ALGORITHMS["mixture"].fit(x, summarise(x), range(1, 6), FitOptions())
    assert min(models, key=lambda k: models[k].bic(n)) == 3
    assert adjusted_rand_score(group, models[3].assign(x).labels) > 0.93
    joint = models[3].log_joint(x)
    direct = float(np.log(np.exp(joint).sum(axis=0)).sum())
    assert models[3].log_likelihood == pytest.approx(direct, rel=1e-9 if n < 2048 else 0.02)
    posterior = np.exp(joint) / np.exp(joint).sum(axis=0)
    entropy = float(-(posterior * np.log(posterior)).sum())
    assert models[3].entropy == pytest.approx(entropy, rel=1e-9 if n < 2048 else 0.1)
    assert models[3].parameters == 2 + 3 * 2 + 3 * 3
    assert models[3].bic(n) == pytest.approx(-2 * models[3].log_likelihood + 17 * math.log(n))
    assert models[3].icl(n) > models[3].bic(n)


def test_a_repeated_value_does_not_swallow_the_fit():
    x = np.vstack([np.zeros((300, 2)), np.random.default_rng(0).normal(size=(300, 2))])
    x = np.rint(x * 2**20) / 2**20
    models = ALGORITHMS["mixture"].fit(x, summarise(x), range(2, 6), FitOptions())
    assert models
    for model in models.values():
        assert np.isfinite(model.figures).all()
        assert np.isfinite(model.assign(x).confidence).all()


def test_many_columns_get_diagonal_covariances(blobs):
    x, group = blobs(5_000, 40, 3, 1.0)
    core = summarise(x)
    assert core.spread.shape == core.points.shape
    model = ALGORITHMS["mixture"].fit(x, core, [3], FitOptions())[3]
    assert model.parameters == 2 + 3 * 40 * 2
    assert model.factors.shape == (3, 40)  # and no triangles of zeros
    assert adjusted_rand_score(group, model.assign(x).labels) > 0.95
