"""The segment of every customer, with how sure that is: what a run stores and what scoring returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clientage.data.quality import Note
from clientage.data.table import Column
from clientage.data.writing import Slices
from clientage.features.customers import Customers
from clientage.segments.segmentation import Segmentation

NO_SEGMENT = "No segment"


@dataclass(frozen=True, slots=True, eq=False)
class Assignments:
    """One row for each scored customer, in the order of the input.

    Where an array is wanted it is `labels`: ``np.asarray(scored)``, ``scored == study.labels``.

    Parameters
    ----------
    who : Column or None
        Customer ids; None where the input has no id.
    segment_ids : ndarray of shape (n,)
        int32, 1 … k; 0: no segment.
    names : tuple of str
        Segment names, segment 1 first.
    confidence : ndarray of shape (n,)
        float64 in [0, 1]: 0 halfway between two segments.
    runner_up_ids : ndarray of shape (n,)
        int32, the second nearest segment; 0: none.
    distance : ndarray of shape (n,)
        float64, to the centre of the own segment in scaled units.
    row_customer : ndarray
        Whole numbers (input rows,): the customer of each input row, -1 for a row that was not used.
    notes : tuple of Note
        New categories, values out of the range seen in training, filled cells: counted.
    """

    who: Column | None
    segment_ids: np.ndarray
    names: tuple[str, ...]
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
    def ids(self) -> np.ndarray:
        """Customer ids as text (n,), made anew at each call, or numbers 1 … n where the input has no id."""
        return np.arange(1, len(self) + 1) if self.who is None else self.who.as_text()

    @property
    def segment_names(self) -> np.ndarray:
        """Names, object (n,)."""
        names: np.ndarray = np.array([NO_SEGMENT, *self.names], dtype=object)[self.segment_ids]
        return names

    @property
    def labels(self) -> np.ndarray:
        """Segment id of every input row, int32, -1 for a row that was not used."""
        if len(self) == 0:
            return np.full(len(self.row_customer), -1, dtype=np.int32)
        used = self.row_customer >= 0
        return np.where(used, self.segment_ids[self.row_customer], np.int32(-1)).astype(np.int32)

    def frame(self) -> dict[str, np.ndarray]:
        """Return the columns of `assignments.csv` as arrays."""
        return {
            "id": self.ids,
            "segment_id": self.segment_ids,
            "segment_name": self.segment_names,
            "confidence": np.round(self.confidence, 6),
            "runner_up_id": self.runner_up_ids,
            "distance": np.round(self.distance, 6),
        }

    def written(self) -> dict[str, Any]:
        """Return the same columns to be written slice by slice, so that millions of ids are never texts at once."""
        names = Column("segment_name", "text", self.segment_ids, (NO_SEGMENT, *self.names))
        return {
            "id": np.arange(1, len(self) + 1) if self.who is None else Slices(self.who, as_text=True),
            "segment_id": self.segment_ids,
            "segment_name": Slices(names),
            "confidence": _Rounded(self.confidence),
            "runner_up_id": self.runner_up_ids,
            "distance": _Rounded(self.distance),
        }


class _Rounded:
    """Figures with six decimals, rounded when they are asked for."""

    def __init__(self, values: np.ndarray) -> None:
        self._values = values

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, rows: slice) -> np.ndarray:
        return np.asarray(np.round(self._values[rows], 6))


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
    return Assignments(
        who=customers.ids,
        segment_ids=segmentation.labels + np.int32(1),
        names=tuple(names),
        confidence=segmentation.confidence,
        runner_up_ids=segmentation.runner_up + np.int32(1),
        distance=segmentation.distance,
        row_customer=customers.row_customer,
        notes=notes,
    )
