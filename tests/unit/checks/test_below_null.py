"""SEG010."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from clientage.checks.base import Evidence, Finding, NotApplicable
from clientage.checks.below_null import BelowNull
from clientage.selection.bare_ground import BareGround

MakeEvidence = Callable[..., Evidence]
Halves = tuple[np.ndarray, np.ndarray]


@pytest.mark.parametrize("silhouette", [0.2, 0.3, 0.339])
def test_a_silhouette_that_chance_reaches_is_found(evidence: MakeEvidence, halves: Halves, silhouette: float) -> None:
    found = BelowNull().examine(evidence(*halves, silhouette=silhouette))
    assert isinstance(found, Finding)
    assert found.figures == {"silhouette": silhouette, "null_mean": 0.3, "null_sd": 0.02}
    assert "0.30" in found.text


def test_a_clear_silhouette_is_no_finding(evidence: MakeEvidence, halves: Halves) -> None:
    assert BelowNull().examine(evidence(*halves, silhouette=0.35)) is None


def test_without_a_null_at_this_k_it_cannot_judge(evidence: MakeEvidence, halves: Halves) -> None:
    assert isinstance(BelowNull().examine(evidence(*halves, k=7)), NotApplicable)
    assert isinstance(BelowNull().examine(evidence(*halves, null=None)), NotApplicable)


def test_groups_shown_in_their_own_shape_are_not_judged_by_a_silhouette_over_all_columns(
    evidence: MakeEvidence, halves: tuple[np.ndarray, np.ndarray]
) -> None:
    found = BelowNull().examine(evidence(*halves, silhouette=0.2, apart=3.0))
    assert isinstance(found, NotApplicable)


def test_groups_of_any_shape_are_not_judged_by_a_silhouette_that_asks_for_round_ones(
    evidence: MakeEvidence, halves: Halves
) -> None:
    found = BelowNull().examine(evidence(*halves, silhouette=0.2, bare=BareGround(3.0, 1.1)))
    assert isinstance(found, NotApplicable)


def test_heaps_of_single_columns_are_not_judged_by_simulated_customers_who_have_them(
    evidence: MakeEvidence, halves: Halves
) -> None:
    assert isinstance(BelowNull().examine(evidence(*halves, silhouette=0.3, in_heaps=True)), NotApplicable)
