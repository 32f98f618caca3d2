"""Python's way with a few texts and Arrow's with many give the same answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientage.data import date_text, few_texts, number_text, text_bytes, writing
from clientage.data.words import MARKERS, WORDS

# signs that number, date and formula patterns treat in a way of their own, and some that only look like them
SIGNS = [
    *"0159.,'-+−eE()%$€£ \t\n\v\u00a0\u202f\u2009’:/TZamp=@\r\0＝²Ⅷ١éßkKſsSzłK",
    "kr",
    "Rs.",
    "März",
    "Mon, ",
    "12",
]
TEXT = st.one_of(st.none(), st.lists(st.sampled_from(SIGNS), max_size=9).map("".join))
TEXTS = st.lists(TEXT, max_size=12)
DATES = st.from_regex(r"\A(Mon, )?[0-3]?[0-9][-/. ]( ?M.rz|[01]?[0-9])[-/. ][0-9]{2,4}( 1?[0-9]:[0-9]{2} ?[ap]?m?)?\Z")
NUMBERS = st.from_regex(r"\A\(?[-+]?[$€]? ?[0-9]{1,4}([.,' ][0-9]{3}){0,2}([.,][0-9]+)?([eE][-+]?[0-9]{1,3})?%?\)?\Z")
PATTERNS = [
    *(getattr(number_text, name) for name in ("PLAIN", "INFINITE", "CODE_UPPER", "CODE_LOWER", "CODE_MIXED", "PHONE")),
    *(getattr(number_text, name) for name in ("WRITTEN", "_SPACED", "_POINT", "_COMMA")),
    *(pattern for _, pattern in date_text._FORMS),
    r"^[-+]?\d*[.,]\d+$",
    r"[^\d\s.,'’()+\-−]",
    writing.LIVE,
]


@contextmanager
def by_arrow() -> Iterator[None]:
    """Have every array count as many texts."""
    few = few_texts.FEW
    few_texts.FEW = -1
    try:
        yield
    finally:
        few_texts.FEW = few


def plain(answer: Any) -> Any:
    """An answer as Python values that compare."""
    if isinstance(answer, tuple):
        return [plain(part) for part in answer]
    if isinstance(answer, dict):
        return {key: plain(part) for key, part in answer.items()}
    if isinstance(answer, pa.Array):
        return answer.to_pylist()
    return [repr(v) for v in answer.tolist()] if isinstance(answer, np.ndarray) else answer


def both_ways(ask: Callable[[], Any]) -> None:
    few = plain(ask())
    with by_arrow():
        assert few == plain(ask())


@given(TEXTS)
@settings(max_examples=100)
def test_texts_are_tidied_coded_and_found_alike(cells: list[str | None]) -> None:
    texts = pa.array(cells, pa.string())
    words = [c for c in cells[:3] if c is not None]
    mask = np.arange(len(cells)) % 2 == 0
    both_ways(lambda: few_texts.trimmed(texts))
    both_ways(lambda: few_texts.lowered(texts))
    both_ways(lambda: few_texts.coded(texts))
    both_ways(lambda: few_texts.among(texts, words))
    both_ways(lambda: few_texts.kept(texts, mask))
    both_ways(lambda: few_texts.emptied(texts, mask))
    both_ways(lambda: few_texts.taken(texts, np.flatnonzero(mask)[::-1]))
    both_ways(lambda: few_texts.without(texts, " \u00a0\u202f\u2009'’"))
    both_ways(lambda: dict(few_texts.counts_of(pa.array(words, pa.string()))))


@given(st.lists(st.one_of(NUMBERS, DATES, st.lists(st.sampled_from(SIGNS), max_size=7).map("".join)), max_size=8))
@settings(max_examples=50)
def test_patterns_find_alike(cells: list[str]) -> None:
    texts = pa.array(cells, pa.string())
    for pattern in PATTERNS:
        assert few_texts.as_python(pattern) is not None
        both_ways(lambda pattern=pattern: few_texts.matching(texts, pattern))
        if "?P<" in pattern:
            both_ways(lambda pattern=pattern: few_texts.extracted(texts, pattern))


@given(st.lists(st.one_of(st.none(), st.text("0123456789+-. ", max_size=5), NUMBERS), max_size=4))
@settings(max_examples=200)
def test_numbers_are_read_alike(cells: list[str | None]) -> None:
    both_ways(lambda: few_texts.as_numbers(pa.array(cells, pa.string())))


@given(st.lists(st.sampled_from(["2024-02-29", "2023-02-29", "1999-12-31", "2024-1-1", "2024-01-01 10:00", None, "x"])))
def test_dates_are_read_alike(cells: list[str | None]) -> None:
    both_ways(lambda: few_texts.as_moments(pa.array(cells, pa.string())))


def test_every_character_is_lowered_and_trimmed_alike_as_far_as_it_matters() -> None:
    texts = pa.array([chr(i) for i in range(1, 0x110000) if not 0xD800 <= i < 0xE000])
    with by_arrow():
        small, bare = few_texts.lowered(texts), few_texts.trimmed(texts)
    for text, lower, rest in zip(texts.to_pylist(), small.to_pylist(), bare.to_pylist(), strict=True):
        assert text.strip() == rest
        if lower.isascii() or lower in "—–":  # what a word for "missing" may be made of
            assert text.translate(few_texts._LOWER).lower() == lower


@pytest.mark.parametrize("words", [MARKERS, WORDS, {"", "null"}])
@given(
    cells=st.lists(st.one_of(st.sampled_from(sorted(MARKERS | WORDS)).map(str.upper), st.text(max_size=4), st.none()))
)
@settings(max_examples=40)
def test_words_are_found_alike(words: frozenset[str], cells: list[str | None]) -> None:
    both_ways(lambda: few_texts.said(pa.array([*cells, "MİSSING", "un\u212anown", " null"], pa.string()), words))


@given(TEXTS)
def test_bytes_never_rule_out_what_is_there(cells: list[str | None]) -> None:
    texts = pa.array(cells, pa.string())
    said = [c or "" for c in cells]
    assert text_bytes.beyond_ascii(texts).tolist() == [not c.isascii() for c in said]
    assert text_bytes.is_ascii(texts) == all(c.isascii() for c in said)
    assert text_bytes.may_have_outer_space(texts) or all(c == c.strip() for c in said)
    assert text_bytes.are_digits(texts) == (bool(said) and all(c.isascii() and c.isdigit() for c in said))
    likely = text_bytes.may_be_dates(texts)
    for _, pattern in date_text._FORMS:
        assert not (few_texts.matching(texts, pattern) & ~likely).any()


def test_a_pattern_that_python_reads_otherwise_is_left_to_arrow() -> None:
    assert few_texts.as_python(r"^\QC\E\p{Nd}") is None
    assert few_texts.matching(pa.array(["C5", "CX"]), r"^\QC\E\p{Nd}").tolist() == [True, False]


@given(
    st.lists(
        st.tuples(TEXT, st.one_of(st.none(), st.floats(allow_nan=False)), st.integers(-(2**62), 2**62)), min_size=1
    ),
    st.booleans(),
)
@settings(max_examples=100)
def test_lines_are_written_alike(rows: list[tuple[str | None, float | None, int]], shared: bool) -> None:
    texts, numbers, counts = (list(column) for column in zip(*rows, strict=True))
    codes, names = pa.array([c % 3 for c in counts], pa.int32()), pa.array(['a "b"', "", "plain"])
    columns = [
        pa.array(texts, pa.string()),
        pa.array(numbers, pa.float64()),
        pa.array(counts, pa.int64()),
        pa.DictionaryArray.from_arrays(codes, names) if shared else pa.array([c > 0 for c in counts]),
        pa.array(counts, pa.int64()).cast(pa.timestamp("us"), safe=False) if max(map(abs, counts)) < 2**50 else codes,
    ]
    batch = pa.RecordBatch.from_arrays(columns, names=list("abcde"))
    few = bytes(writing.csv_lines(batch))
    with by_arrow():
        assert few == bytes(writing.csv_lines(batch))


@given(TEXTS)
def test_formulas_are_made_harmless_alike(cells: list[str | None]) -> None:
    both_ways(lambda: writing.array_of(pa.array(cells, pa.string()), slice(0, None), safe=True))
