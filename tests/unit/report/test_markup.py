"""Everything that comes from data must be text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientage.report.formats import cell_text
from clientage.report.html import explained
from clientage.report.markup import json_for_script, tag

HOSTILE = ["<img src=x onerror=alert(1)>", "</script>", "<!--", '" onmouseover="x', "a & b", "\u2028", "]]>", "'"]


@pytest.mark.parametrize("text", HOSTILE)
def test_children_and_attributes_are_escaped(text: str) -> None:
    made = str(tag("p", text, title=text))
    assert made.count("<") == 2
    assert made.count('"') == 2


@given(
    st.recursive(
        st.text() | st.none() | st.booleans() | st.integers(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
    )
)
def test_json_in_a_script_survives_and_never_ends_it(value: object) -> None:
    text = str(json_for_script(value))
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == value


def test_terms_are_linked_once_and_text_around_them_is_escaped() -> None:
    made = str(explained("<b>Silhouette</b> and silhouette", ["silhouette", "unknown term"]))
    assert made.count("<a ") == 1
    assert made.startswith("&lt;b&gt;<a ")


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (None, "count", "–"),
        (float("nan"), "number", "–"),
        (1234567, "count", "1,234,567"),
        (0.0432, "percent", "4.3%"),
        (-0.0001, "score", "0.00"),
        (-0.04, "points", "0.0"),
        (-1.26, "points", "−1.3"),
        ("<b>", "number", "<b>"),
    ],
)
def test_cells_are_written_for_people(value: object, form: str, text: str) -> None:
    assert cell_text(value, form) == text  # type: ignore[arg-type]
