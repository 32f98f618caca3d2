"""The rule that picks, on tables made for one of its points."""

from __future__ import annotations

import numpy as np
import pytest

from clientage.clustering.coreset import summarise
from clientage.config import ClusterSettings
from clientage.selection.rule import cuts_a_heap
from clientage.selection.select import select


def _buyers(seed: int) -> np.ndarray:
    """Recency, frequency and monetary value of four kinds of buyers, standardised; frequencies are whole numbers."""
    rng = np.random.default_rng(seed)
    kinds = np.array([(10, 25, 2000), (30, 10, 600), (150, 6, 400), (300, 1.5, 60)])
    drawn = kinds[rng.choice(4, 1_500, p=[0.17, 0.3, 0.29, 0.24])] * rng.normal(1, 0.25, (1_500, 3)).clip(0.1)
    recency, frequency, monetary = drawn.T
    x = np.column_stack([recency.round(), np.maximum(1, frequency).round() ** 0.3, np.log(monetary)])
    return np.asarray(np.rint((x - x.mean(axis=0)) / x.std(axis=0) * 2**12) / 2**12)


@pytest.mark.parametrize("seed", [3, 5])
def test_deep_valleys_do_not_hide_a_border_through_a_heap(seed: int) -> None:
    x = _buyers(seed)
    found = select(x, summarise(x), ClusterSettings())
    assert (found.verdict, found.chosen.k) == ("natural", 4)
    five = next(c for c in found.candidates if c.algorithm == "kmeans" and c.k == 5)
    assert cuts_a_heap(five)  # the lapsed, whose recency is wide, in two
    assert not cuts_a_heap(found.chosen)
