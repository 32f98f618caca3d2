"""Groups of any shape: found where bare ground parts them, never in a continuum, and never against plainer groups."""

from __future__ import annotations

import numpy as np
import pytest

from clientage.clustering.coreset import summarise
from clientage.config import ClusterSettings
from clientage.selection.adjusted_rand import adjusted_rand
from clientage.selection.bare_ground import bare_ground
from clientage.selection.sample import Sample
from clientage.selection.select import select
from clientage.selection.selection import Selection


def scaled(x: np.ndarray) -> np.ndarray:
    """Columns of variance one on the grid."""
    return np.asarray(np.rint((x - x.mean(axis=0)) / x.std(axis=0) * 2**16) / 2**16)


def crescents(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    turn, upper = rng.uniform(0, np.pi, n), np.arange(n) % 2 == 0
    x = np.where(upper, np.cos(turn), 1 - np.cos(turn))
    y = np.where(upper, np.sin(turn), 0.5 - np.sin(turn))
    return np.column_stack([x, y]) + rng.normal(0, 0.05, (n, 2)), upper.astype(int)


def rings(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    turn, outside = 2 * np.pi * np.arange(n) / n * 7, np.arange(n) % 2
    x = np.where(outside, 1.0, 0.5) * np.array([np.cos(turn), np.sin(turn)])
    return x.T + rng.normal(0, 0.05, (n, 2)), outside


def chosen(x: np.ndarray, **settings: object) -> Selection:
    values = scaled(x)
    return select(values, summarise(values), ClusterSettings(**settings))  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [crescents, rings])
@pytest.mark.parametrize("n", [500, 3_000])
def test_crescents_and_rings_are_two_groups(make, n: int) -> None:  # type: ignore[no-untyped-def]
    x, group = make(n, np.random.default_rng(n))
    found = chosen(x)
    assert (found.verdict, found.chosen.algorithm, found.chosen.k) == ("natural", "dbscan", 2)
    labels = found.chosen.model.assign(scaled(x)).labels
    assert adjusted_rand(labels[labels >= 0], group[labels >= 0], np.ones(int((labels >= 0).sum()))) > 0.95
    assert found.bare is not None
    assert found.bare.width > 1.3 > found.bare.chance
    assert "lies bare ground" in found.reason


def test_who_asks_for_another_number_is_told_that_groups_exist() -> None:
    x, _ = crescents(500, np.random.default_rng(1))
    found = chosen(x, k=4)
    assert found.chosen.k == 4
    assert found.verdict != "natural"
    assert found.groups
    assert found.bare is None
    assert found.recommended is not None
    assert found.recommended.k == 2


def test_who_asks_for_dbscan_gets_its_groups_judged() -> None:
    x, _ = rings(800, np.random.default_rng(1))
    found = chosen(x, algorithm="dbscan")
    assert (found.verdict, found.chosen.k) == ("natural", 2)


def test_groups_within_groups_stay() -> None:
    """Two heaps here and two there: bare ground parts two, and k-means shows four."""
    rng = np.random.default_rng(2)
    centres = np.array([[0, 0], [0, 4.6], [16, 0], [16, 4.6]])
    found = chosen(centres[rng.integers(0, 4, 900)] + rng.normal(size=(900, 2)))
    assert (found.verdict, found.chosen.k) == ("natural", 4)
    assert found.bare is None


def test_a_band_and_a_disc_have_no_bare_ground() -> None:
    rng = np.random.default_rng(3)
    for x in (np.column_stack([rng.uniform(0, 10, 500), rng.normal(0, 0.3, 500)]), rng.normal(size=(500, 2))):
        found = chosen(x)
        assert found.ground is None
        assert found.verdict != "natural"


def test_ground_that_tables_without_groups_have_as_well_is_none() -> None:
    x, group = crescents(400, np.random.default_rng(4))
    sample = Sample(x, np.ones(400), 400, True)
    assert bare_ground(sample, group, lambda rows: np.random.default_rng(0).normal(size=(19, rows, 2))) is not None
    assert bare_ground(sample, group, lambda rows: np.stack([x[:rows]] * 19)) is None


def test_small_clusters_and_many_in_none_are_no_evidence() -> None:
    x, group = crescents(400, np.random.default_rng(4))
    sample = Sample(x, np.ones(400), 400, True)

    def asked(_rows: int) -> np.ndarray:
        raise AssertionError("nothing was to be simulated")

    assert bare_ground(sample, np.where(np.arange(400) < 8, 1, 0), asked) is None
    assert bare_ground(sample, np.where(np.arange(400) < 80, -1, group), asked) is None
    assert bare_ground(sample, np.zeros(400, dtype=int), asked) is None


def test_columns_in_steps_and_answers_are_no_evidence() -> None:
    rng = np.random.default_rng(5)
    x, _ = crescents(500, rng)
    assert chosen(np.column_stack([x, rng.integers(0, 2, 500)])).ground is None
    assert chosen(np.column_stack([x, rng.integers(0, 5, 500)])).ground is None
