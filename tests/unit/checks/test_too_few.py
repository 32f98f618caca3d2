"""SEG009."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from clientage.checks.base import Evidence, Finding
from clientage.checks.too_few import TooFew

MakeEvidence = Callable[..., Evidence]


@pytest.mark.parametrize(
    ("n", "p", "k", "severity"), [(29, 2, 2, "serious"), (40, 41, 2, "serious"), (79, 2, 4, "warning")]
)
def test_few_customers_are_found(evidence: MakeEvidence, n: int, p: int, k: int, severity: str) -> None:
    found = TooFew().examine(evidence(np.zeros((n, p)), np.arange(n) % k))
    assert isinstance(found, Finding)
    assert found.severity == severity
    assert found.figures == {"customers": float(n), "features": float(p), "segments": float(k)}


def test_enough_customers_are_no_finding(evidence: MakeEvidence) -> None:
    assert TooFew().examine(evidence(np.zeros((80, 2)), np.arange(80) % 4)) is None
