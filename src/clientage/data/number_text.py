"""Numbers as people write them: 1.234,56, $1,200, (12.50), 12 %, 1'000, 1e-05.

Receives the distinct texts of one column with how often each stands; returns their values, which of
them are no numbers, and how they were written. What is a code rather than a number is left to be text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from clientage.data import arrow_numpy, few_texts
from clientage.data.text_bytes import are_digits, lengths, outer

LOOKED_AT = 65_536  # texts whose bytes are looked at together
EXACT = 2.0**53  # whole numbers beyond it do not fit a float64: ids, kept as text
PLAIN = r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"
INFINITE = r"(?i)^[-+]?inf(inity)?$"
LEADING_ZERO = r"^0\d"
# 1E5, 2e07: a code of digits with an E; programs write exponents with a sign or a point (1e+05, 1.0E5)
CODE_UPPER = r"^\d+E\d{1,2}$"
CODE_LOWER = r"^\d+e\d{1,2}$"
# C536379, 85123A, INV-0042: letters on digits
CODE_MIXED = r"^([A-Za-z]{1,5}[-_/ ]?\d{3,}[A-Za-z]*|\d{3,}[-_/]?[A-Za-z]{1,5}\d*)$"
PHONE = r"^\+\d{7,}$"

_CURRENCY = (
    r"(?i:US\$|R\$|A\$|C\$|CHF|EUR|USD|GBP|JPY|SEK|NOK|DKK|PLN|CZK|HUF|AUD|CAD|INR|BRL|CNY|RUB|TRY|ZAR|MXN|"
    r"Rs\.?|kr\.?|zł|Kč|Ft)|[$€£¥₹₽₩₺₪฿]"
)
_SPACES = " \u00a0\u202f\u2009"
_BLANK = f"[{_SPACES}]"
_BETWEEN = _SPACES + "'’"  # what may stand between groups of digits
WRITTEN = (
    rf"^(?P<open>\()?{_BLANK}*(?P<sign>[-+−])?{_BLANK}*(?P<before>{_CURRENCY})?{_BLANK}*(?P<inner>[-+−])?{_BLANK}*"
    rf"(?P<body>\d(?:[\d.,'’{_SPACES}]*\d)?[.,]?|[.,]\d+)(?P<exponent>[eE][-+]?\d+)?"
    rf"{_BLANK}*(?P<after>{_CURRENCY}|%)?{_BLANK}*(?P<close>\))?(?P<trailing>-)?$"
)
_SPACED = "^[1-9]\\d{0,2}([ \u00a0\u202f\u2009'’]\\d{3})+([.,]\\d+)?$"
_POINT = r"^(\d+|[1-9]\d{0,2}(,\d{3})+)?(\.\d*)?$"
_COMMA = r"^(\d+|[1-9]\d{0,2}(\.\d{3})+)?(,\d*)?$"
_SAME = {"$": "USD", "us$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "rs.": "rs", "kr.": "kr", "₹": "INR", "₽": "RUB"}


@dataclass(frozen=True, slots=True)
class NumberReading:
    """How the distinct texts of a column read as numbers.

    Parameters
    ----------
    values : ndarray of shape (u,)
        float64, NaN where the text is no number; infinities as they are.
    good : ndarray of shape (u,)
        Whether the text is a number.
    decimal : {".", ","} or None
        The decimal mark; None where no mark stands anywhere.
    settled : bool
        Whether the texts alone settle the decimal mark.
    grouped : bool
        Some numbers have thousands separators.
    negative_in_brackets : int
        Cells such as ``(12.50)``.
    percent, currencies, plain_cells
        Cells with a percent sign, the currencies seen, cells with neither.
    without_currency : int
        Cells without the sign, zeros apart, where others have one.
    """

    values: np.ndarray
    good: np.ndarray
    decimal: Literal[".", ","] | None = None
    settled: bool = True
    grouped: bool = False
    negative_in_brackets: int = 0
    percent: int = 0
    without_percent: int = 0
    currencies: tuple[str, ...] = ()
    without_currency: int = 0
    marks: dict[str, int] = field(default_factory=dict)


def matching(texts: pa.Array, pattern: str) -> np.ndarray:
    """Return boolean (u,): which texts match an RE2 pattern."""
    return few_texts.matching(texts, pattern)


def is_code(texts: pa.Array, counts: np.ndarray, *, whole_elsewhere: bool = False) -> str | None:
    """Return why a column of number-like texts is one of codes, else None.

    Parameters
    ----------
    texts : pyarrow string array of length u
        Distinct, without what means "missing".
    counts : ndarray of shape (u,)
        Cells with each.
    whole_elsewhere : bool
        The column also has whole numbers that are not among the texts.

    Examples
    --------
    >>> is_code(pa.array(["007", "12"]), np.array([1, 1]))
    'leading-zeros'
    >>> is_code(pa.array(["1.5", "12"]), np.array([1, 1])) is None
    True
    """
    if _all_digits_some_with_zeros(texts):
        return "leading-zeros"  # what the patterns below would find, without a look at each of a million ids
    plain = matching(texts, PLAIN)
    fraction = matching(texts, r"^[-+]?\d*[.,]\d+$")  # not 1.2E+19: a long id that a spreadsheet has spoilt
    if not (plain & fraction).any() and matching(texts, LEADING_ZERO + r"[\d ]*$").any():
        return "leading-zeros"
    if matching(texts, r"^[-+]?\d{17,}$").any() or _beyond_exact(texts):
        return "long-numbers"
    whole = matching(texts, r"^\d+$")
    upper, lower = matching(texts, CODE_UPPER), matching(texts, CODE_LOWER)
    rest = ~(whole | upper | lower)
    if upper.any() and not (rest & plain).any():
        return "exponent-codes"
    if lower.any() and counts[lower].sum() >= counts[whole].sum() and not (rest & plain).any():
        return "exponent-codes"
    if matching(texts, PHONE).any() and not whole.any():
        return "phone-numbers"
    if (whole.any() or whole_elsewhere) and not (plain & fraction).any() and matching(texts, CODE_MIXED).any():
        return "mixed-codes"
    return None


def _all_digits_some_with_zeros(texts: pa.Array) -> bool:
    parts = [texts.slice(low, LOOKED_AT) for low in range(0, len(texts), LOOKED_AT)]
    if not all(are_digits(part) for part in parts):
        return False
    return any(bool(((outer(part)[0] == ord("0")) & (lengths(part) > 1)).any()) for part in parts)


def _beyond_exact(texts: pa.Array) -> bool:
    sixteen = matching(texts, r"^[-+]?\d{16}$")
    if not sixteen.any():
        return False
    values = few_texts.as_numbers(few_texts.kept(texts, sixteen))
    return values is not None and bool(np.abs(values).max() >= EXACT)


def read_numbers(
    texts: pa.Array, counts: np.ndarray, *, decimal: str | None = None, likely: str | None = None
) -> NumberReading:
    """Return how texts read as numbers.

    Parameters
    ----------
    texts : pyarrow string array of length u
        Distinct, without outer space and without what means "missing".
    counts : ndarray of shape (u,)
        Cells with each: the decimal mark goes by the majority of cells.
    decimal : {".", ","}, optional
        The decimal mark that the person gave.
    likely : {".", ","}, optional
        The mark of the file's other columns, used where this one's texts fit both.

    Examples
    --------
    >>> read_numbers(pa.array(["1.234,56", "7"]), np.array([1, 1])).values.tolist()
    [1234.56, 7.0]
    >>> read_numbers(pa.array(["(12.50)", "$1,200", "12.3%"]), np.array([1, 1, 1])).values.tolist()
    [-12.5, 1200.0, 0.123]
    """
    parts = _parts(texts)
    body, shaped = parts["body"], parts["shaped"]
    point, comma = shaped & matching(body, _POINT), shaped & matching(body, _COMMA)
    votes_point, votes_comma = int(counts[point].sum()), int(counts[comma].sum())
    settled = votes_point != votes_comma
    mark = decimal or (("." if votes_point > votes_comma else ",") if settled else (likely or "."))
    good = point if mark == "." else comma
    values = _converted(body, good, parts, mark)
    infinite = matching(texts, INFINITE)
    values[infinite] = np.inf
    group = "," if mark == "." else "."
    has_mark, has_group = matching(body, "[" + mark + "]") & good, matching(body, "[" + group + "]") & good
    percent = parts["percent"]
    return NumberReading(
        values=values,
        good=good | infinite,
        decimal=mark if (has_mark | has_group).any() else None,  # type: ignore[arg-type]
        settled=settled or decimal is not None or not (has_mark | has_group).any(),
        grouped=bool(has_group.any() or (good & parts["spaced"]).any()),
        negative_in_brackets=int(counts[good & parts["brackets"]].sum()),
        percent=int(counts[good & percent].sum()),
        without_percent=int(counts[good & ~percent & (values != 0)].sum()),
        currencies=(currencies := _currencies(parts, good)),
        without_currency=_without_sign(parts, good & (values != 0), counts) if currencies else 0,
    )


def _parts(texts: pa.Array) -> dict[str, Any]:
    """Split each text into sign, currency, body and the rest; an empty body where it has another shape."""
    shaped, fields = few_texts.extracted(texts, WRITTEN)
    text = {k: arrow_numpy.texts(fields[k]) for k in ("before", "after")}
    has = {k: lengths(fields[k]) > 0 for k in ("open", "close", "trailing")}
    body = fields["body"]
    blanks = matching(body, f"[{_BETWEEN}]")
    spaced = blanks & matching(body, _SPACED)
    if blanks.any():
        body = few_texts.without(body, _BETWEEN)
    minus = np.zeros(len(texts), dtype=bool)
    for k in ("sign", "inner"):
        minus ^= np.isin(arrow_numpy.texts(fields[k]), ["-", "−"])
    brackets = has["open"] & has["close"]
    return {
        "body": body,
        "shaped": shaped & ~(blanks & ~spaced) & (has["open"] == has["close"]),
        "exponent": _as_shares(fields["exponent"], text["after"] == "%"),
        "percent": text["after"] == "%",
        "before": text["before"],
        "after": text["after"],
        "brackets": brackets,
        "spaced": spaced,
        "negative": minus ^ has["trailing"] ^ brackets,
    }


def _as_shares(exponent: pa.Array, percent: np.ndarray) -> pa.Array:
    """12% is 0.12, as a workbook holds it: an exponent, as a division could miss the number nearest to 0.123."""
    if not percent.any():
        return exponent
    powers = [int(e[1:] or 0) - 2 * p for e, p in zip(exponent.to_pylist(), percent.tolist(), strict=True)]
    return arrow_numpy.text_array([f"e{power}" for power in powers])


def _converted(body: pa.Array, good: np.ndarray, parts: dict[str, Any], mark: str) -> np.ndarray:
    values = np.full(len(good), np.nan)
    if not good.any():
        return values
    digits, exponents = few_texts.kept(body, good), few_texts.kept(parts["exponent"], good)
    values[good] = few_texts.as_marked_numbers(digits, exponents, mark)
    values[parts["negative"] & good] *= -1.0
    return values


def _without_sign(parts: dict[str, Any], good: np.ndarray, counts: np.ndarray) -> int:
    bare = np.isin(parts["before"].astype(str), ["", "%"]) & np.isin(parts["after"].astype(str), ["", "%"])
    return int(counts[good & bare].sum())


def _currencies(parts: dict[str, Any], good: np.ndarray) -> tuple[str, ...]:
    seen = {str(c).casefold() for k in ("before", "after") for c in set(parts[k][good].tolist())} - {"", "%"}
    return tuple(sorted({_SAME.get(c, c.upper() if c.isalpha() else c) for c in seen}))
