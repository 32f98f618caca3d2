"""A settings tree survives being written as TOML and read again."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from clientage.config import settings_from
from clientage.runs.study_file import resolved_settings, toml_of
from clientage.study import make_study

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


def test_an_as_of_date_that_the_clock_decided_is_kept() -> None:
    """The study that is repeated next year finds the same lines in the future."""
    lines = {
        "customer_id": [f"c{i % 20}" for i in range(80)],
        "date": [f"{2187 if i == 7 else 2024}-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in range(80)],
        "amount": [float(5 + i * i % 37) for i in range(80)],
    }
    quick = {"cluster": {"k": 2, "algorithm": "kmeans", "bootstraps": 0, "null_draws": 0}}
    record = make_study(lines, settings_from(quick))
    tree = resolved_settings(record)
    assert tree["transactions"]["as_of"] == record.customers.as_of == "2024-12-25"
    again = make_study(lines, settings_from(tree))
    assert again.row_labels.tolist() == record.row_labels.tolist()
    without = {**lines, "date": [d.replace("2187", "2024") for d in lines["date"]]}
    assert "as_of" not in resolved_settings(make_study(without, settings_from(quick)))["transactions"]


def test_default_settings_come_back() -> None:
    settings = settings_from({"cluster": {"k": 3}, "features": {"weights": {'a "quoted" name': 2.0}}})
    assert settings_from(tomllib.loads(toml_of(settings.as_dict(), "x"))) == settings
