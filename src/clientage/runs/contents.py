"""What a run directory holds: each file and what is written into it.

Receives a study; returns path -> content for `clientage.runs.store.NewRun`.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import numpy as np

from clientage.data.writing import write_csv, write_parquet
from clientage.runs.assignments import assignments_of
from clientage.runs.cleaned import cleaned_files
from clientage.runs.model import model_files, model_of
from clientage.runs.rule_files import rule_files
from clientage.runs.store import Content
from clientage.runs.study_file import resolved_settings, toml_of
from clientage.study import StudyRecord
from clientage.summary import summary_of


def tables_of(record: StudyRecord) -> dict[str, Content]:
    """Return the files with a line for each customer: the segment of everybody and, when asked for, the data as used.

    Parameters
    ----------
    record : StudyRecord
        A finished study.
    """
    assigned = assignments_of(record.customers, record.segmentation, _names(record))
    columns = assigned.written()
    return {
        "assignments.csv": partial(write_csv, columns=columns),
        "assignments.parquet": partial(write_parquet, columns=columns),
        **(cleaned_files(record, assigned) if record.settings.output.keep_clean else {}),
    }


def contents_of(record: StudyRecord) -> dict[str, Content]:
    """Return every other file of a run but the manifest, the summary and the pages.

    Parameters
    ----------
    record : StudyRecord
        A finished study.
    """
    quality = {**record.customers.quality.as_dict(), "roles": [r.as_dict() for r in record.prepared.roles]}
    quality["features"] = record.matrix.recipe.describe()
    quality["encoding_notes"] = [note.as_dict() for note in record.matrix.notes]
    source = record.prepared.sources[0].name
    comment = f"Repeat this study: clientage run FILE --study study.toml (made from {source})"
    return {
        "quality.json": json_bytes(quality),
        "study.toml": toml_of(resolved_settings(record), comment).encode(),
        "profiles.csv": partial(write_csv, columns=record.profiles.frame()),
        "selection.csv": partial(write_csv, columns=selection_columns(record)),
        **rule_files(record.rules, _names(record)),
        **model_files(model_of(record)),
    }


def summary_file(record: StudyRecord) -> dict[str, Content]:
    """Return the summary, which tells the seconds of everything before it."""
    return {"summary.json": json_bytes(summary_of(record))}


def selection_columns(record: StudyRecord) -> dict[str, np.ndarray]:
    """Return one row for each candidate: algorithm, k, every criterion, stability and marks."""
    candidates = record.selection.candidates
    keys = list(dict.fromkeys(key for c in candidates for key in c.criteria))
    columns: dict[str, np.ndarray] = {
        "algorithm": np.array([c.algorithm for c in candidates], dtype=object),
        "k": np.array([c.k for c in candidates]),
    }
    for key in keys:
        columns[key] = np.array([_number(c.criteria.get(key)) for c in candidates])
    columns["stability"] = np.array([_number(c.stability) for c in candidates])
    columns["smallest_segment"] = np.array([int(np.min(c.sizes)) if len(c.sizes) else 0 for c in candidates])
    columns["usable"] = np.array(["yes" if c.usable else "no" for c in candidates], dtype=object)
    columns["chosen"] = np.array(["yes" if c is record.selection.chosen else "no" for c in candidates], dtype=object)
    columns["marks"] = np.array(["; ".join(c.marks) for c in candidates], dtype=object)
    return columns


def json_bytes(tree: Any) -> bytes:
    """Return JSON for people and programs: indented, not escaped, no NaN."""
    return json.dumps(tree, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _names(record: StudyRecord) -> list[str]:
    return [segment.name for segment in record.profiles.segments]


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
