"""A settings tree survives being written as TOML and read again."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from clientage.config import settings_from
from clientage.runs.study_file import toml_of

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)
VALUES = st.one_of(
    TEXT,
    st.integers(-(2**31), 2**31),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(TEXT, max_size=4),
    st.dictionaries(TEXT, st.floats(allow_nan=False, allow_infinity=False), max_size=3),
)


@given(st.dictionaries(st.sampled_from(["k", "seed", "some_key"]), VALUES, max_size=3))
def test_what_is_written_is_what_is_read(values: dict[str, object]) -> None:
    assert tomllib.loads(toml_of({"part": values}, "comment")) == {"part": values}


def test_default_settings_come_back() -> None:
    settings = settings_from({"cluster": {"k": 3}, "features": {"weights": {'a "quoted" name': 2.0}}})
    assert settings_from(tomllib.loads(toml_of(settings.as_dict(), "x"))) == settings
