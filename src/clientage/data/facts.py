"""What can be known of a column before its role is known; each fact is worked out once and only when asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

import numpy as np

from clientage.data.headers import CODE, header_words, id_likeness
from clientage.data.personal import named_personal, personal_data
from clientage.data.table import PART, Column

FEW_DISTINCT = 20  # whole numbers with at most so many values may be codes
COUNTER_ROWS = 20  # fewer rows than this can be consecutive by chance
_DATE_TEXT = re.compile(r"^\s*(\d{1,2}|\d{4})[-/.]\d{1,2}[-/.](\d{1,2}|\d{4})([T ]\s*\d{1,2}:\d{2}.*)?\s*$")
_LOOKED_AT = 200
REMEMBERED = 10_000  # distinct values of a column


def sorted_distinct(values: np.ndarray) -> np.ndarray:
    """Return the distinct values, sorted; `values` may hold no NaN.

    By sorting: `numpy.unique` hashes, which takes twenty times as long where most values differ.

    Examples
    --------
    >>> sorted_distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    ordered = np.sort(values)
    first = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def rises(values: np.ndarray) -> bool:
    """Whether every value is larger than the one before, as counted ids are; no value is larger than a missing one.

    Examples
    --------
    >>> rises(np.array([1.0, 2.0, 9.0])), rises(np.array([1.0, np.nan]))
    (True, False)
    """
    parts = (values[low : low + PART + 1] for low in range(0, len(values), PART))
    return all(bool((part[1:] > part[:-1]).all()) for part in parts)


class Facts:
    """Lazily computed facts of one column.

    Parameters
    ----------
    column : Column
        The column they are about.

    Examples
    --------
    >>> Facts(Column("CustomerID", "number", np.arange(1.0, 31.0), is_integer=True)).is_counter
    True
    """

    def __init__(self, column: Column) -> None:
        self.column = column
        self.name = column.name
        self.in_series = False  # set by `facts_of`, which sees the other columns

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The header as words."""
        return header_words(self.name)

    @cached_property
    def id_likeness(self) -> int:
        """0 to 4, from the header; 0 for columns whose values cannot be identifiers."""
        c = self.column
        usable = c.kind == "text" or (c.kind == "number" and c.is_integer and not c.is_boolean)
        return id_likeness(self.words) if usable else 0

    @property
    def uniques(self) -> np.ndarray:
        """Sorted distinct values (codes for text)."""
        return self._find_uniques() if self._few_uniques is None else self._few_uniques

    def _find_uniques(self) -> np.ndarray:
        c = self.column
        return c.used_codes() if c.kind == "text" else sorted_distinct(c.values[~c.missing])

    @cached_property
    def _counted(self) -> tuple[int, np.ndarray | None]:
        n = len(self.column)
        if n > REMEMBERED and self.column.kind == "number" and rises(self.column.values):
            return n, None
        uniques = self._find_uniques()
        return len(uniques), uniques if len(uniques) <= REMEMBERED else None

    @property
    def _few_uniques(self) -> np.ndarray | None:
        """The distinct values where they are few: those of all columns together would be a second table."""
        return self._counted[1]

    @property
    def distinct(self) -> int:
        """Number of distinct values present."""
        return self._counted[0]

    @cached_property
    def present(self) -> int:
        """Number of rows with a value."""
        return len(self.column) - self.column.n_missing

    @property
    def share_distinct(self) -> float:
        """Distinct values as a share of the values present; 0 when there are none."""
        return self.distinct / self.present if self.present else 0.0

    @cached_property
    def has_many(self) -> bool:
        """More than a few distinct values, where a look at the first rows is enough to know."""
        c = self.column
        if c.kind == "text":
            return False
        seen = c.values[:_LOOKED_AT]
        return len(set(seen[~c.missing[:_LOOKED_AT]].tolist())) > FEW_DISTINCT

    @property
    def is_constant(self) -> bool:
        """One distinct value."""
        return not self.has_many and self.distinct == 1

    @cached_property
    def is_counter(self) -> bool:
        """Unique consecutive whole numbers, as row numbers are, in any order."""
        c = self.column
        if c.kind != "number" or not c.is_integer or c.is_boolean or self.present < COUNTER_ROWS:
            return False
        if np.nanmax(c.values) - np.nanmin(c.values) + 1 != self.present:
            return False
        return self.distinct == self.present

    @cached_property
    def is_binary(self) -> bool:
        """Two distinct values (numbers or categories), or written as yes/no."""
        return self.column.is_boolean or (not self.has_many and self.distinct == 2)

    @property
    def is_zero_one(self) -> bool:
        """Numbers of which no other than 0 and 1 occur."""
        few = self.column.kind == "number" and not self.has_many and self.distinct <= 2
        return few and set(self.uniques.tolist()) <= {0.0, 1.0}

    @cached_property
    def few_integers(self) -> bool:
        """Whole numbers with few distinct values, as codes have."""
        c = self.column
        whole = c.kind == "number" and c.is_integer and not c.is_boolean
        return whole and not self.has_many and self.distinct <= FEW_DISTINCT

    @property
    def named_like_code(self) -> bool:
        """A name about a kind of thing ("Region", "store type"), and not about a number of things ("store visits")."""
        words = [w for w in self.words if not w.isdecimal()]
        return bool(words) and (words[-1] in CODE or (words[0] in CODE and words[1:2] == ["of"]))

    @property
    def is_numbered(self) -> bool:
        """A name that ends in a number: "q 5"."""
        return bool(self.words) and self.words[-1].isdecimal()

    @cached_property
    def numbered_label(self) -> bool:
        """A name that ends in a number k, with values 1..k or 0..k−1: the labels of a partition."""
        k = int(self.words[-1]) if self.is_numbered and len(self.words[-1]) < 4 else 0
        return self.few_integers and k >= 3 and self.distinct == k and bool(self.uniques[-1] - self.uniques[0] == k - 1)

    @cached_property
    def looks_like_dates(self) -> bool:
        """A date column, or texts of which nine in ten are written like dates."""
        c = self.column
        if c.kind != "text":
            return c.kind == "date"
        texts = [c.categories[i] for i in self.uniques[:_LOOKED_AT].tolist()]
        return bool(texts) and sum(1 for t in texts if _DATE_TEXT.match(t)) >= 0.9 * len(texts)

    @cached_property
    def personal(self) -> str | None:
        """What kind of personal data it holds, or None."""
        if self.column.kind == "number" and named_personal(self.words) is None:
            return None
        return personal_data(self.column, self.words, self.distinct)


def facts_of(columns: Iterable[Column]) -> dict[str, Facts]:
    """Return the facts of each column by its name, those included that take the other columns to know.

    Columns numbered through ("q 1", "q 2" …) are a series, and "q 5" with the answers 1 to 5 is one of it and holds no
    labels. They are none where each looks like labels: "cluster 4" of four values beside "cluster 5" of five.

    Examples
    --------
    >>> answers = np.array([1.0, 2.0, 3.0])
    >>> found = facts_of(Column(f"q{i}", "number", answers, is_integer=True) for i in (1, 2, 3))
    >>> found["q3"].numbered_label, found["q3"].in_series
    (True, True)
    """
    facts = {c.name: Facts(c) for c in columns}
    series: dict[tuple[str, ...], list[Facts]] = {}
    for fact in facts.values():
        if fact.is_numbered:
            series.setdefault(fact.words[:-1], []).append(fact)
    for members in series.values():
        of_answers = len(members) > 1 and not all(fact.numbered_label for fact in members)
        for fact in members:
            fact.in_series = of_answers
    return facts
