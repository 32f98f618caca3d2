"""What a check is, and what it may answer.

A check looks at the parts of a study and says one of three things: a `Finding`; nothing, because all
is well; or `NotApplicable`, because what it would look at is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from clientage.config import Settings

if TYPE_CHECKING:
    from clientage.features.customers import Customers
    from clientage.features.encoding import FeatureMatrix
    from clientage.segments.profiles import Profiles
    from clientage.segments.segmentation import Segmentation
    from clientage.selection.selection import Selection

Severity = Literal["info", "warning", "serious"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a reader of the segments must know.

    Parameters
    ----------
    code : str
        Stable, for example ``"SEG001"``.
    title : str
        A few words.
    severity : {"info", "warning", "serious"}
        serious: do not act on the segments before it is settled.
    text : str
        What was found, with its figures.
    advice : str
        What to do.
    figures : mapping of str to float
        The figures in `text`, for scripts.
    """

    code: str
    title: str
    severity: Severity
    text: str
    advice: str
    figures: Mapping[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as JSON-ready values."""
        return {
            "code": self.code,
            "title": self.title,
            "severity": self.severity,
            "text": self.text,
            "advice": self.advice,
            "figures": dict(self.figures),
        }


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """A check could not judge.

    Parameters
    ----------
    why : str
        What it would have needed.
    """

    why: str


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A check that could not judge, for those who wonder what was looked at.

    Parameters
    ----------
    code, title : str
        Of the check.
    why : str
        What it would have needed.
    """

    code: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Moments:
    """The encoded columns of all customers.

    Parameters
    ----------
    mean, variance : ndarray of shape (p,)
        Of every encoded column.
    numeric : ndarray of shape (q,)
        Features that are one encoded column.
    products : ndarray of shape (q, q)
        Sums of the products of their deviations from the mean.
    """

    mean: np.ndarray
    variance: np.ndarray
    numeric: np.ndarray
    products: np.ndarray


def moments_of(customers: Customers, matrix: FeatureMatrix) -> Moments:  # noqa: ARG001 - one of several makers
    """Return what is known of the encoded columns before there are segments."""
    mean, variance = matrix.moments()
    _, first, width = np.unique(matrix.feature_of, return_index=True, return_counts=True)
    numeric = np.flatnonzero(width == 1)
    columns, products = first[numeric], np.zeros((len(numeric), len(numeric)))
    for _, part in matrix.blocks() if len(numeric) > 1 else ():
        x = part[:, columns] - mean[columns]
        products += x.T @ x
    return Moments(mean, variance, numeric, products)


@dataclass(frozen=True)  # no slots: what several checks ask for is worked out once
class Evidence:
    """The parts of a study that checks look at.

    `known` is what was worked out before there were segments. In `settings` a person may have answered already what a
    check would ask.
    """

    customers: Customers
    matrix: FeatureMatrix
    selection: Selection
    segmentation: Segmentation
    profiles: Profiles
    known: Moments | None = None
    settings: Settings = field(default_factory=Settings)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Name of each feature, by the index that `matrix.feature_of` uses."""
        return tuple(step.name for step in self.matrix.recipe.features)

    @cached_property
    def encoded(self) -> Moments:
        """What is known of the encoded columns."""
        return self.known or moments_of(self.customers, self.matrix)

    @property
    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean (p,) and variance (p,) of every encoded column."""
        return self.encoded.mean, self.encoded.variance

    @cached_property
    def segment_means(self) -> tuple[np.ndarray, np.ndarray]:
        """Sizes (k,) and means (k, p) of the segments in encoded values."""
        labels, k = self.segmentation.labels, self.segmentation.k
        there = labels >= 0
        sizes = np.bincount(labels[there], minlength=k).astype(np.float64)
        sums = np.zeros((k + 1, len(self.matrix.names)))  # the last row: customers without a segment
        for low, part in self.matrix.blocks():
            own = labels[low : low + len(part)]
            own = np.where(own < 0, k, own).astype(np.int64)
            sums += np.column_stack([np.bincount(own, column, k + 1) for column in part.T])
        return sizes, sums[:k] / np.maximum(sizes, 1.0)[:, None]


Outcome = Finding | NotApplicable | None


class Check(Protocol):
    """One question to a study."""

    @property
    def code(self) -> str:
        """``SEG`` and three digits; never used again for another question."""

    @property
    def title(self) -> str:
        """A few words."""

    @property
    def looks_for(self) -> str:
        """What would be a finding, with its threshold: completes "it looks for …"."""

    def examine(self, evidence: Evidence) -> Outcome:
        """Answer it."""


def between_shares(evidence: Evidence) -> np.ndarray:
    """Return each feature's share of the variance between segments, (features,); zeros when there is none."""
    sizes, means = evidence.segment_means
    centre = sizes @ means / max(float(sizes.sum()), 1.0)
    by_column = sizes @ (means - centre) ** 2
    by_feature = np.bincount(evidence.matrix.feature_of, weights=by_column, minlength=len(evidence.feature_names))
    return np.asarray(by_feature / max(float(by_feature.sum()), 1e-300))


def named(evidence: Evidence, positions: list[int], most: int = 3) -> str:
    """Return segments by number and name, ``2 (Loyal big spenders)``, cut after `most`."""
    shown = [f"{s.id} ({s.name})" for s in (evidence.profiles.segments[j] for j in positions[:most])]
    more = len(positions) - len(shown)
    last = f"{more} more" if more else shown.pop()
    return f"{', '.join(shown)} and {last}" if shown else last
