"""Whether another algorithm than k-means deserves the choice.

Receives what the rule chose among k-means' solutions and all contenders; returns the choice and the contenders, with
the stability of a challenger measured. A mixture of one shape challenges where its likelihood shows groups, clusters of
any shape where there is bare ground between them, others where their silhouette is clearly better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from clientage.clustering.catalogue import ALGORITHMS
from clientage.selection.adjusted_rand import adjusted_rand
from clientage.selection.bare_ground import BareGround, bare_ground
from clientage.selection.bootstraps import Study, stability_of
from clientage.selection.marks import VALLEY_ROWS, marked
from clientage.selection.null import NullTest
from clientage.selection.rule import STRONG, Contender, comes_back, divides_heaps, more_than_chance
from clientage.selection.sample import Sample
from clientage.selection.shape_groups import NAME as SHAPE
from clientage.selection.shape_groups import ShapeEvidence
from clientage.selection.valley import valley

CLEARLY = 0.03  # by how much another algorithm's silhouette must exceed k-means'
IN_DOUBT = 0.5  # agreement from which, up to what is asked for, bootstraps are fitted from more starts
# algorithms whose clusters may have any shape: they follow density, which says how many there are
ANY_SHAPE = tuple(name for name, algorithm in ALGORITHMS.items() if not algorithm.takes_k)
WITHIN = 0.95  # share of the customers whose segment lies on their side, from which segments do not cross the ground
CUT_IN_GROUP = 0.45  # √n·dip: a band of even density that is cut has .37, groups 3 SD apart .5 and more
SAME = 0.9  # adjusted Rand index from which two solutions say the same


def shape_shown(
    contenders: list[Contender], study: Study, null: NullTest | None, evidence: ShapeEvidence | None
) -> tuple[list[Contender], list[Contender]]:
    """The mixture of one shape, if it shows groups; its stability is measured only where its likelihood does."""
    if evidence is None or evidence.why_not or null is None:
        return [], contenders
    best = next((c for c in contenders if c.candidate.algorithm == SHAPE and c.candidate.k == evidence.k), None)
    if best is None or not best.candidate.usable or not more_than_chance(best, study.sample, null):
        return [], contenders
    mixture = _measured(best, study)
    measured = mixture.candidate
    if (measured.stability or 0.0) >= IN_DOUBT and not (comes_back(measured) and measured.usable):
        mixture = _measured(best, study, thorough=True)
    updated = [mixture if c is best else c for c in contenders]
    return ([mixture] if divides_heaps(mixture.candidate) else []), updated


def _measured(c: Contender, study: Study, thorough: bool = False) -> Contender:
    """With stability and marks. One path in a bootstrap may miss the likeliest mixture, which looks like disagreement.

    Three paths, of which the likeliest solution is taken, make bootstraps of real groups agree more (.57 to .75, .66
    to .82) and those of a continuum hardly. They cost three times as much.
    """
    known = c.candidate
    found = stability_of(known.algorithm, [c.judged], study, thorough=thorough).get((known.algorithm, known.k))
    measured = marked(c.judged, study.sample, study.categories, found)
    return Contender(replace(measured, slsa=known.slsa, continues=known.continues, came_from=known.came_from), c.judged)


def ground_shown(
    present: Contender, groups: Sequence[Contender], contenders: list[Contender], study: Study
) -> tuple[BareGround | None, list[Contender], list[Contender]]:
    """The clusters of any shape with bare ground between them, where the present choice does not show them."""
    for c in [c for c in contenders if c.candidate.algorithm in ANY_SHAPE and c.candidate.k >= 2]:
        shown_already = any(present is g for g in groups) and not _mistakes(present, c, study.sample)
        if shown_already or study.without_groups is None:
            continue
        ground = bare_ground(study.sample, c.judged.labels, study.without_groups)
        if ground is None:
            continue
        dense = _measured(c, study)
        contenders = [dense if other is c else other for other in contenders]
        if dense.candidate.usable and comes_back(dense.candidate):
            return ground, [dense], contenders
    return None, [], contenders


def _mistakes(present: Contender, dense: Contender, sample: Sample) -> bool:
    """Whether segments join customers across bare ground, or cut a group where the ground is no thinner."""
    rows = sample.spread_rows(VALLEY_ROWS)
    own, group, points = present.judged.labels[rows], dense.judged.labels[rows], sample.points[rows]
    both = (own >= 0) & (group >= 0)
    table = np.zeros((present.candidate.k, dense.candidate.k))
    np.add.at(table, (own[both], group[both]), 1.0)
    if table.max(axis=1).sum() < WITHIN * both.sum():
        return True
    inside = [both & (group == g) & (table[own, g] > 0.5 * table[own].sum(axis=1)) for g in range(table.shape[1])]
    found = [valley(points[there], own[there], present.candidate.k) for there in inside]
    cut = [value for value in found if value is not None]
    return bool(cut) and float(np.mean(cut)) < CUT_IN_GROUP


def plain_to_see(present: Contender, groups: Sequence[Contender]) -> bool:
    """Whether k-means shows groups that no column hides: a finer likelihood would only follow their shapes."""
    return any(present is g for g in groups) and (present.candidate.silhouette or -1.0) >= STRONG


def says_the_same(
    present: Contender,
    groups: Sequence[Contender],
    contenders: Sequence[Contender],
    study: Study,
    evidence: ShapeEvidence | None,
) -> bool:
    """Whether k-means shows nearly the groups that the mixture of one shape does: then it is the plainer one."""
    k = present.candidate.k
    if evidence is None or not evidence.as_good(k) or not any(present is g for g in groups):
        return False
    mixture = next((c for c in contenders if c.candidate.algorithm == SHAPE and c.candidate.k == k), None)
    if mixture is None:
        return False
    return adjusted_rand(present.judged.labels, mixture.judged.labels, study.sample.weights) >= SAME


def challenged(
    present: Contender, contenders: list[Contender], study: Study, field: Sequence[Contender] | None = None
) -> tuple[Contender, list[Contender]]:
    """Let the best-separated candidate of the other algorithms try; its stability is measured only then."""
    others = [
        c
        for c in field or contenders
        if c.candidate.algorithm != "kmeans" and c.candidate.usable and c.candidate.k >= 2
    ]
    best = max(others, key=lambda c: (c.candidate.silhouette or -1.0, -c.candidate.k), default=None)
    if best is None or (best.candidate.silhouette or -1.0) < _to_beat(present, contenders) + CLEARLY:
        return present, contenders
    challenger = _measured(best, study)
    updated = [challenger if c is best else c for c in contenders]
    held = (challenger.candidate.stability or 0.0) >= (present.candidate.stability or 0.0) - CLEARLY
    return (challenger if challenger.candidate.usable and held else present), updated


def _to_beat(present: Contender, contenders: Sequence[Contender]) -> float:
    """The best silhouette of a usable k-means: another k is no reason to change the algorithm."""
    own = [
        c.candidate.silhouette or -1.0 for c in contenders if c.candidate.algorithm == "kmeans" and c.candidate.usable
    ]
    return max([present.candidate.silhouette or -1.0, *own])
