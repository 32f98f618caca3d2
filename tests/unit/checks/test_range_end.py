"""SEG015."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

import clientage
from clientage.checks.base import Evidence, Finding, NotApplicable
from clientage.checks.range_end import RangeEnd
from clientage.config import settings_from, with_assignments

MakeEvidence = Callable[..., Evidence]
Halves = tuple[np.ndarray, np.ndarray]


def _tried(*ks: int, algorithm: str = "kmeans") -> tuple[SimpleNamespace, ...]:
    return tuple(SimpleNamespace(algorithm=algorithm, k=k) for k in ks)


def test_groups_in_the_largest_number_tried_are_a_finding(evidence: MakeEvidence, halves: Halves) -> None:
    found = RangeEnd().examine(evidence(*halves, k=10, candidates=_tried(*range(2, 11))))
    assert isinstance(found, Finding)
    assert found.severity == "warning"
    assert "cluster.k_max=20" in found.advice


@pytest.mark.parametrize("k", [26, 50])
def test_its_advice_is_a_setting_that_is_taken(evidence: MakeEvidence, halves: Halves, k: int) -> None:
    found = RangeEnd().examine(evidence(*halves, k=k, candidates=_tried(*range(2, k + 1))))
    assert isinstance(found, Finding)
    asked = [text for text in found.advice.rstrip(".").split() if "=" in text]
    assert len(asked) == (k < 50)
    assert all(settings_from(with_assignments({}, [text])).cluster.k_max > k for text in asked)


@pytest.mark.parametrize(
    "told",
    [{"k": 9}, {"k": 10, "verdict": "reproducible"}, {"k": 10, "groups": True}],
    ids=["fewer", "no groups", "asked for"],
)
def test_elsewhere_it_finds_nothing(evidence: MakeEvidence, halves: Halves, told: dict[str, object]) -> None:
    assert RangeEnd().examine(evidence(*halves, candidates=_tried(*range(2, 11)), **told)) is None


def test_an_algorithm_that_finds_its_own_number_is_not_judged(evidence: MakeEvidence, halves: Halves) -> None:
    candidates = _tried(*range(2, 11)) + _tried(12, algorithm="dbscan")
    found = RangeEnd().examine(evidence(*halves, k=12, algorithm="dbscan", candidates=candidates))
    assert isinstance(found, NotApplicable)


def test_its_advice_finds_the_groups_that_were_missed() -> None:
    rng = np.random.default_rng(1)
    centres = np.array([(i, j) for i in range(4) for j in range(3)]) * 9.0
    x = centres[np.arange(900) % 12] + rng.normal(size=(900, 2))
    table = {"a": x[:, 0], "b": x[:, 1]}
    first = clientage.segment(table, k_max=6).summary()
    assert first["n_segments"] == 6
    assert "SEG015" in [f["code"] for f in first["findings"]]
    more = clientage.segment(table, k_max=20).summary()
    assert more["n_segments"] == 12
    assert "SEG015" not in [f["code"] for f in more["findings"]]
