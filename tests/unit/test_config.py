"""Settings: every name and value is checked, and what is resolved can be read again."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientage.config import SECTIONS, Settings, read_toml, settings_from, with_assignments
from clientage.errors import SettingsError


def test_defaults_come_from_an_empty_tree() -> None:
    assert settings_from({}) == Settings()


def test_every_section_of_the_tree_is_named() -> None:
    assert list(SECTIONS) == [f.name for f in dataclasses.fields(Settings)]


def test_tree_and_settings_are_each_others_inverse() -> None:
    given = {
        "read": {"decimal": ",", "null_values": ["-", "n/a"], "header": False},
        "roles": {"id": "client", "features": ["age", "income"]},
        "features": {"weights": {"income": 2}},
        "cluster": {"k": 4, "eps": 1, "seed": 7},
    }
    settings = settings_from(given)
    assert settings.cluster.eps == 1.0
    assert settings.features.weights == {"income": 2.0}
    assert settings_from(settings.as_dict()) == settings


def test_as_dict_holds_plain_values_and_leaves_none_out() -> None:
    tree = Settings().as_dict()
    assert "k" not in tree["cluster"]
    assert tree["read"]["null_values"] == []
    assert isinstance(tree["transactions"]["not_products"], list)


@pytest.mark.parametrize(
    ("tree", "suggestion"),
    [
        ({"clusters": {"k": 3}}, "Did you mean 'cluster'?"),
        ({"cluster": {"sed": 3}}, "Did you mean 'seed'?"),
        ({"roles": {"feature": "a"}}, "Did you mean 'features'?"),
    ],
)
def test_unknown_names_are_refused_with_the_nearest(tree: dict[str, Any], suggestion: str) -> None:
    with pytest.raises(SettingsError, match=r"Did you mean") as caught:
        settings_from(tree)
    assert suggestion in str(caught.value)


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("cluster", "k", 0),
        ("cluster", "k", "four"),
        ("cluster", "k", True),
        ("cluster", "k", 2.5),
        ("cluster", "k_min", 1),
        ("cluster", "k_min", 11),
        ("cluster", "k_max", 51),
        ("cluster", "seed", -1),
        ("cluster", "coreset_size", 10),
        ("cluster", "eps", "wide"),
        ("read", "delimiter", ";;"),
        ("read", "decimal", "·"),
        ("read", "header", "yes"),
        ("roles", "features", 5),
        ("roles", "kind", "orders"),
        ("features", "missing", "guess"),
        ("features", "weights", {"income": "much"}),
        ("features", "weights", [2.0]),
    ],
)
def test_impossible_values_are_refused_by_name(section: str, key: str, value: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_from({section: {key: value}})
    assert key in str(caught.value)


def test_table_and_query_exclude_each_other() -> None:
    with pytest.raises(SettingsError, match=r"read\.table or read\.query"):
        settings_from({"read": {"table": "clients", "query": "SELECT 1"}})


def test_section_must_be_a_section() -> None:
    with pytest.raises(SettingsError, match=r"Write \[cluster\]"):
        settings_from({"cluster": 4})  # type: ignore[dict-item]


def test_none_means_not_given() -> None:
    assert settings_from({"cluster": {"k": None, "seed": None}}) == Settings()


def test_list_of_names_as_one_text_or_as_a_list() -> None:
    as_text = settings_from({"roles": {"features": " age, income ,,"}})
    assert as_text == settings_from({"roles": {"features": ["age", "income"]}})


def test_number_where_a_name_is_meant_is_taken_as_text() -> None:
    assert settings_from({"roles": {"id": 7}}).roles.id == "7"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cluster.k=4", {"cluster": {"k": 4}}),
        ("read.header=false", {"read": {"header": False}}),
        ('roles.features=["a", "b"]', {"roles": {"features": ["a", "b"]}}),
        ("roles.id=client no", {"roles": {"id": "client no"}}),
        ("roles.id=a=b", {"roles": {"id": "a=b"}}),
        ("read.delimiter=;", {"read": {"delimiter": ";"}}),
    ],
)
def test_assignments_are_toml_or_text(text: str, expected: dict[str, Any]) -> None:
    assert with_assignments({}, [text]) == expected


@given(st.text(alphabet=st.characters(exclude_characters="=."), max_size=20))
def test_assignment_without_section_and_value_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="--set"):
        with_assignments({}, [text])


def test_assignments_win_over_the_file_which_stays_unchanged() -> None:
    tree = {"cluster": {"k": 3, "seed": 1}}
    assert with_assignments(tree, ["cluster.k=4"]) == {"cluster": {"k": 4, "seed": 1}}
    assert tree["cluster"]["k"] == 3


def test_study_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text('[cluster]\nk = 5\n[roles]\nid = "Kunde Nr. 1"\n', encoding="utf-8")
    settings = settings_from(read_toml(file))
    assert (settings.cluster.k, settings.roles.id) == (5, "Kunde Nr. 1")


def test_study_file_that_is_missing_or_no_toml_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        read_toml(tmp_path / "nowhere.toml")
    broken, binary = tmp_path / "broken.toml", tmp_path / "binary.toml"
    broken.write_text("[cluster\nk = 5", encoding="utf-8")
    binary.write_bytes(b"\xff\xfe\x00")
    for file in (broken, binary):
        with pytest.raises(SettingsError, match=file.name):
            read_toml(file)
