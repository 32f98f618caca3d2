"""Column headers as words: "MntWines" is "wines", "Annual Income (k$)" is "annual income" in k$.

Receives the customers' columns, returns one `Heading` for each, unique within the study.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from clientage.segments.wording import CURRENCIES

Family = Literal["amount", "count", "plain"]

AMOUNTS = frozenset({"mnt", "amt", "amount", "spend", "spent", "montant", "umsatz"})
COUNTS = frozenset({"num", "nb", "nbr", "cnt", "count", "n", "anzahl"})
# a prefix before these is no family: "spend score" is a score
NOT_KINDS = frozenset({"score", "total", "limit", "index", "rank", "level", "per", "of", "sum"})
ABBREVIATIONS = {
    "cmp": "campaign",
    "trx": "transactions",
    "txn": "transactions",
    "txns": "transactions",
    "qty": "quantity",
    "avg": "average",
    "amt": "amount",
    "pct": "percent",
    "prc": "percent",
    "perc": "percent",
    "freq": "frequency",
    "num": "number of",
    "nb": "number of",
    "nbr": "number of",
    "cnt": "count",
    "mnt": "amount",
    "prods": "products",
    "prod": "product",
    "yr": "year",
    "yrs": "years",
    "mth": "month",
    "mths": "months",
    "cust": "customer",
    "dt": "date",
    "acct": "account",
    "kidhome": "kids at home",
    "teenhome": "teenagers at home",
}
PHRASES = {
    "year birth": "birth year",
    "web visit month": "web visits a month",
    "spendingscore": "spending score",
    "detergents paper": "detergents and paper",
}
# plurals that machines put before another noun, where English wants the singular
ATTRIBUTIVE = frozenset(
    {"purchases", "deals", "visits", "orders", "payments", "installments", "products", "transactions"}
)
# whole numbers of these are counts even without a "Num" before them
COUNTABLE = frozenset(
    {"orders", "purchases", "visits", "transactions", "invoices", "returns", "sessions", "clicks", "calls", "items"}
    | {"products", "bookings", "logins", "complaints", "kids", "children", "teenagers", "coupons", "stays", "nights"}
)
SMALL_WORDS = frozenset({"a", "per", "of", "in", "at", "on", "by", "to", "and", "or", "with", "from", "last", "since"})
ACRONYMS = frozenset({"aov", "clv", "ltv", "nps", "rfm", "vip", "id", "usa", "uk", "sms", "vat", "tv", "atm"})
UNIT_WORDS = {
    "usd": "$",
    "eur": "€",
    "gbp": "£",
    "years": "years",
    "days": "days",
    "months": "months",
    "kg": "kg",
    "km": "km",
    "hours": "hours",
    "minutes": "minutes",
}
# brackets that close a word: "(k$)" in "Income (k$)", and not those inside "f(1)>"
JOINERS = "\u200c\u200d"  # emoji and Persian need them
BRACKETS = re.compile(r"(?:\(([^()]*)\)|\[([^\[\]]*)\]|（([^（）]*)）)(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's words.

    Parameters
    ----------
    words : str
        Lower case, without unit and brackets.
    unit : str or None
        From the brackets of the header or from what is known of a derived column.
    family : {"amount", "count", "plain"}
        What a prefix said about the values: money spent on something, or a number of things.
    derived : bool
        The column was computed by this program and not named by the user.
    """

    words: str
    unit: str | None = None
    family: Family = "plain"
    derived: bool = False

    @property
    def tokens(self) -> tuple[str, ...]:
        """The words one by one, without plural endings, for matching."""
        return tuple(singular(t) for t in self.words.casefold().replace("-", " ").split())


def is_count(heading: Heading) -> bool:
    """Return whether whole numbers under this heading are numbers of things.

    Examples
    --------
    >>> is_count(humanise("orders_last_year")), is_count(humanise("NumSeats")), is_count(humanise("age"))
    (True, True, False)
    """
    if heading.family != "plain":
        return heading.family == "count"
    return any(word in COUNTABLE for word in heading.words.casefold().split())


def singular(word: str) -> str:
    """Return an English word without its plural ending, well enough to compare words.

    Examples
    --------
    >>> singular("purchases"), singular("categories"), singular("days"), singular("gas")
    ('purchase', 'category', 'day', 'gas')
    """
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def humanise(name: str) -> Heading:
    """Return a header as words.

    Parameters
    ----------
    name : str
        Any header, in any script.

    Examples
    --------
    >>> humanise("MntWines").words, humanise("NumDealsPurchases").words, humanise("spending_score").words
    ('wines', 'deal purchases', 'spending score')
    >>> humanise("Annual Income (k$)")
    Heading(words='annual income', unit='k$', family='plain', derived=False)
    >>> humanise("luxury / be spoilt").words, humanise("年間 収入").words, humanise("Year_Birth").words
    ('luxury / be spoilt', '年間 収入', 'birth year')
    """
    clean = _visible(name)
    unit = next((u for m in BRACKETS.finditer(clean) if (u := _unit(m[1] or m[2] or m[3] or "")) is not None), None)
    bare = BRACKETS.sub(" ", clean)
    tokens = _tokens(bare)
    family, tokens = _family(tokens)
    words = " ".join(_attributive([_spelled(t) for t in tokens]))
    words = PHRASES.get(words, words)
    return Heading(words or clean.strip() or "unnamed column", unit, family)


