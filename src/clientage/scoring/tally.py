"""What was noticed while scoring, over all parts of the data: gaps, new categories, values out of range, drift.

Receives encoded parts and their segments; returns notes. The counts do not depend on how the data was cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from clientage.checks.drift import LEAST_CUSTOMERS, SERIOUS, Shift, shift
from clientage.data.quality import Note
from clientage.data.table import Column
from clientage.errors import counted
from clientage.features.encoding import Encoded
from clientage.runs.model import SavedModel
from clientage.segments.segmentation import Segmentation


class Tally:
    """Counts over the parts of one scoring.

    Parameters
    ----------
    model : SavedModel
        Its reference is what drift is judged against; a run of before it was kept is not judged.
    """

    def __init__(self, model: SavedModel) -> None:
        self.n = 0
        self._unseen: Counter[str] = Counter()
        self._filled: Counter[str] = Counter()
        self._outside: Counter[str] = Counter()
        self._reference = model.reference
        self._names = model.names
        self._features: dict[str, np.ndarray] = {}
        self._segments: np.ndarray = np.zeros(len(model.names) + 1, dtype=np.int64)
        self._distance: np.ndarray | None = None

    def add(self, features: Sequence[Column], encoded: Encoded, segmentation: Segmentation) -> None:
        """Count one part.

        Parameters
        ----------
        features : sequence of Column
            As they came, n rows.
        encoded : Encoded
            The same, encoded.
        segmentation : Segmentation
            Their segments.
        """
        n = len(segmentation.labels)
        self.n += n
        self._unseen.update(encoded.unseen)
        self._filled.update(encoded.filled)
        self._outside.update({name: round(share * n) for name, share in encoded.out_of_range.items()})
        if self._reference is None:
            return
        by_name = {c.name: c for c in features}
        for known in self._reference.features:
            counts = known.count(by_name[known.name])
            self._features[known.name] = self._features.get(known.name, 0) + counts
        self._segments += np.bincount(segmentation.labels + 1, minlength=len(self._segments))
        distances = self._reference.distance.count_numbers(np.asarray(segmentation.distance))
        self._distance = distances if self._distance is None else self._distance + distances

    def notes(self) -> list[Note]:
        """Return what is worth saying."""
        return [
            *self._about(self._unseen, "new-category", "warning", "with a category that training never saw", "cell"),
            *self._about(self._filled, "filled-missing", "repair", "filled as in training", "missing value"),
            *self._ranges(),
            *self._drift(),
        ]

    def _about(self, counts: Counter[str], code: str, severity: str, text: str, one: str) -> list[Note]:
        join = " of" if one == "cell" else " in"
        end = f" {text}." if one == "cell" else f": {text}."
        return [
            Note(code, severity, f"{counted(count, one)}{join} '{name}'{end}", name, count)  # type: ignore[arg-type]
            for name, count in counts.items()
            if count
        ]

    def _ranges(self) -> list[Note]:
        return [
            Note(
                "out-of-range",
                "warning",
                f"{_share(count / self.n)} of '{name}' lies outside the range seen in training.",
                name,
                count,
            )
            for name, count in self._outside.items()
            if count
        ]

    def shifts(self) -> dict[str, Shift]:
        """Return the population stability index of every feature, by name."""
        if self._reference is None:
            return {}
        return {h.name: shift(h.counts, self._features[h.name]) for h in self._reference.features if self._features}

    def _drift(self) -> list[Note]:
        """Warnings where new customers are distributed otherwise than those of the study, by more than chance."""
        reference = self._reference
        if reference is None or self._distance is None or self.n < LEAST_CUSTOMERS:
            return []
        shifts = self.shifts()
        tests = len(shifts) + 2
        notes = [
            _drifted("drift", f"'{name}' is distributed", found, name)
            for name, found in shifts.items()
            if found.is_notable(tests)
        ]
        sizes = shift(reference.segments, self._segments)
        if sizes.is_notable(tests):
            notes.append(_drifted("drift-segments", f"Segments are sized ({self._moved()})", sizes, None))
        distance = shift(reference.distance.counts, self._distance)
        if distance.is_notable(tests):
            notes.append(_drifted("drift-distance", "Distances to the centres are distributed", distance, None))
        return notes

    def _moved(self) -> str:
        """The segment whose share changed most, in words."""
        assert self._reference is not None
        before = np.array(self._reference.segments) / sum(self._reference.segments)
        now = self._segments / self.n
        most = int(np.argmax(np.abs(now - before)))
        name = "no segment" if most == 0 else f"'{self._names[most - 1]}'"
        return f"{name}: {now[most]:.0%}, in the study {before[most]:.0%}"


def _share(share: float) -> str:
    return f"{share:.1%}" if share >= 0.0005 else "less than 0.1%"


def _drifted(code: str, what: str, found: Shift, column: str | None) -> Note:
    much = "far " if found.index >= SERIOUS else ""
    text = f"{what} {much}otherwise than in the study: population stability index {found.index:.2f}, more than chance."
    return Note(code, "warning", text, column)
