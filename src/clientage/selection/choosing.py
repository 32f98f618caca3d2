"""What is chosen: the rule's own candidate, who beats it, and what a person asked for.

Receives all contenders with their figures; returns a `Choice`: what is recommended and taken, and what was measured
on the way. The rule looks at one algorithm's candidates; others have to challenge what it takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from clientage.clustering.catalogue import ALGORITHMS
from clientage.config import ClusterSettings
from clientage.errors import SettingsError
from clientage.selection.bare_ground import BareGround
from clientage.selection.bootstraps import Study
from clientage.selection.challengers import (
    ANY_SHAPE,
    challenged,
    ground_shown,
    plain_to_see,
    says_the_same,
    shape_shown,
)
from clientage.selection.null import NullTest
from clientage.selection.rule import REPEATED, Contender, choose, showing_groups
from clientage.selection.sample import repeated_share
from clientage.selection.shape_groups import NAME as SHAPE
from clientage.selection.shape_groups import ShapeEvidence

RUNNERS_UP = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen among contenders.

    Parameters
    ----------
    contenders : list of Contender
        All, with what was measured on the way.
    pool, ranked : list of Contender
        Those the rule chose from; its choice, what it would take without that, and so on.
    groups : list of Contender
        Those that show groups.
    recommended, chosen : Contender
        The winner, and what is taken: another one where a person asked for it.
    repeated : float or None
        Share of customers in the ten most frequent rows, where that makes the table repetition.
    ground : BareGround or None
        The bare ground between clusters of any shape, where it shows groups that the others do not.
    """

    contenders: list[Contender]
    pool: list[Contender]
    ranked: list[Contender]
    groups: list[Contender]
    recommended: Contender
    chosen: Contender
    repeated: float | None
    ground: BareGround | None = None

    @property
    def several(self) -> list[Contender]:
        """Those of the pool that divide anything, if there are any."""
        return _dividing(self.pool)


def chosen_among(
    contenders: list[Contender], study: Study, null: NullTest | None, evidence: ShapeEvidence | None
) -> Choice:
    """Choose by the rule, let other algorithms challenge the choice, and do what a person asked for.

    Parameters
    ----------
    contenders : list of Contender
        Every algorithm × k.
    study : Study
        What the selection looks at.
    null : NullTest or None
    evidence : ShapeEvidence or None
        What mixtures of one shape say.

    Raises
    ------
    SettingsError
        When the algorithm asked for has no solution with the k asked for.
    """
    pool = _pool(contenders, study.settings)
    several = _dividing(pool)
    share = repeated_share(study.sample)
    alike = share if share >= REPEATED else None
    groups = [] if alike is not None else showing_groups(several, null, study.sample, evidence)
    ranked = _ranked(several, groups)
    choice = Choice(contenders, pool, ranked, groups, ranked[0], ranked[0], alike)
    if alike is None:
        choice = _challenged(choice, study, null, evidence)
        choice = _bare(choice, study)
    return _with_others(_as_asked(choice, study), study, null, evidence)


def _challenged(choice: Choice, study: Study, null: NullTest | None, evidence: ShapeEvidence | None) -> Choice:
    """Let the mixture of one shape challenge the rule's choice; where it shows nothing, the best silhouette."""
    algorithm, present = study.settings.algorithm, choice.recommended
    if algorithm not in ("auto", SHAPE):
        return choice
    auto = algorithm == "auto"
    plain = auto and plain_to_see(present, choice.groups)
    shown, contenders = ([], choice.contenders) if plain else shape_shown(choice.contenders, study, null, evidence)
    groups = choice.groups + [c for c in shown if not any(c is g for g in choice.groups)]
    if shown and not (auto and says_the_same(present, groups, contenders, study, evidence)):
        present = shown[0]
    elif not shown and auto and (null is None or null.rejected):
        # where chance separates as well, a silhouette is no reason to leave k-means for a split in one column
        present, contenders = challenged(present, contenders, study)
    return replace(choice, contenders=contenders, groups=groups, recommended=present, chosen=present)


def _bare(choice: Choice, study: Study) -> Choice:
    """Let clusters of any shape with bare ground between them challenge the choice."""
    if study.settings.algorithm not in ("auto", *ANY_SHAPE):
        return choice
    ground, shown, contenders = ground_shown(choice.recommended, choice.groups, choice.contenders, study)
    present = shown[0] if shown else choice.recommended
    groups = choice.groups + shown
    return replace(choice, contenders=contenders, groups=groups, recommended=present, chosen=present, ground=ground)


def _as_asked(choice: Choice, study: Study) -> Choice:
    """Take the number that a person asked for; of other algorithms too, where none was asked for."""
    settings, recommended = study.settings, choice.recommended
    if settings.k is None or (settings.algorithm == "auto" and settings.k == recommended.candidate.k):
        return choice
    asked = [c for c in choice.pool if c.candidate.k == settings.k]
    if not asked:
        title = ALGORITHMS[settings.algorithm].title
        raise SettingsError(
            f"a solution of {title} with {settings.k} segments",
            f"{title} has none",
            "Leave out cluster.k, or choose k-means.",
        )
    if settings.algorithm != "auto" or asked[0].candidate.k < 2:
        return replace(choice, chosen=asked[0])
    same_k = [c for c in choice.contenders if c.candidate.k == settings.k]
    chosen, contenders = challenged(asked[0], choice.contenders, study, same_k)
    return replace(choice, chosen=chosen, contenders=contenders)


def _with_others(choice: Choice, study: Study, null: NullTest | None, evidence: ShapeEvidence | None) -> Choice:
    """Ask those that won from outside the rule's pool whether they show groups too."""
    if choice.repeated is not None:
        return choice
    several = choice.several
    others = [c for c in (choice.recommended, choice.chosen) if not any(c is s for s in several)]
    shown = showing_groups([*several, *others], null, study.sample, evidence)
    return replace(choice, groups=choice.groups + [c for c in shown if any(c is o for o in others)])


def _pool(contenders: Sequence[Contender], settings: ClusterSettings) -> list[Contender]:
    """The candidates the rule chooses from: k-means', or those of the algorithm asked for."""
    name = "kmeans" if settings.algorithm == "auto" else settings.algorithm
    return [c for c in contenders if c.candidate.algorithm == name]


def _dividing(pool: list[Contender]) -> list[Contender]:
    return [c for c in pool if c.candidate.k >= 2] or pool


def _ranked(pool: Sequence[Contender], groups: Sequence[Contender]) -> list[Contender]:
    """The rule's choice, then what it would choose without that, and so on."""
    left = list(pool)
    out: list[Contender] = []
    while left and len(out) <= RUNNERS_UP:
        best = choose(left, groups)
        out.append(best)
        left = [c for c in left if c is not best]
    return out
