"""What a saved model asks of a customer: its columns, with kinds, ranges, categories and an example.

Receives a `SavedModel`; returns one `InputColumn` for each feature. The HTTP door, forms and exports describe the
model with it, so that all of them say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from clientage.features.behaviour import FIGURES
from clientage.features.encoding import LARGEST, CategoryStep
from clientage.features.steps import MISSING, OTHER, Step
from clientage.runs.model import SavedModel

MAGNITUDE = LARGEST  # numbers beyond it are refused in training, and so in scoring one by one

__all__ = ["MAGNITUDE", "InputColumn", "id_column", "inputs_of", "known_columns"]


@dataclass(frozen=True, slots=True)
class InputColumn:
    """One column that the model needs.

    Parameters
    ----------
    name : str
        As in the data the model was made from, or a figure made of transactions (``recency``).
    kind : {"number", "category"}
        What its values are.
    meaning : str
        Words for a figure made of transactions; "" for a column of the source, which names itself.
    unit : str
        ``"days"``, ``"%"`` …; "" where none is known.
    yes_no : bool
        number only: nothing but 0 and 1 was seen.
    minimum, maximum : float or None
        number only: the range seen in training. Values outside it are scored, bounded as outliers of training were.
    categories : tuple of str
        category only: those seen in training. Another one is scored as the average customer, or as "(other)" where
        training had too many categories to keep apart.
    others : bool
        category only: training put rare categories together.
    example : float or str
        A value seen often: the median or the most frequent category.
    """

    name: str
    kind: Literal["number", "category"]
    meaning: str
    unit: str
    yes_no: bool
    minimum: float | None
    maximum: float | None
    categories: tuple[str, ...]
    others: bool
    example: float | str

    def as_dict(self) -> dict[str, Any]:
        """Return the column as JSON-ready values."""
        tree: dict[str, Any] = {"name": self.name, "kind": self.kind, "meaning": self.meaning, "unit": self.unit}
        if self.kind == "number":
            return {**tree, "yes_no": self.yes_no, "minimum": self.minimum, "maximum": self.maximum}
        return {**tree, "categories": list(self.categories), "others": self.others}


def inputs_of(model: SavedModel) -> tuple[InputColumn, ...]:
    """Return the columns a model needs, in the model's order.

    Parameters
    ----------
    model : SavedModel
        As `Run.model()` returns it.
    """
    sourced = {name for roles in model.roles if roles.kind == "customers" for name in roles.names("feature")}
    return tuple(_input_of(step, derived=step.name not in sourced) for step in model.recipe.features)


def _input_of(step: Step, *, derived: bool) -> InputColumn:
    figure = FIGURES.get(step.name) if derived else None
    meaning, unit = ("", "") if figure is None else (figure.title, figure.unit)
    if isinstance(step, CategoryStep):
        real = [(share, name) for name, share in zip(step.categories, step.shares, strict=True)]
        real = [(share, name) for share, name in real if name not in (OTHER, MISSING)]
        example = max(real, key=lambda pair: pair[0])[1] if real else ""
        names = tuple(name for _, name in real)
        return InputColumn(
            step.name, "category", meaning, unit, False, None, None, names, OTHER in step.categories, example
        )
    return InputColumn(
        step.name, "number", meaning, unit, step.is_zero_one, step.minimum, step.maximum, (), False, step.fill
    )


def id_column(model: SavedModel) -> str | None:
    """Return the name of the column that says who a customer is, None where the model's data had none."""
    main = model.roles[0]
    return main.only("id") or main.only("customer")


def known_columns(model: SavedModel) -> tuple[str, ...]:
    """Return every column of the table of customers that the model was made from, used or not."""
    return tuple(i.column for roles in model.roles if roles.kind == "customers" for i in roles.items)
