"""Scored customers, part by part.

Receives customers in parts and the model; yields `Assignments`, and afterwards knows what was noticed on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from clientage.data.quality import Note
from clientage.data.table import Column
from clientage.features.customers import Customers
from clientage.runs.assignments import Assignments, assignments_of
from clientage.runs.model import SavedModel
from clientage.scoring.tally import Tally
from clientage.segments.segmentation import in_order


class ScoredParts:
    """The segments of customers, in parts; to be walked through once.

    Parameters
    ----------
    model : SavedModel
        What scores.
    customers : iterator of Customers
        With the model's features. At least one part, which may be empty.
    row_customer : callable
        Returns the customer of each input row over all parts, -1 for a row that was not used. Called when wanted.
    notes : tuple of Note
        What was noticed before the first part.

    Attributes
    ----------
    notes : tuple of Note
        With those of the scoring itself once all parts have been taken.
    n : int
        Customers scored so far.
    """

    def __init__(
        self,
        model: SavedModel,
        customers: Iterator[Customers],
        row_customer: Callable[[], np.ndarray],
        notes: tuple[Note, ...] = (),
    ) -> None:
        self.notes = notes
        self.n = 0
        self._model = model
        self._customers = customers
        self._row_customer = row_customer

    def __iter__(self) -> Iterator[Assignments]:
        tally = Tally(self._model)
        for customers in self._customers:
            part = self._assigned(customers, tally)
            self.n += customers.n
            yield part
        self.notes = (*self.notes, *tally.notes())

    def written(self) -> Iterator[dict[str, Any]]:
        """Yield every part as the columns of `assignments.csv`; customers without ids are numbered throughout."""
        for part in self:
            columns = part.written()
            if part.who is None:
                columns["id"] = np.arange(self.n - len(part) + 1, self.n + 1)
            yield columns

    def _assigned(self, customers: Customers, tally: Tally) -> Assignments:
        model = self._model
        encoded = model.recipe.apply(customers.features)
        segmentation = in_order(model.clusters.assign(encoded.values), model.order)
        tally.add(customers.features, encoded, segmentation)
        return assignments_of(customers, segmentation, model.names)

    def together(self) -> Assignments:
        """Return all parts as one."""
        parts = list(self)
        return Assignments(
            who=_joined([p.who for p in parts if p.who is not None]),
            segment_ids=np.concatenate([p.segment_ids for p in parts]),
            names=parts[0].names,
            confidence=np.concatenate([p.confidence for p in parts]),
            runner_up_ids=np.concatenate([p.runner_up_ids for p in parts]),
            distance=np.concatenate([p.distance for p in parts]),
            row_customer=self._row_customer(),
            notes=self.notes,
        )


def _joined(parts: list[Column]) -> Column | None:
    """One column of parts that were cut from one, so that their codes mean the same."""
    if not parts:
        return None
    first = parts[0]
    values = first.values if len(parts) == 1 else np.concatenate([p.values for p in parts])
    return Column(first.name, first.kind, values, first.categories, first.is_integer, first.is_boolean)
