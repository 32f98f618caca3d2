"""Some of the customers of a study or a run, as columns to look at or to take away.

Receives a study and which customers are meant, or a run and segments; returns columns as `assignments.csv` has them,
with what is known of the customers beside them where the study is at hand.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clientage.data.table import Column
from clientage.data.written import read_written_parquet
from clientage.features.customers import Customers
from clientage.runs.assignments import Assignments, assignments_of
from clientage.runs.cleaned import KEYS, distinct_names, written
from clientage.runs.run import Run
from clientage.study import StudyRecord

BESIDE = (*KEYS, "confidence")  # names of our own, which columns of the data must not take


def chosen_columns(record: StudyRecord, rows: np.ndarray, *, ids: bool) -> dict[str, np.ndarray]:
    """Return what is known of some customers.

    Parameters
    ----------
    record : StudyRecord
        With the names segments are to bear.
    rows : ndarray of int64
        Which customers, counted from 0.
    ids : bool
        Whether to say who they are: only in what a person takes away, never on a page.

    Returns
    -------
    dict of str to ndarray
        Id where asked for, segment and confidence, then features, profile and outcome columns in original units.
    """
    customers = record.customers
    assigned = assignments_of(customers, record.segmentation, [s.name for s in record.profiles.segments])
    columns = _assigned(assigned, rows, ids=ids)
    described = [*customers.features, *customers.profile, *customers.outcome]
    names = distinct_names([_title(customers, c) for c in described], BESIDE)
    columns |= {name: written(column.take(rows)) for name, column in zip(names, described, strict=True)}
    return columns


def chosen_of_run(run: Run, segments: Sequence[int]) -> dict[str, np.ndarray]:
    """Return the customers of some segments from a run's folder alone: ids, segments and confidence.

    Parameters
    ----------
    run : Run
        Verified as it is read.
    segments : sequence of int
        Ids, 0 for the customers without a segment.

    Raises
    ------
    ModelError
        When `assignments.parquet` is missing or not as it was written.
    """
    assigned = read_written_parquet(run.read("assignments.parquet"))
    rows = np.flatnonzero(np.isin(assigned["segment_id"], np.asarray(segments, dtype=np.int64)))
    names = {s["id"]: s["name"] for s in run.summary()["segments"]}
    columns = {name: values[rows] for name, values in assigned.items()}
    columns["segment_name"] = np.array(
        [names.get(int(i), old) for i, old in zip(columns["segment_id"], columns["segment_name"], strict=True)],
        dtype=object,
    )
    return columns


def _assigned(assigned: Assignments, rows: np.ndarray, *, ids: bool) -> dict[str, np.ndarray]:
    columns = {"id": assigned.ids[rows]} if ids else {}
    return columns | {
        "segment_id": assigned.segment_ids[rows],
        "segment_name": assigned.segment_names[rows],
        "confidence": np.round(assigned.confidence[rows], 6),
    }


def _title(customers: Customers, column: Column) -> str:
    return customers.titles.get(column.name, column.name)
