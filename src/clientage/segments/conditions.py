"""Conditions on one column in original units: as words, as SQL, and as a test of values.

Receives thresholds and categories; the three forms say exactly the same, missing values included.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from clientage.data.table import Column
from clientage.segments.traits import unit_beside
from clientage.segments.wording import CURRENCIES, joined


class Condition(Protocol):
    """What a rule is made of."""

    @property
    def column(self) -> str:
        """Name of the column."""

    @property
    def words(self) -> str:
        """For people."""

    @property
    def sql(self) -> str:
        """For databases: standard SQL, identifiers quoted."""

    def holds(self, column: Column) -> np.ndarray:
        """Boolean (n,): which customers meet it."""

    def merged(self, further: Condition) -> Condition | None:
        """Both as one condition, or None where they are about different columns."""


@dataclass(frozen=True, slots=True)
class NumberCondition:
    """``low < x <= high``.

    Parameters
    ----------
    column, title : str
        The column's name, and its words.
    low, high : float or None
        None: no bound on that side.
    missing : bool
        Whether a customer without a value meets it, as the filled-in value would.
    unit : str or None
        Of the words; ``"share"`` for yes/no columns.
    gaps : bool
        Whether values are missing at all, so that the words must say where those customers belong.

    Examples
    --------
    >>> c = NumberCondition("income (k$)", "income", 39.5, 70.0, missing=True, unit="k$", gaps=True)
    >>> c.words
    'income above $39.5k and up to $70k (or unknown)'
    >>> c.sql
    '("income (k$)" > 39.5 AND "income (k$)" <= 70 OR "income (k$)" IS NULL)'
    """

    column: str
    title: str
    low: float | None
    high: float | None
    missing: bool = False
    unit: str | None = None
    gaps: bool = False

    @property
    def words(self) -> str:
        """For people."""
        if self.unit == "share" and (self.low is None or self.high is None):
            said = f"{self.title}: {'yes' if self.low is not None else 'no'}"
        else:
            unit = unit_beside(self.title, self.unit)
            parts = [] if self.low is None else [f"above {exact(self.low, unit)}"]
            if self.high is not None:
                parts.append(f"{'up to' if parts else 'at most'} {exact(self.high, unit)}")
            said = f"{self.title} {joined(parts)}"
        return f"{said} (or unknown)" if self.missing and self.gaps else said

    @property
    def sql(self) -> str:
        """For databases."""
        name = identifier(self.column)
        tests = [] if self.low is None else [f"{name} > {literal(self.low)}"]
        if self.high is not None:
            tests.append(f"{name} <= {literal(self.high)}")
        both = " AND ".join(tests)
        return f"({both} OR {name} IS NULL)" if self.missing else both

    def holds(self, column: Column) -> np.ndarray:
        """Boolean (n,): which customers meet it."""
        x = column.values
        inside = np.ones(len(x), dtype=bool)
        if self.low is not None:
            inside &= x > self.low  # false for a missing value
        if self.high is not None:
            inside &= x <= self.high
        gaps = column.missing
        return np.where(gaps, self.missing, inside)

    def merged(self, further: Condition) -> Condition | None:
        """Both as one condition, or None where they are about different columns."""
        if not isinstance(further, NumberCondition) or further.column != self.column:
            return None
        lows = [b for b in (self.low, further.low) if b is not None]
        highs = [b for b in (self.high, further.high) if b is not None]
        low, high = max(lows, default=None), min(highs, default=None)
        missing = self.missing and further.missing
        return NumberCondition(self.column, self.title, low, high, missing, self.unit, self.gaps)


@dataclass(frozen=True, slots=True)
class CategoryCondition:
    """The category is one of some, or none of them.

    Parameters
    ----------
    column, title : str
        The column's name, and its words.
    categories : tuple of str
        As they stand in the column.
    outside : bool
        True: any category but these. With no categories: every known value, or none.
    missing : bool
        Whether a customer without a value meets it.

    Examples
    --------
    >>> c = CategoryCondition("town", "town", ("Bonn", "Köln"), outside=True, missing=True)
    >>> c.words
    'town neither Bonn nor Köln'
    >>> c.sql
    '("town" NOT IN (\\'Bonn\\', \\'Köln\\') OR "town" IS NULL)'
    """

    column: str
    title: str
    categories: tuple[str, ...]
    outside: bool
    missing: bool

    @property
    def words(self) -> str:
        """For people."""
        if not self.categories:
            every = {(True, True): "known or unknown", (True, False): "known", (False, True): "unknown"}
            return f"{self.title} {every.get((self.outside, self.missing), 'neither known nor unknown')}"
        if self.outside:
            neither = f"neither {joined(self.categories, 'nor')}" if len(self.categories) > 1 else None
            said = f"{self.title} {neither or f'not {self.categories[0]}'}"
            return said if self.missing else f"{said}, and known"
        return f"{self.title} {joined(self.categories, 'or')}" + (" (or unknown)" if self.missing else "")

    @property
    def sql(self) -> str:
        """For databases."""
        name = identifier(self.column)
        if not self.categories:
            every = {(True, True): "1 = 1", (True, False): f"{name} IS NOT NULL", (False, True): f"{name} IS NULL"}
            return every.get((self.outside, self.missing), "1 = 0")
        listed = ", ".join(quoted(c) for c in self.categories)
        test = f"{name} {'NOT IN' if self.outside else 'IN'} ({listed})"
        return f"({test} OR {name} IS NULL)" if self.missing else test

    def holds(self, column: Column) -> np.ndarray:
        """Boolean (n,): which customers meet it."""
        named = np.array([(c in self.categories) != self.outside for c in column.categories] + [self.missing])
        inside: np.ndarray = named[column.values]
        return inside

    def merged(self, further: Condition) -> Condition | None:
        """Both as one condition, or None where they are about different columns."""
        if not isinstance(further, CategoryCondition) or further.column != self.column:
            return None
        missing = self.missing and further.missing
        if self.outside and further.outside:
            both = tuple(dict.fromkeys(self.categories + further.categories))
            return CategoryCondition(self.column, self.title, both, True, missing)
        inside, other = (further, self) if self.outside else (self, further)
        kept = tuple(c for c in inside.categories if (c in other.categories) != other.outside)
        return CategoryCondition(self.column, self.title, kept, False, missing)


def round_between(low: float, high: float, *, whole: bool = False) -> float:
    """Return the roundest number t with ``low <= t < high``, away from both where there is room.

    Parameters
    ----------
    low, high : float
        The largest value on one side, and the smallest on the other.
    whole : bool
        The column holds whole numbers: t is one too.

    Examples
    --------
    >>> round_between(38.2, 41.9), round_between(39.0, 40.0, whole=True), round_between(0.412, 0.447)
    (40.0, 39.0, 0.43)
    """
    gap = high - low
    room = (low, high - 1.0) if whole else (low + gap / 4, high - gap / 4)
    if not (gap > 0 and math.isfinite(gap)):
        return low
    top = math.ceil(math.log10(max(abs(low), abs(high), gap)))
    for power in range(top, top - 17, -1):
        for digit in (5, 2, 1):
            step = digit * 10.0**power
            t = float(f"{round((room[0] + room[1]) / 2 / step) * step:.{max(0, -power)}f}")
            if room[0] <= t <= room[1] and low <= t < high:
                return t
    return low


def exact(x: float, unit: str | None = None) -> str:
    """Return a threshold with all its digits, for people.

    Examples
    --------
    >>> exact(12500.0), exact(39.5, "k$"), exact(12.0, "days"), exact(1975.0, "year")
    ('12,500', '$39.5k', '12 days', '1975')
    """
    digits = f"{x:,.0f}" if x == int(x) else f"{x:,}"
    if unit in (None, "share"):
        return digits
    if unit == "year":
        return digits.replace(",", "")
    sign = next((c for c in unit or "" if c in CURRENCIES), None)
    if sign and len(unit or "") <= 2:
        return f"{sign}{digits}{(unit or '').replace(sign, '')}"
    return f"{digits}%" if unit == "%" else f"{digits} {unit}"


def literal(x: float) -> str:
    """Return a number as SQL reads it back to the same float64.

    Examples
    --------
    >>> literal(39.0), literal(-0.1), literal(1e300)
    ('39', '-0.1', '1e+300')
    """
    return str(int(x)) if x == int(x) and abs(x) < 2**53 else repr(x)


def identifier(name: str) -> str:
    """Return a name quoted as an SQL identifier.

    Examples
    --------
    >>> identifier('a"; DROP TABLE t;--')
    '"a""; DROP TABLE t;--"'
    """
    return '"' + name.replace('"', '""') + '"'


def quoted(text: str) -> str:
    """Return a text as an SQL literal.

    Examples
    --------
    >>> quoted("Men's")
    "'Men''s'"
    """
    return "'" + text.replace("'", "''") + "'"
