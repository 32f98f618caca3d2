"""One segment as it is described: the type that names, tables, pages and exports pass on."""

from __future__ import annotations

from dataclasses import dataclass

from clientage.segments.outcomes import Outcome
from clientage.segments.recommendations import Recommendation
from clientage.segments.traits import Trait


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment.

    Parameters
    ----------
    id : int
        1 … k.
    name : str
        Computed, or the user's own.
    size : int
        Customers.
    share, value_share : float or None
        Of all customers; of what all are worth, when a column says so.
    traits : tuple of Trait
        Of features and profile columns, the largest |effect| first.
    outcomes : tuple of Outcome
        Rates and means of outcome columns.
    stability : float or None
        Mean Jaccard over bootstraps; None: not measured.
    confidence : float
        Mean over its customers.
    recommendation : Recommendation
        What to do with it.
    tier : str or None
        "High value", "Mid value" or "Low value".
    own_name : bool
        The user named it.
    computed_name : str
        What it was called before; "" where it still is.
    """

    id: int
    name: str
    size: int
    share: float
    value_share: float | None
    traits: tuple[Trait, ...]
    outcomes: tuple[Outcome, ...]
    stability: float | None
    confidence: float
    recommendation: Recommendation
    tier: str | None = None
    own_name: bool = False
    computed_name: str = ""

    @property
    def markers(self) -> tuple[Trait, ...]:
        """The traits that mark the segment, the largest effect first."""
        return tuple(t for t in self.traits if t.marker)
