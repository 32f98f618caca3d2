"""A raw table of customers becomes features: one column a feature, missing where a cell says nothing.

Receives a saved model and a table; returns the stages up to ``counted``: the rows that are customers.
"""

from __future__ import annotations

from collections.abc import Sequence

from clientage.export.raw_columns import is_coded, says_yes_no
from clientage.export.sql.cells import category_code, number_cell, usable_number
from clientage.export.sql.dialects import Dialect
from clientage.export.sql.encoding import feature_columns
from clientage.export.sql.stages import TABLE, Stage
from clientage.features.steps import CategoryStep, Step
from clientage.runs.model import SavedModel


def customer_stages(dialect: Dialect, model: SavedModel) -> list[Stage]:
    """Return the stages from the table to ``counted``.

    Parameters
    ----------
    dialect : Dialect
        Of the database.
    model : SavedModel
        Made from one table of customers.
    """
    names = feature_columns(model.recipe)
    steps = list(zip(names, model.recipe.features, strict=True))
    id_column = model.roles[0].only("id")
    given = model.settings.read.null_values
    there = [f"{n} IS NOT NULL" for n in names]
    drop = model.settings.features.missing == "drop"
    named = {} if id_column is None else {"id": ""}
    ids = {} if id_column is None else {"id": dialect.name_of(id_column)}
    cells = {n: _cell(dialect, s) for n, s in steps}
    features = {n: _feature(dialect, s, n, given) for n, s in steps}
    return [
        Stage("cells", {**ids, **cells}, TABLE, "Cells as numbers and tidy texts.", once=True),
        Stage(
            "features",
            {**named, **features},
            "cells",
            "Missing is NULL; a category is its place among those known, and a new one comes after them.",
        ),
        Stage(
            "counted",
            {"id": "" if named else dialect.row_number, **dict.fromkeys(names, "")},
            "features",
            f"Rows with {'every' if drop else 'some'} value.",
            f"WHERE {(' AND ' if drop else ' OR ').join(there)}",
        ),
    ]


def _cell(dialect: Dialect, step: Step) -> str:
    if not isinstance(step, CategoryStep):
        return number_cell(dialect, step.name, yes_no=step.is_zero_one)
    if is_coded(step):
        return number_cell(dialect, step.name, yes_no=says_yes_no(step))
    return dialect.as_category(dialect.name_of(step.name))


def _feature(dialect: Dialect, step: Step, cell: str, null_values: Sequence[str]) -> str:
    if isinstance(step, CategoryStep):
        return category_code(dialect, step, cell, null_values)
    return usable_number(dialect, cell, null_values)
