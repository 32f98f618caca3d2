"""SEG001."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from clientage.checks.base import Evidence, Finding, NotApplicable
from clientage.checks.unstable import Unstable

MakeEvidence = Callable[..., Evidence]
Halves = tuple[np.ndarray, np.ndarray]


@pytest.mark.parametrize(("lowest", "severity"), [(0.5, "serious"), (0.59, "serious"), (0.7, "warning")])
def test_a_weak_segment_is_named_with_its_figure(
    evidence: MakeEvidence, halves: Halves, lowest: float, severity: str
) -> None:
    found = Unstable().examine(evidence(*halves, stability=[0.95, lowest]))
    assert isinstance(found, Finding)
    assert found.severity == severity
    assert "2 (Name 2)" in found.text
    assert "Name 1" not in found.text
    assert found.figures["lowest"] == lowest


def test_stable_segments_are_no_finding(evidence: MakeEvidence, halves: Halves) -> None:
    assert Unstable().examine(evidence(*halves, stability=[0.95, 0.75])) is None


def test_without_bootstraps_it_cannot_judge(evidence: MakeEvidence, halves: Halves) -> None:
    assert isinstance(Unstable().examine(evidence(*halves, stability=[None, None])), NotApplicable)


def test_one_weak_segment_and_several_are_told_in_their_own_words(evidence: MakeEvidence, halves: Halves) -> None:
    one = Unstable().examine(evidence(*halves, stability=[0.95, 0.7]))
    both = Unstable().examine(evidence(*halves, stability=[0.65, 0.7]))
    assert isinstance(one, Finding)
    assert isinstance(both, Finding)
    assert "segment 2 (Name 2) is found again to 70%;" in one.text
    assert "segments 1 (Name 1) and 2 (Name 2) are found again to 65% at worst;" in both.text


def test_of_many_weak_segments_some_are_named(evidence: MakeEvidence, halves: Halves) -> None:
    x, labels = halves
    found = Unstable().examine(evidence(x, np.arange(len(labels)) % 5, stability=[0.5] * 5))
    assert isinstance(found, Finding)
    assert "segments 1 (Name 1), 2 (Name 2), 3 (Name 3) and 2 more are found" in found.text
