"""Data that fool statistics: none of it is reported as good. And what must not change a verdict does not."""

from __future__ import annotations

import numpy as np
import pytest

from clientage.clustering.coreset import summarise
from clientage.config import ClusterSettings
from clientage.errors import DataError
from clientage.selection.select import select
from clientage.selection.selection import Selection


def _scaled(x: np.ndarray) -> np.ndarray:
    spread = x.std(axis=0)
    return np.rint((x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0) * 2**20) / 2**20


def _select(x: np.ndarray, **settings: object) -> Selection:
    return select(x, summarise(x), ClusterSettings(**{"k_max": 8} | settings))  # type: ignore[arg-type]


def _yes_no(columns: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 2, size=(400, columns)).astype(float)


def _nearly_all_equal(others: int) -> np.ndarray:
    x = np.zeros((300, 2))
    x[:others] = np.random.default_rng(1).normal(size=(others, 2))
    return x


@pytest.mark.parametrize(
    "x",
    [
        _yes_no(2),
        _yes_no(3),
        _nearly_all_equal(2),
        _nearly_all_equal(10),
        np.repeat([[0.0, 0.0], [1.0, 1.0]], 150, axis=0),
        np.repeat([[0.0, 0.0], [1.0, 1.0], [5.0, 0.0]], 100, axis=0),
    ],
    ids=["two yes/no", "three yes/no", "298 equal", "290 equal", "two rows", "three rows"],
)
@pytest.mark.parametrize("k", [None, 2])
def test_repeated_rows_are_constructive_whatever_the_criteria_say(x: np.ndarray, k: int | None) -> None:
    found = _select(_scaled(x), k=k)
    assert found.verdict == "constructive"
    assert found.repeated is not None
    assert found.repeated >= 0.5
    assert "rows that repeat" in found.reason


def test_eight_segments_of_three_yes_no_columns_are_marked_for_their_perfect_silhouette() -> None:
    found = _select(_scaled(_yes_no(3)), k=8)
    assert found.chosen.silhouette == pytest.approx(1.0)
    assert found.chosen.criteria["calinski_harabasz"] is None
    assert found.chosen.criteria["davies_bouldin"] is None
    assert not found.chosen.usable
    assert "repetition" in " ".join(found.chosen.marks)
    assert found.verdict == "constructive"


def test_all_rows_the_same_are_refused() -> None:
    with pytest.raises(DataError, match="the same in every feature"):
        _select(np.zeros((50, 3)))


def test_one_outlier_at_a_million_is_no_segment() -> None:
    x = np.random.default_rng(2).normal(size=(999, 2))
    x = _scaled(np.vstack([x, [[1e6, 1e6]]]))
    found = _select(x)
    best = max((c for c in found.candidates if c.algorithm == "kmeans"), key=lambda c: c.silhouette or -1.0)
    assert (best.silhouette or 0.0) > 0.9
    assert not best.usable
    assert "too small to use" in best.marks[0]
    assert found.verdict == "constructive"


def _groups(n: int = 450, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 3)) + 5.0 * np.eye(3)[rng.integers(0, 3, n)]


def _heap(n: int = 450) -> np.ndarray:
    return np.random.default_rng(4).normal(size=(n, 3))


def _doubled(x: np.ndarray) -> np.ndarray:
    return np.repeat(x, 2, axis=0)


def _with_an_outlier(x: np.ndarray) -> np.ndarray:
    return np.vstack([x, np.full((1, x.shape[1]), 9.0)])


def _with_a_column_twice(x: np.ndarray) -> np.ndarray:
    return np.column_stack([x, x[:, 0]])


def _in_other_units(x: np.ndarray) -> np.ndarray:
    return x * np.array([1e-3, 1.0, 7e5]) + 12.0


CHANGES = [_doubled, _with_an_outlier, _with_a_column_twice, _in_other_units]


@pytest.mark.parametrize("change", CHANGES)
def test_groups_stay_groups(change: object) -> None:
    found = _select(_scaled(change(_groups())), bootstraps=20)  # type: ignore[operator]
    assert (found.verdict, found.chosen.k) == ("natural", 3)


@pytest.mark.parametrize("change", CHANGES)
def test_one_heap_stays_one_heap(change: object) -> None:
    found = _select(_scaled(change(_heap())), bootstraps=20)  # type: ignore[operator]
    assert found.verdict != "natural"


def test_the_order_of_rows_changes_nothing() -> None:
    x = _scaled(_groups())
    mixed = x[np.random.default_rng(5).permutation(len(x))]
    assert _select(x, bootstraps=10).frame() == _select(mixed, bootstraps=10).frame()


def test_permuted_categories_change_nothing() -> None:
    rng = np.random.default_rng(6)
    category = rng.integers(0, 3, 400)
    numbers = _scaled(rng.normal(size=(400, 2)))
    feature_of = np.array([0, 1, 2, 2, 2])

    def encoded(names: np.ndarray) -> np.ndarray:
        indicators = (names[category][:, None] == np.arange(3)) * 1.0
        return np.column_stack([numbers, np.rint((indicators - indicators.mean(axis=0)) * 2**20) / 2**20])

    one, two = (
        select(x, summarise(x), ClusterSettings(k_max=5, bootstraps=10), feature_of=feature_of)
        for x in (encoded(np.array([0, 1, 2])), encoded(np.array([2, 0, 1])))
    )
    assert (one.verdict, one.chosen.k) == (two.verdict, two.chosen.k)
    assert one.chosen.silhouette == pytest.approx(two.chosen.silhouette or 0.0, abs=1e-9)
