"""The text part of a column: its distinct texts, cleaned, counted, and what among them means "missing".

Receives a `ColumnReader`; returns `Texts`, on which `column_kind.py` decides without touching every row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from clientage.config import ReadSettings
from clientage.data import arrow_numpy
from clientage.data.column_reader import FIRST, ColumnReader
from clientage.data.number_text import NumberReading, matching
from clientage.data.quality import Note
from clientage.data.words import MARKERS, WORDS, without_invisible
from clientage.errors import counted


@dataclass(frozen=True, slots=True)
class Reading:
    """What the decision needs to know about the file.

    Parameters
    ----------
    source : str
        Name for messages.
    settings : ReadSettings
        Decimal mark, date format, null values and time zone.
    lines : callable
        Row indices to the numbers a person knows them by.
    delimiter : str or None
        ``;`` speaks for decimal commas.
    """

    source: str
    settings: ReadSettings
    lines: Callable[[Sequence[int]], tuple[int, ...]]
    delimiter: str | None = None


@dataclass(slots=True)
class Texts:
    """The text part of a column.

    Parameters
    ----------
    distinct : pyarrow string array of length u
        Texts in order of first appearance.
    codes : ndarray of shape (n,)
        int32 place of each row's text; -1 where the cell is empty, -2 where a typed batch has its value.
    counts : ndarray of shape (u,)
        Cells with each text.
    missing, always_missing : ndarray of shape (u,)
        Whether a text means "missing" among numbers, and among texts too.
    notes : list of Note
        What was cleaned.
    numbers, code
        How the texts read as numbers, or why they are codes; filled in by the decision.
    few_numbers : NumberReading or None
        How they read as numbers where too many are none for a column of numbers.
    """

    distinct: pa.StringArray
    codes: np.ndarray
    counts: np.ndarray
    missing: np.ndarray
    always_missing: np.ndarray
    notes: list[Note]
    numbers: NumberReading | None = None
    code: str | None = None
    few_numbers: NumberReading | None = None


def texts_of(reader: ColumnReader, reading: Reading) -> Texts | None:
    """Return the text part of a column, or None when every batch was typed."""
    chunks = [c for c in reader.chunks if isinstance(c, pa.DictionaryArray)]
    if not chunks:
        return None
    unified = iter(pa.chunked_array(chunks).unify_dictionaries().chunks)
    codes = np.full(reader.n_rows, -1, dtype=np.int32)
    distinct = arrow_numpy.text_array([])
    for start, chunk in zip(reader.starts, reader.chunks, strict=True):
        if isinstance(chunk, np.ndarray):
            codes[start : start + len(chunk)] = -2
        elif isinstance(chunk, pa.DictionaryArray):
            part = next(unified)
            distinct = part.dictionary
            indices = part.indices
            codes[start : start + len(part)] = arrow_numpy.codes(indices)
    distinct, codes, notes = _visible(reader.name, distinct, codes, reading)
    return _with_missing(distinct, codes, reading.settings.null_values, notes)


def _visible(
    name: str, distinct: pa.StringArray, codes: np.ndarray, reading: Reading
) -> tuple[pa.StringArray, np.ndarray, list[Note]]:
    """Take outer space and invisible marks out of the texts; alike ones become one."""
    import pyarrow.compute as pc

    trimmed = pc.utf8_trim_whitespace(distinct)
    odd = np.flatnonzero(matching(distinct, r"[^\x00-\x7F]"))
    cleaned = {int(i): without_invisible(distinct[int(i)].as_py()) for i in odd}
    changed = {i: c for i, c in cleaned.items() if c != trimmed[i].as_py()}
    if not changed and trimmed.equals(distinct):
        return distinct, codes, []
    notes = []
    if changed:
        rows = np.flatnonzero(np.isin(codes, list(changed)))
        text = f"Invisible or unusual characters in column '{name}' were tidied in {counted(len(rows), 'cell')}."
        first = reading.lines(rows[:FIRST].tolist())
        notes.append(Note("invisible-characters", "warning", text, name, len(rows), first))
    if not trimmed.equals(distinct):
        wide = np.flatnonzero(arrow_numpy.flags(pc.not_equal(trimmed, distinct)))
        rows = np.flatnonzero(np.isin(codes, wide))
        text = f"Blanks around the values of column '{name}' were taken off in {counted(len(rows), 'cell')}."
        notes.append(Note("outer-space", "repair", text, name, len(rows), reading.lines(rows[:FIRST].tolist())))
    texts = trimmed.to_pylist()
    for i, text in changed.items():
        texts[i] = text
    merged = arrow_numpy.text_array(texts).dictionary_encode()
    lookup = np.concatenate([arrow_numpy.codes(merged.indices), [-2, -1]]).astype(np.int32)  # [-1] and [-2] stay
    return merged.dictionary, lookup[codes], notes


def _with_missing(distinct: pa.StringArray, codes: np.ndarray, extra: tuple[str, ...], notes: list[Note]) -> Texts:
    import pyarrow.compute as pc

    folded = pc.utf8_lower(distinct)
    given = arrow_numpy.flags(pc.is_in(distinct, value_set=arrow_numpy.text_array(extra)))
    markers = arrow_numpy.flags(pc.is_in(folded, value_set=arrow_numpy.text_array(sorted(MARKERS)))) | given
    words = arrow_numpy.flags(pc.is_in(folded, value_set=arrow_numpy.text_array(sorted(WORDS))))
    counts = np.bincount(codes[codes >= 0], minlength=len(distinct))
    return Texts(distinct, codes, counts, markers | words, markers, notes)


def live(part: Texts) -> tuple[pa.StringArray, np.ndarray, np.ndarray]:
    """Texts that are not missing, their counts and their places among the distinct ones."""
    where = np.flatnonzero(~part.missing)
    if len(where) == len(part.distinct):
        return part.distinct, part.counts, where
    return part.distinct.take(arrow_numpy.number_array(where)), part.counts[where], where


def rows_of(part: Texts, which: np.ndarray) -> np.ndarray:
    """Rows whose text is one of the distinct ones marked in `which`."""
    lookup = np.concatenate([which, [False, False]])
    return np.asarray(np.flatnonzero(lookup[part.codes]))
