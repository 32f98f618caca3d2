"""The rule that picks, in words and in code.

Receives candidates with all their figures; returns the winner. The rule:

1. A candidate is usable when no segment is tiny, is one category, is repetition, or fails to come back.
2. A usable candidate shows *groups* when it stands out from chance (the null test is rejected, its silhouette is
   beyond two standard deviations of the null at its k, or above its mean where the ground is nearly bare, and at least
   60 % as far above that mean as that of the candidate that stands out most), or has the best silhouette and its
   segments are the heaps of a column that is in heaps by itself; when there is thinner ground between its segments;
   and when it comes back (adjusted Rand >= .75). Where ever more components describe the customers better, as along a
   ring, the silhouette must also be .7 or the ground between the segments nearly bare.
3. Where any candidate shows groups, those that do stay, and of them, where there are any, those without a border
   through a heap, which the deep valleys of the other borders may hide. Elsewhere no silhouette means more than
   another, and all usable ones stay. Without any usable one, those with the fewest faults stay.
4. Of those that stay, the most useful wins: the share of the customers' differences that the segments capture ×
   how far they come back, less a charge for every segment, because each one is a campaign to run.
5. A mixture of one shape whose likelihood shows groups (`clientage.selection.shape_groups`), and that passes the null
   test, the valley and the bootstraps as any other, wins over k-means unless k-means says nearly the same. Another
   algorithm wins where its silhouette is clearly better and it comes back as well.

A table whose customers are of only a few kinds is repetition: constructive, whatever its figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from clientage.selection.candidate import Candidate
from clientage.selection.judging import Judged
from clientage.selection.marks import VALLEY_ROWS, least_size
from clientage.selection.null import NullTest
from clientage.selection.sample import Sample
from clientage.selection.shape_groups import NAME as SHAPE
from clientage.selection.shape_groups import ShapeEvidence
from clientage.selection.stability import COMES_BACK
from clientage.selection.valley import DEEP_VALLEY, DEEPER, LEAST_BORDER, LEAST_VALLEY, LEAST_VALLEY_IN_SHAPE

VerdictKind = Literal["natural", "reproducible", "constructive"]

CHARGE = 0.07  # of what the most useful solution captures: what a further segment must add
CHARGE_IN_GROUPS = 0.01  # the same where the data have groups, and their number is not ours to choose
CHARGE_OF_FAULTS = 0.12  # the same where no solution is free of faults: a convenient division need not be fine
STANDS_OUT = 0.6  # of the largest distance to the null
STRONG = 0.7  # silhouette from which Kaufman & Rousseeuw (1990) speak of strong structure
SURE = 2.0  # standard deviations of the null
REPEATED = 0.5  # share of customers in the ten most frequent rows from which a table is repetition
ALIGNED = 0.5  # share of a heaped column's variance that segments must capture to be its heaps


@dataclass(frozen=True, slots=True)
class Contender:
    """A candidate and what is needed to compare it."""

    candidate: Candidate
    judged: Judged


def showing_groups(
    contenders: Sequence[Contender], null: NullTest | None, sample: Sample, evidence: ShapeEvidence | None = None
) -> list[Contender]:
    """Return the contenders that show groups, by point 2 of the rule.

    Parameters
    ----------
    contenders : sequence of Contender
        All that are compared, with k >= 2.
    null : NullTest or None
        None when it was switched off: nothing then shows groups.
    sample : Sample
        The customers they were judged on.
    evidence : ShapeEvidence, optional
        What mixtures of one shape say, where they were tried.
    """
    usable = [c for c in contenders if c.candidate.usable]
    if evidence is not None and evidence.continuum:
        usable = [c for c in usable if _plain(c.candidate, sample)]
    if null is None or not usable:
        return []
    most = max(_excess(c.candidate, null) for c in usable)
    best = max(usable, key=lambda c: (c.candidate.silhouette or -1.0, -c.candidate.k))
    return [
        c
        for c in usable
        if divides_heaps(c.candidate)
        and (_stands_out(c.candidate, sample, null, most) or (c is best and _follows_heaps(c.judged, sample, null)))
    ]


def choose(contenders: Sequence[Contender], groups: Sequence[Contender]) -> Contender:
    """Return the contender that wins by points 3 and 4 of the rule.

    Parameters
    ----------
    contenders : sequence of Contender
        Those a choice is made from.
    groups : sequence of Contender
        Those of all contenders that show groups.
    """
    shown = [c for c in contenders if any(c is g for g in groups)]
    usable = [c for c in contenders if c.candidate.usable]
    whole = [c for c in shown if not cuts_a_heap(c.candidate)]
    near = whole or shown or usable or _least_bad(contenders)
    rate = CHARGE_IN_GROUPS if shown else CHARGE if usable else CHARGE_OF_FAULTS
    charge = rate * max(c.candidate.usefulness for c in near)
    return max(near, key=lambda c: (c.candidate.usefulness - charge * c.candidate.k, -c.candidate.k))


def verdict_kind(chosen: Contender, groups: Sequence[Contender], repeated: bool = False) -> VerdictKind:
    """Say what kind of segmentation a candidate is.

    natural: it shows groups. reproducible: it comes back. constructive: it does not, has only one segment, or is
    repetition.

    Parameters
    ----------
    chosen : Contender
    groups : sequence of Contender
        Those that show groups.
    repeated : bool
        Whether the customers are of only a few kinds.

    References
    ----------
    Dolnicar, S., Grün, B., Leisch, F. (2018). Market segmentation analysis. doi:10.1007/978-981-10-8818-6
    """
    if repeated or chosen.candidate.k < 2 or not comes_back(chosen.candidate):
        return "constructive"
    return "natural" if any(chosen is g for g in groups) else "reproducible"


def comes_back(c: Candidate) -> bool:
    """Whether solutions of other samples agree with one another."""
    return c.stability is not None and c.stability >= COMES_BACK


def divides_heaps(c: Candidate) -> bool:
    """Whether a usable candidate comes back and has thinner ground between its segments."""
    least = LEAST_VALLEY_IN_SHAPE if c.algorithm == SHAPE else LEAST_VALLEY
    return c.usable and comes_back(c) and (c.valley or 0.0) >= least


def cuts_a_heap(c: Candidate) -> bool:
    """Whether the ground at one border is no thinner, and much thinner at the others."""
    least = c.least_valley or 0.0
    return least < LEAST_BORDER and (c.valley or 0.0) > DEEPER * least


def more_than_chance(c: Contender, sample: Sample, null: NullTest) -> bool:
    """Whether the data are more separated than chance, or the candidate's segments are the heaps of one column."""
    return null.rejected or _follows_heaps(c.judged, sample, null)


