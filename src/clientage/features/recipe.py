"""The recipe: how original columns become the encoded matrix, the same way for training and for new customers.

Receives columns; returns numbers on the grid, where the columns are kept: in memory or on disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from clientage.cores import side_by_side
from clientage.data.table import PART, Column
from clientage.errors import ColumnError, ModelError, did_you_mean, listed
from clientage.features.applied import Applied
from clientage.features.steps import NumberStep, Step, step_from_dict, step_to_dict
from clientage.grid import Grid
from clientage.spool import Held, Spool, Stored, opened


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
    >>> from clientage.config import FeatureSettings
    >>> from clientage.features.steps import fit_number
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
        spool = spool_of(columns)
        applied: dict[str, Applied] = {}
        if spool is None:
            held: Held = self._in_memory(by_name, applied, n)
        else:
            held = spool.keep_columns(self._one_by_one(by_name, applied), (n, len(self.names)))
        return Encoded(
            held,
            unseen={name: a.unseen for name, a in applied.items() if a.unseen},
            out_of_range={name: a.out_of_range / n for name, a in applied.items() if a.out_of_range},
            filled={name: a.filled for name, a in applied.items() if a.filled},
        )

    def _one_by_one(self, columns: Mapping[str, Column], applied: dict[str, Applied]) -> Iterator[np.ndarray]:
        """Yield the encoded columns one after the other; `applied` gets what was noticed on the way."""
        for step in self.features:
            one = applied[step.name] = step.apply(columns[step.name])
            for encoded in one.values:
                self._put_on_grid(encoded)
                yield encoded

    def _in_memory(self, columns: Mapping[str, Column], applied: dict[str, Applied], n: int) -> np.ndarray:
        """Return the encoded matrix, its columns made side by side."""
        values = np.empty((n, len(self.names)), order="F")
        ends = np.cumsum([len(step.names) for step in self.features])

        def encoded(step: Step, end: int) -> Applied:
            if isinstance(step, NumberStep):
                one = step.apply(columns[step.name], into=values[:, end - 1])
            else:
                one = step.apply(columns[step.name])
                for place, level in enumerate(one.values, end - len(step.names)):
                    values[:, place] = level
            for place in range(end - len(step.names), end):
                self._put_on_grid(values[:, place])
            return one

        made = side_by_side(lambda pair: encoded(*pair), zip(self.features, ends.tolist(), strict=True), n)
        applied.update({step.name: one for step, one in zip(self.features, made, strict=True)})
        return values

    def _put_on_grid(self, encoded: np.ndarray) -> None:
        grid = Grid(self.grid_step, self.grid_limit)
        for low in range(0, len(encoded), PART):  # blocks that stay in the processor's cache
            grid.round_in_place(encoded[low : low + PART])

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


def spool_of(columns: Iterable[Column]) -> Spool | None:
    """Where the matrix goes, as its columns did: None for memory."""
    return next((c.held.spool for c in columns if isinstance(c.held, Stored)), None)
