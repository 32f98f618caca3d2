"""SEG007."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from clientage.checks.base import Evidence, Finding, NotApplicable
from clientage.checks.collinear import Collinear

MakeEvidence = Callable[..., Evidence]
Halves = tuple[np.ndarray, np.ndarray]


def test_a_copy_is_named_with_its_original(evidence: MakeEvidence, halves: Halves) -> None:
    x, labels = halves
    x[:, 2] = -3 * x[:, 0] + np.random.default_rng(1).normal(size=200) * 0.1
    found = Collinear().examine(evidence(x, labels))
    assert isinstance(found, Finding)
    assert "'f0' and 'f2'" in found.text
    assert found.figures["pairs"] == 1.0
    assert 0.95 < found.figures["largest"] <= 1.0


def test_related_features_are_no_finding(evidence: MakeEvidence, halves: Halves) -> None:
    x, labels = halves
    x[:, 2] = x[:, 0] + np.random.default_rng(1).normal(size=200)
    assert Collinear().examine(evidence(x, labels)) is None


def test_indicators_of_one_category_are_not_compared(evidence: MakeEvidence, halves: Halves) -> None:
    x, labels = halves
    values = np.column_stack([x[:, 0], x[:, 1], -x[:, 1]])
    assert isinstance(Collinear().examine(evidence(values, labels, feature_of=np.array([0, 1, 1]))), NotApplicable)
