"""The reason for a choice says what a person gives up, and claims nothing that was not measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clientage.clustering.coreset import summarise
from clientage.config import ClusterSettings
from clientage.selection.select import select
from clientage.selection.selection import Selection

QUICK = ClusterSettings(bootstraps=6, k_max=5)


def _made(settings: ClusterSettings, spread: float = 0.25) -> Selection:
    rng = np.random.default_rng(0)
    corners = ((-2, -2), (-2, 2), (2, -2), (2, 2))
    x = np.concatenate([rng.normal(corner, spread, size=(50, 2)) for corner in corners])
    x = np.rint(x * 1024) / 1024
    return select(x, summarise(x), settings)


def test_an_algorithm_that_was_asked_for_is_measured_against_k_means() -> None:
    reason = _made(replace(QUICK, algorithm="ward")).reason
    assert reason.startswith("You asked for Ward's hierarchy; k-means, which is looked at first where nothing is asked")
    assert "would take 4. 4 segments by Ward's hierarchy instead of 4 segments by k-means: " in reason


def test_algorithm_and_number_asked_for_are_answered_once() -> None:
    found = _made(replace(QUICK, algorithm="ward", k=2))
    assert found.reason.startswith("You asked for 2 segments by Ward's hierarchy; k-means, which is looked at first")
    assert "2 segments by Ward's hierarchy instead of 4 segments by k-means: you give up" in found.reason
    assert found.reason.count("You asked") == 1


@pytest.mark.parametrize("settings", [QUICK, replace(QUICK, algorithm="kmeans")])
def test_what_nobody_asked_for_is_not_answered(settings: ClusterSettings) -> None:
    assert "You asked" not in _made(settings).reason


def test_one_segment_that_was_asked_for_is_said_once() -> None:
    reason = _made(replace(QUICK, k=1)).reason
    assert reason.startswith("You asked for one segment: everybody is in it")
    assert reason.count("You asked") == 1
    assert "The rule would take 4." in reason


def test_without_a_null_test_groups_are_neither_found_nor_denied() -> None:
    found = _made(replace(QUICK, null_draws=0))
    assert found.reason.startswith("Whether these customers fall into separate groups was not tested.")
    assert not found.groups
    assert not found.in_heaps


def test_without_bootstraps_nothing_is_said_of_the_ground_between_segments() -> None:
    reason = _made(replace(QUICK, bootstraps=0)).reason
    assert "was not measured" in reason
    assert "thinner ground" not in reason


def test_groups_are_known_to_exist_where_a_person_took_others() -> None:
    assert _made(QUICK).groups
    asked = _made(replace(QUICK, k=5))
    assert asked.groups
    assert asked.verdict != "natural"
    assert "thinner ground" in _made(QUICK).reason
    assert "thinner ground" not in asked.reason
    assert not _made(QUICK, spread=4.0).groups


def test_groups_that_stand_out_from_chance_are_no_heaps_of_single_columns() -> None:
    found = _made(QUICK)
    assert found.verdict == "natural"
    assert found.null is not None
    level = replace(found.null, mean_by_k=tuple(1.0 for _ in found.null.ks))
    assert replace(found, null=level).in_heaps or found.apart is not None


def test_what_would_come_back_is_named_where_the_choice_does_not() -> None:
    """A long cloud: its halves come back in any sample; four pieces do not, and are of more use all the same."""
    rng = np.random.default_rng(5)
    loadings = rng.uniform(0.2, 0.9, size=5)
    x = rng.normal(size=(600, 1)) * loadings + rng.normal(size=(600, 5)) * np.sqrt(1 - loadings**2)
    x = np.rint((x - x.mean(axis=0)) / x.std(axis=0) * 2**20) / 2**20
    found = select(x, summarise(x), ClusterSettings(bootstraps=30))
    halves = next(c for c in found.candidates if c.algorithm == "kmeans" and c.k == 2)
    assert (found.verdict, found.chosen.k) == ("constructive", 4)
    assert f"2 segments would come back (agreement {halves.stability:.2f}) and capture" in found.reason
    assert found.reason.count("2 segments") == 1
    asked = select(x, summarise(x), ClusterSettings(bootstraps=30, k=5))
    assert "would come back" not in asked.reason  # what the rule would take is named there
