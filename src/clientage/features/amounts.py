"""Encoded numbers back in the units of the file.

Receives a recipe; returns the function from encoded customers to amounts. Some relations of columns, such as shares
that add up to one whole, are there in these units only: logarithms and common scales destroy them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from clientage.features.recipe import Recipe
from clientage.features.steps import NumberStep

Amounts = Callable[[np.ndarray], np.ndarray]


def amounts_by(recipe: Recipe) -> Amounts:
    """Return the function from encoded customers (n, p) to their amounts (n, p).

    Bounded values come back as their bounds, missing ones as what they were filled with. Columns of categories, and
    those on a Yeo-Johnson scale, which have negative values, come back as NaN.

    Parameters
    ----------
    recipe : Recipe
        Of the encoded customers.

    Examples
    --------
    >>> from clientage.config import FeatureSettings
    >>> from clientage.data.table import Column
    >>> from clientage.features.steps import fit_number
    >>> spend = Column("spend", "number", np.exp(np.arange(0.0, 9.0)))
    >>> step = fit_number(spend, FeatureSettings(), 2.0)
    >>> recipe = Recipe((step,), 2.0**-20, 16.0)
    >>> step.transform, amounts_by(recipe)(recipe.apply([spend]).values)[:4, 0].round(2).tolist()
    ('log', [1.0, 2.72, 7.39, 20.09])
    """
    steps = [step if isinstance(step, NumberStep) else None for step in recipe.features for _ in step.names]

    def amounts(x: np.ndarray) -> np.ndarray:
        return np.column_stack([_amounts(step, column) for step, column in zip(steps, x.T, strict=True)])

    return amounts


def _amounts(step: NumberStep | None, column: np.ndarray) -> np.ndarray:
    if step is None or step.transform == "yeo-johnson":
        return np.full(len(column), np.nan)
    moved = column / step.factor * step.scale + step.center
    if step.transform == "none":
        return np.asarray(moved)
    with np.errstate(over="ignore"):
        return np.asarray(np.expm1(moved) * step.unit)
