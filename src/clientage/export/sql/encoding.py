"""Features become whole numbers of grid steps, by the recipe of the study, operation by operation.

Receives a recipe and a stage with one column for each feature; returns the stages up to the encoded matrix. On the
grid (docs/decisions/0001) every encoded value is a whole number of steps: as 64-bit integers their differences,
squares and sums are exact in any database, so that distances and ties come out as in Python.
"""

from __future__ import annotations

from collections.abc import Sequence

from clientage.export.raw_columns import largest_power_input, level_table, missing_place
from clientage.export.sql.dialects import Dialect
from clientage.export.sql.stages import Stage, choose
from clientage.features.encoding import Recipe
from clientage.features.steps import CategoryStep, NumberStep, Step

ROUNDER = 1.5 * 2.0**52  # added and taken away again, it rounds to the nearest whole number, halves to even


def feature_columns(recipe: Recipe) -> list[str]:
    """Return the name of each feature's column in the stages: x1 for a number, c2 for a category."""
    return [f"{'c' if isinstance(s, CategoryStep) else 'x'}{i}" for i, s in enumerate(recipe.features, 1)]


def encoded_columns(recipe: Recipe) -> list[str]:
    """Return the name of each encoded column in the stages."""
    return [f"q{i}" for i in range(1, len(recipe.names) + 1)]


def encode_stages(dialect: Dialect, recipe: Recipe, source: str) -> list[Stage]:
    """Return the stages from features to the encoded matrix, named ``encoded``.

    Parameters
    ----------
    dialect : Dialect
        Of the database.
    recipe : Recipe
        Of the study.
    source : str
        A stage with ``id`` and the columns of `feature_columns`.
    """
    names = feature_columns(recipe)
    steps = list(zip(names, recipe.features, strict=True))
    filled = {n: f"COALESCE({n}, {dialect.float_of(s.fill)})" for n, s in steps if isinstance(s, NumberStep)}
    scaled = {n: _scaled(dialect, s, n, recipe.grid_step) for n, s in steps if isinstance(s, NumberStep)}
    carried = {n: "" for n, s in steps if isinstance(s, CategoryStep)}
    gaps = {n: f"COALESCE({n}, {missing_place(s)})" for n, s in steps if isinstance(s, CategoryStep)}
    encoded = [text for n, s in steps for text in _on_grid(dialect, s, n, recipe)]
    return [
        Stage("filled", {"id": "", **filled, **gaps}, source, "Missing numbers count as the median."),
        Stage(
            "scaled",
            {"id": "", **scaled, **carried},
            "filled",
            "Transformed, bounded as outliers were, scaled; in steps of the grid.",
        ),
        Stage(
            "encoded",
            {"id": "", **dict(zip(encoded_columns(recipe), encoded, strict=True))},
            "scaled",
            "Rounded to the grid, halves to even: whole numbers from here on.",
            once=True,
        ),
    ]


def _scaled(dialect: Dialect, step: NumberStep, cell: str, grid_step: float) -> str:
    """Return a filled number in steps of the grid, not yet rounded."""
    number = dialect.float_of
    text = _transformed(dialect, step, cell)
    if step.lower is not None and step.upper is not None:
        text = f"{dialect.least}({dialect.greatest}({text}, {number(step.lower)}), {number(step.upper)})"
    text = f"({text} - {number(step.center)}) / {number(step.scale)}"
    weighted = "" if step.factor == 1.0 else f" * {number(step.factor)}"
    return f"{text}{weighted} * {number(1.0 / grid_step)}"


def _transformed(dialect: Dialect, step: NumberStep, cell: str) -> str:
    number, one = dialect.float_of, dialect.float_of(1.0)
    if step.transform == "none":
        return cell
    if step.transform == "log":
        return f"LN({one} + {dialect.greatest}({cell}, {number(0.0)}) / {number(step.unit)})"
    up = _power(dialect, f"{cell} / {number(step.unit)}", step.power)
    down = _power(dialect, f"-{cell} / {number(step.unit)}", 2.0 - step.power)
    return f"CASE WHEN {cell} >= {number(0.0)} THEN {up} ELSE -{down} END"


def _power(dialect: Dialect, x: str, power: float) -> str:
    """Return ((1 + x)^power − 1) / power of Yeo and Johnson, for x not below 0."""
    number, one = dialect.float_of, dialect.float_of(1.0)
    if abs(power) < 1e-9:
        return f"LN({one} + {x})"
    # PostgreSQL refuses a power that leaves the range of a double; beyond the bound all are far outliers
    most = number(largest_power_input(power))
    return f"(POWER({one} + {dialect.least}({x}, {most}), {number(power)}) - {one}) / {number(power)}"


def _on_grid(dialect: Dialect, step: Step, cell: str, recipe: Recipe) -> list[str]:
    """Return the encoded columns of a feature as whole numbers of steps."""
    if isinstance(step, NumberStep):
        most = dialect.float_of(recipe.grid_limit / recipe.grid_step)
        least = dialect.float_of(-recipe.grid_limit / recipe.grid_step)
        rounder = dialect.float_of(ROUNDER)
        whole = f"({cell} + {rounder}) - {rounder}"
        return [f"CAST({dialect.least}({dialect.greatest}({whole}, {least}), {most}) AS {dialect.whole})"]
    levels = [_levels(cell, column) for column in level_table(step, recipe).T.tolist()]
    # the literals alone would be of 32 bits, too few for a square
    return [f"CAST({level} AS {dialect.whole})" for level in levels]


def _levels(code: str, values: Sequence[int]) -> str:
    """Return one encoded column of a category: a CASE over the codes, the most frequent value last."""
    usual = max(values, key=values.count)
    cases = {place: str(value) for place, value in enumerate(values) if value != usual}
    return choose(code, cases, str(usual)) if cases else str(usual)
