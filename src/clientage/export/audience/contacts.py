"""The contact columns of a customer file, found by name and joined to a run's customers by id.

Receives the file and what a person says about its columns; returns one `Contact` for each row of a known customer.
The run itself holds no address, so that this file is read here and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from clientage.data.headers import header_words, word_set
from clientage.data.personal import named_personal, personal_data
from clientage.data.reading import read
from clientage.data.table import Column, Table
from clientage.errors import ColumnError, listed

YES = word_set("yes y true t 1 on ja j oui o si sí s sim wahr vrai opt-in optin opted-in opted_in granted given agreed")
ASSUMED = "assumed"  # instead of a column: the person vouches for everybody in the file
_CONSENT = word_set("consent consents consented optin permission gdpr dsgvo einwilligung consentement consentimiento")
_OPTED_IN = {("opt", "in"), ("opted", "in")}


@dataclass(frozen=True, slots=True)
class ContactColumns:
    """What a person says about the columns; None: found by name.

    Parameters
    ----------
    id, email, phone, consent : str or None
        Names of columns; of `consent` also ``"assumed"``.
    """

    id: str | None = None
    email: str | None = None
    phone: str | None = None
    consent: str | None = None


@dataclass(frozen=True, slots=True)
class Contacts:
    """Rows of the file.

    Parameters
    ----------
    columns : mapping
        Which column was taken for what; None: there is none.
    ids : ndarray of shape (rows,)
        As text, "" where missing.
    emails, phones : sequence of str
        As written, "" where missing.
    consent : ndarray of shape (rows,)
        True where the cell says yes, and in so many words.
    """

    columns: Mapping[str, str | None]
    ids: np.ndarray
    emails: Sequence[str]
    phones: Sequence[str]
    consent: np.ndarray


def read_contacts(source: Any, given: ContactColumns, id_name: str) -> Contacts:
    """Read the contact columns of a customer file.

    Parameters
    ----------
    source : path, database URL or frame
        As for a study.
    given : ContactColumns
        What a person says.
    id_name : str
        The column that said who a customer is when the run was made.

    Raises
    ------
    ColumnError
        When a column is missing, when several could be meant, or when nothing says who agreed.
    InputError
        When the file cannot be read.
    """
    table = read(source, least_rows=1)
    ids = table.column(given.id or id_name)
    others = [c for c in table.columns if c is not ids]
    consent = _consent(table, others, given.consent)
    left = [c for c in others if c is not consent and not _speaks_of_consent(c)]
    email = _found(table, left, given.email, "email", "e-mail addresses")
    phone = _found(table, [c for c in left if c is not email], given.phone, "phone", "telephone numbers")
    if email is None and phone is None:
        found = f"{table.source.name} has {listed(table.names)}"
        raise ColumnError("a column of e-mail addresses or telephone numbers", found, "Name it: --email or --phone.")
    names = {"id": ids, "email": email, "phone": phone, "consent": consent}
    nothing = [""] * table.n_rows
    return Contacts(
        {key: None if column is None else column.name for key, column in names.items()},
        ids.as_text(),
        nothing if email is None else email.as_text().tolist(),
        nothing if phone is None else phone.as_text().tolist(),
        np.ones(table.n_rows, dtype=bool) if consent is None else says_yes(consent),
    )


def says_yes(column: Column) -> np.ndarray:
    """Return where a column says yes in so many words: boolean (n,).

    Raises
    ------
    ColumnError
        For a column of dates, or of numbers other than 0 and 1: nobody can tell what they agree to.

    Examples
    --------
    >>> codes = np.array([0, 1, 2, -1], dtype=np.int32)
    >>> says_yes(Column("ok", "text", codes, ("Yes", "no", "perhaps"))).tolist()
    [True, False, False, False]
    """
    if column.kind == "text":
        agreed = np.array([*(c.strip().casefold() in YES for c in column.categories), False], dtype=bool)
        return np.asarray(agreed[column.values])
    if column.kind == "date" or not np.isin(column.values[~column.missing], (0.0, 1.0)).all():
        found = f"'{column.name}' holds {'dates' if column.kind == 'date' else 'numbers other than 0 and 1'}"
        raise ColumnError("a consent column that says yes or no", found, "Name another one with --consent.")
    return np.asarray(column.values == 1.0)


def _consent(table: Table, columns: Sequence[Column], given: str | None) -> Column | None:
    """The column that says who agreed; None where the person vouches for everybody."""
    if given == ASSUMED:
        return None
    column = _one(table, columns, given, "consent", _speaks_of_consent)
    if column is None:
        raise ColumnError(
            "a column that says who agreed to be addressed",
            f"none by name in {table.source.name}, which has {listed(table.names)}",
            f"Name it: --consent COLUMN. Where all of them agreed, say so: --consent {ASSUMED}.",
        )
    return column


def _found(table: Table, columns: Sequence[Column], given: str | None, option: str, kind: str) -> Column | None:
    """A contact column by its name; where no name says so, by what it holds."""
    named = [c for c in columns if named_personal(header_words(c.name)) == kind]
    if given is None and not named:
        return _one(table, columns, None, option, lambda c: _holds(c) == kind)
    return _one(table, columns, given, option, lambda c: c in named)


def _one(
    table: Table, columns: Sequence[Column], given: str | None, option: str, fits: Callable[[Column], bool]
) -> Column | None:
    if given is not None:
        return table.column(given)
    fitting = [c for c in columns if fits(c)]
    if len(fitting) > 1:
        found = f"{table.source.name} has {listed([c.name for c in fitting])}"
        raise ColumnError(
            f"one column for --{option}", found, f"Name the one you mean: --{option} '{fitting[0].name}'."
        )
    return fitting[0] if fitting else None


def _holds(column: Column) -> str | None:
    return personal_data(column, (), column.n_distinct) if column.kind == "text" else None


def _speaks_of_consent(column: Column) -> bool:
    words = header_words(column.name)
    return bool(_CONSENT & set(words)) or any(pair in _OPTED_IN for pair in pairwise(words))
