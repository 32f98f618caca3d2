"""Features become a matrix in which distances mean something, and the recipe does the same to new customers.

Receives `Customers`; returns a `FeatureMatrix` of numbers on the grid and the `Recipe` that scoring reuses.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from clientage.config import FeatureSettings
from clientage.cores import side_by_side
from clientage.data.quality import Note
from clientage.data.table import PART, Column
from clientage.errors import ColumnError, DataError, SettingsError, counted, did_you_mean, listed
from clientage.features.customers import Customers
from clientage.features.recipe import Encoded, Recipe, spool_of
from clientage.features.steps import (
    MOST_CATEGORIES,
    CategoryStep,
    NumberStep,
    Step,
    fit_category,
    fit_number,
)
from clientage.grid import Grid
from clientage.spool import Held, chunks, opened

__all__ = ["CategoryStep", "Encoded", "FeatureMatrix", "NumberStep", "Recipe", "encode"]

FEW_CUSTOMERS = 30
LARGEST = 1e100  # squares of larger numbers leave the range of a float


@dataclass(frozen=True, slots=True)
class FeatureMatrix:
    """The training customers as numbers, and how they became so.

    Parameters
    ----------
    held : ndarray of shape (n, p) or Stored
        float64 on the grid, column-major; in standard deviations unless `features.scale` is "none". Read as `values`.
    names : tuple of str
        Encoded columns: the feature itself, or ``feature=category``.
    feature_of : ndarray of shape (p,)
        Index of the feature of each encoded column in ``recipe.features``.
    recipe : Recipe
        What scoring reuses.
    notes : tuple of Note
        Features left out, outliers bounded, too few customers for so many features.

    Examples
    --------
    >>> FeatureMatrix(np.zeros((2, 1)), ("x",), np.array([0]), Recipe((), 1.0, 16.0), ()).values.shape
    (2, 1)
    """

    held: Held
    names: tuple[str, ...]
    feature_of: np.ndarray
    recipe: Recipe
    notes: tuple[Note, ...]

    @property
    def values(self) -> np.ndarray:
        """The encoded values (n, p), on disk where the features are."""
        return opened(self.held)

    def blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        """Yield the first row and the values of one block of rows after the other; none of them stays in memory."""
        yield from chunks(self.values, PART)

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean (p,) and the variance (p,) of every encoded column."""
        n, total = len(self.held), np.zeros(len(self.names))
        for _, part in self.blocks():
            total += part.sum(axis=0)
        mean, squares = total / max(n, 1), np.zeros(len(self.names))
        for _, part in self.blocks():
            squares += ((part - mean) ** 2).sum(axis=0)
        return mean, squares / max(n, 1)


def encode(customers: Customers, settings: FeatureSettings) -> FeatureMatrix:
    """Learn the recipe from the customers' features and encode them.

    Parameters
    ----------
    customers : Customers
        With at least one feature that varies.
    settings : FeatureSettings
        `outliers`, `skew`, `scale` and `weights`.

    Returns
    -------
    FeatureMatrix
        Bit-identical for any order of the rows, apart from that order.

    Raises
    ------
    DataError
        For fewer than two customers, when no feature varies, or a number is beyond 1e100.
    SettingsError, ColumnError
        For weights that are not positive, or of columns that are no features.

    Examples
    --------
    >>> from clientage.data.quality import QualityReport
    >>> spend = Column("spend", "number", np.arange(1.0, 6.0))
    >>> people = Customers(5, None, (spend,), (), (), None, "customers", np.arange(5), {}, {}, QualityReport({}))
    >>> encode(people, FeatureSettings()).values[:, 0].round(2).tolist()
    [-1.41, -0.71, 0.0, 0.71, 1.41]
    """
    notes: list[Note] = _check_size(customers)
    weights = _check_weights(customers.features, settings)
    fit = partial(_fit, settings=settings, weights=weights)
    rows = customers.n if spool_of(customers.features) is None else 0
    fitted = side_by_side(fit, customers.features, rows)
    steps: list[Step] = []
    for column, step in zip(customers.features, fitted, strict=True):
        if step is None:
            text = f"'{column.name}' was left out: (nearly) all customers have the same value."
            notes.append(Note("no-spread", "warning", text, column.name))
            continue
        steps.append(step)
        notes.extend(_notes(step, customers.n))
    if not steps:
        raise DataError(
            "at least one feature in which customers differ",
            f"{listed([c.name for c in customers.features])}, each with one value for (nearly) everybody",
            "Choose other features with --features (roles.features).",
        )
    recipe = _on_grid(_share_scale(steps, settings))
    encoded = recipe.apply(customers.features)
    p = len(recipe.names)
    if customers.n < p:
        text = f"There are fewer customers ({customers.n:,}) than encoded features ({p:,}); distances mean little."
        notes.append(Note("fewer-customers-than-features", "warning", text, None, p))
    return FeatureMatrix(encoded.held, recipe.names, recipe.feature_of, recipe, tuple(notes))


