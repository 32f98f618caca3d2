"""SEG011."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from clientage.checks.base import Evidence, Finding, NotApplicable
from clientage.checks.scale import Scale
from clientage.config import settings_from

MakeEvidence = Callable[..., Evidence]
Halves = tuple[np.ndarray, np.ndarray]


def test_an_unscaled_column_is_serious(evidence: MakeEvidence, halves: Halves) -> None:
    x, labels = halves
    found = Scale().examine(evidence(x * np.array([1.0, 1.0, 30.0]), labels))
    assert isinstance(found, Finding)
    assert found.severity == "serious"
    assert "'f2'" in found.text
    assert found.figures["share"] > 0.9
    assert found.advice == "Give it a smaller weight in features.weights."  # the scale is standard already
    unscaled = settings_from({"features": {"scale": "none"}})
    found = Scale().examine(evidence(x * np.array([1.0, 1.0, 30.0]), labels, settings=unscaled))
    assert isinstance(found, Finding)
    assert found.advice.startswith('Set features.scale to "standard", or give it')


def test_scaled_columns_are_no_finding(evidence: MakeEvidence, halves: Halves) -> None:
    assert Scale().examine(evidence(*halves)) is None


def test_one_feature_cannot_dominate(evidence: MakeEvidence, halves: Halves) -> None:
    x, labels = halves
    assert isinstance(Scale().examine(evidence(x[:, :1], labels)), NotApplicable)
