"""CSV lines of a few rows, byte for byte as Arrow's functions make them of many.

Receives a record batch as `writing.py` prepares it; a run's folder holds several small tables, and loading Arrow's
functions for them would cost more than writing them.
"""

from __future__ import annotations

import math
import re

import numpy as np
import pyarrow as pa

from clientage.data import arrow_numpy

SPECIAL = re.compile(r'[",\r\n]|^\Z')  # an empty text is no missing one: quoted, it stays apart
SMALLEST, LARGEST = 1e-4, 1e9  # between them Python writes a number as Arrow does
LEAST_POWER, MOST_POWER = -7, 10  # of ten, from which on Arrow writes exponents


def few_lines(batch: pa.RecordBatch) -> bytes:
    """Return rows as CSV lines."""
    rows = zip(*(_cells(column) for column in batch.columns), strict=True)
    return "".join(",".join(row) + "\n" for row in rows).encode()


def _cells(column: pa.Array) -> list[str]:
    if isinstance(column, pa.DictionaryArray):
        texts = [*map(quoted, column.dictionary.to_pylist()), ""]  # a missing code, -1, finds the last one
        return [texts[code] for code in arrow_numpy.codes(column.indices).tolist()]
    cells = column.to_pylist()
    if pa.types.is_string(column.type):
        return ["" if c is None else quoted(c) for c in cells]
    if pa.types.is_float64(column.type):
        return ["" if c is None else written_number(c) for c in cells]
    if pa.types.is_boolean(column.type):
        return ["" if c is None else str(c).lower() for c in cells]
    if not pa.types.is_integer(column.type):
        cells = column.cast(pa.string()).to_pylist()
    return ["" if c is None else str(c) for c in cells]


def quoted(text: str) -> str:
    """Return a cell in quotes where it needs them.

    Examples
    --------
    >>> [quoted(t) for t in ("West", 'a "b" c', "")]
    ['West', '"a ""b"" c"', '""']
    """
    return '"' + text.replace('"', '""') + '"' if SPECIAL.search(text) else text


def written_number(value: float) -> str:
    """Return the shortest digits that read back as the number, laid out as Arrow does.

    Examples
    --------
    >>> [written_number(v) for v in (1.0, -0.25, 1e-6, 1.5e-7, 12345678901.5)]
    ['1', '-0.25', '0.000001', '1.5e-7', '1.23456789015e+10']
    """
    if SMALLEST <= abs(value) < LARGEST:
        return repr(value).removesuffix(".0")
    if value == 0 or not math.isfinite(value):
        return repr(value).removesuffix(".0")
    sign, (digits, power) = "-" if value < 0 else "", _digits(abs(value))
    if not LEAST_POWER < power < MOST_POWER:
        rest = "." + digits[1:] if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{rest}e{power:+d}"
    if power < 0:
        return f"{sign}0.{'0' * (-power - 1)}{digits}"
    whole, rest = digits[: power + 1].ljust(power + 1, "0"), digits[power + 1 :]
    return sign + whole + ("." + rest if rest else "")


def _digits(value: float) -> tuple[str, int]:
    """Shortest digits of a number above 0, without zeros around them, and the power of ten of the first."""
    mantissa, _, exponent = np.format_float_scientific(value, unique=True, trim="-").partition("e")
    return mantissa.replace(".", ""), int(exponent)
