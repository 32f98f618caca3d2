"""Mixtures of one shape beside answers: numbers say how many groups there are, answers help to say who is in which."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from clientage.clustering.catalogue import ALGORITHMS, FitOptions
from clientage.clustering.coreset import summarise
from clientage.clustering.models import MixtureModel
from clientage.clustering.one_shape_answers import is_answer
from clientage.clustering.one_shape_models import refit_one_shape

GRID = 2.0**20


def _scaled(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.rint((x - x.mean(axis=0)) / x.std(axis=0) * GRID) / GRID)


def _indicators(category: np.ndarray) -> np.ndarray:
    """A nominal column as a study encodes it: its variances add up to 1."""
    seen = (category[:, None] == np.unique(category)).astype(float)
    shares = seen.mean(axis=0)
    return np.asarray(np.rint((seen - shares) / np.sqrt(shares * max(1, len(shares) - 1)) * GRID) / GRID)


def _groups(k: int, agree: float, apart: float, n: int = 1_500, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two numbers with k groups on a line, and which category goes with whom."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, k, n)
    x = _scaled(rng.normal(size=(n, 2)) + np.array([apart, 0.0]) * group[:, None])
    return np.column_stack([x, _indicators(np.where(rng.random(n) < agree, group, rng.integers(0, k, n)))]), group


def _fit(x: np.ndarray, k: int) -> MixtureModel:
    model = ALGORITHMS["one_shape"].fit(x, summarise(x), [k], FitOptions())[k]
    assert isinstance(model, MixtureModel)
    return model


def test_columns_of_two_values_are_answers_unless_there_is_nothing_else() -> None:
    x = np.array([[0.0, 1.0, 3.0], [1.0, 1.0, 2.0], [1.0, 1.0, 1.0]])
    assert is_answer(x).tolist() == [True, True, False]
    assert not is_answer(x[:, :2]).any()


@pytest.mark.parametrize(("k", "agree"), [(2, 0.4), (2, 0.8), (3, 0.4), (3, 0.8), (5, 0.6), (5, 0.8)])
def test_a_category_weighs_about_as_in_a_latent_class_model(k: int, agree: float) -> None:
    x, group = _groups(k, agree, apart=12.0, n=4_000)
    model = _fit(x, k)
    first, second = x[group == 0], x[group == 1]
    rows = np.array([np.r_[first[0, :2], levels] for levels in np.unique(x[:, 2:], axis=0)[::-1]])
    of = [int(model.assign(part).labels[0]) for part in (first, second)]
    ours = np.diff(np.diff(model.log_joint(rows)[of], axis=0)[0])[0]
    seen = np.unique(x[:, 2:], axis=0)[::-1]
    shares = np.array([[(part[:, 2:] == s).all(axis=1).mean() for s in seen] for part in (first, second)])
    exact = np.diff(np.diff(np.log(shares), axis=0)[0])[0]  # of the multinomial
    assert ours == pytest.approx(exact, rel=0.25)


def test_a_category_that_goes_with_the_groups_tells_who_is_in_them() -> None:
    x, group = _groups(3, agree=0.8, apart=3.0)
    alone = adjusted_rand_score(group, _fit(x[:, :2], 3).assign(x[:, :2]).labels)
    assert adjusted_rand_score(group, _fit(x, 3).assign(x).labels) > alone + 0.08


def test_a_category_that_says_nothing_moves_hardly_anybody_and_answers_are_no_evidence() -> None:
    x, _ = _groups(3, agree=0.0, apart=4.0)
    beside, alone = _fit(x, 3), _fit(x[:, :2], 3)
    assert adjusted_rand_score(beside.assign(x).labels, alone.assign(x[:, :2]).labels) > 0.97
    assert beside.log_likelihood == pytest.approx(alone.log_likelihood, rel=1e-3)
    assert beside.parameters == alone.parameters


def test_bootstraps_agree_where_the_same_numbers_come_with_other_answers() -> None:
    rng = np.random.default_rng(1)
    x, _ = _groups(2, agree=0.7, apart=4.0, n=500)
    x[:, :2] = np.round(x[:, :2], 1)  # the same point several times, once the answers are left out
    core = summarise(x)
    one, two = (refit_one_shape(core, rng.multinomial(core.n, core.weights / core.n) * 1.0, [2])[2] for _ in "ab")
    assert adjusted_rand_score(one, two) > 0.9
