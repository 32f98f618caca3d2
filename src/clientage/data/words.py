"""What single cells mean before they are a number, a date or a text.

Receives the distinct texts of a column; returns them cleaned of what nobody can see, and says which of
them mean "missing" in a column of numbers, in a column of texts, or only when the file says so elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# Missing in any column: spreadsheet errors, database and programming markers that are nobody's name.
MARKERS = frozenset(
    {
        "",
        "-",
        "--",
        "—",
        "–",
        "?",
        "??",
        "#n/a",
        "#n/v",
        "#nv",
        "#ref!",
        "#value!",
        "#div/0!",
        "#name?",
        "#num!",
        "#null!",
        "#bezug!",
        "#wert!",
        "#spill!",
        "#calc!",
        "n/a",
        "n.a.",
        "n. a.",
        "k.a.",
        "k. a.",
        "unknown",
        "unbekannt",
        "missing",
        "not available",
        "not specified",
        "(null)",
        "(blank)",
        "<na>",
        "<null>",
        "\\n",
        "nan",
        "-nan",
        "1.#qnan",
        "nat",
    }
)
# Missing among numbers and dates; among texts they may be Namibia or a surname.
WORDS = frozenset({"na", "null", "none", "nil", "void", ".", "..", "...", "*", "0000-00-00", "0000-00-00 00:00:00"})

# Names of text columns in which `NA`, `None` and `null` are values whatever the rest of the file does.
NAMES_AND_CODES = re.compile(
    r"(country|countr|land\b|nation|region|state|iso|code|name|surname|initial|symbol|ticker|abbr|pays|pais)", re.I
)
SHORT_CODE = re.compile(r"[A-Z]{2,3}\Z")

# Zero-width and direction marks; the joiners U+200C/U+200D stay: emoji and Persian need them.
INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
SPACE_INSIDE = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")

BOOLEANS = {
    "true": 1.0,
    "yes": 1.0,
    "y": 1.0,
    "t": 1.0,
    "on": 1.0,
    "ja": 1.0,
    "oui": 1.0,
    "si": 1.0,
    "sí": 1.0,
    "wahr": 1.0,
    "vrai": 1.0,
    "1": 1.0,
    "false": 0.0,
    "no": 0.0,
    "n": 0.0,
    "f": 0.0,
    "off": 0.0,
    "nein": 0.0,
    "non": 0.0,
    "falsch": 0.0,
    "faux": 0.0,
    "0": 0.0,
    "1.0": 1.0,
    "0.0": 0.0,
}
SINGLE_LETTERS = {"y", "n", "t", "f"}


def without_invisible(text: str) -> str:
    """Return the text without outer space and invisible marks, in composed Unicode form.

    Examples
    --------
    >>> without_invisible(" We\u200bst\u00a0")
    'West'
    """
    if text.isascii():
        return text.strip()
    visible = INVISIBLE.sub("", text)
    return unicodedata.normalize("NFC", SPACE_INSIDE.sub(" ", visible)).strip()


def is_missing_number(text: str, extra: Iterable[str] = ()) -> bool:
    """Whether a cell among numbers or dates means "missing".

    Examples
    --------
    >>> is_missing_number("N/A"), is_missing_number("None"), is_missing_number("abc")
    (True, True, False)
    """
    folded = text.strip().casefold()
    return folded in MARKERS or folded in WORDS or text in extra


def is_word_for_missing(text: str) -> bool:
    """Whether a text is one of those that mean "missing" in some columns and a value in others.

    Examples
    --------
    >>> is_word_for_missing("NA"), is_word_for_missing("Namibia")
    (True, False)
    """
    return text.strip().casefold() in {"na", "null", "none", "nil"}


def holds_names_or_codes(column: str, values: Iterable[str]) -> bool:
    """Whether `NA` or `None` in this text column is a country, a code or a name.

    Examples
    --------
    >>> holds_names_or_codes("Country", ["Namibia"]), holds_names_or_codes("origin", ["DE", "FR", "NA"])
    (True, True)
    >>> holds_names_or_codes("education", ["Basic", "PhD", "NA"])
    False
    """
    if NAMES_AND_CODES.search(column):
        return True
    others = [v for v in values if not is_word_for_missing(v)]
    return bool(others) and all(SHORT_CODE.match(v) for v in others[:200])


def booleans(values: Iterable[str]) -> dict[str, float] | None:
    """Return 0 and 1 for each text when all of them say yes or no, else None.

    Plain 0 and 1 are numbers and not booleans; a lone letter (``"f"``) says nothing by itself.

    Examples
    --------
    >>> booleans(["yes", "TRUE", "0"])
    {'yes': 1.0, 'TRUE': 1.0, '0': 0.0}
    >>> booleans(["NO", "SE"]) is None
    True
    """
    out: dict[str, float] = {}
    for value in values:
        folded = value.casefold()
        if folded not in BOOLEANS:
            return None
        out[value] = BOOLEANS[folded]
    said = {v.casefold() for v in out}
    digits = {"0", "1", "0.0", "1.0"}
    if not said - digits or (said - digits <= SINGLE_LETTERS and len(set(out.values())) < 2):
        return None
    # "no" alone is more often Norway than a column of refusals
    return None if said == {"no"} else out
