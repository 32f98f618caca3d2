"""SEG013."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from clientage.checks.base import Evidence, Finding
from clientage.checks.chosen_against import ChosenAgainst

MakeEvidence = Callable[..., Evidence]
Halves = tuple[np.ndarray, np.ndarray]


def test_the_marks_of_the_chosen_are_told_with_a_way_out(evidence: MakeEvidence, halves: Halves) -> None:
    found = ChosenAgainst().examine(evidence(*halves, usable=False, marks=("a segment is tiny",)))
    assert isinstance(found, Finding)
    assert "a segment is tiny" in found.text
    assert found.advice.startswith("3 segments have no such fault")


def test_a_usable_solution_is_no_finding(evidence: MakeEvidence, halves: Halves) -> None:
    assert ChosenAgainst().examine(evidence(*halves)) is None
