"""SEG002."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from clientage.checks.base import Evidence, Finding
from clientage.checks.tiny import Tiny

MakeEvidence = Callable[..., Evidence]


@pytest.mark.parametrize(("n", "small"), [(3_000, 29), (500, 9)])
def test_a_tiny_segment_is_serious(evidence: MakeEvidence, n: int, small: int) -> None:
    labels = np.zeros(n, int)
    labels[:small] = 1
    found = Tiny().examine(evidence(np.zeros((n, 1)), labels))
    assert isinstance(found, Finding)
    assert found.severity == "serious"
    assert found.figures == {"segments": 1.0, "smallest": float(small), "share": small / n}


@pytest.mark.parametrize(("n", "small"), [(3_000, 30), (500, 10)])
def test_a_segment_just_large_enough_is_no_finding(evidence: MakeEvidence, n: int, small: int) -> None:
    labels = np.zeros(n, int)
    labels[:small] = 1
    assert Tiny().examine(evidence(np.zeros((n, 1)), labels)) is None
