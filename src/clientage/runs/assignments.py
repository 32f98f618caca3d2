"""The segment of every customer, with how sure that is: what a run stores and what scoring returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clientage.data.quality import Note
from clientage.features.customers import Customers
from clientage.segments.segmentation import Segmentation

NO_SEGMENT = "No segment"


@dataclass(frozen=True, slots=True, eq=False)
class Assignments:
    """One row for each scored customer, in the order of the input.

    Where an array is wanted it is `labels`: ``np.asarray(scored)``, ``scored == study.labels``.

    Parameters
    ----------
    ids : ndarray of shape (n,)
        Customer ids as text, or numbers 1 … n where the input has no id.
    segment_ids : ndarray of shape (n,)
        int32, 1 … k; 0: no segment.
    segment_names : ndarray of shape (n,)
        Names, object.
    confidence : ndarray of shape (n,)
        float64 in [0, 1]: 0 halfway between two segments.
    runner_up_ids : ndarray of shape (n,)
        int32, the second nearest segment; 0: none.
    distance : ndarray of shape (n,)
        float64, to the centre of the own segment in scaled units.
    row_customer : ndarray
        int64 (input rows,): the customer of each input row, -1 for a row that was not used.
    notes : tuple of Note
        New categories, values out of the range seen in training, filled cells: counted.
    """

    ids: np.ndarray
    segment_ids: np.ndarray
    segment_names: np.ndarray
    confidence: np.ndarray
    runner_up_ids: np.ndarray
    distance: np.ndarray
    row_customer: np.ndarray
    notes: tuple[Note, ...] = ()

    def __len__(self) -> int:
        return len(self.segment_ids)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.labels, dtype=dtype, copy=copy)

    @property
    def labels(self) -> np.ndarray:
        """Segment id of every input row, int32, -1 for a row that was not used."""
        if len(self) == 0:
            return np.full(len(self.row_customer), -1, dtype=np.int32)
        used = self.row_customer >= 0
        return np.where(used, self.segment_ids[self.row_customer], np.int32(-1)).astype(np.int32)

    def frame(self) -> dict[str, np.ndarray]:
        """Return the columns as they are written to `assignments.csv`."""
        return {
            "id": self.ids,
            "segment_id": self.segment_ids,
            "segment_name": self.segment_names,
            "confidence": np.round(self.confidence, 6),
            "runner_up_id": self.runner_up_ids,
            "distance": np.round(self.distance, 6),
        }


def assignments_of(
    customers: Customers, segmentation: Segmentation, names: Sequence[str], notes: tuple[Note, ...] = ()
) -> Assignments:
    """Return the segments of customers in a person's terms: ids and names.

    Parameters
    ----------
    customers : Customers
        n customers.
    segmentation : Segmentation
        Their segments, counted from 0.
    names : sequence of str
        Segment names, segment 1 first.
    notes : tuple of Note, optional
        What was noticed on the way.
    """
    ids = customers.ids
    segment_ids = segmentation.labels + np.int32(1)
    return Assignments(
        ids=np.arange(1, customers.n + 1) if ids is None else ids.as_text(),
        segment_ids=segment_ids,
        segment_names=np.array([NO_SEGMENT, *names], dtype=object)[segment_ids],
        confidence=segmentation.confidence,
        runner_up_ids=segmentation.runner_up + np.int32(1),
        distance=segmentation.distance,
        row_customer=customers.row_customer,
        notes=notes,
    )
