"""The rule that picks, in words and in code.

Receives candidates with all their figures; returns the winner. The rule:

1. A candidate is usable when no segment is tiny, is one category, is repetition, or fails to come back.
2. There are groups when the null test is rejected, or a column is in heaps by itself, and a solution of the
   best silhouette has thinner ground between its segments and comes back. Then separation counts: that
   candidate stays, and every other whose distance to it is within its own standard error. Where there are
   no groups, no silhouette means more than another and all stay.
3. Of those that stay, the most useful wins: the share of the customers' differences that the segments
   capture × how far they come back, less a charge for every segment, because each one is a campaign to run.
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
from clientage.selection.marks import least_size
from clientage.selection.null import NullTest
from clientage.selection.sample import Sample
from clientage.selection.valley import LEAST_VALLEY

VerdictKind = Literal["natural", "reproducible", "constructive"]

COMES_BACK = 0.75  # adjusted Rand index from which a solution is called reproducible
CHARGE = 0.07  # of what the most useful solution captures: what a further segment must add
CHARGE_IN_GROUPS = 0.01  # the same where the data have groups, and the number of them is not ours to choose
LEAST_ERROR = 0.02  # no two silhouettes can be told apart more finely than this
ALIGNED = 0.5  # share of a heaped column's variance that segments must capture to be its heaps


@dataclass(frozen=True, slots=True)
class Contender:
    """A candidate and what is needed to compare it."""

    candidate: Candidate
    judged: Judged


def groups_found(contenders: Sequence[Contender], null: NullTest | None, weights: np.ndarray) -> bool:
    """Whether the data have groups: beyond chance, with thinner ground between them, and the same in other samples.

    Parameters
    ----------
    contenders : sequence of Contender
        All with k >= 2, of one algorithm.
    null : NullTest or None
        None when it was switched off; then only the thinner ground and coming back count.
    weights : ndarray of shape (m,)
        Of the sample's rows.
    """
    return any(
        shows_groups(c.candidate, null) and _comes_back(c.candidate) for c in _best_separated(contenders, weights)
    )


def _best_separated(contenders: Sequence[Contender], weights: np.ndarray) -> list[Contender]:
    """The best silhouette among the usable, and all whose distance to it is within its own standard error."""
    usable = [c for c in contenders if c.candidate.usable] or _least_bad(contenders)
    best = max(usable, key=lambda c: (_separation(c), -c.candidate.k))
    return [c for c in usable if _separation(best) - _separation(c) <= _error(c, best, weights)]


def _comes_back(c: Candidate) -> bool:
    return c.stability is None or c.stability >= COMES_BACK


def shows_groups(candidate: Candidate, null: NullTest | None) -> bool:
    """Whether there is more than chance in the data and this candidate's borders run where customers are fewer."""
    thin = candidate.valley is not None and candidate.valley >= LEAST_VALLEY
    return thin and (null is None or null.rejected or bool(null.dip_columns))


def choose(contenders: Sequence[Contender], groups: bool, weights: np.ndarray) -> Contender:
    """Return the contender that wins by the rule above.

    Parameters
    ----------
    contenders : sequence of Contender
        Those a choice is made from.
    groups : bool
        Whether the data have groups (`groups_found`): whether separation says anything.
    weights : ndarray of shape (m,)
        Of the sample's rows.
    """
    if groups:
        near = _best_separated(contenders, weights)
    else:
        near = [c for c in contenders if c.candidate.usable] or _least_bad(contenders)
    most = max(c.candidate.usefulness for c in near)
    charge = most * (CHARGE_IN_GROUPS if groups else CHARGE)
    return max(near, key=lambda c: (c.candidate.usefulness - charge * c.candidate.k, -c.candidate.k))


def _least_bad(contenders: Sequence[Contender]) -> list[Contender]:
    """Without any usable candidate: those with segments large enough, then those with the fewest marks."""

    def badness(c: Contender) -> tuple[bool, int]:
        sizes = c.candidate.sizes
        return int(sizes.min()) < least_size(int(sizes.sum()) + c.candidate.noise), len(c.candidate.marks)

    least = min(badness(c) for c in contenders)
    return [c for c in contenders if badness(c) == least]


def _separation(c: Contender) -> float:
    value = c.candidate.silhouette
    return -1.0 if value is None else value


def _error(c: Contender, best: Contender, weights: np.ndarray) -> float:
    """Standard error of the difference of two mean silhouettes of the same customers."""
    if c.judged.rows is None or best.judged.rows is None:
        return LEAST_ERROR
    gap = best.judged.rows - c.judged.rows
    total = float(weights.sum())
    mean = float(weights @ gap) / total
    variance = float(weights @ (gap - mean) ** 2) / total
    return max(LEAST_ERROR, float(np.sqrt(variance / total)))


def verdict_kind(chosen: Contender, sample: Sample, null: NullTest | None, groups: bool) -> VerdictKind:
    """Say what kind of segmentation a candidate is.

    natural: the data have groups; the solution is itself more separated than chance allows at its k
    (or follows the heaps of a column), has thinner ground between its segments, and comes back
    (adjusted Rand >= .75). reproducible: it comes back. constructive: it does not, or it has only one segment.

    References
    ----------
    Dolnicar, S., Grün, B., Leisch, F. (2018). Market segmentation analysis. doi:10.1007/978-981-10-8818-6
    """
    candidate = chosen.candidate
    if candidate.k < 2 or candidate.stability is None or candidate.stability < COMES_BACK:
        return "constructive"
    if null is None or not groups or not shows_groups(candidate, null):
        return "reproducible"
    found = _separated(candidate, null) or _follows_heaps(chosen.judged, sample, null)
    return "natural" if found else "reproducible"


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
