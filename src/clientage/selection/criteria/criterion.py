"""What a criterion is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from clientage.selection.criteria.partition import Partition

SEVERAL = "two segments or more"
SPREAD = "two segments or more, and customers who differ within one"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One figure that judges a labeling.

    Parameters
    ----------
    key : str
        Its name in `Candidate.criteria`, in ``selection.csv`` and in ``summary.json``.
    title : str
        Its name for a person.
    better : {"higher", "lower"}
        Which end is good.
    compute : callable
        From a `Partition` to the figure, None where it is undefined.
    needs : str
        What a solution must have for the criterion to be defined, for people; the reason where there is no figure.
    """

    key: str
    title: str
    better: Literal["higher", "lower"]
    compute: Callable[[Partition], float | None]
    needs: str
