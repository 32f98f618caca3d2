"""One trial: the study's own walk on the sampled customers with other settings.

Receives `Sampled` and `Knobs`; returns a `Trial`, first without and then with what takes seconds. Nothing is defined
here: encoding, clustering, criteria, null test, stability, profiles and verdict are the study's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from clientage.clustering.coreset import Coreset, summarise
from clientage.config import Settings
from clientage.errors import DataError
from clientage.features.customers import Customers
from clientage.features.encoding import FeatureMatrix, encode
from clientage.segments.profiles import Profiles, profile
from clientage.segments.segmentation import Segmentation, to_segments
from clientage.selection.adjusted_rand import adjusted_rand
from clientage.selection.select import select
from clientage.selection.selection import Selection
from clientage.study import Prepared, StudyRecord, study_customers
from clientage.trial.knobs import Knobs, settings_of
from clientage.trial.sampled import Sampled, customers_at


@dataclass(frozen=True, slots=True)
class Encoded:
    """The sampled customers with the features of some knobs, as numbers.

    Parameters
    ----------
    prepared : Prepared
        The m customers who have a value in one of the features.
    kept : ndarray of shape (m,)
        Which of the sampled customers they are.
    matrix : FeatureMatrix
        (m, p).
    coreset : Coreset
        Of the matrix; it keeps its tree, so that another k costs less.
    """

    prepared: Prepared
    kept: np.ndarray
    matrix: FeatureMatrix
    coreset: Coreset


@dataclass(frozen=True, slots=True)
class Trial:
    """What other settings would give.

    Parameters
    ----------
    knobs : Knobs
        The position of every knob.
    settings : Settings
        Of the full study that the knobs stand for.
    of : int
        Customers of the study; the trial is on `customers.n` of them.
    everybody : bool
        Whether the trial is on all of them.
    customers : Customers
        In original units.
    matrix : FeatureMatrix
        Encoded, (m, p).
    coreset : Coreset
        Of the matrix.
    segmentation : Segmentation
        The segment of every customer of the trial.
    selection : Selection
        The chosen candidate and, once judged, every other one, the null test and the stability.
    profiles : Profiles
        Of the segments. Before the trial is judged their recommendations mean nothing: they rest on the verdict.
    agreement : float
        Adjusted Rand index with the study's segments of the same customers.
    record : StudyRecord or None
        The whole study of these customers; None until the trial is judged.
    """

    knobs: Knobs
    settings: Settings
    of: int
    everybody: bool
    customers: Customers
    matrix: FeatureMatrix
    coreset: Coreset
    segmentation: Segmentation
    selection: Selection
    profiles: Profiles
    agreement: float
    record: StudyRecord | None = None

    @property
    def judged(self) -> bool:
        """Whether chance and repeated samples have been asked."""
        return self.record is not None


def encode_sampled(sampled: Sampled, settings: Settings) -> Encoded:
    """Return the sampled customers as the features of these settings make them numbers.

    Parameters
    ----------
    sampled : Sampled
        The customers.
    settings : Settings
        From `settings_of`: `roles.features` names the features where they are not the study's.

    Raises
    ------
    ClientageError
        When no customer has a value in the features, or they do not vary.
    """
    customers = _with_features(sampled.customers, settings.roles.features)
    kept = _with_values(sampled.prepared, customers, settings)
    if not len(kept):
        raise DataError("customers with a value in a feature", "none", "Take in another feature.")
    prepared = replace(sampled.prepared, customers=customers_at(customers, kept))
    matrix = encode(prepared.customers, settings.features)
    cluster = settings.cluster
    return Encoded(prepared, kept, matrix, summarise(matrix.values, size=cluster.coreset_size, seed=cluster.seed))


def try_knobs(sampled: Sampled, knobs: Knobs, encoded: Encoded | None = None) -> Trial:
    """Return the segments that these knobs give, without what takes seconds: chance and repeated samples.

    Parameters
    ----------
    sampled : Sampled
        The customers.
    knobs : Knobs
        The position of every knob.
    encoded : Encoded, optional
        From `encode_sampled` with the same features, weights, transformation and outlier policy.

    Returns
    -------
    Trial
        Not judged: stability and the null test of its selection are missing.

    Raises
    ------
    ClientageError
        When the settings cannot be, as the full study would refuse them.
    """
    settings = settings_of(knobs, sampled)
    encoded = encoded or encode_sampled(sampled, settings)
    alone = max(2, knobs.k or 2)
    cluster = replace(settings.cluster, k_min=alone, k_max=alone, bootstraps=0, null_draws=0)
    matrix = encoded.matrix
    selection = select(matrix.values, encoded.coreset, cluster, feature_of=matrix.feature_of)
    model = selection.chosen.model
    segmentation = to_segments(model.assign(matrix.values), model)
    customers = encoded.prepared.customers
    return Trial(
        knobs=knobs,
        settings=settings,
        of=sampled.of,
        everybody=sampled.everybody,
        customers=customers,
        matrix=matrix,
        coreset=encoded.coreset,
        segmentation=segmentation,
        selection=selection,
        profiles=profile(customers, matrix, segmentation, selection, control=settings.roles.control),
        agreement=adjusted_rand(sampled.labels[encoded.kept], segmentation.labels),
    )


def judge_knobs(sampled: Sampled, knobs: Knobs) -> Trial:
    """Return the segments that these knobs give, with everything the full study would say of these customers.

    Parameters
    ----------
    sampled, knobs
        As for `try_knobs`, which gives the same segments.

    Returns
    -------
    Trial
        Judged: its record is the study of the sampled customers.

    Raises
    ------
    ClientageError
        As `try_knobs`.
    """
    settings = settings_of(knobs, sampled)
    encoded = encode_sampled(sampled, settings)
    record = study_customers(encoded.prepared, settings)
    return Trial(
        knobs=knobs,
        settings=settings,
        of=sampled.of,
        everybody=sampled.everybody,
        customers=record.customers,
        matrix=record.matrix,
        coreset=record.coreset,
        segmentation=record.segmentation,
        selection=record.selection,
        profiles=record.profiles,
        agreement=adjusted_rand(sampled.labels[encoded.kept], record.segmentation.labels),
        record=record,
    )


def _with_features(customers: Customers, names: tuple[str, ...]) -> Customers:
    """The customers with other features; columns that were features describe segments from then on."""
    if not names:
        return customers
    others = [c for c in (*customers.features, *customers.profile) if c.name not in names]
    return replace(customers, features=tuple(customers.column(n) for n in names), profile=tuple(others))


def _with_values(prepared: Prepared, customers: Customers, settings: Settings) -> np.ndarray:
    """Customers whom the full study would not reject for want of feature values.

    Only columns of a customer table are asked: what is made of purchases has values for everybody who bought.
    """
    table = {item.column for item in prepared.roles[0].items} if customers.origin != "transactions" else set()
    asked = [c for c in customers.features if c.name in table]
    if not asked:
        return np.arange(customers.n)
    missing = np.sum([c.missing for c in asked], axis=0)
    most = 0 if settings.features.missing == "drop" else len(asked) - 1
    return np.flatnonzero(missing <= most)
