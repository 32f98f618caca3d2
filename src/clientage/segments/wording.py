"""Numbers as people read them: sensible digits, thousands separators, percent, units.

Receives numbers, returns text. Names, traits, recommendations and the report all write numbers with these.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

CURRENCIES = "$€£¥₹"
UNKNOWN = "unknown"
NEAR = 0.05  # closer than 5 % to the average is "close to" it
TIMES = 2.0  # from twice the average on, a ratio reads better than a percentage


def number(x: float | None, unit: str | None = None) -> str:
    """Return a number with three significant digits (two below 1), thousands separators and its unit.

    Parameters
    ----------
    x : float or None
        None and NaN are "unknown".
    unit : str, optional
        Written after the number; a currency sign before it; ``"k$"`` means thousands of dollars;
        ``"share"`` means that the number is a share of 1 and is written as a percentage.

    Examples
    --------
    >>> number(88237.4), number(0.79132), number(1234567), number(12.0, "days")
    ('88,200', '0.79', '1.23 million', '12 days')
    >>> number(88237.4, "$"), number(60.56, "k$"), number(0.123, "share"), number(1.0, "days")
    ('$88,200', '$60.6k', '12%', '1 day')
    """
    if x is None or not math.isfinite(x):
        return UNKNOWN
    if unit == "share":
        return percent(x)
    digits = _digits(x)
    if not unit:
        return digits
    if unit == "%":
        return digits + "%"
    sign = next((c for c in unit if c in CURRENCIES), None)
    if sign and len(unit) <= 2:
        minus, digits = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
        return f"{minus}{sign}{digits}{unit.replace(sign, '')}"
    if digits == "1" and unit.endswith("s") and unit.isalpha():
        unit = unit[:-1]
    return f"{digits} {unit}"


def _digits(x: float) -> str:
    if x == 0:
        return "0"
    rounded = float(f"{x:.3g}" if abs(x) >= 1 else f"{x:.2g}")
    size = abs(rounded)
    for limit, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if size >= limit:
            return f"{_plain(rounded / limit)} {word}"
    return _plain(rounded)


def _plain(x: float) -> str:
    """Write what is already rounded without an exponent or trailing zeros."""
    if x == int(x):
        return f"{int(x):,}"
    places = max(0, 2 - math.floor(math.log10(abs(x))))
    return f"{x:,.{min(places, 9)}f}".rstrip("0").rstrip(".")


def count(n: int) -> str:
    """Return a whole number with every digit.

    Examples
    --------
    >>> count(88237)
    '88,237'
    """
    return f"{n:,}"


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> counted(1, "customer"), counted(2500, "customer"), counted(2, "country", "countries")
    ('1 customer', '2,500 customers', '2 countries')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def percent(share: float | None) -> str:
    """Return a share of 1 as a percentage: whole above 10 %, one decimal below and close to 100 %.

    Examples
    --------
    >>> percent(0.4567), percent(0.0432), percent(0.00001), percent(0.9991), percent(1.0)
    ('46%', '4.3%', 'under 0.1%', '99.9%', '100%')
    """
    if share is None or not math.isfinite(share):
        return UNKNOWN
    hundredths = 100.0 * share
    size = abs(hundredths)
    if size == 0.0 or size == 100.0:
        return f"{hundredths:.0f}%"
    if size < 0.1:
        return "under 0.1%" if share > 0 else "above -0.1%"
    if 99.5 <= size < 100.0:
        return "over 99.9%" if size >= 99.95 else f"{hundredths:.1f}%"
    if size < 9.95:
        return f"{hundredths:.1f}".rstrip("0").rstrip(".") + "%"
    return f"{hundredths:,.0f}%"


def compared(x: float, overall: float, unit: str | None = None, *, measure: str = "average") -> str:
    """Return how a value stands to the value of all customers.

    Parameters
    ----------
    x, overall : float
        Of the segment and of all customers, in one unit.
    unit : str, optional
        As for `number`.
    measure : str
        What the values are: "average", "overall median".

    Examples
    --------
    >>> compared(88200, 60400)
    '46% above the average of 60,400'
    >>> compared(320, 90, "days"), compared(61, 60), compared(-3, 4)
    ('3.6 times the average of 90 days', 'close to the average of 60', 'against an average of 4')
    """
    whole = number(overall, unit)
    if unit == "share":
        return f"against {whole} overall"
    if overall <= 0 or x < 0 or x == 0:
        return f"against {article(measure)} of {whole}"
    ratio = x / overall
    if abs(ratio - 1) < NEAR:
        return f"close to the {measure} of {whole}"
    if ratio >= TIMES:
        times = number(float(f"{ratio:.2g}"))
        return f"{'twice' if times == '2' else times + ' times'} the {measure} of {whole}"
    side = "above" if ratio > 1 else "below"
    return f"{percent(abs(ratio - 1))} {side} the {measure} of {whole}"


def article(noun: str) -> str:
    """Return a noun with its indefinite article.

    Examples
    --------
    >>> article("average"), article("median")
    ('an average', 'a median')
    """
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def joined(words: Sequence[str], last: str = "and") -> str:
    """Return words as a list in a sentence.

    Examples
    --------
    >>> joined(["wines"]), joined(["wines", "meat"]), joined(["wines", "meat", "fish"])
    ('wines', 'wines and meat', 'wines, meat and fish')
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def capitalised(text: str) -> str:
    """Return the text with its first letter in upper case and nothing else changed.

    Examples
    --------
    >>> capitalised("high income, VIP"), capitalised("収入"), capitalised("ßpend")
    ('High income, VIP', '収入', 'ßpend')
    """
    first = text[:1].upper()
    return first + text[1:] if len(first) == 1 else text


def clipped(text: str, most: int) -> str:
    """Return the text, cut at a word where possible and marked with "…" when it is longer than `most`.

    Examples
    --------
    >>> clipped("annual household income", 20), clipped("abcdefghij", 5)
    ('annual household…', 'abcd…')
    """
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > most // 2 else cut).rstrip(" ,;:-/") + "…"


def before_figure(title: str) -> str:
    """Return a title as it stands before a figure: one that ends in a figure itself needs a colon.

    Examples
    --------
    >>> before_figure("response"), before_figure("accepted campaign 4")
    ('response', 'accepted campaign 4:')
    """
    return f"{title}:" if title[-1:].isdigit() else title