def _check_size(customers: Customers) -> list[Note]:
    if customers.n < 2:
        gone = [
            f"{count:,} {reason}" for a in customers.quality.accounts.values() for reason, count in a.rejected.items()
        ]
        raise DataError(
            "at least 2 customers",
            f"{customers.n}{' (rejected: ' + '; '.join(gone) + ')' if gone else ''}",
            "Check that the input is complete and that the right columns are features.",
        )
    if customers.n >= FEW_CUSTOMERS:
        return []
    text = f"There are only {customers.n} customers; segments of fewer than {FEW_CUSTOMERS} rest on very few people."
    return [Note("few-customers", "warning", text, None, customers.n)]


def _fit(column: Column, settings: FeatureSettings, weights: Mapping[str, float]) -> Step | None:
    weight = weights.get(column.name, 1.0)
    if column.kind == "text":
        return fit_category(column, weight)
    if column.kind == "date":
        raise ColumnError(
            f"numbers or categories in the feature '{column.name}'",
            "dates",
            "Use it as profile, or turn it into a number such as days since then.",
        )
    if _reach(column.values) > LARGEST:
        raise DataError(
            f"numbers below {LARGEST:g} in '{column.name}'",
            f"a value beyond it in row {int(np.nanargmax(np.abs(column.values))) + 1}",
            "Correct the value, or leave the column out: roles.ignore.",
        )
    return fit_number(column, settings, weight)


def _reach(values: np.ndarray) -> float:
    """The largest magnitude among finite values."""
    reach = max(-float(values.min()), float(values.max()))
    if math.isfinite(reach):
        return reach
    finite = values[np.isfinite(values)]  # a copy, for columns with gaps
    return max(-float(finite.min()), float(finite.max())) if len(finite) else 0.0


def _share_scale(steps: list[Step], settings: FeatureSettings) -> tuple[Step, ...]:
    """Give yes/no features one common scale when there is nothing else: they share their unit.

    Scaled one by one, a rare answer would weigh more than a frequent one in every distance.
    """
    binary = [s for s in steps if isinstance(s, NumberStep) and s.is_zero_one]
    if len(binary) < len(steps) or settings.scale != "standard":
        return tuple(steps)
    common = math.sqrt(math.fsum(s.scale * s.scale for s in binary) / len(binary))
    return tuple(replace(s, scale=common, reason="all features are yes/no and share one scale") for s in binary)


def _on_grid(steps: tuple[Step, ...]) -> Recipe:
    """Choose the grid from the largest encoded magnitude and the number of encoded columns."""
    largest = max(max(-low, high) for low, high in (step.extremes for step in steps))
    grid = Grid.for_values(np.full((1, sum(len(s.names) for s in steps)), largest))
    return Recipe(steps, grid.step, grid.limit)


def _check_weights(features: Iterable[Column], settings: FeatureSettings) -> Mapping[str, float]:
    names = [c.name for c in features]
    for name, weight in settings.weights.items():
        if name not in names:
            raise ColumnError(
                f"features.weights to name features, {listed(names)}",
                f"'{name}'",
                f"Correct the name.{did_you_mean(name, names)}",
            )
        if not 0.0 < weight <= 1e6:
            raise SettingsError(
                f"a weight of '{name}' above 0", f"{weight:g}", "To leave a feature out, name it in roles.ignore."
            )
    return settings.weights


def _notes(step: Step, n: int) -> list[Note]:
    if isinstance(step, CategoryStep):
        if not step.lumped:
            return []
        what = counted(step.lumped, "customer has", "customers have")
        text = f"{what} a '{step.name}' beyond the {MOST_CATEGORIES - 1} most frequent: counted together."
        return [Note("rare-categories", "repair", text, step.name, step.lumped)]
    notes = []
    if step.missing:
        what = counted(step.missing, "missing value")
        text = f"{what} in '{step.name}': counted as the median, {step.fill:,.10g}."
        notes.append(Note("filled-missing", "repair", text, step.name, step.missing))
    if step.winsorised:
        text = (
            f"{counted(step.winsorised, 'far outlier')} in '{step.name}' (of {n:,} values): counted as the nearest "
            "usual value when segments are made, and the customers are kept."
        )
        notes.append(Note("winsorised", "repair", text, step.name, step.winsorised))
    if step.transform != "none":
        scale = {"log": "a log", "yeo-johnson": "a stretched (Yeo-Johnson)"}.get(step.transform, f"a {step.transform}")
        text = f"'{step.name}' is compared on {scale} scale: {step.reason}."
        notes.append(Note("transformed", "info", text, step.name))
    return notes
