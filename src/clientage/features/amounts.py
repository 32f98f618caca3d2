"""Encoded numbers back in the units of the file.

Receives encoded training customers; returns the function from encoded values to amounts. Some relations of columns,
such as shares that add up to one whole, are there in these units only: logarithms and common scales destroy them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from clientage.features.encoding import FeatureMatrix
from clientage.features.steps import NumberStep, Step

Amounts = Callable[[np.ndarray], np.ndarray]


def amounts_by(matrix: FeatureMatrix) -> Amounts:
    """Return the function from encoded customers (n, p) to their amounts (n, p).

    Bounded values come back as their bounds, missing ones as what they were filled with. Columns of categories, and
    those on a Yeo-Johnson scale, which have negative values, come back as NaN.

    Parameters
    ----------
    matrix : FeatureMatrix
        The training customers with their recipe.

    Examples
    --------
    >>> from clientage.config import FeatureSettings
    >>> from clientage.data.quality import QualityReport
    >>> from clientage.data.table import Column
    >>> from clientage.features.customers import Customers
    >>> from clientage.features.encoding import encode
    >>> spend = Column("spend", "number", np.exp(np.arange(0.0, 9.0)))
    >>> people = Customers(9, None, (spend,), (), (), None, "customers", np.arange(9), {}, {}, QualityReport({}))
    >>> matrix = encode(people, FeatureSettings())
    >>> matrix.recipe.features[0].transform, amounts_by(matrix)(matrix.values)[:4, 0].round(2).tolist()
    ('log', [1.0, 2.72, 7.39, 20.09])
    """
    steps = [matrix.recipe.features[i] for i in matrix.feature_of]

    def amounts(x: np.ndarray) -> np.ndarray:
        return np.column_stack([_amounts(step, column) for step, column in zip(steps, x.T, strict=True)])

    return amounts


def _amounts(step: Step, column: np.ndarray) -> np.ndarray:
    if not isinstance(step, NumberStep) or step.transform == "yeo-johnson":
        return np.full(len(column), np.nan)
    moved = column / step.factor * step.scale + step.center
    if step.transform == "none":
        return np.asarray(moved)
    with np.errstate(over="ignore"):
        return np.asarray(np.expm1(moved) * step.unit)
