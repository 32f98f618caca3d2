"""What the bytes of texts tell at once, before any function looks at each text.

Receives Arrow string arrays; answers from their offsets and bytes alone, which takes a tenth of the time of a pattern.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

ASCII_END = 0x80
BLANK = 0x20  # the last of the ASCII bytes that are space; the others are below it
_DATE_SIGNS = b" \t\n\f\r,.:-/+"
_DIGIT, _IN_DATES = np.zeros(256, dtype=bool), np.zeros(256, dtype=bool)
_DIGIT[48:58] = True
_IN_DATES[48:58] = _IN_DATES[65:91] = _IN_DATES[97:123] = _IN_DATES[ASCII_END:] = True
_IN_DATES[list(_DATE_SIGNS)] = True


def text_buffers(texts: pa.StringArray) -> tuple[np.ndarray, np.ndarray]:
    """Return the offsets (n + 1,) and the bytes that an Arrow array of texts is made of.

    Examples
    --------
    >>> [b.tolist() for b in text_buffers(pa.array(["a", "bc"]))]
    [[0, 1, 3], [97, 98, 99]]
    """
    _, offsets, data = texts.buffers()
    if offsets is None or offsets.size == 0:
        return np.zeros(1, np.int32), np.zeros(0, np.uint8)
    starts = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return starts, np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)


def region(texts: pa.Array) -> np.ndarray:
    """Return the bytes of all texts, one after the other, uint8."""
    offsets, data = text_buffers(texts)
    return data[offsets[0] : offsets[-1]]


def is_ascii(texts: pa.Array) -> bool:
    """Whether no text has a character beyond ASCII."""
    found = region(texts)
    return len(found) == 0 or int(found.max()) < ASCII_END


def are_digits(texts: pa.Array) -> bool:
    """Whether every text is digits of ASCII and nothing else.

    Examples
    --------
    >>> are_digits(pa.array(["007", "12"])), are_digits(pa.array(["7", ""])), are_digits(pa.array(["-7"]))
    (True, False, False)
    """
    offsets, _ = text_buffers(texts)
    found = region(texts)
    if not len(found) or bool((offsets[1:] == offsets[:-1]).any()):
        return False
    return bool(found.min() >= ord("0") and found.max() <= ord("9"))


def lengths(texts: pa.Array) -> np.ndarray:
    """Return the bytes of each text, int32 (n,); 0 where it is missing."""
    return np.diff(text_buffers(texts)[0])


def outer(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and the last byte of each text, uint8 (n,); 0 where it is empty or missing."""
    offsets, data = text_buffers(texts)
    if offsets[0] == offsets[-1]:
        return np.zeros(len(texts), np.uint8), np.zeros(len(texts), np.uint8)
    first, last = data.take(offsets[:-1], mode="clip"), data.take(np.maximum(offsets[1:] - 1, 0))
    empty = offsets[1:] == offsets[:-1]
    if empty.any():
        first[empty] = last[empty] = 0
    return first, last


def may_have_outer_space(texts: pa.Array) -> bool:
    """Whether some text may begin or end with space; False is certain.

    Examples
    --------
    >>> may_have_outer_space(pa.array(["a b"])), may_have_outer_space(pa.array(["a "]))
    (False, True)
    """
    first, last = outer(texts)
    there = lengths(texts) > 0
    return any(bool((there & ((b <= BLANK) | (b >= ASCII_END))).any()) for b in (first, last))


def beyond_ascii(texts: pa.Array) -> np.ndarray:
    """Return boolean (n,): which texts have a character beyond ASCII."""
    return np.zeros(len(texts), dtype=bool) if is_ascii(texts) else _with_any(texts, region(texts) >= ASCII_END)


def may_say(texts: pa.Array, words: Iterable[str]) -> np.ndarray:
    """Return boolean (n,): which texts may be one of some words in any case; False is certain.

    Examples
    --------
    >>> may_say(pa.array(["NULL", "Nell", "Nullify", "é"]), ["null"]).tolist()
    [True, True, False, True]
    """
    forms = {form.encode() or b"\0" for word in words for form in (word, word.upper())}
    sizes = {len(form.rstrip(b"\0")) for form in forms}
    ends = np.zeros((2, 256), dtype=bool)
    for form in forms:
        ends[0, form[0]] = ends[1, form[-1]] = True
    known = np.zeros(max(sizes, default=0) + 2, dtype=bool)
    known[list(sizes)] = True
    first, last = outer(texts)
    fits = known[np.minimum(lengths(texts), len(known) - 1)] & ends[0][first] & ends[1][last]
    return np.asarray(fits | beyond_ascii(texts))


def may_be_dates(texts: pa.Array) -> np.ndarray:
    """Return boolean (n,): which texts have a digit and no sign that no date has; False is certain.

    Examples
    --------
    >>> may_be_dates(pa.array(["1. März 2024", "ann@b.example", "West"])).tolist()
    [True, False, False]
    """
    found = region(texts)
    return np.asarray(_with_any(texts, _DIGIT[found]) & ~_with_any(texts, ~_IN_DATES[found]))


def _with_any(texts: pa.Array, marked: np.ndarray) -> np.ndarray:
    """Which texts have a marked byte; `marked` is boolean, one for each byte of `region`."""
    offsets, _ = text_buffers(texts)
    before = np.zeros(len(marked) + 1, dtype=np.int32)
    np.cumsum(marked, out=before[1:])
    at = before[offsets - offsets[0]]
    return np.asarray(at[1:] > at[:-1])
