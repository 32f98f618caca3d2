"""What every export says of raw columns alike: which are numbers, and what categories become on the grid.

Receives steps of a recipe; returns facts about them, in steps of the grid where they are values. Numbers from `LARGEST`
on, which reading refuses, count as missing in exports.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clientage.data.table import Column
from clientage.errors import ModelError
from clientage.features.encoding import LARGEST, Recipe
from clientage.features.steps import MISSING, OTHER, CategoryStep
from clientage.grid import Grid

__all__ = [
    "LARGEST",
    "in_steps",
    "is_coded",
    "largest_power_input",
    "level_table",
    "missing_place",
    "number_codes",
    "says_yes_no",
]

LARGEST_EXPONENT = 300.0  # powers of ten that a double holds, with room


def is_coded(step: CategoryStep) -> bool:
    """Whether the categories are numbers that stand for something, and the column therefore one of numbers.

    Examples
    --------
    >>> step = CategoryStep("Channel", ("1", "2", "(missing)"), (0.5, 0.4, 0.1), 1.0, 1, 0)
    >>> is_coded(step)
    True
    """
    named = [c for c in step.categories if c not in (MISSING, OTHER)]
    return bool(named) and all(_is_number_as_written(c) for c in named)


def says_yes_no(step: CategoryStep) -> bool:
    """Whether the coded categories are 0 and 1."""
    return set(step.categories) - {MISSING, OTHER} <= {"0", "1"}


def number_codes(null_values: Sequence[str]) -> list[float]:
    """Return the settings' texts for "missing" that are numbers.

    Examples
    --------
    >>> number_codes(["-999", "n.b."])
    [-999.0]
    """
    codes = []
    for text in null_values:
        try:
            codes.append(float(text))
        except ValueError:
            continue
    return [code for code in codes if abs(code) < LARGEST]


def missing_place(step: CategoryStep) -> int:
    """Return the place of "missing" among the categories; where training had none it counts as a new one."""
    return step.categories.index(MISSING) if MISSING in step.categories else len(step.categories)


def largest_power_input(power: float) -> float:
    """Return a bound on x that keeps (1 + x)^power inside a double; what lies beyond is a far outlier anyway."""
    return float(10.0 ** (LARGEST_EXPONENT / max(3.0, abs(power))))


def level_table(step: CategoryStep, recipe: Recipe) -> np.ndarray:
    """Return (J + 1, J): the encoded values of every category in steps of the grid, and of a category never seen.

    Parameters
    ----------
    step : CategoryStep
        With J categories.
    recipe : Recipe
        Its grid.
    """
    known = Column(step.name, "text", np.arange(len(step.categories), dtype=np.int32), step.categories)
    levels = np.column_stack(step.apply(known).values)
    whole = Grid(recipe.grid_step, recipe.grid_limit).round(levels) / recipe.grid_step
    return np.vstack([whole, np.zeros(len(step.categories))]).astype(np.int64)


def in_steps(points: np.ndarray, grid_step: float) -> np.ndarray:
    """Return points on the grid as whole numbers of steps, int64.

    Raises
    ------
    ModelError
        When they are not on the grid of the recipe.
    """
    steps = np.asarray(points, dtype=np.float64) / grid_step
    if not bool(np.all(steps == np.rint(steps))):
        raise ModelError(
            "a model whose points lie on the grid of its recipe", "one whose points do not", "Run the study again."
        )
    return steps.astype(np.int64)


def _is_number_as_written(text: str) -> bool:
    try:
        value = float(text)
    except ValueError:
        return False
    return abs(value) < LARGEST and text in (repr(value), f"{value:.0f}")
