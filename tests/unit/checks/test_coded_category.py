"""SEG008."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from clientage.checks.base import Evidence, Finding, NotApplicable
from clientage.checks.coded_category import CodedCategory
from clientage.data.table import Column

MakeEvidence = Callable[..., Evidence]
Halves = tuple[np.ndarray, np.ndarray]


def _column(name: str, distinct: int = 4, boolean: bool = False) -> Column:
    return Column(name, "number", np.arange(200.0) % distinct, (), is_integer=True, is_boolean=boolean)


@pytest.mark.parametrize("name", ["Region", "customerType", "store_id", "SALES CHANNEL"])
def test_whole_numbers_named_like_codes_are_suspected(evidence: MakeEvidence, halves: Halves, name: str) -> None:
    found = CodedCategory().examine(evidence(*halves, features=(_column(name),)))
    assert isinstance(found, Finding)
    assert f"'{name}'" in found.text


@pytest.mark.parametrize(
    "column", [_column("children"), _column("NumStorePurchases"), _column("region", 50), _column("member type", 2)]
)
def test_counts_and_measures_are_not(evidence: MakeEvidence, halves: Halves, column: Column) -> None:
    assert CodedCategory().examine(evidence(*halves, features=(column,))) is None


def test_without_numbers_it_cannot_judge(evidence: MakeEvidence, halves: Halves) -> None:
    text = Column("region", "text", np.zeros(200, np.int32), ("north",))
    assert isinstance(CodedCategory().examine(evidence(*halves, features=(text,))), NotApplicable)
