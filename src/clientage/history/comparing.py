"""How two runs differ: settings, criteria, who moved, and which segment corresponds to which.

Receives two runs; returns one `Comparison`, JSON-ready by `as_dict`. Nothing in it names a customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from clientage.data.written import read_written_csv, read_written_parquet
from clientage.errors import counted, listed
from clientage.history.centroids import centroids, distances, shared_features
from clientage.history.differences import (
    CriterionPair,
    SettingDifference,
    criteria_side_by_side,
    setting_differences,
)
from clientage.history.listing import RunEntry, entry_of
from clientage.history.pairing import Movement, Pair, movement, pairs_by_customers, pairs_by_distance, shared_rows
from clientage.runs.run import Run
from clientage.selection.adjusted_rand import adjusted_rand_of

ASSIGNMENTS = "assignments.parquet"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side.

    Parameters
    ----------
    a, b : RunEntry
        The runs.
    names_a, names_b : tuple of str
        Segment names, segment 1 first.
    settings : tuple of SettingDifference
        That differ.
    criteria : tuple of CriterionPair
        Every figure that judges a run.
    movement : Movement or None
        Of the customers both runs know; None when there are none.
    adjusted_rand : float or None
        Agreement beyond chance on shared customers with a segment in both; 1: the same segments.
    pairs : tuple of Pair
        Which segment corresponds to which, and the ones that correspond to none.
    notes : tuple of str
        What to know before reading the figures.
    """

    a: RunEntry
    b: RunEntry
    names_a: tuple[str, ...]
    names_b: tuple[str, ...]
    settings: tuple[SettingDifference, ...]
    criteria: tuple[CriterionPair, ...]
    movement: Movement | None
    adjusted_rand: float | None
    pairs: tuple[Pair, ...]
    notes: tuple[str, ...]

    @property
    def moved(self) -> int | None:
        """Shared customers who are not in the segment that corresponds to theirs; None without shared customers."""
        if self.movement is None:
            return None
        stayed = sum(p.shared or 0 for p in self.pairs) + int(self.movement.table[0, 0])
        return self.movement.shared - stayed

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON knows it."""
        return {
            "a": self.a.as_dict(),
            "b": self.b.as_dict(),
            "names_a": list(self.names_a),
            "names_b": list(self.names_b),
            "settings": [asdict(s) for s in self.settings],
            "criteria": [asdict(c) for c in self.criteria],
            "shared_customers": None if self.movement is None else self.movement.shared,
            "only_a": None if self.movement is None else self.movement.only_a,
            "only_b": None if self.movement is None else self.movement.only_b,
            "moved": self.moved,
            "adjusted_rand": self.adjusted_rand,
            "cross_table": None if self.movement is None else self.movement.table.tolist(),
            "segments": [asdict(p) for p in self.pairs],
            "notes": list(self.notes),
        }


def compare(a: Run, b: Run) -> Comparison:
    """Compare two runs.

    Parameters
    ----------
    a, b : Run
        Opened and verified.

    Raises
    ------
    ClientageError
        When a file of a run is not as it was written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from clientage.config import settings_from
    >>> from clientage.runs.run import save_run
    >>> from clientage.study import make_study
    >>> rng = np.random.default_rng(0)
    >>> table = {"spend": rng.normal(20, 2, 90) * rng.choice([1, 4], 90), "visits": rng.normal(5, 1, 90)}
    >>> with TemporaryDirectory() as folder:
    ...     runs = [save_run(make_study(table, settings_from({"cluster": {"k": k}})), folder, {}) for k in (2, 3)]
    ...     made = compare(*runs)
    >>> [(s.name, s.a, s.b) for s in made.settings], made.movement.shared
    ([('cluster.k', 2, 3)], 90)
    """
    one, other = a.summary(), b.summary()
    moved = _movement(a, b, one, other)
    notes = _notes(one, other, moved)
    pairs = _pairs_without_customers(a, b) if moved is None else pairs_by_customers(moved)
    return Comparison(
        a=entry_of(a),
        b=entry_of(b),
        names_a=tuple(s["name"] for s in one["segments"]),
        names_b=tuple(s["name"] for s in other["segments"]),
        settings=setting_differences(a, b),
        criteria=criteria_side_by_side(one, other),
        movement=moved,
        adjusted_rand=_agreement(moved),
        pairs=pairs,
        notes=notes,
    )


def _movement(a: Run, b: Run, one: Mapping[str, Any], other: Mapping[str, Any]) -> Movement | None:
    if not all(ASSIGNMENTS in run.manifest["files"] for run in (a, b)):
        return None
    who_a, who_b = (read_written_parquet(run.read(ASSIGNMENTS)) for run in (a, b))
    ids_a, ids_b = who_a["id"], who_b["id"]
    if "i" in (ids_a.dtype.kind, ids_b.dtype.kind) and not _same_rows(one, other):
        return None  # customers without an id are numbered: the same number is the same one in the same data only
    rows_a, rows_b = shared_rows(ids_a.tolist(), ids_b.tolist())
    if not len(rows_a):
        return None
    others = len(ids_a) - len(rows_a), len(ids_b) - len(rows_b)
    k = one["n_segments"], other["n_segments"]
    return movement(who_a["segment_id"][rows_a], who_b["segment_id"][rows_b], k, others)


def _same_rows(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two runs read the same content and used the same number of its rows for the same reasons."""
    same = ("n_customers", "rows_read", "rejected_reasons")
    contents = [[i["sha256"] for i in summary["inputs"]] for summary in (one, other)]
    return contents[0] == contents[1] and all(one[key] == other[key] for key in same)


def _agreement(moved: Movement | None) -> float | None:
    if moved is None or not moved.table[1:, 1:].any():
        return None
    return float(adjusted_rand_of(moved.table[None, 1:, 1:].astype(np.float64))[0])


def _pairs_without_customers(a: Run, b: Run) -> tuple[Pair, ...]:
    model_a, model_b = a.model(), b.model()
    features = shared_features(model_a.recipe, model_b.recipe)
    ka, kb = len(model_a.names), len(model_b.names)
    if not features:
        return pairs_by_distance(np.full((ka, kb), np.nan))
    middles = [
        centroids(read_written_csv(run.read("profiles.csv")), k, model_a.recipe, features)
        for run, k in ((a, ka), (b, kb))
    ]
    return pairs_by_distance(distances(*middles))


def _notes(one: Mapping[str, Any], other: Mapping[str, Any], moved: Movement | None) -> tuple[str, ...]:
    notes = []
    if [i["sha256"] for i in one["inputs"]] == [i["sha256"] for i in other["inputs"]]:
        notes.append("Both runs were made from the same data.")
    else:
        notes.append("The runs were made from different data.")
    features_a, features_b = one["features"], other["features"]
    apart = [f for f in features_a if f not in features_b] + [f for f in features_b if f not in features_a]
    if apart:
        notes.append(
            f"Features of one run only: {listed(apart)}. Criteria that rest on distances do not compare across them."
        )
    if moved is None:
        notes.append(
            "No customer can be told to be in both runs, so segments are matched by the distance between their middles "
            "in scaled units of the first."
        )
    elif moved.only_a or moved.only_b:
        notes.append(
            f"{counted(moved.only_a, 'customer is', 'customers are')} in the first run only and "
            f"{counted(moved.only_b, 'is', 'are')} in the second only; figures on customers rest on the "
            f"{moved.shared:,} in both."
        )
    return tuple(notes)
