"""Raw columns become encoded features inside the graph: the recipe, operation by operation.

Receives a recipe and a graph; returns the encoded matrix in steps of the grid, and which rows count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from clientage.data.words import MARKERS
from clientage.export.onnx_graph.graph import Graph
from clientage.export.raw_columns import LARGEST, is_coded, largest_power_input, level_table, number_codes
from clientage.features.encoding import Recipe
from clientage.features.steps import MISSING, OTHER, CategoryStep, NumberStep

BLANK = r"[\s\x{00A0}\x{00AD}\x{1680}\x{2000}-\x{200B}\x{202F}\x{205F}\x{2060}\x{3000}\x{FEFF}]"


def encode_columns(graph: Graph, recipe: Recipe, null_values: Sequence[str], *, drop_missing: bool) -> tuple[str, str]:
    """Append the recipe to a graph.

    Parameters
    ----------
    graph : Graph
        Gets one input for each feature, under the column's own name.
    recipe : Recipe
        Of the study.
    null_values : sequence of str
        Texts that mean "missing" by the study's settings.
    drop_missing : bool
        Rows without some value do not count; otherwise rows without any.

    Returns
    -------
    encoded : str
        Tensor (N, p), float64, whole numbers of steps.
    counts : str
        Tensor (N, 1), boolean.
    """
    encoded, there = [], []
    for step in recipe.features:
        if isinstance(step, NumberStep):
            raw = graph.number_input(step.name)
            known = _usable(graph, raw, null_values)
            encoded.append(_number(graph, step, graph.do("Where", known, raw, graph.numbers(step.fill)), recipe))
        else:
            columns, known = _category(graph, step, null_values)
            levels = graph.numbers(level_table(step, recipe)[:-1])
            encoded.append(graph.do("MatMul", columns, levels))
        there.append(known)
    counts = there[0]
    for known in there[1:]:
        counts = graph.do("And" if drop_missing else "Or", counts, known)
    return graph.do("Concat", *encoded, axis=1), counts


def _usable(graph: Graph, raw: str, null_values: Sequence[str]) -> str:
    """Return where a number counts: it is finite and does not stand for "missing"."""
    known = graph.do("Less", graph.do("Abs", raw), graph.numbers(LARGEST))
    for code in number_codes(null_values):
        known = graph.do("And", known, graph.do("Not", graph.do("Equal", raw, graph.numbers(code))))
    return known


def _number(graph: Graph, step: NumberStep, filled: str, recipe: Recipe) -> str:
    """Return a number in steps of the grid, rounded, halves to even."""
    number = graph.numbers
    value = _transformed(graph, step, filled)
    if step.lower is not None and step.upper is not None:
        value = _between(graph, value, step.lower, step.upper)
    value = graph.do("Div", graph.do("Sub", value, number(step.center)), number(step.scale))
    value = graph.do("Mul", value, number(step.factor))
    value = graph.do("Round", graph.do("Div", value, number(recipe.grid_step)))
    most = recipe.grid_limit / recipe.grid_step
    return _between(graph, value, -most, most)


def _between(graph: Graph, value: str, low: float, high: float) -> str:
    return graph.do("Min", graph.do("Max", value, graph.numbers(low)), graph.numbers(high))


def _transformed(graph: Graph, step: NumberStep, filled: str) -> str:
    if step.transform == "none":
        return filled
    unit, zero = graph.numbers(step.unit), graph.numbers(0.0)
    if step.transform == "log":
        units = graph.do("Div", graph.do("Max", filled, zero), unit)
        return graph.do("Log", graph.do("Add", graph.numbers(1.0), units))
    x = graph.do("Div", filled, unit)
    size = graph.do("Abs", x)  # each branch is computed for every row: neither may see a root of a negative number
    up = _power(graph, size, step.power)
    down = graph.do("Neg", _power(graph, size, 2.0 - step.power))
    return graph.do("Where", graph.do("GreaterOrEqual", x, zero), up, down)


def _power(graph: Graph, x: str, power: float) -> str:
    """Return ((1 + x)^power − 1) / power of Yeo and Johnson, for x not below 0."""
    one = graph.numbers(1.0)
    if abs(power) < 1e-9:
        return graph.do("Log", graph.do("Add", one, x))
    base = graph.do("Add", one, graph.do("Min", x, graph.numbers(largest_power_input(power))))
    raised = graph.do("Sub", graph.do("Pow", base, graph.numbers(power)), one)
    return graph.do("Div", raised, graph.numbers(power))


def _category(graph: Graph, step: CategoryStep, null_values: Sequence[str]) -> tuple[str, str]:
    """Return indicators (N, J), all 0 for a category never seen, and where there is a value at all."""
    named = [c for c in step.categories if c not in (MISSING, OTHER)]
    if is_coded(step):
        raw = graph.number_input(step.name)
        known = _usable(graph, raw, null_values)
        found = {c: graph.do("Equal", raw, graph.numbers(float(c))) for c in named}
    else:
        raw = graph.text_input(step.name)
        known = graph.do("Not", graph.do("RegexFullMatch", raw, pattern=missing_pattern(null_values)))
        found = {c: graph.do("RegexFullMatch", raw, pattern=category_pattern(c)) for c in named}
    some = found[named[0]]
    for c in named[1:]:
        some = graph.do("Or", some, found[c])
    found[MISSING] = graph.do("Not", known)
    found[OTHER] = graph.do("And", known, graph.do("Not", some))
    columns = [found[c] if c in (MISSING, OTHER) else graph.do("And", found[c], known) for c in step.categories]
    return graph.do("Concat", *(graph.as_number(c) for c in columns), axis=1), known


def missing_pattern(null_values: Sequence[str]) -> str:
    """Return a regular expression of the texts that mean "missing", as reading a file has it."""
    markers = "|".join(re.escape(m) for m in sorted(MARKERS) if m)
    given = "".join(f"|{re.escape(text.strip())}" for text in null_values if text.strip())
    return f"{BLANK}*(?:(?i:{markers}){given})?{BLANK}*"


def category_pattern(category: str) -> str:
    """Return a regular expression of a category's spellings: any case, any blanks, accents composed or not.

    Examples
    --------
    >>> re.fullmatch(category_pattern("West Side").replace(BLANK, " "), " WEST  side") is not None
    True
    """
    texts = {category, category.casefold()}
    forms = sorted({unicodedata.normalize(form, text) for text in texts for form in ("NFC", "NFD")})
    spelled = "|".join(f"{BLANK}+".join(re.escape(word) for word in form.split()) for form in forms)
    return f"(?i){BLANK}*(?:{spelled}){BLANK}*"
