import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientage.segments.wording import article, capitalised, clipped, compared, joined, number, percent


@pytest.mark.parametrize(
    ("x", "unit", "said"),
    [
        (0, None, "0"),
        (88237.4, None, "88,200"),
        (999_950, None, "1 million"),
        (2.5e9, None, "2.5 billion"),
        (12.345, None, "12.3"),
        (0.0684, None, "0.068"),
        (-4565, "$", "-$4,560"),
        (60.56, "k$", "$60.6k"),
        (1, "days", "1 day"),
        (1.4, "days", "1.4 days"),
        (37.5, "%", "37.5%"),
        (0.375, "share", "38%"),
        (None, "days", "unknown"),
        (math.nan, None, "unknown"),
        (1.2e-6, None, "0.0000012"),
    ],
)
def test_numbers(x, unit, said):
    assert number(x, unit) == said


@given(st.floats(-1e14, 1e14))
def test_a_number_is_never_written_with_an_exponent_and_keeps_two_digits(x):
    said = number(x)
    assert "e" not in said.replace("million", "").replace("trillion", "").replace("billion", "")
    value, _, word = said.replace(",", "").partition(" ")
    read = float(value) * {"": 1, "million": 1e6, "billion": 1e9, "trillion": 1e12}[word]
    if abs(x) > 1e-6:
        assert read == pytest.approx(x, rel=0.051)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0, "0%"),
        (1, "100%"),
        (0.996, "99.6%"),
        (0.9999, "over 99.9%"),
        (0.0004, "under 0.1%"),
        (0.5, "50%"),
        (0.0995, "10%"),
        (0.05, "5%"),
        (None, "unknown"),
    ],
)
def test_percentages_never_round_something_to_nothing_or_all(share, said):
    assert percent(share) == said


@pytest.mark.parametrize(
    ("x", "overall", "unit", "said"),
    [
        (88.2, 60.4, None, "46% above the average of 60.4"),
        (40, 60, "$", "33% below the average of $60"),
        (120, 60, None, "twice the average of 60"),
        (61, 60, None, "close to the average of 60"),
        (0, 60, None, "against an average of 60"),
        (5, -2, None, "against an average of -2"),
        (0.3, 0.1, "share", "against 10% overall"),
    ],
)
def test_comparisons(x, overall, unit, said):
    assert compared(x, overall, unit) == said


def test_sentences():
    assert joined([]) == ""
    assert joined(["a", "b", "c"]) == "a, b and c"
    assert article("overall median") == "an overall median"
    assert capitalised("") == ""
    assert clipped("short", 10) == "short"


@given(st.text(max_size=80), st.integers(5, 60))
def test_clipped_text_fits(text, most):
    assert len(clipped(text, most)) <= most
