"""The choice: what it must find, what it must not, and what a person's wish changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from clientage.clustering.coreset import summarise
from clientage.config import ClusterSettings
from clientage.errors import DataError, SettingsError
from clientage.grid import Grid
from clientage.selection.marks import categories_of, least_size
from clientage.selection.sample import draw_sample
from clientage.selection.select import select
from clientage.selection.selection import Selection

QUICK = ClusterSettings(algorithm="kmeans", k_max=6, bootstraps=20)


def _scaled(x: np.ndarray) -> np.ndarray:
    z = (x - x.mean(axis=0)) / np.where(x.std(axis=0) > 0, x.std(axis=0), 1.0)
    return Grid.for_values(z).round(z)


def _select(x: np.ndarray, settings: ClusterSettings = QUICK, feature_of: np.ndarray | None = None) -> Selection:
    return select(x, summarise(x), settings, feature_of=feature_of)


def _groups(n: int = 400, k: int = 4, seed: int = 0, apart: float = 7.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]])[:k] * apart
    return _scaled(centres[rng.integers(0, k, size=n)] + rng.normal(size=(n, 3)))


@pytest.fixture(scope="module")
def grouped() -> Selection:
    return _select(_groups(), ClusterSettings(bootstraps=20, k_max=6))


def test_groups_are_found_and_called_natural(grouped: Selection) -> None:
    assert grouped.chosen.k == 4
    assert grouped.verdict == "natural"
    assert grouped.null is not None
    assert grouped.null.rejected
    assert grouped.chosen.usable
    assert "4 segments" in grouped.reason


def test_every_algorithm_and_k_is_in_the_table(grouped: Selection) -> None:
    frame = grouped.frame()
    assert {len(column) for column in frame.values()} == {len(grouped.candidates)}
    tried = set(zip(frame["algorithm"], frame["k"], strict=True))
    assert {("kmeans", k) for k in range(2, 7)} <= tried
    assert {("ward", k) for k in range(2, 7)} <= tried
    assert sum(frame["chosen"]) == 1
    assert all(c.stability is not None for c in grouped.candidates if c.algorithm == "kmeans")


def test_runners_up_are_other_solutions(grouped: Selection) -> None:
    assert len(grouped.runners_up) == 3
    assert all(c is not grouped.chosen for c in grouped.runners_up)


def test_row_order_does_not_change_the_choice() -> None:
    x = _groups()
    a, b = _select(x), _select(x[np.random.default_rng(5).permutation(len(x))])
    assert (a.chosen.k, a.verdict, a.reason, a.null) == (b.chosen.k, b.verdict, b.reason, b.null)
    assert a.frame() == b.frame()


def test_the_seed_decides_chance() -> None:
    x = _groups()
    other = _select(x, dataclasses.replace(QUICK, seed=7))
    assert other.null != _select(x).null
    assert other.chosen.k == 4


def test_duplicating_all_rows_finds_the_same() -> None:
    x = _groups()
    assert _select(np.repeat(x, 2, axis=0)).chosen.k == _select(x).chosen.k


def _uniform(rng: np.random.Generator) -> np.ndarray:
    return rng.random((500, 4))


def _one_cloud(rng: np.random.Generator) -> np.ndarray:
    return rng.multivariate_normal(np.zeros(4), 0.5 + 0.5 * np.eye(4), size=500)


def _log_normal(rng: np.random.Generator) -> np.ndarray:
    return np.exp(_one_cloud(rng))


def _binary(rng: np.random.Generator) -> np.ndarray:
    return (_one_cloud(rng) > 0.3).astype(float)


@pytest.mark.parametrize("table", [_uniform, _one_cloud, _log_normal, _binary])
def test_a_table_without_groups_is_rarely_called_natural(table: Callable[[np.random.Generator], np.ndarray]) -> None:
    # a test at 5 % errs sometimes: `benchmarks/truth` measures how often, this only that it is not the rule
    verdicts = [_select(_scaled(table(np.random.default_rng(seed)))).verdict for seed in range(4)]
    assert verdicts.count("natural") <= 1


def test_all_rows_alike_are_refused() -> None:
    with pytest.raises(DataError, match="the same in every feature"):
        _select(np.ones((50, 3)))


def test_one_far_outlier_is_never_a_segment() -> None:
    x = np.random.default_rng(0).normal(size=(999, 3))
    found = _select(_scaled(np.vstack([x, np.full(3, 1e6)])))
    split = next(c for c in found.candidates if c.k == 2)
    assert (split.silhouette or 0.0) > 0.9
    assert not split.usable
    assert "too small to use" in split.marks[0]
    assert found.verdict != "natural"


def test_three_random_yes_no_columns_never_look_good() -> None:
    x = _scaled(np.random.default_rng(1).integers(0, 2, size=(400, 3)).astype(float))
    found = _select(x, ClusterSettings(algorithm="kmeans", bootstraps=20))
    perfect = next(c for c in found.candidates if c.k == 8)
    assert perfect.silhouette == pytest.approx(1.0)
    assert not perfect.usable
    assert perfect.criteria["calinski_harabasz"] is None
    assert found.null is not None
    assert not found.null.rejected
    assert found.verdict != "natural"


def test_where_chance_separates_as_well_no_other_algorithm_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    def challenged(*_: object) -> None:
        pytest.fail("another algorithm was preferred for a silhouette that chance reaches")

    monkeypatch.setattr("clientage.selection.choosing.challenged", challenged)
    found = _select(_uniform(np.random.default_rng(1)), dataclasses.replace(QUICK, algorithm="auto"))
    assert found.null is not None
    assert not found.null.rejected
    assert found.chosen.algorithm == "kmeans"


def test_a_segment_that_is_one_category_is_marked() -> None:
    rng = np.random.default_rng(2)
    member = rng.integers(0, 3, size=300)
    indicators = np.eye(3)[member] / np.sqrt(np.bincount(member) / 300)
    x = np.column_stack([rng.normal(size=(300, 1)) * 0.3, indicators - indicators.mean(axis=0)])
    found = _select(Grid.for_values(x).round(x), feature_of=np.array([0, 1, 1, 1]))
    three = next(c for c in found.candidates if c.k == 3)
    assert not three.usable
    assert any("one category" in m for m in three.marks)


def test_categories_are_those_of_nominal_and_two_valued_features() -> None:
    x = np.array([[0.0, 1.0, 1.0, 0.0], [1.0, 2.0, 1.0, 0.0], [0.5, 1.0, 0.0, 1.0], [0.7, 1.0, 0.0, 1.0]])
    found = categories_of(draw_sample(x, summarise(x)), np.array([0, 1, 2, 2]))
    assert sorted(found.feature.tolist()) == [1, 1, 2, 2]
    assert found.members.sum(axis=1).tolist() == [3, 1, 2, 2] or sorted(found.members.sum(axis=1)) == [1, 2, 2, 3]


@pytest.mark.parametrize(("n", "least"), [(30, 2), (100, 5), (1_000, 10), (1_001, 11), (10**6, 10_000)])
def test_the_smallest_usable_segment(n: int, least: int) -> None:
    assert least_size(n) == least


def test_a_persons_k_wins_and_what_it_costs_is_said() -> None:
    found = _select(_groups(), dataclasses.replace(QUICK, k=2))
    assert found.chosen.k == 2
    assert found.recommended is not None
    assert found.recommended.k == 4
    assert (
        "You asked for 2 segments; the rule would take 4. 2 segments by k-means instead of 4: you give up"
        in found.reason
    )


def test_one_segment_is_explained() -> None:
    found = _select(_groups(), dataclasses.replace(QUICK, k=1))
    assert found.chosen.k == 1
    assert found.chosen.silhouette is None
    assert found.verdict == "constructive"
    assert "no silhouette" in found.reason


def test_a_persons_algorithm_wins_and_its_stability_is_measured() -> None:
    found = _select(_groups(200), ClusterSettings(algorithm="ward", k_max=5, bootstraps=6))
    assert found.chosen.algorithm == "ward"
    assert found.chosen.k == 4
    assert found.chosen.stability is not None
    assert found.chosen.stability > 0.9


def test_an_algorithm_that_finds_its_own_k() -> None:
    x = _groups(300)
    found = _select(x, ClusterSettings(algorithm="dbscan", bootstraps=4, k_max=5))
    assert found.chosen.algorithm == "dbscan"
    with pytest.raises(SettingsError, match="has none"):
        _select(x, ClusterSettings(algorithm="dbscan", bootstraps=4, k_max=5, k=9))


@pytest.mark.parametrize(
    ("x", "k", "message"),
    [(_groups(20), 21, "k of at most 20"), (np.repeat(np.eye(3), 10, axis=0), 5, "3 distinct rows among 30 customers")],
)
def test_more_segments_than_customers_are_refused(x: np.ndarray, k: int, message: str) -> None:
    with pytest.raises(DataError, match=message):
        _select(x, dataclasses.replace(QUICK, k=k))


def test_an_unknown_algorithm_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(SettingsError, match="Did you mean 'kmeans'"):
        _select(_groups(50), ClusterSettings(algorithm="kmean"))


def test_bootstraps_and_null_can_be_switched_off() -> None:
    found = _select(_groups(), dataclasses.replace(QUICK, bootstraps=0, null_draws=0))
    assert found.null is None
    assert found.chosen.stability is None
    assert found.verdict == "constructive"
    assert "was not measured" in found.reason


@pytest.mark.parametrize("n", [2, 3, 5, 12])
def test_very_few_customers_are_no_obstacle(n: int) -> None:
    x = np.rint(np.random.default_rng(n).normal(size=(n, 2)) * 1024) / 1024
    found = _select(x, ClusterSettings(bootstraps=4, null_draws=4))
    assert found.chosen.sizes.sum() == n


def test_more_customers_than_the_coreset_are_judged_on_a_sample() -> None:
    x = _groups(9_000)
    found = _select(x, dataclasses.replace(QUICK, k_max=5))
    assert found.chosen.k == 4
    assert found.verdict == "natural"
    labels = found.chosen.model.assign(x).labels
    np.testing.assert_array_equal(np.sort(np.bincount(labels)), np.sort(found.chosen.sizes))


def test_a_mixture_has_information_criteria_that_scikit_learn_confirms() -> None:
    from sklearn.mixture import GaussianMixture

    x = _groups(300)
    found = _select(x, ClusterSettings(bootstraps=0, null_draws=0, k_max=4))
    bic = {c.k: c.criteria["bic"] for c in found.candidates if c.algorithm == "mixture"}
    icl = {c.k: c.criteria["icl"] for c in found.candidates if c.algorithm == "mixture"}
    assert bic
    assert min(bic, key=lambda k: bic[k] or 0.0) == 4
    # the engine takes full or diagonal covariances, whichever has the lower BIC
    theirs = [GaussianMixture(4, covariance_type=c, n_init=5, random_state=0).fit(x).bic(x) for c in ("full", "diag")]
    assert bic[4] == pytest.approx(min(theirs), rel=0.01)
    assert (icl[4] or 0.0) >= (bic[4] or 0.0)
    assert all(c.criteria["bic"] is None for c in found.candidates if c.algorithm == "kmeans")
