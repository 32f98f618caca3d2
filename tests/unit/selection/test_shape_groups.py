"""Groups that k-means is blind to, and crooked heaps that are none."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from clientage.clustering.coreset import summarise
from clientage.clustering.fits import FitOptions
from clientage.clustering.models import MixtureModel
from clientage.clustering.one_shape_models import MORE_HEADS, one_shape_models, refit_one_shape
from clientage.config import ClusterSettings
from clientage.grid import Grid
from clientage.selection.sample import Sample
from clientage.selection.select import select
from clientage.selection.selection import Selection
from clientage.selection.shape_groups import ShapeEvidence, in_own_shape, nearest_apart, shape_evidence
from clientage.selection.stability import refit_stability


def _scaled(x: np.ndarray) -> np.ndarray:
    return np.rint((x - x.mean(axis=0)) / x.std(axis=0) * 2**20) / 2**20


def _select(x: np.ndarray, **settings: object) -> Selection:
    return select(x, summarise(x), ClusterSettings(**settings))  # type: ignore[arg-type]


def _among_noise(n: int = 800, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Five groups 3.5 SD and more apart in three columns, and three columns as wide that say nothing."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 5, n)
    centres = 3.5 * np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]])
    x = np.column_stack([rng.normal(size=(n, 3)) + centres[group], 2.0 * rng.normal(size=(n, 3))])
    return _scaled(x), group


def test_groups_among_columns_that_say_nothing_are_found_and_told_in_their_own_shape() -> None:
    x, group = _among_noise()
    found = _select(x)
    assert (found.verdict, found.chosen.k, found.chosen.algorithm) == ("natural", 5, "one_shape")
    assert adjusted_rand_score(group, found.chosen.model.assign(x).labels) > 0.75
    assert found.apart is not None
    assert 2.8 < found.apart < 4.0
    assert "standard deviations apart" in found.reason
    best_kmeans = max(
        adjusted_rand_score(group, c.model.assign(x).labels) for c in found.candidates if c.algorithm == "kmeans"
    )
    assert best_kmeans < 0.6


def test_kmeans_is_kept_where_it_says_the_same() -> None:
    rng = np.random.default_rng(1)
    group = rng.integers(0, 3, 600)
    found = _select(_scaled(rng.normal(size=(600, 3)) + 6.0 * np.eye(3)[group]))
    assert (found.verdict, found.chosen.k, found.chosen.algorithm) == ("natural", 3, "kmeans")
    assert found.apart is None
    assert found.evidence is not None
    assert not found.evidence.why_not


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("one heap", "one component"),
        ("even spread", "even spread"),
        ("heavy tails", "one heap"),
        ("bought once", "in steps"),
        ("ring", "continuum"),
    ],
)
def test_what_is_no_group_is_said(kind: str, why: str) -> None:
    rng = np.random.default_rng(2)
    if kind == "one heap":
        x = rng.normal(size=(700, 3))
    elif kind == "even spread":
        x = rng.random((900, 4))
    elif kind == "heavy tails":
        x = rng.normal(size=(1_200, 4)) / np.sqrt(rng.chisquare(3, size=(1_200, 1)) / 3)
        x = np.clip(x, -5, 5)
    elif kind == "bought once":
        x = np.column_stack([1.0 + rng.poisson(1.0, 700), *rng.normal(size=(2, 700))])
    else:
        angle = rng.random(1_500) * 2 * np.pi
        x = np.column_stack([np.cos(angle), np.sin(angle)]) * rng.normal(1, 0.04, size=(1_500, 1))
    found = _select(_scaled(x), algorithm="one_shape")
    assert found.evidence is not None
    assert why in found.evidence.why_not
    assert found.apart is None


def test_where_a_column_is_in_steps_it_is_not_tried_unless_asked_for() -> None:
    rng = np.random.default_rng(4)
    x = _scaled(np.column_stack([1.0 + rng.poisson(1.0, 300), rng.normal(size=300)]))
    found = _select(x, bootstraps=5)
    assert found.evidence is None
    assert "one_shape" not in {c.algorithm for c in found.candidates}


def test_asked_for_alone_it_is_judged_alone() -> None:
    x, _ = _among_noise(seed=3)
    found = _select(x, algorithm="one_shape")
    assert (found.verdict, found.chosen.k) == ("natural", 5)
    assert {c.algorithm for c in found.candidates} == {"kmeans", "one_shape"}
    assert {c.k for c in found.candidates} == set(range(2, 11))


def test_what_a_person_asks_for_wins_and_the_groups_are_recommended() -> None:
    x, _ = _among_noise()
    found = _select(x, k=3)
    assert found.chosen.k == 3
    assert found.recommended is not None
    assert (found.recommended.k, found.recommended.algorithm) == (5, "one_shape")
    assert "the rule would take 5" in found.reason


def test_distance_is_in_standard_deviations_of_the_components() -> None:
    narrow, wide = np.eye(2) / 0.5, np.eye(2) / 1.5
    model = MixtureModel(np.full(2, 0.5), np.array([[0.0, 0.0], [4.0, 0.0]]), np.array([narrow, wide]), np.zeros(3))
    assert nearest_apart(model, np.ones(2, dtype=bool)) == pytest.approx(4.0)
    x = np.random.default_rng(0).normal(size=(50, 2))
    assert np.ptp(in_own_shape(x, model) / x) == pytest.approx(0.0, abs=1e-12)


def test_groups_that_are_plain_to_see_stay_as_they_are() -> None:
    """Four groups far apart, one column long-tailed inside them: components would follow the tail."""
    rng = np.random.default_rng(0)
    group = rng.integers(0, 4, 400)
    angle = np.pi * group / 2
    x = np.column_stack(
        [
            50 + 20 * np.cos(angle) + rng.normal(0, 1.5, 400),
            np.exp(2.0 + 0.9 * np.sin(angle) + rng.normal(0, 0.1, 400)),
            40 + 12 * group + rng.normal(0, 1.5, 400),
        ]
    )
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    x = Grid.for_values(x).round(x)
    found = select(x, summarise(x), ClusterSettings())
    assert found.evidence is not None
    assert found.evidence.k > 4  # the likelihood alone would say more
    assert (found.chosen.algorithm, found.chosen.k, found.verdict) == ("kmeans", 4, "natural")


def _agreement(x: np.ndarray, k: int, heads: tuple[int, ...]) -> float:
    core = summarise(x)
    model = one_shape_models(x, core, [k], FitOptions(seed=0, eps=None, min_size=None))[k]
    labels = {k: model.assign(core.points).labels.astype(np.int64)}
    refit = lambda weights: refit_one_shape(core, weights, [k], heads)  # noqa: E731
    return refit_stability(refit, core.weights, labels, 12, 0)[k].mean


def test_one_path_may_miss_the_likeliest_mixture_and_three_agree_where_there_are_groups() -> None:
    rng = np.random.default_rng(2)
    centres = 3.0 * np.array([[0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]])
    group = rng.choice(3, size=400, p=[0.5, 0.3, 0.2])
    groups = _scaled((centres[group] + rng.normal(size=(400, 4))) @ (np.eye(4) + 0.5))  # a tilt is needed
    assert _agreement(groups, 3, MORE_HEADS[:1]) < 0.75
    assert _agreement(groups, 3, MORE_HEADS) > 0.78
    assert _agreement(_scaled(rng.exponential(size=(400, 4))), 3, MORE_HEADS) < 0.6


@pytest.mark.parametrize("seed", [3, 5])
def test_stretches_of_a_ring_are_no_groups(seed: int) -> None:
    rng = np.random.default_rng(seed)
    angle = rng.random(600) * 2 * np.pi
    x = np.column_stack([np.cos(angle), np.sin(angle)]) + rng.normal(0, 0.1, size=(600, 2))
    found = _select(_scaled(x), bootstraps=20)
    assert found.evidence is not None
    assert found.evidence.continuum
    assert found.null is not None
    assert found.null.rejected  # a ring is no copula, but that alone is no group
    assert found.verdict != "natural"


def test_groups_of_another_shape_that_are_plainly_apart_stay_natural() -> None:
    """Square groups: ever more round components describe the corners."""
    rng = np.random.default_rng(0)
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]])[rng.integers(0, 4, 1_500)]
    found = _select(_scaled(corners * 1.6 + rng.random((1_500, 2))), bootstraps=20)
    assert (found.verdict, found.chosen.k) == ("natural", 4)


def _categories(code: np.ndarray) -> np.ndarray:
    """A nominal column as a study encodes it."""
    seen = (code[:, None] == np.unique(code)).astype(float)
    shares = seen.mean(axis=0)
    return Grid.for_values(seen).round((seen - shares) / np.sqrt(shares * max(1, len(shares) - 1)))


def _with_categories(x: np.ndarray, *codes: np.ndarray, algorithm: str = "auto") -> Selection:
    table = np.column_stack([_scaled(x), *map(_categories, codes)])
    feature_of = np.repeat(np.arange(x.shape[1] + len(codes)), [1] * x.shape[1] + [len(np.unique(c)) for c in codes])
    return select(table, summarise(table), ClusterSettings(algorithm=algorithm, bootstraps=20), feature_of=feature_of)


def test_the_numbers_say_how_many_groups_there_are_and_categories_beside_them_do_not() -> None:
    """Bare ground between categories is there by construction, and k-means cut along both had been called natural."""
    rng = np.random.default_rng(0)
    group = rng.integers(0, 3, 900)
    x = rng.normal(size=(900, 2)) + 4.0 * np.array([[0, 0], [1, 0], [0, 1]])[group]
    telling = np.where(rng.random(900) < 0.8, group, rng.integers(0, 3, 900))
    silent = rng.integers(0, 3, 900)
    found = _with_categories(x, telling, silent)
    assert (found.verdict, found.chosen.k) == ("natural", 3)
    for algorithm in ("kmeans", "one_shape"):
        alone = _with_categories(x, telling, silent, algorithm=algorithm)
        assert (alone.verdict, alone.chosen.k) == ("natural", 3)
    assert alone.apart == pytest.approx(4.0, abs=0.4)


def test_categories_that_go_with_a_continuum_make_no_groups_of_it() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(800, 3)) + 1.5 * rng.normal(size=(800, 1))
    sign = (x.sum(axis=1) > 0).astype(int)
    found = _with_categories(x, sign, rng.integers(0, 2, 800) + sign)
    assert found.evidence is not None
    assert found.evidence.why_not == "one component describes the customers best"
    assert found.verdict != "natural"


def test_a_diagonal_is_the_triangle_with_zeros() -> None:
    rng = np.random.default_rng(0)
    x = np.rint(rng.normal(size=(500, 4)) * 2**10) / 2**10
    weights, centres, diagonals = np.array([0.3, 0.7]), x[:2], np.rint(rng.uniform(0.5, 2, (2, 4)) * 2**20) / 2**20
    short = MixtureModel(weights, centres, diagonals, np.zeros(3))
    long = MixtureModel(weights, centres, np.stack([short.triangle(j) for j in range(2)]), np.zeros(3))
    np.testing.assert_array_equal(short.log_joint(x), long.log_joint(x))
    np.testing.assert_array_equal(in_own_shape(x, short), in_own_shape(x, long))
    assert nearest_apart(short, np.ones(4, bool)) == nearest_apart(long, np.ones(4, bool))


def _evidence(bic: dict[int, float], apart: float = 4.0) -> ShapeEvidence:
    """What is said of mixtures with these BICs, of two columns and 1,000 customers."""
    sample = Sample(np.random.default_rng(0).normal(size=(1_000, 2)) * 50, np.ones(1_000), 1_000, True)
    models = {}
    for k, value in bic.items():
        centers = np.column_stack([apart * np.arange(k), np.zeros(k)])
        figures = np.array([-value / 2, 0.0, 0.0])
        models[k] = MixtureModel(np.full(k, 1 / k), centers, np.tile(np.eye(2), (k, 1, 1)), figures)
    found = shape_evidence(models, range(2, 11), sample, stepped=False)
    assert found is not None
    return found


def _curve(fall: float, k: int, rise: float) -> dict[int, float]:
    """BICs that fall by so much to k components and rise by so much with each beyond."""
    return {j: 10_000 - fall * min(j, k) + rise * max(j - k, 0) for j in range(1, 13)}


def test_a_bic_that_stays_low_is_evidence_only_where_it_has_fallen_steeply() -> None:
    assert (_evidence(_curve(60, 4, 20)).k, _evidence(_curve(60, 4, 20)).why_not) == (4, "")
    assert "hardly worse" in _evidence(_curve(60, 4, 5)).why_not  # the price of a component is 28
    assert _evidence(_curve(300, 4, 5)).why_not == ""
    assert "so near" in _evidence(_curve(300, 4, 5), apart=1.5).why_not
