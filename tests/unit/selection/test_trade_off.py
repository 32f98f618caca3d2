"""What somebody gives up who takes another candidate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from clientage.clustering.coreset import summarise
from clientage.clustering.models import CentreModel
from clientage.config import ClusterSettings
from clientage.selection.candidate import Candidate
from clientage.selection.select import select
from clientage.selection.trade_off import cost_of, trade_off


def _candidate(k: int, **figures: Any) -> Candidate:
    given: dict[str, Any] = {"silhouette": 0.5, "explained": 0.6, "stability": 0.9, "sizes": [100] * k} | figures
    return Candidate(
        algorithm=given.get("algorithm", "kmeans"),
        k=k,
        model=CentreModel(np.arange(k, dtype=np.float64)[:, None]),
        sizes=np.array(given["sizes"]),
        criteria={"silhouette": given["silhouette"], "explained": given["explained"]},
        stability=given["stability"],
    )


def test_figures_that_fall_are_given_up_and_figures_that_rise_are_gained() -> None:
    cost = trade_off(_candidate(5, silhouette=0.41, explained=0.7), _candidate(3))
    assert [(d.key, round(d.change, 6)) for d in cost.given_up] == [("silhouette", -0.09)]
    assert [(d.key, round(d.change, 6)) for d in cost.gained] == [("explained", 0.1)]
    assert cost.segments == 2
    assert cost.sentence == (
        "5 segments by k-means instead of 3: you give up separation (silhouette), 0.41 instead of 0.50; "
        "you gain the share of customers' differences captured, 70% instead of 60%; there are 2 more to look after."
    )


def test_what_was_not_measured_is_said_and_not_counted_as_zero() -> None:
    cost = trade_off(_candidate(3, algorithm="ward", stability=None), _candidate(3))
    assert not cost.given_up
    assert cost.unknown == ("agreement between samples",)
    assert "was not measured" in cost.sentence


def test_a_difference_that_rounding_hides_is_none() -> None:
    cost = trade_off(_candidate(3, explained=0.6004, silhouette=0.503), _candidate(3))
    assert not cost.given_up
    assert not cost.gained


def test_the_smallest_segment_is_told_where_it_is_small() -> None:
    small = trade_off(_candidate(3, sizes=[290, 200, 10]), _candidate(3))
    assert [d.key for d in small.given_up] == ["smallest_share"]
    assert "2.0% instead of 33%" in small.sentence
    assert not trade_off(_candidate(3, sizes=[200, 150, 100]), _candidate(3)).given_up


def test_what_makes_it_unusable_is_in_the_sentence() -> None:
    bad = replace(_candidate(4), usable=False, marks=("a segment of 3 customers is too small to use",))
    assert trade_off(bad, _candidate(3)).sentence.endswith("Not usable: a segment of 3 customers is too small to use.")


@pytest.mark.parametrize("k", [None, 2])
def test_it_is_measured_against_what_the_rule_recommends_also_when_a_person_chose(k: int | None) -> None:
    rng = np.random.default_rng(1)
    x = np.concatenate([rng.normal(c, 0.3, size=(80, 2)) for c in (-2, 0, 2, 4)]).round(3)
    found = select(x, summarise(x), ClusterSettings(k_max=5, k=k))
    two = next(c for c in found.candidates if c.algorithm == "kmeans" and c.k == 2)
    cost = cost_of(found, two)
    assert cost.segments == -2
    assert "silhouette" in [d.key for d in cost.given_up]
    best = found.recommended or found.chosen
    assert cost_of(found, best).sentence == "4 segments by k-means are what the rule recommends."
