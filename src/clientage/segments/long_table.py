"""Every trait and outcome of every segment as one long table, as `profiles.csv` holds it.

Receives segments, returns columns.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from clientage.segments.outcomes import Outcome
from clientage.segments.segment import Segment
from clientage.segments.traits import Trait
from clientage.segments.uplift import Uplift

FRAME: dict[str, type] = {
    "segment_id": int,
    "segment": str,
    "role": str,
    "column": str,
    "title": str,
    "kind": str,
    "category": str,
    "n": int,
    "missing": int,
    "mean": float,
    "median": float,
    "low": float,
    "high": float,
    "overall_mean": float,
    "overall_median": float,
    "date": str,
    "overall_date": str,
    "share": float,
    "overall_share": float,
    "index": float,
    "effect": float,
    "v_test": float,
    "p_holm": float,
    "delta": float,
    "marker": str,
    "treated_n": float,
    "control_n": float,
    "treated": float,
    "control": float,
    "uplift": float,
    "uplift_low": float,
    "uplift_high": float,
    "unit": str,
    "words": str,
}


def long_table(segments: Sequence[Segment]) -> dict[str, np.ndarray]:
    """Return a column for each entry of `FRAME`.

    Parameters
    ----------
    segments : sequence of Segment
        Their traits come first, then their outcomes.

    Returns
    -------
    dict of str to ndarray
        Numbers are float64 with NaN where nothing applies, counts int64, texts objects with None.
    """
    rows = [_trait_row(s, t) for s in segments for t in s.traits]
    rows += [_outcome_row(s, o) for s in segments for o in s.outcomes]
    return {key: _filled([row.get(key) for row in rows], kind) for key, kind in FRAME.items()}


def _trait_row(segment: Segment, trait: Trait) -> dict[str, Any]:
    row = {f.name: getattr(trait, f.name) for f in fields(trait)}
    return row | {"segment_id": segment.id, "segment": segment.name, "marker": "yes" if trait.marker else "no"}


def _outcome_row(segment: Segment, outcome: Outcome) -> dict[str, Any]:
    rate = outcome.kind == "rate"
    return {
        "segment_id": segment.id,
        "segment": segment.name,
        "role": "outcome",
        "column": outcome.column,
        "title": outcome.title,
        "kind": outcome.kind,
        "category": outcome.category,
        "n": outcome.n,
        "missing": segment.size - outcome.n,
        "mean": None if rate else outcome.value,
        "low": outcome.low,
        "high": outcome.high,
        "overall_mean": None if rate else outcome.overall,
        "share": outcome.value if rate else None,
        "overall_share": outcome.overall if rate else None,
        "index": outcome.index,
        "unit": outcome.unit,
        "words": outcome.words,
        **_uplift_row(outcome.uplift),
    }


def _uplift_row(uplift: Uplift | None) -> dict[str, Any]:
    if uplift is None:
        return {}
    return {
        "treated_n": uplift.treated_n,
        "control_n": uplift.control_n,
        "treated": uplift.treated,
        "control": uplift.control,
        "uplift": uplift.difference,
        "uplift_low": uplift.low if math.isfinite(uplift.low) else None,
        "uplift_high": uplift.high if math.isfinite(uplift.high) else None,
    }


def _filled(values: list[Any], kind: type) -> np.ndarray:
    if kind is int:
        return np.array(values, dtype=np.int64)
    if kind is float:
        return np.array([math.nan if v is None else v for v in values], dtype=np.float64)
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out
