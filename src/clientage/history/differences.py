"""What two runs were told and how they were judged, side by side."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from clientage.runs.run import Run
from clientage.selection.criteria import CRITERIA

# sections that say where things go and not what the segments are
NOT_COMPARED = {"output", "track"}


@dataclass(frozen=True, slots=True)
class SettingDifference:
    """A setting that two runs do not share.

    Parameters
    ----------
    name : str
        ``section.key``.
    a, b : object
        Plain values; None: left to its default.
    """

    name: str
    a: Any
    b: Any


@dataclass(frozen=True, slots=True)
class CriterionPair:
    """One figure of two runs.

    Parameters
    ----------
    key, title : str
        Its name in `summary.json`, and for a person.
    better : {"higher", "lower"} or None
        Which end is good; None: neither.
    a, b : float or None
        None: not defined for the run.
    """

    key: str
    title: str
    better: Literal["higher", "lower"] | None
    a: float | None
    b: float | None


def setting_differences(a: Run, b: Run) -> tuple[SettingDifference, ...]:
    """Return the resolved settings that differ: also what the study found out, such as roles of columns."""
    one, other = _settings(a), _settings(b)
    names = dict.fromkeys([*one, *other])
    return tuple(SettingDifference(n, one.get(n), other.get(n)) for n in names if one.get(n) != other.get(n))


def criteria_side_by_side(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[CriterionPair, ...]:
    """Return every criterion that one of two summaries has, the chance level, stability and size beside them."""
    pairs = [CriterionPair(key, title, better, a.get(key), b.get(key)) for key, title, better in _OWN]
    for key, criterion in CRITERIA.items():
        values = a["criteria"].get(key), b["criteria"].get(key)
        if values != (None, None):
            pairs.append(CriterionPair(key, criterion.title, criterion.better, *values))
    return tuple(pairs)


_OWN: tuple[tuple[str, str, Literal["higher", "lower"] | None], ...] = (
    ("n_customers", "Customers", None),
    ("n_segments", "Segments", None),
    ("unassigned", "Customers without a segment", "lower"),
    ("null_silhouette_at_k", "Silhouette without groups", None),
    ("p_value", "p value against no groups", "lower"),
    ("stability", "Stability", "higher"),
)


def _settings(run: Run) -> dict[str, Any]:
    tree = tomllib.loads(run.read("study.toml").decode())
    return {
        f"{section}.{key}": value
        for section, values in tree.items()
        if section not in NOT_COMPARED
        for key, value in values.items()
    }
