"""Features become a matrix in which distances mean something, and the recipe does the same to new customers.

Receives `Customers`; returns a `FeatureMatrix` of numbers on the grid and the `Recipe` that scoring reuses.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from clientage.config import FeatureSettings
from clientage.data.quality import Note
from clientage.data.table import PART, Column
from clientage.errors import ColumnError, DataError, ModelError, SettingsError, counted, did_you_mean, listed
from clientage.features.applied import Applied
from clientage.features.customers import Customers
from clientage.features.steps import (
    MOST_CATEGORIES,
    CategoryStep,
    NumberStep,
    Step,
    fit_category,
    fit_number,
    step_from_dict,
    step_to_dict,
)
from clientage.grid import Grid
from clientage.spool import Held, Stored, chunks, opened

__all__ = ["CategoryStep", "Encoded", "FeatureMatrix", "NumberStep", "Recipe", "encode"]

FEW_CUSTOMERS = 30
LARGEST = 1e100  # squares of larger numbers leave the range of a float


@dataclass(frozen=True, slots=True)
class Encoded:
    """Customers as numbers.

    Parameters
    ----------
    held : ndarray of shape (n, p) or Stored
        float64 on the grid, in column-major order; read it as `values`.
    unseen : mapping of str to int
        Feature to number of rows with a category that training did not have; encoded as the average.
    out_of_range : mapping of str to float
        Feature to share of rows outside the range of training; bounded as outliers of training were.
    filled : mapping of str to int
        Feature to number of rows without a value.

    Examples
    --------
    >>> Encoded(np.zeros((1, 2)), {}, {}, {}).values.shape
    (1, 2)
    """

    held: Held
    unseen: Mapping[str, int]
    out_of_range: Mapping[str, float]
    filled: Mapping[str, int]

    @property
    def values(self) -> np.ndarray:
        """The encoded values (n, p), on disk where the features are."""
        return opened(self.held)


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that is needed to encode customers as the training customers were.

    Parameters
    ----------
    features : tuple of NumberStep or CategoryStep
        One for each feature, in order.
    grid_step, grid_limit : float
        The grid that encoded values are rounded to, as the last operation.

    Examples
    --------
    >>> x = Column("x", "number", np.arange(1.0, 6.0))
    >>> step = fit_number(x, FeatureSettings(), 1.0)
    >>> recipe = Recipe((step,), 2.0**-20, 16.0)
    >>> Recipe.from_dict(recipe.to_dict()) == recipe
    True
    >>> recipe.apply([Column("x", "number", np.array([3.0, np.nan]))]).values.tolist()
    [[0.0], [0.0]]
    """

    features: tuple[Step, ...]
    grid_step: float
    grid_limit: float

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the encoded columns."""
        return tuple(name for step in self.features for name in step.names)

    @property
    def feature_of(self) -> np.ndarray:
        """Index of the feature of each encoded column, int64 (p,)."""
        return np.repeat(np.arange(len(self.features)), [len(s.names) for s in self.features])

    def apply(self, columns: Sequence[Column]) -> Encoded:
        """Encode customers; one row alone gives the same bits as the same row in a batch.

        Parameters
        ----------
        columns : sequence of Column
            In any order; columns that are no features are passed over.

        Raises
        ------
        ColumnError
            When a feature is missing or holds something else than in training.
        """
        by_name = {c.name: c for c in columns}
        for step in self.features:
            if step.name not in by_name:
                raise ColumnError(
                    f"a column '{step.name}'",
                    f"columns {listed(list(by_name))}",
                    f"Bring the columns that the segments were made of.{did_you_mean(step.name, by_name)}",
                )
        n = len(columns[0]) if columns else 0
        applied: dict[str, Applied] = {}
        held = _kept_as(columns, self._encoded(by_name, applied), (n, len(self.names)))
        return Encoded(
            held,
            unseen={name: a.unseen for name, a in applied.items() if a.unseen},
            out_of_range={name: a.out_of_range / n for name, a in applied.items() if a.out_of_range},
            filled={name: a.filled for name, a in applied.items() if a.filled},
        )

    def _encoded(self, columns: Mapping[str, Column], applied: dict[str, Applied]) -> Iterator[np.ndarray]:
        """Yield the encoded columns one after the other; `applied` gets what was noticed on the way."""
        grid = Grid(self.grid_step, self.grid_limit)
        for step in self.features:
            one = applied[step.name] = step.apply(columns[step.name])
            for encoded in one.values:
                for low in range(0, len(encoded), PART):
                    encoded[low : low + PART] = grid.round(encoded[low : low + PART])
                yield encoded

    def describe(self) -> list[dict[str, Any]]:
        """Return what is done to each feature and why: filling, transformation, bounds, weight."""
        return [step.describe() for step in self.features]

    def to_dict(self) -> dict[str, Any]:
        """Return the recipe as JSON-ready values; floats survive JSON exactly."""
        return {
            "grid_step": self.grid_step,
            "grid_limit": self.grid_limit,
            "features": [step_to_dict(s) for s in self.features],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Recipe:
        """Return the recipe that `to_dict` wrote.

        Raises
        ------
        ModelError
            When parts are missing or of another version.
        """
        try:
            steps = tuple(step_from_dict(s) for s in data["features"])
            return cls(steps, float(data["grid_step"]), float(data["grid_limit"]))
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise ModelError(
                "a recipe as clientage writes it", f"it cannot be read ({problem!r})", "Make the run again."
            ) from None


def _kept_as(columns: Sequence[Column], encoded: Iterable[np.ndarray], shape: tuple[int, int]) -> Held:
    """Put a matrix together where the columns it is made of are kept: in memory or on disk."""
    spool = next((c.held.spool for c in columns if isinstance(c.held, Stored)), None)
    if spool is not None:
        return spool.keep_columns(encoded, shape)
    values = np.empty(shape, order="F")
    for place, column in enumerate(encoded):
        values[:, place] = column
    return values


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
    steps: list[Step] = []
    for column in customers.features:
        step = _fit(column, settings, weights.get(column.name, 1.0))
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


def _fit(column: Column, settings: FeatureSettings, weight: float) -> Step | None:
    if column.kind == "text":
        return fit_category(column, weight)
    if column.kind == "date":
        raise ColumnError(
            f"numbers or categories in the feature '{column.name}'",
            "dates",
            "Use it as profile, or turn it into a number such as days since then.",
        )
    finite = column.values[np.isfinite(column.values)]
    if len(finite) and max(-float(finite.min()), float(finite.max())) > LARGEST:
        raise DataError(
            f"numbers below {LARGEST:g} in '{column.name}'",
            f"a value beyond it in row {int(np.nanargmax(np.abs(column.values))) + 1}",
            "Correct the value, or leave the column out: roles.ignore.",
        )
    return fit_number(column, settings, weight)


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
