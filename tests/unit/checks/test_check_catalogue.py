"""The catalogue, and the order in which findings come."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from clientage.checks.base import Evidence
from clientage.checks.catalogue import CHECKS, check

MakeEvidence = Callable[..., Evidence]
Halves = tuple[np.ndarray, np.ndarray]


def test_codes_are_unique_and_every_check_has_a_title() -> None:
    codes = [c.code for c in CHECKS]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"SEG\d{3}", code) for code in codes)
    assert all(c.title and not c.title.endswith(".") for c in CHECKS)


def test_serious_findings_come_first(evidence: MakeEvidence, halves: Halves) -> None:
    x, labels = halves
    made = evidence(
        x * np.array([1.0, 1.0, 30.0]), labels, stability=[0.7, 0.9], verdict="reproducible", silhouette=0.3
    )
    found, _ = check(made)
    order = ["serious", "warning", "info"]
    ranks = [order.index(f.severity) for f in found]
    assert ranks == sorted(ranks)
    assert {"SEG001", "SEG006", "SEG010", "SEG011"} <= {f.code for f in found}
    assert all(f.text.endswith(".") and f.advice.endswith(".") for f in found)
    assert all(f.as_dict()["figures"] == dict(f.figures) for f in found)


def test_checks_that_cannot_judge_say_why(evidence: MakeEvidence, halves: Halves) -> None:
    x, labels = halves
    made = evidence(x[:, :1], labels, stability=[None, None], null=None)
    found, unjudged = check(made)
    codes = [u.code for u in unjudged]
    assert codes == sorted(codes)
    assert {"SEG001", "SEG004", "SEG005", "SEG007", "SEG010", "SEG011"} <= set(codes)
    assert not set(codes) & {f.code for f in found}
    assert all(u.title and u.why and not u.why.endswith(".") for u in unjudged)
