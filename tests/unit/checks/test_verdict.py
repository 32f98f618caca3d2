"""The verdict in one sentence, with its figures."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from clientage.checks.verdict import verdict_of
from clientage.selection.bare_ground import BareGround
from clientage.selection.null import NullTest

NULL = NullTest(0.56, 0.40, 0.42, 0.05, 19, (), (4, 5), (0.5, 0.56), (0.38, 0.37), (0.01, 0.01))


def _selection(
    verdict: str,
    k: int = 5,
    stability: float | None = 0.9,
    null: NullTest | None = NULL,
    apart: float | None = None,
    bare: BareGround | None = None,
    repeated: float | None = None,
    silhouette: float = 0.555,
    groups: bool | None = None,
    recommended: int | None = None,
    in_heaps: bool = False,
    n: int = 500,
    marks: tuple[str, ...] = (),
    valley: float = 0.5,
) -> SimpleNamespace:
    seen = None if k == 1 else silhouette
    chosen = SimpleNamespace(k=k, silhouette=seen, stability=stability, valley=valley, marks=marks)
    chosen.sizes, chosen.noise = np.array([n - 10, 0]), 10
    return SimpleNamespace(
        verdict=verdict,
        chosen=chosen,
        null=null,
        apart=apart,
        bare=bare,
        repeated=repeated,
        in_heaps=in_heaps,
        groups=verdict == "natural" if groups is None else groups,
        recommended=None if recommended is None else SimpleNamespace(k=recommended),
    )


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("natural", "are separate groups of customers"),
        ("reproducible", "continuum and no separate groups"),
        ("constructive", "no groups here that could be relied on"),
    ],
)
def test_one_sentence_with_the_silhouette_beside_that_of_no_groups(verdict: str, words: str) -> None:
    found = verdict_of(_selection(verdict))  # type: ignore[arg-type]
    assert found.kind == verdict
    assert words in found.sentence
    assert "silhouette 0.56; customers without groups would show 0.37" in found.sentence
    assert "agreement 0.90 of 1" in found.sentence
    assert found.sentence.count(". ") == 0
    assert found.figures["null_silhouette_mean"] == 0.40
    assert found.figures["p_value"] == 0.05


def test_what_was_not_measured_is_not_claimed() -> None:
    found = verdict_of(_selection("constructive", stability=None, null=None))  # type: ignore[arg-type]
    assert "was not measured" in found.sentence
    assert "without groups" not in found.sentence
    assert "stability" not in found.figures


def test_one_segment_divides_nothing() -> None:
    assert verdict_of(_selection("constructive", k=1)).sentence.startswith("Everybody is in one segment")  # type: ignore[arg-type]


def test_groups_that_a_silhouette_over_all_columns_drowns_are_told_by_their_distance() -> None:
    found = verdict_of(_selection("natural", apart=2.94))  # type: ignore[arg-type]
    assert "the nearest two are 2.9 standard deviations apart" in found.sentence
    assert "customers without groups would show 0.37" in found.sentence
    assert found.figures["apart"] == 2.94


def test_groups_of_any_shape_are_told_by_the_bare_ground_between_them() -> None:
    found = verdict_of(_selection("natural", k=2, silhouette=0.33, bare=BareGround(4.43, 1.18)))  # type: ignore[arg-type]
    assert "bare ground between them is 4.4 times as wide as the usual step" in found.sentence
    assert "at most 1.2 times" in found.sentence
    assert found.figures["bare_ground"] == 4.43
    assert found.figures["null_bare_ground"] == 1.18


def test_repeated_rows_are_sorted_and_not_found() -> None:
    found = verdict_of(_selection("constructive", repeated=0.97))  # type: ignore[arg-type]
    assert "97% are one of ten rows that repeat" in found.sentence
    assert found.figures["repeated"] == 0.97


NO_MORE = NullTest(0.38, 0.40, 0.42, 0.8, 19, (), (4, 5), (0.37, 0.38), (0.38, 0.37), (0.01, 0.01))


def test_where_chance_shows_as_much_there_are_no_groups() -> None:
    found = verdict_of(_selection("constructive", null=NO_MORE, silhouette=0.38, stability=0.3))  # type: ignore[arg-type]
    assert found.headline == "No groups, arbitrary cuts"
    assert found.sentence.startswith("There are no groups of customers (silhouette 0.38; customers without groups ")
    assert "would show as much, 0.37)" in found.sentence


def test_a_person_who_overrides_the_groups_hears_of_them() -> None:
    found = verdict_of(_selection("reproducible", k=4, groups=True, recommended=5))  # type: ignore[arg-type]
    assert found.headline == "Groups exist, but not these"
    assert "the 4 segments are not they" in found.sentence
    assert found.sentence.endswith("come back in repeated samples (agreement 0.90 of 1); the rule would take 5.")
    assert "continuum" not in found.sentence
    again = verdict_of(_selection("constructive", k=9, groups=True, stability=0.4))  # type: ignore[arg-type]
    assert "no groups" not in again.sentence
    assert "do not come back reliably (agreement 0.40 of 1)." in again.sentence


def test_groups_are_neither_claimed_nor_denied_where_they_were_not_tested() -> None:
    found = verdict_of(_selection("reproducible", null=None))  # type: ignore[arg-type]
    assert "was not tested" in found.sentence
    assert "continuum" not in found.sentence
    assert found.headline == "Cuts that come back"


def test_heaps_of_a_column_are_called_so_beside_a_silhouette_that_cannot_show_them() -> None:
    found = verdict_of(_selection("natural", silhouette=0.37, in_heaps=True))  # type: ignore[arg-type]
    assert "the values of single columns lie in heaps" in found.sentence
    assert "simulated customers, who keep these heaps, show 0.37" in found.sentence


def test_chance_that_shows_more_is_said_to() -> None:
    found = verdict_of(_selection("reproducible", silhouette=0.30))  # type: ignore[arg-type]
    assert "customers without groups would show more, 0.37" in found.sentence


def test_without_a_null_test_groups_are_not_denied_outright() -> None:
    found = verdict_of(_selection("constructive", null=None, stability=0.3))  # type: ignore[arg-type]
    assert found.sentence.startswith("There are no groups here that could be relied on (silhouette 0.56)")


def test_few_customers_show_nothing_either_way() -> None:
    found = verdict_of(_selection("constructive", n=25, stability=0.4))  # type: ignore[arg-type]
    assert found.headline == "Too few customers to tell"
    assert found.sentence.startswith("25 customers are too few to show groups")


def test_what_chance_does_not_give_and_is_no_group_says_why() -> None:
    marked = verdict_of(_selection("reproducible", marks=("100 customers are in no segment",)))  # type: ignore[arg-type]
    assert marked.sentence.endswith("but they are not called groups: 100 customers are in no segment.")
    assert marked.headline == "Cuts that come back"
    close = verdict_of(_selection("reproducible", valley=0.1))  # type: ignore[arg-type]
    assert close.sentence.endswith("but they are not called groups: there is no thinner ground between them.")
    assert "continuum" not in close.sentence


def test_another_number_of_segments_is_not_called_as_many_groups() -> None:
    found = verdict_of(_selection("natural", k=6, recommended=4))  # type: ignore[arg-type]
    assert found.headline == "Real groups, in the number you asked for"
    assert "6 segments are separate groups" not in found.sentence
    assert found.sentence.endswith("the rule would take 4, where they show best.")
