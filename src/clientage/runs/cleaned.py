"""The data as used, as files of a run: `cleaned.csv`, `cleaned.parquet` and `cleaned.json`, written on request.

Receives a study; returns path -> content. One row for each customer: id, features as they made the segments,
profile and outcome columns, segment. The JSON says for each column what was done to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from clientage.data.quality import Note
from clientage.data.table import Column
from clientage.data.writing import Slices, write_csv, write_parquet
from clientage.features.cleaned import CleanColumn, clean_columns
from clientage.runs.assignments import Assignments
from clientage.runs.store import Content
from clientage.study import StudyRecord

SCHEMA_VERSION = 1
KEYS = ("id", "segment_id", "segment_name")  # columns of our own; one of the data with such a name is renamed
WHAT = "One row for each customer: features as they made the segments, in original units; the rest after repair."


def cleaned_files(record: StudyRecord, assignments: Assignments) -> dict[str, Content]:
    """Return the files of the data as used.

    Parameters
    ----------
    record : StudyRecord
        A finished study.
    assignments : Assignments
        Its own, in the order of its customers.
    """
    parts = clean_columns(record.customers, record.matrix.recipe)
    names = distinct_names([part.column.name for part in parts], KEYS)
    own = assignments.written()
    columns: dict[str, Any] = {"id": own["id"]}
    columns |= {name: Slices(part.column) for name, part in zip(names, parts, strict=True)}
    columns |= {key: own[key] for key in ("segment_id", "segment_name")}
    account = {
        "schema_version": SCHEMA_VERSION,
        "what": WHAT,
        "rows": record.customers.n,
        "columns": [_account(name, part, record) for name, part in zip(names, parts, strict=True)],
    }
    return {
        "cleaned.csv": partial(write_csv, columns=columns),
        "cleaned.parquet": partial(write_parquet, columns=columns),
        "cleaned.json": json.dumps(account, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n",
    }


def distinct_names(names: Sequence[str], taken: Iterable[str]) -> list[str]:
    """Return names that differ from each other and from the taken ones, also where case is no difference.

    Examples
    --------
    >>> distinct_names(["ID", "age", "Age"], ["id"])
    ['ID (2)', 'age', 'Age (2)']
    """
    seen = {name.casefold() for name in taken}
    out = []
    for name in names:
        free, number = name, 2
        while free.casefold() in seen:
            free, number = f"{name} ({number})", number + 1
        seen.add(free.casefold())
        out.append(free)
    return out


def written(column: Column) -> np.ndarray:
    """Return a column as files hold it: numbers and dates as they are, texts as object with None where missing.

    Examples
    --------
    >>> written(Column("g", "text", np.array([0, -1], dtype=np.int32), ("f",))).tolist()
    ['f', None]
    """
    if column.kind != "text":
        return column.values
    texts: np.ndarray = np.array([*column.categories, None], dtype=object)[column.values]
    return texts


def _account(name: str, part: CleanColumn, record: StudyRecord) -> dict[str, Any]:
    customers, source = record.customers, part.column.name
    treatment = part.treatment or {}
    return {
        "column": name,
        "source": source,
        "title": customers.titles.get(source, source),
        "role": part.role,
        "type": part.column.kind,
        "unit": customers.units.get(source),
        "made_segments": part.treatment is not None,
        "missing": part.missing,
        "filled": part.filled,
        "filled_with": treatment.get("filled_with") if part.filled else None,
        "bounded": part.bounded,
        "bounds": treatment.get("bounds") if part.bounded else None,
        "rare_as_other": part.lumped,
        "compared_as": treatment.get("transformation"),
        "weight": treatment.get("weight"),
        "done": [*(n.text for n in _repairs(customers.quality.notes, source)), *_done(part, treatment)],
    }


def _done(part: CleanColumn, treatment: Mapping[str, Any]) -> list[str]:
    """What was done to the cells of this column, in sentences."""
    if part.role != "feature":
        return []
    if part.treatment is None:
        return ["Nearly all customers have the same value: it made no segments and is left as it came."]
    done = []
    if part.filled:
        done.append(f"{part.filled:,} missing cells were filled with {_value(treatment['filled_with'])}.")
    if part.bounded:
        low, high = (_value(b) for b in treatment["bounds"])
        done.append(f"{part.bounded:,} far outliers were set to the nearest bound, {low} or {high}.")
    if part.lumped:
        done.append(f"{part.lumped:,} cells of rare categories were put together.")
    return done


def _repairs(notes: Iterable[Note], column: str) -> list[Note]:
    return [note for note in notes if note.column == column and note.severity == "repair"]


def _value(value: Any) -> str:
    if value is None:
        return "none"
    return f"'{value}'" if isinstance(value, str) else f"{value:g}"
