"""SEG003."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from clientage.checks.base import Evidence, Finding
from clientage.checks.outlier_led import OutlierLed

MakeEvidence = Callable[..., Evidence]
Halves = tuple[np.ndarray, np.ndarray]


def test_a_segment_of_extreme_customers_is_found(evidence: MakeEvidence, halves: Halves) -> None:
    x, labels = halves
    x = np.vstack([x, np.random.default_rng(1).normal(size=(6, 3)) + 12])
    labels = np.concatenate([labels, np.full(6, 2)])
    found = OutlierLed().examine(evidence(x, labels))
    assert isinstance(found, Finding)
    assert "3 (Name 3)" in found.text
    assert found.figures["share"] == 1.0
    assert found.figures["overall"] < 0.05


def test_ordinary_segments_are_no_finding(evidence: MakeEvidence, halves: Halves) -> None:
    assert OutlierLed().examine(evidence(*halves)) is None


def test_a_rare_category_is_no_outlier(evidence: MakeEvidence, halves: Halves) -> None:
    x, labels = halves
    rare = np.zeros(200)
    rare[:4] = 10.0
    labels = np.where(rare > 0, 2, labels)
    values = np.column_stack([x, rare, -rare])
    assert OutlierLed().examine(evidence(values, labels, feature_of=np.array([0, 1, 2, 3, 3]))) is None
