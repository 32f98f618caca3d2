"""What the query takes for granted of the raw table: in words for its header, and as a query that counts exceptions.

Receives a saved model; returns comment lines, and SQL with one row a column: cells, missing ones, and cells that say
something the scoring query does not understand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from clientage.data.roles import RoleName
from clientage.data.words import WORDS
from clientage.export.raw_columns import is_coded, says_yes_no
from clientage.export.sql.cells import (
    category_code,
    is_missing_text,
    listed_texts,
    number_cell,
)
from clientage.export.sql.dialects import Dialect, one_line
from clientage.export.sql.stages import Stage
from clientage.features.steps import CategoryStep, NumberStep
from clientage.runs.model import SavedModel

Reading = Literal["number", "category", "date", "text"]
WORDING: dict[Reading, str] = {
    "number": "numbers, or text that is a plain number such as -12.5; other text counts as missing",
    "category": "text; case and blanks make no difference, and a category unknown to the study counts as new",
    "date": "dates, timestamps, or ISO text such as 2024-01-31; other lines do not count",
    "text": "as it is",
}


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """A column of the raw table and how the query reads it.

    Parameters
    ----------
    name : str
        Not quoted.
    reading : {"number", "category", "date", "text"}
        What it should be.
    step : CategoryStep or NumberStep or None
        What the recipe does with it; None for columns of lines.
    """

    name: str
    reading: Reading
    step: CategoryStep | NumberStep | None = None


def read_columns(model: SavedModel) -> list[ReadColumn]:
    """Return the columns the query judges cell by cell."""
    return list(_of_lines(model) if model.roles[0].kind == "transactions" else _of_customers(model))


def _of_customers(model: SavedModel) -> Iterator[ReadColumn]:
    for step in model.recipe.features:
        number = isinstance(step, NumberStep) or is_coded(step)
        yield ReadColumn(step.name, "number" if number else "category", step)


def _of_lines(model: SavedModel) -> Iterator[ReadColumn]:
    readings: dict[RoleName, Reading] = {
        "customer": "text",
        "date": "date",
        "order": "text",
        "product": "text",
        "quantity": "number",
        "price": "number",
        "amount": "number",
        "discount": "number",
    }
    for role, reading in readings.items():
        name = model.roles[0].only(role)
        if name is not None:
            yield ReadColumn(name, reading)


def header_lines(dialect: Dialect, model: SavedModel, table: str) -> list[str]:
    """Return what a reader of the query must know; names stay on their lines."""
    lines = [
        f"Scores {one_line(table)} in {dialect.name} and changes nothing. One row for each "
        + ("customer who bought something." if model.roles[0].kind == "transactions" else "row with some value."),
        "Columns it reads, by the names they had in the study:",
    ]
    for reading, words in WORDING.items():
        names = [one_line(c.name) for c in read_columns(model) if c.reading == reading]
        lines += [f"  {words}:", f"    {', '.join(names)}"] if names else []
    if model.roles[0].kind == "customers":
        lines.append("Rows of one customer are not merged: each is scored.")
    return [
        *lines,
        "Text written otherwise (1.234,56 or €30) is not understood: the check query beside this one counts it.",
        "Segments:",
        *(f"  {i}: {one_line(name)}" for i, name in enumerate(model.names, 1)),
    ]


def check_query(dialect: Dialect, model: SavedModel, table: str) -> str:
    """Return a query that counts, for every column, the cells that the scoring query does not understand.

    Parameters
    ----------
    dialect : Dialect
        Of the database.
    model : SavedModel
        Of the run.
    table : str
        As `Dialect.table_of` returns it.
    """
    given = model.settings.read.null_values
    parts = []
    for column in read_columns(model):
        said = Stage("", {"said": dialect.as_text(dialect.name_of(column.name)), **_value(dialect, column)}, table, "")
        inner = said.select().replace("\n", "\n  ")
        missing = is_missing_text(dialect, "said", given)
        if column.reading in ("number", "date"):
            missing = f"({missing} OR LOWER(said) IN ({listed_texts(dialect, sorted(WORDS))}))"
        strange = f"NOT {missing} AND {_strange(dialect, column, given)}"
        parts.append(
            "SELECT\n"
            f"  {dialect.text_of(column.name)} AS column_name,\n"
            f"  '{column.reading}' AS read_as,\n"
            "  COUNT(*) AS cells,\n"
            f"  SUM(CASE WHEN {missing} THEN 1 ELSE 0 END) AS missing,\n"
            f"  SUM(CASE WHEN {strange} THEN 1 ELSE 0 END) AS not_understood\n"
            f"FROM (\n  {inner}\n) AS looked_at"
        )
    return "\nUNION ALL\n".join(parts)


def _value(dialect: Dialect, column: ReadColumn) -> dict[str, str]:
    quoted = dialect.name_of(column.name)
    if column.reading == "number":
        coded = isinstance(column.step, CategoryStep) and says_yes_no(column.step)
        yes_no = coded or (isinstance(column.step, NumberStep) and column.step.is_zero_one)
        return {"value": number_cell(dialect, column.name, yes_no=yes_no)}
    if column.reading == "date":
        return {"value": dialect.as_day(quoted)}
    return {"value": dialect.as_category(quoted)}


def _strange(dialect: Dialect, column: ReadColumn, null_values: tuple[str, ...]) -> str:
    """Return the condition under which a cell that says something is not understood."""
    if column.reading != "category":
        return "value IS NULL"
    assert isinstance(column.step, CategoryStep)  # only steps of categories are read as categories
    return f"{category_code(dialect, column.step, 'value', null_values)} = {len(column.step.categories)}"
