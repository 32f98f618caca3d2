"""SEG004."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from clientage.checks.base import Evidence, Finding, NotApplicable
from clientage.checks.one_column import OneColumn

MakeEvidence = Callable[..., Evidence]
Halves = tuple[np.ndarray, np.ndarray]


def test_the_column_that_decides_is_named(evidence: MakeEvidence, halves: Halves) -> None:
    x, labels = halves
    x[:, 1] += 5 * labels
    found = OneColumn().examine(evidence(x, labels))
    assert isinstance(found, Finding)
    assert "'f1' alone" in found.text
    assert found.figures["share"] > 0.6


def test_columns_that_share_are_no_finding(evidence: MakeEvidence, halves: Halves) -> None:
    assert OneColumn().examine(evidence(*halves)) is None


def test_one_feature_cannot_be_judged(evidence: MakeEvidence, halves: Halves) -> None:
    x, labels = halves
    assert isinstance(OneColumn().examine(evidence(x[:, :1], labels)), NotApplicable)
