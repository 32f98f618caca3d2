"""The scikit-learn door: `Segmenter`, an estimator that goes where any clusterer goes.

scikit-learn is imported with this file and with nothing else of the default path.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from clientage.clustering.coreset import summarise
from clientage.config import settings_from
from clientage.data.quality import QualityReport
from clientage.data.table import Column
from clientage.errors import ClientageError
from clientage.extras import require
from clientage.features.amounts import amounts_by
from clientage.features.customers import Customers
from clientage.features.encoding import encode
from clientage.segments.segmentation import in_order, to_segments
from clientage.selection.select import select

base: Any = require("sklearn.base", "the estimator Segmenter")
validation: Any = require("sklearn.utils.validation", "the estimator Segmenter")


class Segmenter(base.ClusterMixin, base.BaseEstimator):  # type: ignore[misc] # scikit-learn is not typed
    """Segments of rows, with the number of segments chosen and judged.

    Parameters
    ----------
    n_clusters : int or None, default=None
        Number of segments; None: chosen between `k_min` and `k_max`.
    algorithm : str, default="auto"
        ``"kmeans"``, ``"ward"``, ``"mixture"``, ``"one_shape"``, ``"dbscan"``, ``"hdbscan"`` or ``"auto"``.
    k_min, k_max : int, default=2 and 10
        Range of the choice.
    scale : {"standard", "none"}, default="standard"
        Whether columns are brought to the same standard deviation.
    skew : {"auto", "none"}, default="auto"
        Whether skewed columns are transformed first.
    outliers : {"winsorise", "keep"}, default="winsorise"
        Whether extreme values are moved to the bounds for fitting.
    random_state : int, default=0
        Same seed, same segments, whatever the row order.

    Attributes
    ----------
    labels_ : ndarray of shape (n_samples,)
        0 … k-1 by falling size; -1 for a row without a segment (density algorithms).
    cluster_centers_ : ndarray of shape (k, n_features_in_)
        Mean of each segment in original units.
    n_clusters_ : int
        Number of segments.
    verdict_ : {"natural", "reproducible", "constructive"}
        What kind of segmentation this is.
    selection_ : Selection
        Every candidate, the winner and why.
    n_features_in_ : int
        Number of columns.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(0, 1, (50, 2)), rng.normal(9, 1, (50, 2))])
    >>> sorted(np.bincount(Segmenter().fit_predict(X)).tolist())
    [50, 50]
    """

    def __init__(
        self,
        n_clusters: int | None = None,
        *,
        algorithm: str = "auto",
        k_min: int = 2,
        k_max: int = 10,
        scale: str = "standard",
        skew: str = "auto",
        outliers: str = "winsorise",
        random_state: int = 0,
    ) -> None:
        self.n_clusters = n_clusters
        self.algorithm = algorithm
        self.k_min = k_min
        self.k_max = k_max
        self.scale = scale
        self.skew = skew
        self.outliers = outliers
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def fit(self, X: Any, y: Any = None) -> Segmenter:  # noqa: ARG002 - the contract of every estimator
        """Find the segments of `X`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Numbers; NaN where missing.
        y : None
            Not used.

        Raises
        ------
        ValueError
            When no segmentation can be made of `X`.
        """
        X = validation.validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=2)
        try:
            self._fit(X)
        except ClientageError as refusal:
            raise ValueError(str(refusal)) from refusal
        return self

    def _fit(self, X: np.ndarray) -> None:
        settings = settings_from(
            {
                "cluster": {
                    "k": self.n_clusters,
                    "algorithm": self.algorithm,
                    "k_min": self.k_min,
                    "k_max": self.k_max,
                    "seed": _seed(self.random_state),
                },
                "features": {"scale": self.scale, "skew": self.skew, "outliers": self.outliers},
            }
        )
        columns = _columns(X)
        matrix = encode(_customers(columns), settings.features)
        coreset = summarise(matrix.values, size=settings.cluster.coreset_size, seed=settings.cluster.seed)
        amounts = amounts_by(matrix)
        self.selection_ = select(
            matrix.values, coreset, settings.cluster, feature_of=matrix.feature_of, amounts=amounts
        )
        model = self.selection_.chosen.model
        segmentation = to_segments(model.assign(matrix.values), model)
        self._recipe, self._model, self._order = matrix.recipe, model, segmentation.order
        self.labels_ = segmentation.labels.astype(np.int64)
        self.n_clusters_ = len(segmentation.order)
        self.verdict_ = self.selection_.verdict
        self.cluster_centers_ = np.array([np.nanmean(X[self.labels_ == j], axis=0) for j in range(self.n_clusters_)])

    def predict(self, X: Any) -> np.ndarray:
        """Return the segment of each row of `X`, int64 (n_samples,), numbered as `labels_`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Numbers; NaN where missing.
        """
        validation.check_is_fitted(self, "labels_")
        X = validation.validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        assignment = self._model.assign(self._recipe.apply(_columns(X)).values)
        labels: np.ndarray = in_order(assignment, self._order).labels.astype(np.int64)
        return labels


def _seed(random_state: Any) -> int:
    if random_state is None:
        return 0
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31))
    return int(random_state)


def _columns(X: np.ndarray) -> tuple[Column, ...]:
    return tuple(Column(f"x{j}", "number", X[:, j]) for j in range(X.shape[1]))


def _customers(columns: tuple[Column, ...]) -> Customers:
    """Rows as customers: every column a feature, nothing to repair."""
    n = len(columns[0])
    return Customers(
        n=n,
        ids=None,
        features=columns,
        profile=(),
        outcome=(),
        value=None,
        origin="customers",
        row_customer=np.arange(n),
        units={},
        titles={},
        quality=QualityReport(accounts={}, counts={}, notes=()),
    )
