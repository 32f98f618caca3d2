"""SEG008."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import clientage
from clientage.checks.base import Evidence, Finding, NotApplicable
from clientage.checks.coded_category import CodedCategory
from clientage.config import settings_from
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


def test_who_has_said_that_a_column_is_an_amount_is_not_asked_again(evidence: MakeEvidence, halves: Halves) -> None:
    settings = settings_from({"roles": {"numeric": ["REGION "]}})
    told = CodedCategory().examine(evidence(*halves, features=(_column("Region"),), settings=settings))
    assert isinstance(told, NotApplicable)
    assert told.why == "roles.numeric says that 'Region' is an amount"
    both = CodedCategory().examine(
        evidence(*halves, features=(_column("Region"), _column("store_id")), settings=settings)
    )
    assert isinstance(both, Finding)
    assert "store_id" in both.text
    assert "Region" not in both.text


def test_the_answer_reaches_the_summary() -> None:
    rng = np.random.default_rng(0)
    table = {"region code": rng.integers(1, 8, 300), "spend": rng.gamma(2.0, 30.0, 300)}
    told = clientage.segment(table, numeric="region code").summary()
    assert "SEG008" not in [f["code"] for f in told["findings"]]
    assert "roles.numeric says that 'region code' is an amount" in [u["why"] for u in told["unjudged"]]
