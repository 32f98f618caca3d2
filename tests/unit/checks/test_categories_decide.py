"""SEG005."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from clientage.checks.base import Evidence, Finding, NotApplicable
from clientage.checks.categories_decide import CategoriesDecide

MakeEvidence = Callable[..., Evidence]
Halves = tuple[np.ndarray, np.ndarray]

OF = np.array([0, 1, 2, 2])


def test_segments_that_repeat_a_category_are_found(evidence: MakeEvidence) -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 100)
    x = np.column_stack([rng.normal(size=(200, 2)), labels - 0.5, 0.5 - labels])
    found = CategoriesDecide().examine(evidence(x, labels, feature_of=OF))
    assert isinstance(found, Finding)
    assert "'f2'" in found.text
    assert found.figures["share"] > 0.9


def test_categories_that_only_take_part_are_no_finding(evidence: MakeEvidence) -> None:
    rng = np.random.default_rng(1)
    labels = np.repeat([0, 1], 100)
    member = rng.integers(0, 2, size=200)
    x = np.column_stack([rng.normal(size=(200, 2)) + 2 * labels[:, None], member - 0.5, 0.5 - member])
    assert CategoriesDecide().examine(evidence(x, labels, feature_of=OF)) is None


def test_numbers_alone_cannot_be_judged(evidence: MakeEvidence, halves: Halves) -> None:
    assert isinstance(CategoriesDecide().examine(evidence(*halves)), NotApplicable)
