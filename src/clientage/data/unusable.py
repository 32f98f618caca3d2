"""Columns that can be read only by inventing values: two currencies, 12% beside 0.4, numbers that overflow.

Receives what is known of a column; returns notes that carry a refusal. It is raised once something needs the column.
"""

from __future__ import annotations

import numpy as np

from clientage.data.column_reader import FIRST, ColumnReader
from clientage.data.column_texts import Reading, Texts, live, rows_of
from clientage.data.number_text import NumberReading, matching
from clientage.data.quality import Note, Unusable
from clientage.errors import counted

LARGEST = 1e100  # squares, and sums of squares over all rows, must stay finite


def without_huge(name: str, values: np.ndarray, reading: Reading) -> tuple[np.ndarray, list[Note]]:
    """Return the numbers without those whose squares overflow, and why a column that has some cannot be used."""
    with np.errstate(invalid="ignore"):
        if not len(values) or not max(np.fmax.reduce(values), -np.fmin.reduce(values)) >= LARGEST:
            return values, []
        rows = np.flatnonzero(np.abs(values) >= LARGEST)
    values = values.copy()  # it may be somebody's frame
    values[rows] = np.nan
    first = reading.lines(rows[:FIRST].tolist())
    refusal = (
        f"numbers below {LARGEST:.0e} in column '{name}' of {reading.source}",
        f"{counted(len(rows), 'larger one')}, first in line {', '.join(map(str, first))}",
        f"Correct or empty these cells: distances between customers would overflow. {_or_ignore(name)}",
    )
    text = f"Column '{name}' has {counted(len(rows), 'number')} of {LARGEST:.0e} or more: it was left out."
    return values, [Unusable("huge-numbers", "warning", text, name, len(rows), first, refusal)]


def _or_ignore(name: str) -> str:
    return f"Where it is not needed, leave it out with --ignore '{name}'."


def mixed(reader: ColumnReader, part: Texts, numbers: NumberReading, reading: Reading) -> list[Note]:
    """Why a column of several currencies, or of percentages beside plain numbers, cannot be used."""
    name, source = reader.name, reading.source
    if len(numbers.currencies) > 1:
        money, first = " and ".join(numbers.currencies), _written_with_signs(part, reading)
        refusal = (
            f"one currency in column '{name}' of {source}",
            f"amounts in {money}, first in line {', '.join(map(str, first))}",
            f"Convert them to one currency first. {_or_ignore(name)}",
        )
        text = f"Column '{name}' has amounts in {money}: it was left out."
        return [Unusable("mixed-currencies", "warning", text, name, None, first, refusal)]
    plain = numbers.without_percent + reader.plain.n
    if not numbers.percent or not plain:
        return []
    _, _, where = live(part)
    signs = np.zeros(len(part.texts), dtype=bool)
    signs[where] = matching(part.texts.take(where), "%")
    first = reading.lines(rows_of(part, signs)[:FIRST].tolist())
    signed = f"{counted(numbers.percent, 'cell')} with a percent sign"
    refusal = (
        f"all or none of column '{name}' of {source} in percent",
        f"{signed} (first in line {', '.join(map(str, first))}) and {plain:,} without",
        f"Write them all in one way: 12% beside 0.4 may mean 0.12 or 12. {_or_ignore(name)}",
    )
    text = f"Column '{name}' has {signed} and {plain:,} without: it was left out."
    return [Unusable("mixed-percent", "warning", text, name, numbers.percent, first, refusal)]


def _written_with_signs(part: Texts, reading: Reading) -> tuple[int, ...]:
    """The first lines whose cells are written with a currency."""
    written = ~part.missing & matching(part.distinct, r"[^\d\s.,'’()+\-−]")
    return reading.lines(rows_of(part, written)[:FIRST].tolist())
