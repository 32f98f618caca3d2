"""The rule that picks, in words and in code.

Receives candidates with all their figures; returns the winner. The rule:

1. A candidate is usable when no segment is tiny, is one category, is repetition, or fails to come back.
2. Where the null test finds groups, separation counts: the best silhouette, and every candidate that is
   within two standard errors of it, stay. Where it finds none, no silhouette is better than chance and all stay.
3. Of those that stay, the most useful wins: the share of the customers' differences that the segments
   capture × how far they come back, less a charge for every further segment where there are no groups,
   because each one is a campaign to run.
4. k-means, the plainest to explain and to apply, is preferred unless another algorithm separates
   clearly better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from clientage.selection.candidate import Candidate
from clientage.selection.judging import Judged
from clientage.selection.null import NullTest
from clientage.selection.sample import Sample

VerdictKind = Literal["natural", "reproducible", "constructive"]

COMES_BACK = 0.75  # adjusted Rand index from which a solution is called reproducible
CHARGE = 0.03  # of the customers' differences that a further segment must add
LEAST_ERROR = 0.01  # no two silhouettes can be told apart more finely than this
ALIGNED = 0.5  # share of a heaped column's variance that segments must capture to be its heaps


@dataclass(frozen=True, slots=True)
class Contender:
    """A candidate and what is needed to compare it."""

    candidate: Candidate
    judged: Judged


def choose(contenders: Sequence[Contender], null: NullTest | None, weights: np.ndarray) -> Contender:
    """Return the contender that wins by the rule above.

    Parameters
    ----------
    contenders : sequence of Contender
        All with k >= 2, of the algorithms a choice is made from.
    null : NullTest or None
        None when it was switched off; separation then counts.
    weights : ndarray of shape (m,)
        Of the sample's rows.
    """
    usable = [c for c in contenders if c.candidate.usable] or _least_bad(contenders)
    if null is not None and not null.rejected:
        return max(usable, key=lambda c: (_value(c.candidate, CHARGE), -c.candidate.k))
    best = max(usable, key=lambda c: (_separation(c), -c.candidate.k))
    near = [c for c in usable if _separation(best) - _separation(c) <= 2 * _error(c, best, weights)]
    return max(near, key=lambda c: (_value(c.candidate, 0.0), -c.candidate.k))


def _least_bad(contenders: Sequence[Contender]) -> list[Contender]:
    """Without any usable candidate: those that have the fewest marks."""
    fewest = min(len(c.candidate.marks) for c in contenders)
    return [c for c in contenders if len(c.candidate.marks) == fewest]


def _separation(c: Contender) -> float:
    value = c.candidate.silhouette
    return -1.0 if value is None else value


def _value(c: Candidate, charge: float) -> float:
    return c.usefulness - charge * c.k


def _error(c: Contender, best: Contender, weights: np.ndarray) -> float:
    """Standard error of the difference of two mean silhouettes of the same customers."""
    if c.judged.rows is None or best.judged.rows is None:
        return LEAST_ERROR
    gap = best.judged.rows - c.judged.rows
    total = float(weights.sum())
    mean = float(weights @ gap) / total
    variance = float(weights @ (gap - mean) ** 2) / total
    return max(LEAST_ERROR, float(np.sqrt(variance / total)))


def verdict_kind(chosen: Contender, sample: Sample, null: NullTest | None) -> VerdictKind:
    """Say what kind of segmentation a candidate is.

    natural: the null test finds groups (or a column is in heaps that the segments follow), the
    solution is itself more separated than chance allows at its k, and it comes back (adjusted Rand
    >= .75). reproducible: it comes back. constructive: it does not, or it has only one segment.

    References
    ----------
    Dolnicar, S., Grün, B., Leisch, F. (2018). Market segmentation analysis. doi:10.1007/978-981-10-8818-6
    """
    candidate = chosen.candidate
    if candidate.k < 2 or candidate.stability is None or candidate.stability < COMES_BACK:
        return "constructive"
    if null is not None and (_separated(candidate, null) or _follows_heaps(chosen.judged, sample, null)):
        return "natural"
    return "reproducible"


def _separated(c: Candidate, null: NullTest) -> bool:
    """Groups were found, and this k shows them: its silhouette is beyond two SD of chance at this k."""
    expected = null.expected(c.k)
    if not null.rejected or c.silhouette is None:
        return False
    return expected is None or c.silhouette > expected[0] + 2 * expected[1]


def _follows_heaps(judged: Judged, sample: Sample, null: NullTest) -> bool:
    """Whether a column in heaps by itself is what the segments are made of."""
    part = judged.partition
    for column in null.dip_columns:
        values = sample.points[:, column]
        centre = float(np.average(values, weights=sample.weights))
        everything = float(sample.weights @ (values - centre) ** 2)
        between = float(part.sizes @ (part.means[:, column] - centre) ** 2)
        if between >= ALIGNED * everything > 0:
            return True
    return False
