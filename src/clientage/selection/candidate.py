"""One algorithm × k with everything that is known about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clientage.clustering.models import ClusterModel
from clientage.selection.criteria import CRITERIA


@dataclass(frozen=True, slots=True)
class Candidate:
    """A solution that could become the segmentation.

    Parameters
    ----------
    algorithm : str
        Name in the catalogue of `clientage.clustering`.
    k : int
        Number of segments.
    model : ClusterModel
        Assigns customers.
    sizes : int64 ndarray of shape (k,)
        Customers of each cluster, in the model's order; estimated above 32,768 customers.
    criteria : mapping of str to float or None
        By key of `clientage.selection.criteria.CRITERIA`; None where undefined.
    stability, stability_sd : float or None
        Mean and standard deviation of the adjusted Rand index between bootstrap solutions; None
        where it was not measured.
    segment_stability : ndarray of shape (k,) or None
        SLSW: mean best Jaccard of each cluster over the bootstraps.
    noise : int
        Customers in no segment.
    usable : bool
        Nothing speaks against offering it.
    marks : tuple of str
        Why it is not usable, or doubts, in words.
    slsa : ndarray of shape (k,) or None
        How far each cluster comes from a single cluster of the same algorithm at k-1 (1: wholly).
    continues : int64 ndarray of shape (k,) or None
        The cluster of that solution which each one continues, aligned by linear assignment; -1: it is new.
    came_from : ndarray of shape (k', k) or None
        How many customers of each cluster (column) were in which cluster of that solution (row).
    valley : float or None
        How much thinner the ground between neighbouring segments is (`clientage.selection.valley`); None
        where stability was not measured either.
    least_valley : float or None
        The same for the one border where the ground is least thin.
    """

    algorithm: str
    k: int
    model: ClusterModel
    sizes: np.ndarray
    criteria: Mapping[str, float | None]
    stability: float | None = None
    stability_sd: float | None = None
    segment_stability: np.ndarray | None = None
    noise: int = 0
    usable: bool = True
    marks: tuple[str, ...] = ()
    slsa: np.ndarray | None = None
    continues: np.ndarray | None = None
    came_from: np.ndarray | None = None
    valley: float | None = None
    least_valley: float | None = None

    @property
    def not_applicable(self) -> dict[str, str]:
        """Criteria without a figure here, by key, and what each would need."""
        return {key: c.needs for key, c in CRITERIA.items() if self.criteria.get(key) is None}

    @property
    def silhouette(self) -> float | None:
        """Mean silhouette, counting customers without a segment as 0."""
        value = self.criteria.get("silhouette")
        inside = float(self.sizes.sum())
        return None if value is None else value * inside / (inside + self.noise)

    @property
    def usefulness(self) -> float:
        """Share of the customers' differences that the segments capture, counted as far as it comes back."""
        return (self.criteria.get("explained") or 0.0) * (1.0 if self.stability is None else max(self.stability, 0.0))
