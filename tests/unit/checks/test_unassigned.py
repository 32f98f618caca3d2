"""SEG012."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from clientage.checks.base import Evidence, Finding
from clientage.checks.unassigned import Unassigned

MakeEvidence = Callable[..., Evidence]
Halves = tuple[np.ndarray, np.ndarray]


def test_many_customers_in_no_segment_are_found(evidence: MakeEvidence, halves: Halves) -> None:
    x, labels = halves
    found = Unassigned().examine(evidence(x, np.where(np.arange(200) % 8 == 0, -1, labels)))
    assert isinstance(found, Finding)
    assert found.figures == {"customers": 25.0, "share": 0.125}


def test_a_few_are_no_finding(evidence: MakeEvidence, halves: Halves) -> None:
    x, labels = halves
    assert Unassigned().examine(evidence(x, np.where(np.arange(200) % 10 == 0, -1, labels))) is None
