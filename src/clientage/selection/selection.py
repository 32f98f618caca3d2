"""What a choice found: every candidate, the winner and why. `select` makes it; whatever shows or judges it reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clientage.selection.bare_ground import BareGround
from clientage.selection.candidate import Candidate
from clientage.selection.challengers import ANY_SHAPE
from clientage.selection.criteria import CRITERIA
from clientage.selection.null import NullTest
from clientage.selection.rule import SURE, VerdictKind
from clientage.selection.shape_groups import NAME as SHAPE
from clientage.selection.shape_groups import ShapeEvidence


@dataclass(frozen=True, slots=True)
class Selection:
    """What was tried, what was chosen and why.

    Parameters
    ----------
    candidates : tuple of Candidate
        Every algorithm × k, by algorithm and k.
    chosen : Candidate
        The winner, or what the person asked for.
    reason : str
        Why, in a few sentences with figures.
    elbow : int or None
        Bend of k-means' inertia curve; None: there is no elbow.
    null : NullTest or None
        None when it was switched off or cannot be made.
    verdict : {"natural", "reproducible", "constructive"}
        What kind of segmentation the chosen one is.
    runners_up : tuple of Candidate
        What to look at next.
    recommended : Candidate or None
        What the rule would have chosen, where a person chose otherwise.
    evidence : ShapeEvidence or None
        What mixtures of one shape say about groups; None where they were not tried.
    repeated : float or None
        Share of customers in the ten most frequent rows, where it is half or more; else None.
    favourites : mapping of str to int or None
        Each criterion's own choice of a number of segments: 1 says no division, None that it takes none.
    ground : BareGround or None
        The bare ground between clusters of any shape, where it shows groups that the others do not.
    groups : bool
        Whether any solution shows separate groups; a person may have asked for another one.
    """

    candidates: tuple[Candidate, ...]
    chosen: Candidate
    reason: str
    elbow: int | None
    null: NullTest | None
    verdict: VerdictKind
    runners_up: tuple[Candidate, ...]
    recommended: Candidate | None = None
    evidence: ShapeEvidence | None = None
    repeated: float | None = None
    favourites: Mapping[str, int | None] = field(default_factory=dict)
    groups: bool = False
    ground: BareGround | None = None

    @property
    def bare(self) -> BareGround | None:
        """The bare ground between the chosen segments, where it and no silhouette shows that they are groups."""
        return self.ground if self.verdict == "natural" and self.chosen.algorithm in ANY_SHAPE else None

    @property
    def apart(self) -> float | None:
        """Standard deviations between the nearest two groups, where a mixture of one shape shows them; else None."""
        if self.verdict != "natural" or self.chosen.algorithm != SHAPE or self.evidence is None:
            return None
        return self.evidence.apart

    @property
    def in_heaps(self) -> bool:
        """Whether the groups are heaps of single columns, which the null keeps, so that no silhouette shows them."""
        expected = None if self.null is None else self.null.expected(self.chosen.k)
        if self.verdict != "natural" or self.apart is not None or self.bare is not None or expected is None:
            return False
        return self.chosen.silhouette is not None and self.chosen.silhouette <= expected[0] + SURE * expected[1]

    def frame(self) -> dict[str, list[Any]]:
        """Return the table of candidates, one list per column."""
        rows = self.candidates
        table: dict[str, list[Any]] = {
            "algorithm": [c.algorithm for c in rows],
            "k": [c.k for c in rows],
            "chosen": [c is self.chosen for c in rows],
            "usable": [c.usable for c in rows],
            "smallest": [int(c.sizes.min()) if len(c.sizes) else 0 for c in rows],
            "unassigned": [c.noise for c in rows],
            "stability": [c.stability for c in rows],
            "weakest_segment": [_weakest(c) for c in rows],
            "valley": [c.valley for c in rows],
            "least_valley": [c.least_valley for c in rows],
        }
        table |= {key: [c.criteria.get(key) for c in rows] for key in CRITERIA}
        return table | {"marks": ["; ".join(c.marks) for c in rows]}


def _weakest(c: Candidate) -> float | None:
    return None if c.segment_stability is None else float(c.segment_stability.min())
