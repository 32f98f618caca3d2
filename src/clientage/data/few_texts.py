"""What is asked of texts, in two ways that answer alike: Python's for a few, Arrow's for many.

Arrow's functions cost 14 MB and 0.1 s before the first of them runs, which is more than all else that the reading of a
thousand rows takes. Receives Arrow string arrays; where they are short, the answers come without those functions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

import numpy as np
import pyarrow as pa

from clientage.data import arrow_numpy
from clientage.data.text_bytes import may_have_outer_space, may_say

FEW = 2_048  # texts up to which Python is quicker than loading Arrow's functions
_LOWER = str.maketrans({"İ": "i"})  # Arrow lowers by single characters, Python would make two of this one
_CLASSES = {"d": "0-9", "s": r" \t\n\f\r"}  # of RE2, which Arrow uses: ASCII alone
_LETTER = r"[^\W\d_]"
_ESCAPED = set("xntrf") | set(".-+*?()[]{}|^$/\\'\"")


def is_few(texts: pa.Array) -> bool:
    """Whether Python is the better way for an array."""
    return len(texts) <= FEW


def there(texts: pa.Array) -> np.ndarray:
    """Return boolean (n,): where a text is not missing."""
    return arrow_numpy.present(texts)


def trimmed(texts: pa.StringArray) -> pa.StringArray:
    """Return the texts without outer space; the array itself where nothing changes.

    Examples
    --------
    >>> trimmed(pa.array([" a\\u00a0", None])).to_pylist()
    ['a', None]
    """
    if is_few(texts):
        cells = texts.to_pylist()
        bare = [c if c is None else c.strip() for c in cells]
        return texts if bare == cells else arrow_numpy.text_array(bare)
    if not may_have_outer_space(texts):
        return texts
    import pyarrow.compute as pc

    return pc.utf8_trim_whitespace(texts)


def said(texts: pa.StringArray, words: Iterable[str]) -> np.ndarray:
    """Return boolean (n,): which texts are one of some words, in whatever case; the words are in small letters.

    Examples
    --------
    >>> said(pa.array(["N/A", "Nancy", None]), ["n/a"]).tolist()
    [True, False, False]
    """
    if is_few(texts):
        return among(lowered(texts), words)
    out = np.zeros(len(texts), dtype=bool)
    likely = np.flatnonzero(may_say(texts, words))
    if len(likely):
        out[likely] = among(lowered(texts.take(arrow_numpy.number_array(likely))), words)
    return out


def among(texts: pa.StringArray, wanted: Iterable[str]) -> np.ndarray:
    """Return boolean (n,): which texts are exactly one of those wanted.

    Examples
    --------
    >>> among(pa.array(["a", None, "B"]), ["a", "b"]).tolist()
    [True, False, False]
    """
    if is_few(texts):
        few = frozenset(wanted)
        return np.fromiter((c in few for c in texts.to_pylist()), dtype=bool, count=len(texts))
    import pyarrow.compute as pc

    return arrow_numpy.flags(pc.is_in(texts, value_set=arrow_numpy.text_array(sorted(wanted))))


def lowered(texts: pa.StringArray) -> pa.StringArray:
    """Return the texts in small letters, character by character."""
    if is_few(texts):
        return arrow_numpy.text_array([c if c is None else c.translate(_LOWER).lower() for c in texts.to_pylist()])
    import pyarrow.compute as pc

    return pc.utf8_lower(texts)


def matching(texts: pa.Array, pattern: str) -> np.ndarray:
    """Return boolean (n,): in which texts an RE2 pattern is found.

    Examples
    --------
    >>> matching(pa.array(["12", "١٢", None]), r"^\\d+$").tolist()
    [True, False, False]
    """
    if is_few(texts) and (python := as_python(pattern)) is not None:
        found = (c is not None and _found(python, c) is not None for c in texts.to_pylist())
        return np.fromiter(found, dtype=bool, count=len(texts))
    import pyarrow.compute as pc

    return arrow_numpy.flags(pc.match_substring_regex(texts, pattern))


def extracted(texts: pa.StringArray, pattern: str) -> tuple[np.ndarray, dict[str, pa.StringArray]]:
    """Return in which texts an RE2 pattern is found, boolean (n,), and its named parts, "" where there is none.

    Examples
    --------
    >>> found, parts = extracted(pa.array(["7 kg", "x"]), r"^(?P<number>\\d+) (?P<unit>[a-z]+)$")
    >>> found.tolist(), parts["unit"].to_pylist()
    ([True, False], ['kg', ''])
    """
    if is_few(texts) and (python := as_python(pattern)) is not None:
        matches = [None if c is None else _found(python, c) for c in texts.to_pylist()]
        found = np.fromiter((m is not None for m in matches), dtype=bool, count=len(matches))
        names = python.groupindex
        return found, {n: arrow_numpy.text_array([(m[n] or "") if m else "" for m in matches]) for n in names}
    import pyarrow.compute as pc

    parts, empty = pc.extract_regex(texts, pattern), arrow_numpy.text_scalar("")
    return there(parts), {f.name: pc.fill_null(parts.field(i), empty) for i, f in enumerate(parts.type)}


def without(texts: pa.StringArray, characters: str) -> pa.StringArray:
    """Return the texts without any of some characters, which mean nothing inside the brackets of a pattern."""
    if is_few(texts):
        gone = str.maketrans(dict.fromkeys(characters, ""))
        return arrow_numpy.text_array([c if c is None else c.translate(gone) for c in texts.to_pylist()])
    import pyarrow.compute as pc

    return pc.replace_substring_regex(texts, f"[{characters}]", "")


def kept(texts: pa.Array, mask: np.ndarray) -> pa.Array:
    """Return the texts where a mask is true."""
    if is_few(texts):
        return arrow_numpy.text_array([c for c, keep in zip(texts.to_pylist(), mask.tolist(), strict=True) if keep])
    return texts.filter(arrow_numpy.flag_array(mask))


def emptied(texts: pa.StringArray, mask: np.ndarray) -> pa.StringArray:
    """Return the texts, missing where a mask is true."""
    if is_few(texts):
        pairs = zip(texts.to_pylist(), mask.tolist(), strict=True)
        return arrow_numpy.text_array([None if gone else c for c, gone in pairs])
    import pyarrow.compute as pc

    return pc.if_else(arrow_numpy.flag_array(mask), arrow_numpy.text_scalar(None), texts)


def taken(texts: pa.StringArray, places: np.ndarray) -> pa.StringArray:
    """Return the texts at some places, none of them below 0, in that order."""
    if is_few(texts) and len(places) <= FEW:
        cells = texts.to_pylist()
        return arrow_numpy.text_array([cells[place] for place in places.tolist()])
    return texts.take(arrow_numpy.number_array(places))


def coded(texts: pa.StringArray) -> tuple[pa.StringArray, np.ndarray]:
    """Return the different texts in order of first appearance, and the place of each cell's, int32, -1 where missing.

    Examples
    --------
    >>> distinct, codes = coded(pa.array(["b", None, "a", "b"]))
    >>> distinct.to_pylist(), codes.tolist()
    (['b', 'a'], [0, -1, 1, 0])
    """
    if is_few(texts):
        cells = texts.to_pylist()
        place = {text: i for i, text in enumerate(dict.fromkeys(c for c in cells if c is not None))}
        codes = np.fromiter((-1 if c is None else place[c] for c in cells), dtype=np.int32, count=len(cells))
        return arrow_numpy.text_array(list(place)), codes
    found = texts.dictionary_encode()
    return found.dictionary, arrow_numpy.codes(found.indices)


def counts_of(texts: pa.StringArray) -> Counter[str]:
    """Return how often each text is there."""
    if is_few(texts):
        return Counter(texts.to_pylist())
    return Counter({str(c["values"]): int(c["counts"]) for c in texts.value_counts().to_pylist()})


def as_numbers(texts: pa.StringArray) -> np.ndarray | None:
    """Return float64 (n,) of texts that are digits with a sign, point or exponent; None when one is anything else.

    Examples
    --------
    >>> as_numbers(pa.array(["1.5", None, "-.5e1"])).tolist(), as_numbers(pa.array(["1 5"]))
    ([1.5, nan, -5.0], None)
    """
    if is_few(texts):
        cells = texts.to_pylist()
        if not all(c is None or _NUMBER.match(c) for c in cells):
            return None
        return np.fromiter((np.nan if c is None else float(c) for c in cells), dtype=np.float64, count=len(cells))
    try:
        return np.asarray(arrow_numpy.floats(texts.cast(pa.float64())))
    except pa.ArrowInvalid:
        return None


def as_counts(texts: pa.StringArray) -> np.ndarray:
    """Return int64 (n,) of texts that are digits; 0 where one is empty.

    Examples
    --------
    >>> as_counts(pa.array(["07", ""])).tolist()
    [7, 0]
    """
    if is_few(texts):
        return np.fromiter((int(c or 0) for c in texts.to_pylist()), dtype=np.int64, count=len(texts))
    import pyarrow.compute as pc

    filled = pc.if_else(pc.equal(texts, arrow_numpy.text_scalar("")), arrow_numpy.text_scalar("0"), texts)
    return arrow_numpy.codes(filled.cast(pa.int32())).astype(np.int64)


def as_marked_numbers(digits: pa.StringArray, exponents: pa.StringArray, mark: str) -> np.ndarray:
    """Return float64 (n,) of digits with a decimal mark, and the other mark between groups, and exponents behind them.

    Examples
    --------
    >>> as_marked_numbers(pa.array(["1.234,5"]), pa.array(["e2"]), ",").tolist()
    [123450.0]
    """
    group = "," if mark == "." else "."
    if is_few(digits):
        pairs = zip(digits.to_pylist(), exponents.to_pylist(), strict=True)
        bare = (d.replace(group, "").replace(mark, ".") + e for d, e in pairs)
        return np.fromiter(map(float, bare), dtype=np.float64, count=len(digits))
    import pyarrow.compute as pc

    plain = pc.replace_substring(pc.replace_substring(digits, group, ""), mark, ".")
    whole = pc.binary_join_element_wise(plain, exponents, arrow_numpy.text_scalar(""))
    return arrow_numpy.floats(whole.cast(pa.float64()))


def as_moments(texts: pa.StringArray) -> np.ndarray | None:
    """Return datetime64[us] (n,) of texts that are ISO dates, with or without a time; None when one is anything else.

    Examples
    --------
    >>> as_moments(pa.array(["2024-02-29", None])).tolist(), as_moments(pa.array(["2024-02-30"]))
    ([datetime.datetime(2024, 2, 29, 0, 0), None], None)
    """
    cells = texts.to_pylist() if is_few(texts) else []
    if cells and all(c is None or _DAY.match(c) for c in cells):
        try:
            return np.array(["NaT" if c is None else c for c in cells], dtype="datetime64[us]")
        except ValueError:  # no such day
            return None
    try:
        return arrow_numpy.moments(texts.cast(pa.timestamp("us")))
    except pa.ArrowInvalid:
        return None


_DAY = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}\Z")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")


def as_python(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern of Python that finds what an RE2 pattern finds, or None where it may not.

    Digits and space are those of ASCII for RE2, and its `$` is the end of the text.
    """
    return _translated(pattern)


@cache
def _translated(pattern: str) -> re.Pattern[str] | None:
    out, inside, at = [], False, 0
    while at < len(pattern):
        sign, at = pattern[at], at + 1
        if sign == "\\":
            escaped, at = pattern[at], at + 1
            if escaped in _CLASSES:
                out.append(_CLASSES[escaped] if inside else f"[{_CLASSES[escaped]}]")
            elif pattern.startswith("pL", at - 1) and not inside:
                out.append(_LETTER)
                at += 1
            elif escaped in _ESCAPED:
                out.append(sign + escaped)
            else:
                return None
            continue
        inside = (sign == "[" or inside) and sign != "]"
        out.append(r"\Z" if sign == "$" and not inside else sign)
    return re.compile("".join(out))


def _found(python: re.Pattern[str], text: str) -> re.Match[str] | None:
    match = python.search(text)
    if match is None or text.isascii() or _LETTER not in python.pattern:
        return match
    # Python counts ² and Ⅷ as letters here; no other part of such a pattern takes them
    return match if all(c.isascii() or c.isalpha() or not c.isalnum() for c in match[0]) else None