def _least_bad(contenders: Sequence[Contender]) -> list[Contender]:
    """Without any usable candidate: those with segments large enough, then those with the fewest marks."""

    def badness(c: Contender) -> tuple[bool, int]:
        sizes = c.candidate.sizes
        return int(sizes.min()) < least_size(int(sizes.sum()) + c.candidate.noise), len(c.candidate.marks)

    least = min(badness(c) for c in contenders)
    return [c for c in contenders if badness(c) == least]


def _plain(c: Candidate, sample: Sample) -> bool:
    """Whether the segments are so far apart that no likelihood is needed to see it.

    The line between two stretches of a ring is thinner in the middle than at its ends, and no group ends there. Nor is
    there a natural number of stretches: ever more components describe them better.
    """
    two = 2.0 * min(sample.n, VALLEY_ROWS) / max(c.k, 2)  # customers of a segment and its neighbour, about
    return (c.silhouette or -1.0) >= STRONG or (c.valley or 0.0) >= DEEP_VALLEY * float(np.sqrt(two))


def _excess(c: Candidate, null: NullTest) -> float:
    """How far the silhouette lies above what data without groups would show at this k."""
    expected = null.expected(c.k)
    return -np.inf if expected is None or c.silhouette is None else c.silhouette - expected[0]


def _stands_out(c: Candidate, sample: Sample, null: NullTest, most: float) -> bool:
    """Whether the candidate is beyond chance at its own k.

    Where columns agree strongly, as the answers of two opposite kinds of customers do, tables without groups have
    nearly the same silhouettes, and bare ground says more.
    """
    expected = null.expected(c.k)
    if not null.rejected or expected is None:
        return False
    excess = _excess(c, null)
    beyond = excess > SURE * expected[1] or (excess > 0 and _plain(c, sample))
    return beyond and excess >= STANDS_OUT * most


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
