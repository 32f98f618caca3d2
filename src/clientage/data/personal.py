"""Personal data, recognised by header and by value, so that it never becomes a feature.

Receives a column and its header words; returns what kind of personal data it holds, or None.
"""

from __future__ import annotations

import re

import numpy as np

from clientage.data.headers import CUSTOMER, word_set
from clientage.data.table import Column
from clientage.data.text_list import texts_at

LOOKED_AT = 300  # distinct values tried against the patterns: enough to be sure, quick on a million
MOST_GROUPS = 10  # a "phone" column with so few distinct values says which phone, not whose

_PERSON = word_set("first last full given middle nick sur family contact") | CUSTOMER
_NAME = word_set(
    "firstname lastname fullname surname vorname nachname nombre apellido apellidos nom prenom cognome nome username "
    "forename"
)
_HEADERS: tuple[tuple[str, frozenset[str]], ...] = (
    ("e-mail addresses", word_set("email emails mail correo courriel")),
    ("telephone numbers", word_set("phone telephone tel mobile telefon handy fax telefono movil cellphone")),
    ("addresses", word_set("address adresse direccion indirizzo street strasse calle rue addr")),
    ("personal numbers", word_set("ssn passport iban creditcard nif dni vat taxid")),
)
_DATE_LIKE = re.compile(r"^(\d{1,2}|\d{4})[-/.]\d{1,2}[-/.](\d{1,2}|\d{4})([T ].*)?$")
_VALUES: tuple[tuple[str, re.Pattern[str], float], ...] = (
    ("e-mail addresses", re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$"), 0.5),
    ("personal numbers", re.compile(r"^(\d{3}-\d{2}-\d{4}|[A-Z]{2}\d{2}[A-Z0-9 ]{11,32})$"), 0.8),
    (
        "telephone numbers",
        re.compile(r"^(?=(?:\D*\d){7,15}\D*$)(\+|\(|0)?[\d][\d\s().\-/]*[\s().\-/][\d\s().\-/]*$"),
        0.8,
    ),
    ("telephone numbers", re.compile(r"^(\+|00)\d{7,15}$"), 0.8),
    (
        "addresses",
        re.compile(
            r"(?i)^(?=.*\d).*\b(street|st|road|rd|avenue|ave|lane|strasse|straße|str|weg|platz|rue|calle|via)\b|"
            r"^(?=.*\d)\S+(strasse|straße|weg|platz)\b"
        ),
        0.5,
    ),
    ("names of people", re.compile(r"(?i)^(mr|mrs|ms|miss|dr|herr|frau|mme|sr|sra)\.? \S+"), 0.5),
)


def personal_data(column: Column, words: tuple[str, ...], distinct: int) -> str | None:
    """Return what kind of personal data a column holds, or None.

    Parameters
    ----------
    column : Column
        Any column; dates and yes/no columns are never personal.
    words : tuple of str
        Its `header_words`.
    distinct : int
        Number of its distinct values.

    Examples
    --------
    >>> mails = Column("contact", "text", np.arange(2, dtype=np.int32), ("a@b.example", "c@d.example"))
    >>> personal_data(mails, ("contact",), 2)
    'e-mail addresses'
    """
    if column.kind == "date" or column.is_boolean:
        return None
    by_header = named_personal(words)
    if column.kind == "number":
        # A count of phone calls is a number; a phone number is a whole number of seven digits and more.
        smallest = float(np.nanmin(column.values)) if distinct else 0.0
        return by_header if column.is_integer and smallest >= 1e6 and distinct > MOST_GROUPS else None
    if by_header and (distinct > MOST_GROUPS or distinct * 5 > len(column)):
        return by_header
    return _by_value(column)


def named_personal(words: tuple[str, ...]) -> str | None:
    """Return what kind of personal data a header speaks of, or None.

    Examples
    --------
    >>> named_personal(("first", "name")), named_personal(("product", "name"))
    ('names of people', None)
    """
    if any(w in _NAME for w in words) or (words and words[-1] == "name" and set(words[:-1]) <= _PERSON):
        return "names of people"
    return next((kind for kind, meaning in _HEADERS if any(w in meaning for w in words)), None)


def _by_value(column: Column) -> str | None:
    used = column.used_codes()[:LOOKED_AT]
    texts = [t.strip() for t in texts_at(column.categories, used).to_pylist()]
    if not texts:
        return None
    for kind, pattern, share in _VALUES:
        hits = sum(1 for t in texts if pattern.match(t) and not _DATE_LIKE.match(t))
        if hits > share * len(texts):
            return kind
    return None
