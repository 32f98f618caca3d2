"""Settings of a study as a form: the common ones as fields, every other one as a line of text.

Receives `Settings`; returns them as edited, checked where `config` checks them.
"""

from __future__ import annotations

import tomllib
from typing import Any

import streamlit as st

from clientage.clustering.catalogue import ALGORITHMS
from clientage.config import Settings, settings_from
from clientage.dashboard.roles_form import KINDS
from clientage.errors import SettingsError

AUTO = "auto"
EXAMPLE = 'read.decimal = ","\nread.date_format = "%d/%m/%Y"\nfeatures.duplicate_ids = "first"'
MISSING = {"median": "fill with the median", "drop": "leave such customers out"}
OUTLIERS = {"winsorise": "bound them", "keep": "keep them"}
DEMOGRAPHICS = {"profile": "describe segments", "feature": "form segments"}


def edit_settings(settings: Settings) -> Settings:
    """Show the settings as a form and return them as edited.

    Raises
    ------
    SettingsError
        For a value that cannot be, worded by `config`.
    """
    tree = settings.as_dict()
    first, second, third = st.columns(3)
    with first:
        _algorithm(tree["cluster"])
    with second:
        _number_of_segments(tree["cluster"])
    with third:
        tree["cluster"]["seed"] = int(st.number_input("Seed", 0, value=settings.cluster.seed, key="set_seed"))
    first, second, third = st.columns(3)
    features = tree["features"]
    with first:
        features["missing"] = _choice("Missing values", MISSING, features["missing"], "set_missing")
    with second:
        features["outliers"] = _choice("Outliers", OUTLIERS, features["outliers"], "set_outliers")
    with third:
        features["demographics"] = _choice("Demographics", DEMOGRAPHICS, features["demographics"], "set_demographics")
    kind = st.selectbox(
        "A row of the file is",
        list(KINDS),
        index=list(KINDS).index(settings.roles.kind),
        format_func=lambda k: KINDS[k],
        key="set_kind",
    )
    tree["roles"].pop("kind", None)
    if kind is not None:
        tree["roles"]["kind"] = kind
    text = st.text_area(
        "Any other setting, one on a line as in study.toml", placeholder=EXAMPLE, key="set_text", height=96
    )
    return settings_from(_with_lines(tree, text))


def _algorithm(cluster: dict[str, Any]) -> None:
    names = [AUTO, *ALGORITHMS]
    titles = {AUTO: "the best of several", **{name: a.title for name, a in ALGORITHMS.items()}}
    cluster["algorithm"] = st.selectbox(
        "Algorithm",
        names,
        index=names.index(cluster["algorithm"]) if cluster["algorithm"] in names else 0,
        format_func=lambda n: titles[n],
        key="set_algorithm",
    )


def _number_of_segments(cluster: dict[str, Any]) -> None:
    numbers = [None, *range(1, max(cluster["k_max"], 15) + 1)]
    k = st.selectbox(
        "Number of segments",
        numbers,
        index=numbers.index(cluster.get("k")) if cluster.get("k") in numbers else 0,
        format_func=lambda k: "find out" if k is None else str(k),
        key="set_k",
    )
    cluster.pop("k", None)
    if k is not None:
        cluster["k"] = k


def _choice(label: str, words: dict[str, str], value: str, key: str) -> str:
    names = list(words)
    chosen: str = st.selectbox(label, names, index=names.index(value), format_func=lambda n: words[n], key=key)
    return chosen


def _with_lines(tree: dict[str, dict[str, Any]], text: str) -> dict[str, dict[str, Any]]:
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise SettingsError("lines such as cluster.k = 4", str(problem), "Correct the line.") from None
    for section, values in given.items():
        if not isinstance(values, dict):
            raise SettingsError("a section and a key, as cluster.k = 4", f"'{section}' alone", "Write both.")
        tree.setdefault(section, {}).update(values)
    return tree
