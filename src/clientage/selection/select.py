"""Choose a segmentation: every algorithm × k with every criterion, the winner, and why.

Receives the encoded matrix, its coreset and the settings; returns a `Selection`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from clientage.clustering.catalogue import ALGORITHMS, FitOptions
from clientage.clustering.coreset import Coreset
from clientage.clustering.models import MixtureModel
from clientage.clustering.one_shape_answers import is_answer
from clientage.config import ClusterSettings
from clientage.errors import DataError, SettingsError, did_you_mean, listed
from clientage.selection.bare_ground import Tables
from clientage.selection.bootstraps import Study, fit_options, stability_of
from clientage.selection.candidate import Candidate
from clientage.selection.choosing import RUNNERS_UP, Choice, chosen_among
from clientage.selection.elbow import elbow
from clientage.selection.favourites import favourites
from clientage.selection.judging import Fitted, Judged, judge
from clientage.selection.marks import categories_of, marked
from clientage.selection.null import ROWS, Amounts, NullTest, as_encoded, null_test
from clientage.selection.null_tables.tables import tables_without_groups
from clientage.selection.null_tables.wholes import wholes_of
from clientage.selection.number_criteria import number_criteria
from clientage.selection.reason import reason_for
from clientage.selection.rule import (
    Contender,
    choose,
    showing_groups,
    verdict_kind,
)
from clientage.selection.sample import Sample, draw_sample
from clientage.selection.selection import Selection
from clientage.selection.shape_groups import BEYOND, ShapeEvidence, in_steps, shape_evidence
from clientage.selection.shape_groups import NAME as SHAPE
from clientage.selection.silent import silent_columns
from clientage.selection.stability import Stability, carried_over, continued, handed_over


def select(
    x: np.ndarray,
    coreset: Coreset,
    settings: ClusterSettings,
    *,
    feature_of: np.ndarray | None = None,
    amounts: Amounts = as_encoded,
) -> Selection:
    """Try every algorithm × k, judge all, and choose by the rule of `clientage.selection.rule`.

    Parameters
    ----------
    x : ndarray of shape (n, p)
        Encoded customers on the grid.
    coreset : Coreset
        Of `x`.
    settings : ClusterSettings
        ``algorithm`` and ``k`` are the person's choice where given and win over the rule.
    feature_of : int ndarray of shape (p,), optional
        Which columns belong to one nominal feature. Default: each column its own.
    amounts : callable, optional
        Encoded customers to their amounts in the units of the file, where shares add up. Default: as they are.

    Raises
    ------
    DataError
        When k exceeds the number of customers or of different customers, when all customers are the
        same, or when the algorithm asked for finds no groups.
    SettingsError
        For an unknown algorithm, or a k with an algorithm that finds its own.

    Examples
    --------
    >>> from clientage.clustering.coreset import summarise
    >>> rng = np.random.default_rng(0)
    >>> x = np.concatenate([rng.normal(c, 0.25, size=(60, 2)) for c in (-2, 0, 2)]).round(3)
    >>> found = select(x, summarise(x), ClusterSettings())
    >>> found.chosen.k, found.verdict
    (3, 'natural')
    """
    feature_of = np.arange(x.shape[1]) if feature_of is None else np.asarray(feature_of)
    ks = _tried(coreset, settings)
    sample = draw_sample(x, coreset)
    silent = silent_columns(sample)
    steps = in_steps(sample)
    stepped = bool(np.delete(steps, silent).any())
    names = _names(settings, stepped or _in_shares(sample, amounts))
    fitted = _fitted(x, coreset, settings, ks, names, fit_options(settings, silent))
    shapes = {f.k: f.model for f in fitted if f.algorithm == SHAPE and isinstance(f.model, MixtureModel)}
    evidence = shape_evidence(shapes, [k for k in ks if k >= 2], sample, stepped, silent)
    numbers = number_criteria(sample, ks, settings)
    judged = judge([f for f in fitted if f.algorithm != SHAPE or f.k in ks], sample, numbers.by_k)
    by_construction = bool(steps.any() or is_answer(sample.points).any())
    tables = None if by_construction else _tables(sample, settings, feature_of, amounts)
    study = Study(coreset, sample, categories_of(sample, feature_of), settings, tables, silent)
    null = _null(study, ks, feature_of, amounts)
    contenders = _with_slsa(_marked(judged, study), sample)
    found = _told(chosen_among(contenders, study, null, evidence), study, null, evidence)
    by_rule = {"inertia": found.elbow, **numbers.choices}
    return replace(found, favourites=favourites(found.candidates, found.chosen.algorithm, by_rule))


def _tried(coreset: Coreset, settings: ClusterSettings) -> list[int]:
    """Numbers of segments to try; refuses what cannot be."""
    distinct, n = len(coreset.points), coreset.n
    if settings.k is not None and settings.k > n:
        raise DataError(f"k of at most {n}", f"k = {settings.k} with {n} customers", "Ask for fewer segments.")
    if settings.k is not None and settings.k > distinct:
        raise DataError(
            f"at least {settings.k} different customers for k = {settings.k}",
            f"{distinct} distinct rows among {n} customers",
            "Ask for fewer segments, or add features that tell customers apart.",
        )
    if distinct < 2 and settings.k != 1:
        raise DataError(
            "customers that differ from one another",
            f"{n} customers who are the same in every feature",
            "Add features that tell customers apart.",
        )
    ks = {k for k in range(settings.k_min, settings.k_max + 1) if k <= min(distinct, max(2, n // 2))}
    return sorted(ks | ({settings.k} if settings.k else set()) | ({2} if not ks and distinct > 1 else set()))


def _names(settings: ClusterSettings, stepped: bool) -> list[str]:
    """Algorithms to fit; k-means always, since the others are measured against it.

    Mixtures of one shape are left out where a column is in steps, unless asked for: they would be no evidence there.
    So are they where columns are shares of one whole: groups are bent the more the nearer they are to an edge.
    """
    if settings.algorithm == "auto":
        return [a.name for a in ALGORITHMS.values() if a.default and not (stepped and a.name == SHAPE)]
    if settings.algorithm not in ALGORITHMS:
        near = did_you_mean(settings.algorithm, ALGORITHMS)
        raise SettingsError(f"one of {listed(['auto', *ALGORITHMS])}", f"'{settings.algorithm}'", f"Rename it.{near}")
    return list(dict.fromkeys(["kmeans", settings.algorithm]))


def _fitted(
    x: np.ndarray,
    coreset: Coreset,
    settings: ClusterSettings,
    ks: Sequence[int],
    names: Sequence[str],
    options: FitOptions,
) -> list[Fitted]:
    found: list[Fitted] = []
    for name in names:
        models = ALGORITHMS[name].fit(x, coreset, _asked_of(name, ks), options)
        if not models and settings.algorithm == name:
            raise DataError(
                f"dense groups for {ALGORITHMS[name].title}",
                f"none among {coreset.n} customers",
                "Set cluster.eps or cluster.min_size, or choose another algorithm.",
            )
        found += [Fitted(name, k, models[k]) for k in sorted(models)]
    return found


def _asked_of(name: str, ks: Sequence[int]) -> list[int]:
    """Numbers of clusters an algorithm is asked for.

    Of mixtures of one shape also one, and some beyond the wanted. Each is reached from the next larger, so they are
    asked for from the same number on: five segments are then the same ones whichever numbers are tried beside them.
    """
    return list(range(1, max(ks[-1], ClusterSettings().k_max) + BEYOND + 1)) if name == SHAPE else list(ks)


def _tables(sample: Sample, settings: ClusterSettings, feature_of: np.ndarray, amounts: Amounts) -> Tables | None:
    """Tables as these customers might be without groups; None where nobody wants any."""
    if settings.null_draws == 0:
        return None

    def tables(rows: int) -> np.ndarray:
        x = sample.spread(rows).points
        rng = np.random.default_rng([settings.seed, 8])
        return tables_without_groups(x, feature_of, amounts(x), settings.null_draws, rng)

    return tables


def _in_shares(sample: Sample, amounts: Amounts) -> bool:
    return bool(wholes_of(amounts(sample.spread(ROWS).points)))


def _null(study: Study, ks: Sequence[int], feature_of: np.ndarray, amounts: Amounts) -> NullTest | None:
    several = [k for k in ks if k >= 2]
    if study.settings.null_draws == 0 or not several or study.sample.n < 2 * min(several):
        return None
    return null_test(study.sample, several, study.settings.null_draws, study.settings.seed, feature_of, amounts)


def _marked(judged: Sequence[Judged], study: Study) -> list[Contender]:
    """Mark all candidates; measure the stability of k-means, and of an algorithm that was asked for."""
    found: dict[tuple[str, int], Stability] = {}
    for name in {"kmeans", study.settings.algorithm} & set(ALGORITHMS):
        found |= stability_of(name, [j for j in judged if j.candidate.algorithm == name], study)
    return [
        Contender(marked(j, study.sample, study.categories, found.get((j.candidate.algorithm, j.candidate.k))), j)
        for j in judged
    ]


def _with_slsa(contenders: list[Contender], sample: Sample) -> list[Contender]:
    by_key = {(c.candidate.algorithm, c.candidate.k): c for c in contenders}
    out = []
    for c in contenders:
        before = by_key.get((c.candidate.algorithm, c.candidate.k - 1))
        if before is not None:
            pair = before.judged.labels, c.judged.labels
            slsa, goes_on = carried_over(*pair, sample.weights), continued(*pair, sample.weights)
            flows = handed_over(*pair, sample.weights)
            c = Contender(replace(c.candidate, slsa=slsa, continues=goes_on, came_from=flows), c.judged)
        out.append(c)
    return out


def _told(choice: Choice, study: Study, null: NullTest | None, evidence: ShapeEvidence | None) -> Selection:
    """Put the answer together: what was chosen, in figures and in words."""
    chosen, recommended, contenders = choice.chosen, choice.recommended, choice.contenders
    other = recommended.candidate if recommended.candidate.k != chosen.candidate.k else None
    inertia = {c.candidate.k: c.candidate.criteria["inertia"] or 0.0 for c in contenders if _is_kmeans(c)}
    bend = elbow({k: w for k, w in inertia.items() if k >= 2})
    found = Selection(
        candidates=tuple(c.candidate for c in contenders),
        chosen=chosen.candidate,
        reason="",
        elbow=bend,
        null=null,
        verdict=verdict_kind(chosen, choice.groups, choice.repeated is not None),
        runners_up=tuple(c.candidate for c in choice.ranked if c is not chosen)[:RUNNERS_UP],
        recommended=other,
        evidence=evidence,
        repeated=choice.repeated,
        groups=bool(choice.groups),
        ground=choice.ground,
    )
    usual = _by_kmeans(contenders, study, null, choice.repeated)
    return replace(found, reason=f"{reason_for(found, [c.candidate for c in choice.pool], usual)} {_bend(bend)}")


def _by_kmeans(
    contenders: Sequence[Contender], study: Study, null: NullTest | None, alike: float | None
) -> Candidate | None:
    """What the rule would take by k-means, where a person asked for another algorithm."""
    if study.settings.algorithm in ("auto", "kmeans"):
        return None
    pool = [c for c in contenders if _is_kmeans(c) and c.candidate.k >= 2]
    groups = [] if alike is not None else showing_groups(pool, null, study.sample)
    return choose(pool, groups).candidate if pool else None


def _bend(k: int | None) -> str:
    return f"The inertia curve bends at {k}." if k else "The inertia curve has no elbow."


def _is_kmeans(c: Contender) -> bool:
    return c.candidate.algorithm == "kmeans"
