"""How the cells of a raw table are read: numbers, yes and no, categories in any known spelling, and what is missing.

Receives steps of a recipe; returns expressions over columns of the table, the same cleaning that reading a file does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from clientage.data.words import BOOLEANS, MARKERS
from clientage.export.raw_columns import LARGEST, is_coded, number_codes
from clientage.export.sql.dialects import Dialect
from clientage.features.categories import fold
from clientage.features.steps import MISSING, OTHER, CategoryStep


def listed_texts(dialect: Dialect, texts: Iterable[str]) -> str:
    """Return texts as the literals of an IN list."""
    return ", ".join(dialect.text_of(text) for text in texts)


def number_cell(dialect: Dialect, column: str, *, yes_no: bool = False) -> str:
    """Return a column as a double, NULL where it is no number.

    Parameters
    ----------
    dialect : Dialect
        Of the database.
    column : str
        Its name, not quoted.
    yes_no : bool, default False
        Words for yes and no are 1 and 0, as where the study read them.
    """
    quoted = dialect.name_of(column)
    if not yes_no:
        return dialect.as_number(quoted)
    word = f"LOWER(TRIM(CAST({quoted} AS {dialect.text})))"
    said = {value: listed_texts(dialect, _words_for(value)) for value in (1.0, 0.0)}
    cases = " ".join(f"WHEN {word} IN ({words}) THEN {dialect.float_of(value)}" for value, words in said.items())
    return f"CASE {cases} ELSE {dialect.as_number(word)} END"


def _words_for(value: float) -> list[str]:
    return sorted(word for word, meant in BOOLEANS.items() if meant == value)


def usable_number(dialect: Dialect, cell: str, null_values: Sequence[str]) -> str:
    """Return a number that counts, NULL for infinities and for numbers that stand for "missing"."""
    codes = [dialect.float_of(code) for code in number_codes(null_values)]
    but = f" AND {cell} NOT IN ({', '.join(codes)})" if codes else ""
    return f"CASE WHEN ABS({cell}) < {dialect.float_of(LARGEST)}{but} THEN {cell} END"


def is_missing_text(dialect: Dialect, cell: str, null_values: Sequence[str] = ()) -> str:
    """Return whether a cleaned text stands for "missing", as a condition that is never NULL."""
    given = f" OR {cell} IN ({listed_texts(dialect, null_values)})" if null_values else ""
    return f"({cell} IS NULL OR LOWER({cell}) IN ({listed_texts(dialect, sorted(MARKERS))}){given})"


def spellings(category: str) -> tuple[str, ...]:
    """Return a category's texts in lower case as databases may give them: with and without accents' capitals lowered.

    A database knows neither Unicode's case folding nor its composed forms, so the usual ways to write a
    category are listed: as it is, in small and capital letters, with initials; composed and decomposed.

    Examples
    --------
    >>> spellings("West  Side")
    ('west side',)
    >>> spellings("É") == tuple(sorted({"É", "é", "É".casefold(), "E\\u0301".lower(), "e\\u0301"}))
    True
    """
    plain = " ".join(category.split())
    written = {plain, plain.lower(), plain.upper(), plain.title(), plain.capitalize(), plain.casefold()}
    forms = {unicodedata.normalize(form, text) for text in written for form in ("NFC", "NFD")}
    return tuple(sorted({text.lower() for text in forms} | {_ascii_lower(text) for text in forms}))


def _ascii_lower(text: str) -> str:
    """Lower case as SQLite and a database in the C locale have it."""
    return "".join(c.lower() if c.isascii() else c for c in text)


def category_code(dialect: Dialect, step: CategoryStep, cell: str, null_values: Sequence[str]) -> str:
    """Return the place of a cell's category: its number among the step's, J for a new one, NULL for a missing one.

    Parameters
    ----------
    dialect : Dialect
        Of the database.
    step : CategoryStep
        Its categories may hold ``"(missing)"`` and ``"(other)"``.
    cell : str
        Expression: a cleaned text, or a number where the step `is_coded`.
    null_values : sequence of str
        Texts that mean "missing" by the study's settings.
    """
    nowhere = len(step.categories)
    other = step.categories.index(OTHER) if OTHER in step.categories else nowhere
    if is_coded(step):
        missing = f"{cell} IS NULL"
        named = [(i, c) for i, c in enumerate(step.categories) if c not in (MISSING, OTHER)]
        cases = [f"WHEN {cell} = {dialect.float_of(float(c))} THEN {i}" for i, c in named]
    else:
        missing = is_missing_text(dialect, cell, null_values)
        places = {fold(c): i for i, c in enumerate(step.categories)}
        texts = {i: listed_texts(dialect, spellings(step.categories[i])) for i in places.values()}
        cases = [f"WHEN LOWER({cell}) IN ({known}) THEN {i}" for i, known in texts.items()]
    return " ".join(["CASE", f"WHEN {missing} THEN NULL", *cases, f"ELSE {other}", "END"])
