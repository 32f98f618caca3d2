"""SEG006."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from clientage.checks.base import Evidence, Finding, NotApplicable
from clientage.checks.continuum import Continuum

MakeEvidence = Callable[..., Evidence]
Halves = tuple[np.ndarray, np.ndarray]


@pytest.mark.parametrize(
    ("verdict", "stability", "severity"), [("reproducible", 0.9, "info"), ("constructive", 0.4, "warning")]
)
def test_cuts_are_called_cuts(
    evidence: MakeEvidence, halves: Halves, verdict: str, stability: float, severity: str
) -> None:
    found = Continuum().examine(evidence(*halves, verdict=verdict, k=1))
    assert isinstance(found, NotApplicable)
    made = evidence(*halves, verdict=verdict)
    made.selection.chosen.stability = stability
    found = Continuum().examine(made)
    assert isinstance(found, Finding)
    assert found.severity == severity
    assert f"{stability:.2f} of 1" in found.text


def test_natural_groups_are_no_finding(evidence: MakeEvidence, halves: Halves) -> None:
    assert Continuum().examine(evidence(*halves, verdict="natural")) is None


def test_repeated_rows_are_said_to_repeat(evidence: MakeEvidence, halves: tuple[np.ndarray, np.ndarray]) -> None:
    found = Continuum().examine(evidence(*halves, verdict="constructive", repeated=0.9))
    assert isinstance(found, Finding)
    assert "90% of customers are one of ten rows that repeat" in found.text


@pytest.mark.parametrize("verdict", ["reproducible", "constructive"])
def test_groups_that_a_person_overrides_are_named(evidence: MakeEvidence, halves: Halves, verdict: str) -> None:
    found = Continuum().examine(evidence(*halves, verdict=verdict, groups=True))
    assert isinstance(found, Finding)
    assert found.title == "These segments are not the groups"
    assert "continuum" not in found.text
    assert "Ask for 3 segments" in found.advice


def test_a_division_that_does_not_come_back_is_no_continuum(evidence: MakeEvidence, halves: Halves) -> None:
    found = Continuum().examine(evidence(*halves, verdict="constructive"))
    assert isinstance(found, Finding)
    assert found.title == "There are no groups that come back"


def test_without_a_null_test_a_continuum_is_not_claimed(evidence: MakeEvidence, halves: Halves) -> None:
    assert isinstance(Continuum().examine(evidence(*halves, verdict="reproducible", null=None)), NotApplicable)


def test_separate_segments_with_another_fault_are_not_called_a_continuum(
    evidence: MakeEvidence, halves: Halves
) -> None:
    made = evidence(*halves, verdict="reproducible", marks=("100 customers are in no segment",), valley=0.5)
    assert isinstance(Continuum().examine(made), NotApplicable)
    low = evidence(*halves, verdict="reproducible", marks=("a fault",), silhouette=0.3, valley=0.5)
    assert isinstance(Continuum().examine(low), Finding)
