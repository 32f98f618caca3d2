"""Each criterion's own choice of a number of segments.

Receives candidates; returns, for every criterion, the curve of one algorithm and the number of segments it takes
when asked alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clientage.selection.candidate import Candidate
from clientage.selection.criteria import CRITERIA

OF_KMEANS = frozenset({"inertia", "gap", "prediction_strength"})  # the elbow and the two rules are k-means' own


def criterion_curve(candidates: Sequence[Candidate], key: str, chosen: str) -> list[Candidate]:
    """Return the candidates, by k, of the first algorithm that has the criterion for several numbers of segments.

    Parameters
    ----------
    candidates : sequence of Candidate
        All of a selection.
    key : str
        Of the criterion.
    chosen : str
        Algorithm that is looked at first; k-means is next, then any. The inertia is always that of k-means.
    """
    order = ("kmeans",) if key in OF_KMEANS else (chosen, "kmeans", *(c.algorithm for c in candidates))
    for algorithm in dict.fromkeys(order):
        own = [c for c in candidates if c.algorithm == algorithm and c.criteria.get(key) is not None]
        if len(own) > 1:
            return sorted(own, key=lambda c: c.k)
    return []


def favourites(
    candidates: Sequence[Candidate], chosen: str, by_rule: Mapping[str, int | None]
) -> dict[str, int | None]:
    """Return the number of segments that each criterion takes; criteria without a curve are left out.

    Parameters
    ----------
    candidates, chosen
        As for `criterion_curve`.
    by_rule : mapping of str to int or None
        Choices of criteria that have a rule of their own: the elbow (None: there is none), the gap statistic and
        prediction strength (1: no division).
    """
    out: dict[str, int | None] = {}
    for key, criterion in CRITERIA.items():
        curve = criterion_curve(candidates, key, chosen)
        if key in by_rule:
            out[key] = by_rule[key]
        elif curve and key not in OF_KMEANS and key != "explained":  # like the inertia it never stops rising
            best = max if criterion.better == "higher" else min
            out[key] = best(curve, key=lambda c: float(c.criteria[key] or 0.0)).k
    return out
