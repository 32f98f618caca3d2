"""Values that a person would look at twice: impossible ages, a few negatives, two scales in one column.

Receives the columns of customers; returns warnings. Nothing is changed here: values are used as they
are, and the encoding's bounds keep a slip of the pen from leading.
"""

from __future__ import annotations

import math

import numpy as np

from clientage.data.headers import AGE, header_words
from clientage.data.quality import Note
from clientage.data.table import PART, Column
from clientage.errors import counted

OLDEST = 120.0
FEW_NEGATIVES = 0.1
SCALE_GAP = 2.0  # decades without a value between two groups of values
SCALE_FACTOR = (2.5, 3.5)  # decades between their medians: one of them is in thousands


def doubt_values(column: Column) -> tuple[Note, ...]:
    """Return a warning for each rule that a number column breaks.

    Parameters
    ----------
    column : Column
        Any column; texts and dates have no rules.

    Examples
    --------
    >>> [n.code for n in doubt_values(Column("age", "number", np.array([31.0, -3.0, 999.0])))]
    ['impossible-age']
    """
    if column.kind != "number" or column.is_boolean:
        return ()
    values = column.values
    if not np.isfinite(values).all():
        values = values[np.isfinite(values)]
    words = header_words(column.name)
    if any(w in AGE for w in words) and len(words) <= 2:
        return _doubt_age(column.name, values)
    if "birth" in words or "born" in words or "geburtsjahr" in words:
        return _doubt_birth_year(column.name, values)
    return (*_doubt_negatives(column.name, values), *_doubt_scales(column.name, values))


def _doubt_age(name: str, values: np.ndarray) -> tuple[Note, ...]:
    wrong = values[(values < 0) | (values > OLDEST)]
    if not len(wrong):
        return ()
    what = counted(len(wrong), "impossible age")
    text = f"{what} in '{name}' (below 0 or above {OLDEST:.0f}): used as they are."
    return (Note("impossible-age", "warning", text, name, len(wrong)),)


def _doubt_birth_year(name: str, values: np.ndarray) -> tuple[Note, ...]:
    """Years are compared with the latest birth in the data, so that the same file always gives the same notes."""
    if not len(values) or not 1900 < values.max() < 2200:
        return ()
    wrong = int(np.count_nonzero(values < values.max() - 90))
    if not wrong:
        return ()
    what = counted(wrong, "value lies", "values lie")
    text = f"{what} more than 90 years before the latest one in '{name}': used as they are."
    return (Note("old-birth-year", "warning", text, name, wrong),)


def _doubt_negatives(name: str, values: np.ndarray) -> tuple[Note, ...]:
    negatives = int(np.count_nonzero(values < 0))
    if not 0 < negatives < FEW_NEGATIVES * len(values):
        return ()
    text = f"{counted(negatives, 'negative value')} in '{name}' (of {len(values):,}): used as they are."
    return (Note("few-negatives", "warning", text, name, negatives),)


def _doubt_scales(name: str, values: np.ndarray) -> tuple[Note, ...]:
    positive = values[values > 0]
    if len(positive) < 10 or not _may_have_gap(positive):
        return ()
    decades = np.sort(np.log10(positive))
    gaps = np.diff(decades)
    cut = int(np.argmax(gaps)) + 1
    fewer = min(cut, len(decades) - cut)
    factor = float(np.median(decades[cut:]) - np.median(decades[:cut]))
    if gaps[cut - 1] < SCALE_GAP or fewer < max(2, 0.01 * len(decades)) or not _between(factor, SCALE_FACTOR):
        return ()
    text = (
        f"'{name}' seems to mix two scales: {counted(fewer, 'value is', 'values are')} about a thousand times "
        f"{'smaller' if fewer == cut else 'larger'} than the others (60 beside 60,000?); they are used as they are."
    )
    return (Note("mixed-scales", "warning", text, name, fewer),)


def _may_have_gap(positive: np.ndarray) -> bool:
    """Whether powers of two stay empty for nearly as long as the gap; logarithms and sorting are saved where not."""
    seen = np.zeros(1 << 11, dtype=bool)
    for low in range(0, len(positive), PART):  # blocks that stay in the processor's cache
        seen[positive[low : low + PART].view(np.int64) >> 52] = True  # the exponent of a float64
    used = np.flatnonzero(seen)
    empty = SCALE_GAP / math.log10(2.0) - 1.0  # between two values so far apart, at either end of their powers
    return bool(np.diff(used, append=used[-1]).max() > empty)


def _between(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]
