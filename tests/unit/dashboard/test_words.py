"""Words of data on a page that reads Markdown: letter by letter, whatever they hold."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientage.charts.figure import FOCUS
from clientage.config import RoleSettings
from clientage.dashboard.drawing import themed
from clientage.dashboard.roles_form import rows_of, settings_of
from clientage.dashboard.sources import safe_name
from clientage.dashboard.words import plain
from clientage.data.roles import Role, Roles

HARM = [
    "![x](http://a.b/c.png)",
    "[a](javascript:alert(1))",
    "<img src=x>",
    "$x^2$",
    ":red[a]",
    ":material/x:",
    "# a",
    "`a`",
]


@pytest.mark.parametrize("text", HARM)
def test_nothing_that_means_something_stays_bare(text: str) -> None:
    bare = re.sub(r"\\.", "", plain(text))
    assert not re.search(r"[\[\]()<>`$:!#*_{}|~]", bare)


@given(st.text())
def test_taking_the_strokes_away_gives_the_words_back(text: str) -> None:
    assert re.sub(r"\\(.)", r"\1", plain(text)) == " ".join(text.split())


@pytest.mark.parametrize(
    "name", ["../../a.csv", "..\\..\\a.csv", "/etc/passwd", "C:\\a.csv", "\0.csv", "", ".", "..", "a" * 500, "…/a.csv"]
)
def test_the_name_of_an_upload_leads_nowhere(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert "/" not in safe
    assert "\\" not in safe
    assert not safe.startswith(".")
    assert len(safe) < 120


def test_a_dark_page_changes_ink_and_dark_segments_and_no_data() -> None:
    spec = {
        "$schema": "s",
        "title": "t",
        "params": [dict(FOCUS)],
        "data": {"values": [{"name": "#9b2014"}]},
        "layer": [
            {"mark": {"type": "bar"}, "encoding": {"color": {"scale": {"range": ["#9b2014", "#2672b7"]}}}},
            {"name": "ink_zero", "mark": {"type": "rule", "stroke": "#3c4248"}},
        ],
    }
    dark = themed(spec, dark=True, focus=2)
    assert dark["data"] == spec["data"]
    assert dark["layer"][0]["encoding"]["color"]["scale"]["range"] == ["#d6584a", "#2672b7"]  # type: ignore[index]
    assert dark["layer"][1]["mark"]["stroke"] == "#e7e9eb"
    assert dark["params"][0]["value"] == 2
    assert FOCUS["value"] == 0


def roles() -> Roles:
    return Roles(
        "customers",
        (
            Role("id", "id", "its name"),
            Role("age", "feature", "a number"),
            Role("region", "profile", "codes", categorical=True),
            Role("spend", "feature", "a number"),
            Role("mail", "ignored", "personal"),
        ),
    )


def edited(**changes: object) -> list[dict[str, object]]:
    rows = rows_of(roles())
    for row in rows:
        for key, value in changes.items():
            column, _, field = key.partition("__")
            if row["Column"] == column:
                row[field] = value
    return rows


def test_roles_left_alone_stay_guesses() -> None:
    assert settings_of(roles(), edited(), RoleSettings()) == RoleSettings()


def test_only_what_was_changed_is_asked_for() -> None:
    asked = settings_of(roles(), edited(age__Use="not used"), RoleSettings())
    assert (asked.ignore, asked.features, asked.profile) == (("age",), (), ())


def test_a_new_feature_names_all_features() -> None:
    asked = settings_of(roles(), edited(region__Use="forms segments"), RoleSettings())
    assert asked.features == ("age", "region", "spend")


def test_codes_become_quantities_and_back() -> None:
    asked = settings_of(roles(), edited(region__Codes=False, age__Codes=True), RoleSettings(numeric=("spend",)))
    assert asked.categorical == ("age",)
    assert asked.numeric == ("spend", "region")


def test_another_identifier_is_asked_for() -> None:
    asked = settings_of(roles(), edited(id__Use="not used", mail__Use="identifier"), RoleSettings())
    assert (asked.id, asked.ignore) == ("mail", ("id",))


def test_parts_of_purchases_are_named() -> None:
    lines = Roles(
        "transactions", (Role("who", "customer", "a"), Role("sum", "amount", "b"), Role("net", "ignored", "c"))
    )
    rows = rows_of(lines)
    rows[2]["Use"] = "amount"
    assert settings_of(lines, rows, RoleSettings()).amount == "net"
