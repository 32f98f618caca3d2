"""A refusal says what was expected, what was found and what to do."""

from __future__ import annotations

import pytest

from clientage import errors
from clientage.errors import ClientageError, ColumnError, did_you_mean, listed


def test_message_has_three_parts_and_one_full_stop_between() -> None:
    refusal = ColumnError("a column 'age'", "columns 'Age ' and 'AGE'.", "Rename one of them.")
    assert str(refusal) == "Expected a column 'age', but found: columns 'Age ' and 'AGE'. Rename one of them."
    assert (refusal.expected, refusal.found, refusal.fix) == (
        "a column 'age'",
        "columns 'Age ' and 'AGE'.",
        "Rename one of them.",
    )


def test_every_error_of_the_module_is_a_refusal_with_exit_code_2_and_stands_in_the_tree() -> None:
    kinds = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, Exception)]
    assert len(kinds) >= 7
    for kind in kinds:
        assert issubclass(kind, ClientageError)
        assert kind.exit_code == 2
        assert kind.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize(
    ("name", "known", "suggested"),
    [
        ("Incme", ["age", "Income"], " Did you mean 'Income'?"),
        ("SPENDING", ["spending", "saving"], " Did you mean 'spending'?"),
        ("zzz", ["age", "income"], ""),
        ("age", [], ""),
    ],
)
def test_did_you_mean(name: str, known: list[str], suggested: str) -> None:
    assert did_you_mean(name, known) == suggested


def test_listed_cuts_long_lists_and_counts_the_rest() -> None:
    assert listed([]) == ""
    assert listed(["a", "b"]) == "'a', 'b'"
    assert listed([str(i) for i in range(12)]).endswith("'11'")
    assert listed([str(i) for i in range(15)]).endswith("'11' and 3 more")
