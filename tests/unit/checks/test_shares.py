"""SEG014."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from clientage.checks.base import Evidence, Finding, NotApplicable
from clientage.checks.shares import Shares
from clientage.config import FeatureSettings
from clientage.data.quality import QualityReport
from clientage.data.table import Column
from clientage.features.customers import Customers
from clientage.features.encoding import encode

MakeEvidence = Callable[..., Evidence]
RNG = np.random.default_rng(0)
BUDGET = RNG.dirichlet([3.0, 0.5, 1.0], size=300)
SPEND = np.exp(RNG.normal(3, 1, size=300))


def _evidence(make: MakeEvidence, table: np.ndarray) -> Evidence:
    columns = tuple(Column(f"c{j}", "number", values) for j, values in enumerate(table.T))
    people = Customers(300, None, columns, (), (), None, "customers", np.arange(300), {}, {}, QualityReport({}))
    matrix = encode(people, FeatureSettings())
    return replace(make(matrix.values, np.arange(300) % 2), matrix=matrix)


def test_shares_are_named_though_some_are_compared_on_a_log_scale(evidence: MakeEvidence) -> None:
    found = Shares().examine(_evidence(evidence, np.column_stack([SPEND, (100 * BUDGET).round()])))
    assert isinstance(found, Finding)
    assert found.severity == "info"
    assert "'c1', 'c2', 'c3' add up to 100" in found.text
    assert found.figures == {"wholes": 1.0, "features": 3.0}


def test_a_missing_share_is_said_with_care(evidence: MakeEvidence) -> None:
    found = Shares().examine(_evidence(evidence, np.column_stack([SPEND, BUDGET[:, :2]])))
    assert isinstance(found, Finding)
    assert "never add up to more than 1" in found.text


def test_amounts_are_no_shares(evidence: MakeEvidence) -> None:
    assert Shares().examine(_evidence(evidence, np.column_stack([SPEND, SPEND[:, None] * BUDGET]))) is None
    assert isinstance(Shares().examine(_evidence(evidence, SPEND[:, None])), NotApplicable)
