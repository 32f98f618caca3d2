"""Clusters in the order people meet them: the largest segment first.

Receives the `Assignment` a cluster model made and returns a `Segmentation`. Cluster ids are an algorithm's
accident; from here on everything counts segments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from clientage.clustering.models import Assignment, ClusterModel


@dataclass(frozen=True, slots=True)
class Segmentation:
    """The segment of every customer.

    Parameters
    ----------
    labels : ndarray of shape (n,)
        int32, 0 … k-1 in segment order; -1 for a customer without a segment.
    runner_up : ndarray of shape (n,)
        int32, the second nearest segment; -1 where there is none.
    confidence : ndarray of shape (n,)
        float64 in [0, 1]; 0 halfway between two segments.
    distance : ndarray of shape (n,)
        float64, to the centre of the own segment in scaled units.
    order : ndarray of shape (k,)
        int64; segment j is cluster ``order[j]`` of the model.

    Examples
    --------
    >>> none = np.zeros(3)
    >>> s = Segmentation(np.array([0, 1, 0], np.int32), np.array([1, 0, 1], np.int32), none, none, np.array([1, 0]))
    >>> s.k, s.sizes.tolist(), s.unassigned
    (2, [2, 1], 0)
    """

    labels: np.ndarray
    runner_up: np.ndarray
    confidence: np.ndarray
    distance: np.ndarray
    order: np.ndarray

    @property
    def k(self) -> int:
        """Number of segments."""
        return len(self.order)

    @property
    def sizes(self) -> np.ndarray:
        """Customers in each segment, int64 (k,)."""
        return np.bincount(self.labels + 1, minlength=self.k + 1)[1:]

    @property
    def unassigned(self) -> int:
        """Customers without a segment."""
        return int(np.count_nonzero(self.labels < 0))


def to_segments(assignment: Assignment, model: ClusterModel) -> Segmentation:
    """Number the clusters of an assignment as segments, by falling size.

    Parameters
    ----------
    assignment : Assignment
        Of the customers the study is about; their counts decide the order.
    model : ClusterModel
        Its centres, (k, p), break ties between clusters of one size: smaller first coordinate first.

    Returns
    -------
    Segmentation
        The order depends on sizes and centres alone, so neither row order nor cluster ids change it.
    """
    sizes = np.bincount(assignment.labels + 1, minlength=model.n_clusters + 1)[1:]
    columns = np.asarray(model.centers, dtype=np.float64).T
    # lexsort's last key is the first in importance
    order = np.lexsort((*columns[::-1], -sizes)) if len(columns) else np.argsort(-sizes, kind="stable")
    return in_order(assignment, order)


def in_order(assignment: Assignment, order: np.ndarray) -> Segmentation:
    """Number the clusters of an assignment in a known order, as scoring with a saved model does.

    Parameters
    ----------
    assignment : Assignment
        Of any customers.
    order : ndarray of shape (k,)
        Segment j is cluster ``order[j]``.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> one = np.array([0, 1], np.int32)
    >>> a = SimpleNamespace(labels=one, runner_up=one[::-1], confidence=np.ones(2), distance=np.ones(2))
    >>> in_order(a, np.array([1, 0])).labels.tolist()
    [1, 0]
    """
    order = np.asarray(order, dtype=np.int64)
    segment_of = np.full(len(order) + 1, -1, dtype=np.int32)  # the last entry is reached by cluster -1
    segment_of[order] = np.arange(len(order), dtype=np.int32)
    return Segmentation(
        labels=segment_of[assignment.labels],
        runner_up=segment_of[assignment.runner_up],
        confidence=assignment.confidence,
        distance=assignment.distance,
        order=order,
    )
