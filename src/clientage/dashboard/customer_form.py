"""One customer as sliders and selects, made of what the model saw in its data.

Receives a saved model; returns the customer as columns of one row.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from clientage.dashboard.words import plain
from clientage.data.table import Column
from clientage.features.steps import NumberStep, Step
from clientage.runs.model import SavedModel
from clientage.scoring.explaining import headings_of
from clientage.scoring.inputs import InputColumn, inputs_of

NOT_KNOWN = "not known"
ANOTHER = "another one"
STEPS = 200  # positions of a slider


def customer_form(model: SavedModel, key: str) -> list[Column]:
    """Show the form and return the customer's features, one row each.

    Parameters
    ----------
    model : SavedModel
        Says which columns, with which ranges and categories.
    key : str
        Different for each model, so that its fields are new.
    """
    steps = {step.name: step for step in model.recipe.features}
    titles = headings_of(model)
    places = st.columns(2, gap="medium")
    out = []
    for i, asked in enumerate(inputs_of(model)):
        words, unit = titles[asked.name]
        label = f"{words[:1].upper()}{words[1:]}" + (
            f" ({unit})" if unit and unit.removesuffix("s") not in words else ""
        )
        with places[i % 2]:
            out.append(_field(asked, steps[asked.name], plain(label), f"one_{hash((key, asked.name))}"))
    return out


def _field(asked: InputColumn, step: Step, label: str, key: str) -> Column:
    if not isinstance(step, NumberStep):
        return _category(asked, label, key)
    if asked.yes_no:
        return _number(asked.name, float(st.toggle(label, value=bool(asked.example), key=key)))
    return _number(asked.name, _slider(asked, step, label, key))


def _slider(asked: InputColumn, step: NumberStep, label: str, key: str) -> float:
    """A slider over the range in which a value makes a difference: what lies beyond counts as its end."""
    low, high = _ends(step)
    whole = all(float(v).is_integer() for v in (step.minimum, step.maximum, step.fill)) and high - low >= 2
    start = min(max(float(asked.example), low), high)
    if whole:
        ends = int(np.ceil(low)), int(np.floor(high))
        return float(st.slider(label, *ends, min(max(round(start), ends[0]), ends[1]), key=key))
    digits = max(0, 3 - int(np.floor(np.log10(high - low))))
    return float(st.slider(label, low, high, start, (high - low) / STEPS, f"%.{digits}f", key=key))


def _ends(step: NumberStep) -> tuple[float, float]:
    low, high = step.minimum, step.maximum
    bounds = step.describe()["bounds"]
    if bounds is not None:
        low = max(low, bounds[0]) if bounds[0] is not None else low
        high = min(high, bounds[1]) if bounds[1] is not None else high
    return (low, high) if high > low else (step.minimum, step.maximum)


def _category(asked: InputColumn, label: str, key: str) -> Column:
    choices = [*asked.categories, *([ANOTHER] if asked.others else []), NOT_KNOWN]
    start = choices.index(str(asked.example)) if asked.example in choices else 0
    chosen = st.selectbox(label, range(len(choices)), index=start, format_func=lambda i: choices[i], key=key)
    value = choices[chosen]
    if chosen == len(choices) - 1:
        return Column(asked.name, "text", np.array([-1], dtype=np.int32))
    # a text that is none of the categories is one the model has not seen
    text = value if chosen < len(asked.categories) else "\x00"
    return Column(asked.name, "text", np.array([0], dtype=np.int32), (text,))


def _number(name: str, value: float) -> Column:
    return Column(name, "number", np.array([value]))
