"""The data as used: every feature in original units with its gaps filled and its outliers bounded.

Receives `Customers` and the `Recipe` they were encoded with; returns cleaned columns, each with an account of
what was done to it. Encoding a cleaned column gives what encoding the column itself gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from clientage.data.table import Column
from clientage.features.categories import as_categories, fold
from clientage.features.customers import Customers
from clientage.features.encoding import Recipe
from clientage.features.steps import MISSING, OTHER, CategoryStep, NumberStep, Step, transformed


@dataclass(frozen=True, slots=True)
class CleanColumn:
    """One cleaned column.

    Parameters
    ----------
    column : Column
        Of one value for each customer, in original units.
    role : {"feature", "profile", "outcome"}
        What the column is in the study.
    missing : int
        Cells without a value that are still empty.
    filled, bounded, lumped : int
        Cells that got the median or ``"(missing)"``; that were far outliers and count as the nearest usual
        value; that hold a rare category and count as ``"(other)"``.
    treatment : mapping or None
        What the recipe does to the feature, as in `Recipe.describe`; None for a column that only describes,
        and for a feature without spread, which made no segments and is left as it came.
    """

    column: Column
    role: Literal["feature", "profile", "outcome"]
    missing: int
    filled: int = 0
    bounded: int = 0
    lumped: int = 0
    treatment: dict[str, Any] | None = None


def clean_columns(customers: Customers, recipe: Recipe) -> tuple[CleanColumn, ...]:
    """Return features, profile and outcome columns of the customers, as they were used.

    Parameters
    ----------
    customers : Customers
        n customers.
    recipe : Recipe
        That made their matrix.

    Returns
    -------
    tuple of CleanColumn
        Features first, in the order of the customers' own columns.

    Examples
    --------
    >>> from clientage.config import FeatureSettings
    >>> from clientage.data.quality import QualityReport
    >>> from clientage.features.encoding import encode
    >>> spend = Column("spend", "number", np.array([1.0, np.nan, 2.0, 5.0]))
    >>> people = Customers(4, None, (spend,), (), (), None, "customers", np.arange(4), {}, {}, QualityReport({}))
    >>> (clean,) = clean_columns(people, encode(people, FeatureSettings()).recipe)
    >>> clean.column.values.tolist(), clean.filled
    ([1.0, 2.0, 2.0, 5.0], 1)
    """
    steps = {step.name: step for step in recipe.features}
    features = [_feature(column, steps.get(column.name)) for column in customers.features]
    profile = [CleanColumn(c, "profile", c.n_missing) for c in customers.profile]
    outcome = [CleanColumn(c, "outcome", c.n_missing) for c in customers.outcome]
    return (*features, *profile, *outcome)


def _feature(column: Column, step: Step | None) -> CleanColumn:
    if step is None:
        return CleanColumn(column, "feature", column.n_missing)
    return _number(column, step) if isinstance(step, NumberStep) else _category(column, step)


def _number(column: Column, step: NumberStep) -> CleanColumn:
    there = np.isfinite(column.values)
    values = np.where(there, column.values, step.fill)
    scaled = transformed(values, step.transform, step.unit, step.power)
    bounded = 0
    for bound, beyond in ((step.lower, np.less), (step.upper, np.greater)):
        # A bound that no original value corresponds to is never passed, so there is nothing to bound.
        original = None if bound is None else step.invert(bound)
        if bound is None or original is None:
            continue
        far = beyond(scaled, bound)
        values = np.where(far, original, values)
        bounded += int(np.count_nonzero(far))
    whole = bool(np.all(values == np.rint(values)))
    return CleanColumn(
        replace(column.with_values(values), is_integer=whole),
        "feature",
        missing=0,
        filled=len(values) - int(np.count_nonzero(there)),
        bounded=bounded,
        treatment=step.describe(),
    )


def _category(column: Column, step: CategoryStep) -> CleanColumn:
    texts = as_categories(column)
    place = {fold(c): i for i, c in enumerate(step.categories)}
    other = _place_of(OTHER, step.categories)
    lookup = np.array(
        [*(place.get(fold(c), other) for c in texts.categories), _place_of(MISSING, step.categories)], dtype=np.int32
    )
    values = lookup[texts.values]
    known = np.array([*(fold(c) in place for c in texts.categories), True])
    return CleanColumn(
        Column(column.name, "text", values, step.categories),
        "feature",
        missing=int(np.count_nonzero(values < 0)),
        filled=int(np.count_nonzero((texts.values < 0) & (values >= 0))),
        lumped=int(np.count_nonzero(~known[texts.values])),
        treatment=step.describe(),
    )


def _place_of(level: str, levels: Sequence[str]) -> int:
    return levels.index(level) if level in levels else -1