def headings(names: Iterable[str], titles: Mapping[str, str], units: Mapping[str, str]) -> dict[str, Heading]:
    """Return the heading of every column, unique within the study.

    Parameters
    ----------
    names : iterable of str
        Column names.
    titles : mapping of column to str
        Words of derived columns.
    units : mapping of column to str
        Known units; they win over the header's brackets.

    Examples
    --------
    >>> {n: h.words for n, h in headings(["MntWines", "NumWines", "recency"], {"recency": "days away"}, {}).items()}
    {'MntWines': 'MntWines', 'NumWines': 'NumWines', 'recency': 'days away'}
    """
    out: dict[str, Heading] = {}
    for name in names:
        heading = Heading(titles[name], derived=True) if name in titles else humanise(name)
        out[name] = replace(heading, unit=units.get(name, heading.unit))
    seen: dict[str, int] = {}
    for heading in out.values():
        seen[heading.words.casefold()] = seen.get(heading.words.casefold(), 0) + 1
    # two columns of the same words keep their headers: a reader must be able to tell them apart
    return {
        n: h if seen[h.words.casefold()] == 1 else replace(h, words=" ".join(_visible(n).split()) or h.words)
        for n, h in out.items()
    }


def _visible(text: str) -> str:
    """Drop control and direction characters, which can reorder or break what stands around them."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return "".join(c for c in kept if unicodedata.category(c) != "Cf" or c in JOINERS)


def _unit(text: str) -> str | None:
    """The text of brackets when it is a unit; a range such as "1-100" is none."""
    text = text.strip()
    if not text or len(text) > 8 or any(c.isdigit() for c in text):
        return None
    if text == "%" or any(c in CURRENCIES for c in text):
        return text
    return UNIT_WORDS.get(text.casefold())


def _tokens(text: str) -> list[str]:
    """Split at spaces, underscores, dots and changes of case; a slash between spaces stays."""
    if not any(c.islower() for c in text):  # ALL CAPS: case says nothing
        text = text.lower()
    spread: list[str] = []
    for i, c in enumerate(text):
        before, after = text[i - 1 : i] if i else "", text[i + 1 : i + 2]
        small = before.islower() and text[max(i - 2, 0) : i].isalpha() and i > 1  # "iPhone" is one word
        if c.isupper() and (small or before.isdigit() or (before.isupper() and after.islower())):
            spread.append(" ")
        spread.append(" " if c == "_" or (c == "." and before.isalnum() and after.isalnum()) else c)
    return "".join(spread).split()


def _family(tokens: list[str]) -> tuple[Family, list[str]]:
    """Take a prefix such as "Mnt" or "Num" off, when a noun remains."""
    if len(tokens) < 2:
        return "plain", tokens
    first, rest = tokens[0].casefold(), tokens[1:]
    if first in COUNTS and rest[0].casefold() not in NOT_KINDS - {"of"}:
        return "count", rest[1:] if rest[0].casefold() == "of" and len(rest) > 1 else rest
    if first == "number" and rest[0].casefold() == "of" and len(rest) > 1:
        return "count", rest[1:]
    if first in AMOUNTS and rest[0].casefold() not in NOT_KINDS:
        last = rest[-1].casefold()
        return "amount", rest[:-1] if len(rest) > 1 and last in ("products", "prods", "product") else rest
    return "plain", tokens


def _attributive(words: list[str]) -> list[str]:
    """Put "purchases" before another noun into the singular: "purchase frequency"."""
    after = [*words[1:], "of"][: len(words)]
    return [
        singular(w) if w in ATTRIBUTIVE and not (a in SMALL_WORDS or a[:1].isdigit() or not a[:1].isalpha()) else w
        for w, a in zip(words, after, strict=True)
    ]


def _spelled(token: str) -> str:
    """One word: abbreviations written out, capitals only where they are the word's own."""
    folded = token.casefold()
    if folded in ACRONYMS:
        return token.upper()
    stem = folded.rstrip("0123456789")
    if stem in ABBREVIATIONS:
        return f"{ABBREVIATIONS[stem]} {folded[len(stem) :]}".strip()
    return token.lower() if token[:1].isupper() and not any(c.isupper() for c in token[1:]) else token
