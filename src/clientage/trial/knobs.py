"""What can be turned in a trial, and the settings of the full study that each position stands for.

Receives `Sampled`; returns `Knobs` and `Settings`. There is one definition of a setting: knobs become settings, and
the trial walks the study's own steps with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from clientage.clustering.catalogue import ALGORITHMS
from clientage.config import Settings
from clientage.errors import ColumnError, SettingsError, listed
from clientage.features.customers import Customers
from clientage.study import Prepared
from clientage.trial.sampled import Sampled

Outliers = Literal["winsorise", "keep"]
Skew = Literal["auto", "none"]
MOST_CATEGORIES = 30  # beyond, a column is a poor feature and is not offered as one


@dataclass(frozen=True, slots=True)
class Knobs:
    """The position of every knob; two equal ones mean the same trial.

    Parameters
    ----------
    algorithm : str
        Key of `clientage.clustering.catalogue.ALGORITHMS`.
    k : int or None
        Number of segments; None for an algorithm that finds it.
    features : tuple of str
        Columns that make segments, in the order of `columns_of`.
    weights : tuple of (str, float)
        Relative weight of each feature whose weight is not 1, in the order of the features.
    skew : {"auto", "none"}
        Whether skewed features are compared on a log or Yeo-Johnson scale.
    outliers : {"winsorise", "keep"}
        Whether far outliers count as the nearest usual value.

    Examples
    --------
    >>> Knobs("kmeans", 4, ("age", "spend"), (("spend", 2.0),)).weight("spend")
    2.0
    """

    algorithm: str
    k: int | None
    features: tuple[str, ...]
    weights: tuple[tuple[str, float], ...] = ()
    skew: Skew = "auto"
    outliers: Outliers = "winsorise"

    def weight(self, feature: str) -> float:
        """Return the relative weight of a feature, 1 where none was given."""
        return dict(self.weights).get(feature, 1.0)

    def with_weights(self, weights: Mapping[str, float]) -> Knobs:
        """Return the same knobs with these columns as features: those of weight 0 are out.

        Parameters
        ----------
        weights : mapping of str to float
            In the order of `columns_of`.
        """
        used = {name: weight for name, weight in weights.items() if weight > 0}
        return replace(self, features=tuple(used), weights=tuple((n, w) for n, w in used.items() if w != 1.0))


def knobs_of(sampled: Sampled) -> Knobs:
    """Return the position of the knobs that is the study itself."""
    features = sampled.settings.features
    algorithm = ALGORITHMS[sampled.algorithm]
    chosen = {c.name for c in sampled.customers.features}
    names = tuple(n for n in columns_of(sampled.prepared) if n in chosen)
    weights = tuple((n, features.weights[n]) for n in names if features.weights.get(n, 1.0) != 1.0)
    k = sampled.k if algorithm.takes_k else None
    return Knobs(algorithm.name, k, names, weights, features.skew, features.outliers)


def columns_of(prepared: Prepared) -> tuple[str, ...]:
    """Return the columns that can be features: numbers and categories in which customers differ.

    In the order in which the full study would line them up: first those of the table, then those made of purchases.
    """
    customers = prepared.customers
    known = {c.name: c for c in (*customers.features, *customers.profile)}
    used = {c.name for c in customers.features}
    table = [item.column for item in prepared.roles[0].items if item.column in known]
    ordered = dict.fromkeys([*table, *known])
    return tuple(n for n in ordered if _can_be_named(customers, n) and (n in used or _varies(customers, n)))


def _can_be_named(customers: Customers, name: str) -> bool:
    """Whether a setting can name the column: what purchases share a name with in the table cannot be asked for."""
    return not (customers.origin == "both" and name.endswith(" (lines)"))


def _varies(customers: Customers, name: str) -> bool:
    column = customers.column(name)
    if column.kind == "date":
        return False
    distinct = column.n_distinct
    return distinct > 1 if column.kind == "number" else 2 <= distinct <= MOST_CATEGORIES


def settings_of(knobs: Knobs, sampled: Sampled) -> Settings:
    """Return the settings of the full study that the knobs stand for.

    Raises
    ------
    ColumnError
        When no feature is left, or one is no column of these customers.
    SettingsError
        For an unknown algorithm, or a k where the algorithm finds it.
    """
    _check(knobs, sampled)
    base = sampled.settings
    roles = base.roles
    if knobs.features != knobs_of(sampled).features:
        roles = replace(
            roles,
            features=knobs.features,
            profile=tuple(n for n in roles.profile if n not in knobs.features),
            ignore=tuple(n for n in roles.ignore if n not in knobs.features),
        )
    features = replace(base.features, weights=dict(knobs.weights), skew=knobs.skew, outliers=knobs.outliers)
    cluster = replace(base.cluster, algorithm=knobs.algorithm, k=knobs.k)
    return replace(base, roles=roles, features=features, cluster=cluster)


def _check(knobs: Knobs, sampled: Sampled) -> None:
    known = columns_of(sampled.prepared)
    if not knobs.features:
        raise ColumnError("at least one feature", "none", "Take one in: segments are made of features.")
    strange = [n for n in (*knobs.features, *dict(knobs.weights)) if n not in known]
    if strange:
        raise ColumnError(f"features out of {listed(list(known))}", f"'{strange[0]}'", "Take one of these.")
    algorithm = ALGORITHMS.get(knobs.algorithm)
    if algorithm is None:
        raise SettingsError(f"one of {listed(list(ALGORITHMS))}", f"'{knobs.algorithm}'", "Choose one of them.")
    if algorithm.takes_k != (knobs.k is not None):
        told = "a number of segments" if algorithm.takes_k else "no number of segments: it finds its own"
        raise SettingsError(f"{told} for {algorithm.title}", str(knobs.k), "Correct the number.")
