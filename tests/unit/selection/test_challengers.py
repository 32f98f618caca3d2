"""A challenger keeps what was known of it before its stability was measured."""

from __future__ import annotations

import numpy as np

from clientage.clustering.coreset import summarise
from clientage.config import ClusterSettings
from clientage.selection.select import select


def test_a_mixture_that_wins_still_says_which_segments_its_own_came_from() -> None:
    rng = np.random.default_rng(3)
    stretched = rng.normal(size=(600, 2)) * [1.0, 0.12]
    x = stretched + np.arange(600)[:, None] % 3 * np.array([0.0, 1.0])
    x = np.rint(x / x.std(axis=0) * 2**16) / 2**16
    found = select(x, summarise(x), ClusterSettings())
    assert (found.chosen.algorithm, found.chosen.k) == ("one_shape", 3)
    assert found.chosen.stability is not None
    assert found.chosen.slsa is not None
    assert found.chosen.came_from is not None
    assert found.chosen.came_from.shape == (2, 3)
    assert found.chosen.came_from.sum() > 0
