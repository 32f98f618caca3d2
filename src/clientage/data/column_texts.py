"""The text part of a column: its distinct texts, cleaned, counted, and what among them means "missing".

Receives a `ColumnReader`; returns `Texts`, on which `column_kind.py` decides without touching every row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from clientage.config import ReadSettings
from clientage.data import arrow_numpy, few_texts
from clientage.data.column_reader import FIRST, Coded, ColumnReader, Typed
from clientage.data.number_text import NumberReading
from clientage.data.quality import Note
from clientage.data.repeated import merged
from clientage.data.table import PART
from clientage.data.text_bytes import beyond_ascii, lengths
from clientage.data.text_list import TextList
from clientage.data.words import MARKERS, WORDS, without_invisible
from clientage.errors import counted
from clientage.spool import Held, Spool, opened


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
    spool : Spool
        Where columns are kept.
    """

    source: str
    settings: ReadSettings
    lines: Callable[[Sequence[int]], tuple[int, ...]]
    delimiter: str | None = None
    spool: Spool = field(default_factory=Spool)


@dataclass(slots=True)
class Texts:
    """The text part of a column.

    Parameters
    ----------
    texts : TextList
        u different texts in order of first appearance.
    held : ndarray of shape (n,) or Stored
        int32 place of each row's text; -1 where the cell is empty, -2 where a typed batch has its value.
    counts : ndarray of shape (u,)
        Cells with each text, int32.
    missing, always_missing : ndarray of shape (u,)
        Whether a text means "missing" among numbers, and among texts too.
    notes : list of Note
        What was cleaned.
    numbers, code
        How the texts read as numbers, or why they are codes; filled in by the decision.
    few_numbers : NumberReading or None
        How they read as numbers where too many are none for a column of numbers.
    """

    texts: TextList
    held: Held
    counts: np.ndarray
    missing: np.ndarray
    always_missing: np.ndarray
    notes: list[Note]
    numbers: NumberReading | None = None
    code: str | None = None
    few_numbers: NumberReading | None = None

    @property
    def codes(self) -> np.ndarray:
        """int32 (n,): see `held`."""
        return opened(self.held)

    @property
    def distinct(self) -> pa.StringArray:
        """The different texts as one Arrow array."""
        return self.texts.array()


def texts_of(reader: ColumnReader, reading: Reading) -> Texts | None:
    """Return the text part of a column, or None when every batch was typed."""
    chunks = [c for c in reader.chunks if isinstance(c, Coded)]
    if not chunks:
        return None
    spool = reader.spool
    distinct, places = merged(TextList([c.texts for c in chunks]), spool)
    codes, begin = np.full(reader.n_rows, -1, dtype=np.int32), 0
    for start, chunk in zip(reader.starts, reader.chunks, strict=True):
        if isinstance(chunk, Typed):
            codes[start : start + len(chunk.held)] = -2
        elif isinstance(chunk, Coded):
            lookup = np.append(places[begin : begin + len(chunk.texts)], np.int32(-1))
            codes[start : start + len(chunk.held)] = lookup[chunk.codes]
            begin += len(chunk.texts)
    distinct, codes, notes = _visible(reader.name, distinct, codes, reading)
    return _with_missing(distinct, codes, reading.settings.null_values, notes, spool)


def _visible(
    name: str, distinct: TextList, codes: np.ndarray, reading: Reading
) -> tuple[TextList, np.ndarray, list[Note]]:
    """Take outer space and invisible marks out of the texts; alike ones become one."""
    wide = distinct.flags(_wide)
    odd = np.flatnonzero(distinct.flags(beyond_ascii))
    strange = distinct.take(odd)
    trimmed = few_texts.trimmed(strange).to_pylist()
    cleaned = (without_invisible(t) for t in strange.to_pylist())
    changed = {i: c for i, c, t in zip(odd.tolist(), cleaned, trimmed, strict=True) if c != t}
    if not changed and not wide.any():
        return distinct, codes, []
    notes = []
    if changed:
        rows = np.flatnonzero(np.isin(codes, list(changed)))
        text = f"Invisible or unusual characters in column '{name}' were tidied in {counted(len(rows), 'cell')}."
        first = reading.lines(rows[:FIRST].tolist())
        notes.append(Note("invisible-characters", "warning", text, name, len(rows), first))
    if wide.any():
        rows = np.flatnonzero(np.append(wide, [False, False])[codes])
        text = f"Blanks around the values of column '{name}' were taken off in {counted(len(rows), 'cell')}."
        notes.append(Note("outer-space", "repair", text, name, len(rows), reading.lines(rows[:FIRST].tolist())))
    blocks = zip(distinct.edges[:-1].tolist(), distinct.arrays(), strict=True)
    merged_texts, places = merged(TextList.of([_tidied(texts, low, changed) for low, texts in blocks]))
    lookup = np.concatenate([places, [-2, -1]]).astype(np.int32)  # [-1] and [-2] stay
    return merged_texts, lookup[codes], notes


def _wide(texts: pa.StringArray) -> np.ndarray:
    """Which texts have outer space: it is in the bytes that they are longer with it."""
    return np.asarray(lengths(few_texts.trimmed(texts)) != lengths(texts))


def _tidied(texts: pa.StringArray, begin: int, changed: Mapping[int, str]) -> pa.StringArray:
    """Texts without outer space, the changed ones replaced; `begin` is the place of the first."""
    trimmed = few_texts.trimmed(texts)
    here = [i for i in changed if begin <= i < begin + len(texts)]
    if not here:
        return trimmed
    cells = trimmed.to_pylist()
    for i in here:
        cells[i - begin] = changed[i]
    return arrow_numpy.text_array(cells)


def _with_missing(
    distinct: TextList, codes: np.ndarray, extra: tuple[str, ...], notes: list[Note], spool: Spool
) -> Texts:
    missing = distinct.flags(lambda texts: few_texts.said(texts, MARKERS | WORDS))
    always, said = missing.copy(), np.flatnonzero(missing)
    always[said] = few_texts.said(distinct.take(said), MARKERS)
    if extra:
        given = distinct.flags(lambda texts: few_texts.among(texts, extra))
        missing, always = missing | given, always | given
    return Texts(distinct, spool.keep(codes), _counted(codes, len(distinct)), missing, always, notes)


def _counted(codes: np.ndarray, n: int) -> np.ndarray:
    """Return how many cells have each of n codes, int32 (n,): `bincount` would make four times as much on the way."""
    counts = np.zeros(n, dtype=np.int32)
    for low in range(0, len(codes), PART):
        block = codes[low : low + PART]
        np.add.at(counts, block[block >= 0].astype(np.intp), np.int32(1))
    return counts


def live(part: Texts) -> tuple[pa.StringArray, np.ndarray, np.ndarray]:
    """Texts that are not missing, their counts and their places among the distinct ones."""
    where = np.flatnonzero(~part.missing)
    if len(where) == len(part.texts):
        return part.distinct, part.counts, where
    return part.texts.take(where), part.counts[where], where


def rows_of(part: Texts, which: np.ndarray) -> np.ndarray:
    """Rows whose text is one of the distinct ones marked in `which`."""
    lookup = np.concatenate([which, [False, False]])
    return np.asarray(np.flatnonzero(lookup[part.codes]))
