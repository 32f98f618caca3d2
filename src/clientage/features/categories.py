"""Categories: spellings merged, codes written as texts, look-alikes doubted.

Receives text or integer-coded columns; returns text columns and notes.
"""

from __future__ import annotations

from difflib import SequenceMatcher

import numpy as np

from clientage.data.quality import Note
from clientage.data.table import Column
from clientage.errors import counted

FEW_CATEGORIES = 200  # look-alikes are searched among so many at most: the search is quadratic
RARE = 0.1  # a category with less than this share of its look-alike's rows may be a slip of it


def fold(text: str) -> str:
    """Return a category without case and superfluous space: spellings that fold alike are one category.

    Examples
    --------
    >>> fold(" West  Side ") == fold("west side")
    True
    """
    return " ".join(text.split()).casefold()


def as_categories(column: Column) -> Column:
    """Return a text column with the values of any column as their categories, as a person would write them.

    Examples
    --------
    >>> as_categories(Column("Channel", "number", np.array([2.0, 1.0, np.nan]), is_integer=True)).categories
    ('1', '2')
    """
    if column.kind == "text":
        return column
    codes = np.full(len(column), -1, dtype=np.int32)
    there = ~column.missing
    uniques, codes[there] = np.unique(column.values[there], return_inverse=True)
    texts = Column(column.name, column.kind, uniques, is_integer=column.is_integer).as_text()
    return Column(column.name, "text", codes, tuple(texts.tolist()))


def merge_spellings(column: Column) -> tuple[Column, tuple[Note, ...]]:
    """Merge categories that differ in case and space only, into the most frequent spelling.

    Parameters
    ----------
    column : Column
        A text column.

    Returns
    -------
    Column
        The same rows; fewer categories where spellings were merged.
    tuple of Note
        One repair with the number of changed cells, and one warning where categories look like slips.

    Examples
    --------
    >>> location = Column("location", "text", np.array([0, 0, 1], dtype=np.int32), ("West", "west"))
    >>> merge_spellings(location)[0].categories
    ('West',)
    """
    counts = np.bincount(column.values + 1, minlength=len(column.categories) + 1)[1:].tolist()
    best: dict[str, int] = {}
    folded = [fold(c) for c in column.categories]
    for i, key in enumerate(folded):
        if not counts[i]:
            continue
        old = best.get(key)
        # Of equally frequent spellings the first by alphabet: the order of the rows must not matter.
        if old is None or (-counts[i], column.categories[i]) < (-counts[old], column.categories[old]):
            best[key] = i
    notes: list[Note] = []
    merged = [i for i, key in enumerate(folded) if counts[i] and best[key] != i]
    if merged:
        column = _renumbered(column, [best.get(key, i) for i, key in enumerate(folded)])
        cells = sum(counts[i] for i in merged)
        what = counted(cells, "value was", "values were")
        text = f"{what} merged in '{column.name}' with a category that differs only in case or space."
        notes.append(Note("category-spelling", "repair", text, column.name, cells))
    notes.extend(_look_alikes(column))
    return column, tuple(notes)


def _renumbered(column: Column, target: list[int]) -> Column:
    kept = sorted(set(target))
    place = {old: new for new, old in enumerate(kept)}
    lookup = np.array([*(place[t] for t in target), -1], dtype=np.int32)
    return Column(column.name, "text", lookup[column.values], tuple(column.categories[i] for i in kept))


def _look_alikes(column: Column) -> list[Note]:
    counts = np.bincount(column.values + 1, minlength=len(column.categories) + 1)[1:].tolist()
    used = [(counts[i], c) for i, c in enumerate(column.categories) if counts[i]]
    if len(used) > FEW_CATEGORIES:
        return []
    slips = [
        (rare, often)
        for n_rare, rare in used
        for n_often, often in used
        if n_rare < RARE * n_often and _one_slip_apart(fold(rare), fold(often))
    ]
    if not slips:
        return []
    pairs = ", ".join(f"'{rare}' ('{often}'?)" for rare, often in sorted(slips)[:5])
    text = f"'{column.name}' has rare categories that look like slips of frequent ones and were kept: {pairs}."
    return [Note("category-look-alike", "warning", text, column.name, len(slips))]


def _one_slip_apart(a: str, b: str) -> bool:
    """One letter too many, too few or wrong in a word of five letters or more; never a digit."""
    if a == b or min(len(a), len(b)) < 5 or abs(len(a) - len(b)) > 1:
        return False
    different = "".join(
        a[i:j] + b[k:m] for tag, i, j, k, m in SequenceMatcher(None, a, b, False).get_opcodes() if tag != "equal"
    )
    return 0 < len(different) <= 2 and different.isalpha() and a[0] == b[0]
