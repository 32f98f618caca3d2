"""One column of a text file, typed batch by batch, so that its text is never held whole.

Receives Arrow string arrays; keeps float64 where a batch is plain numbers, datetime64 where it is ISO
dates, and a dictionary (distinct texts and codes) where it is neither. `column_kind.py` decides in the end.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from clientage.data import arrow_numpy, few_texts
from clientage.data.number_text import EXACT
from clientage.data.text_bytes import text_buffers
from clientage.data.text_list import TextBlock
from clientage.data.words import MARKERS, WORDS
from clientage.spool import Held, Spool, opened

ZERO, NINE, POINT, PLUS = 48, 57, 46, 43
MEANS_MISSING = MARKERS | WORDS
MOST_FAILURES = 3  # batches that are not all numbers before a column is taken as text
FIRST = 5  # rows named in a note
MOSTLY = 0.9  # share of different texts from which they are not worth counting batch by batch
LOOKED_AT = 1_000  # cells of a batch


@dataclass(slots=True)
class Taken:
    """Cells that meant "missing": how often each text, and the first rows."""

    texts: Counter[str] = field(default_factory=Counter)
    rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class PlainNumbers:
    """What is known of the batches that were plain numbers."""

    n: int = 0
    has_point: bool = False
    like_groups: bool = True  # every number with a point could be 1.234 with a thousands separator


@dataclass(frozen=True, slots=True)
class Typed:
    """A batch of plain numbers (float64) or ISO dates (datetime64[us])."""

    held: Held

    @property
    def values(self) -> np.ndarray:
        """The values, NaN or NaT where a cell is empty."""
        return opened(self.held)


@dataclass(frozen=True, slots=True)
class Coded:
    """A batch of texts: the different ones, and for each cell the place of its text, -1 where it is empty."""

    texts: TextBlock
    held: Held

    @property
    def codes(self) -> np.ndarray:
        """int32, one for each cell."""
        return opened(self.held)


class ColumnReader:
    """Collects the batches of one column.

    Parameters
    ----------
    name : str
        Of the column.
    as_text : bool
        Keep every cell as text: the second pass over a column that turned out to need it.
    null_values : tuple of str
        Further texts that mean "missing".
    spool : Spool, optional
        Where the batches are kept. Default: in memory.
    """

    def __init__(
        self, name: str, *, as_text: bool = False, null_values: tuple[str, ...] = (), spool: Spool | None = None
    ) -> None:
        self.name = name
        self.spool = spool or Spool()
        self.as_text = as_text
        self.null_values = null_values
        self.n_rows = 0
        self.chunks: list[Typed | Coded | int] = []  # the number of cells of a batch that is empty throughout
        self.starts: list[int] = []
        self.taken = Taken()
        self.plain = PlainNumbers()
        self._expect = "text" if as_text else "any"
        self._failures = 0
        self._all_differ = False

    def add(self, cells: pa.StringArray) -> None:
        """Take the next batch; null where a cell is empty."""
        self.starts.append(self.n_rows)
        self.n_rows += len(cells)
        if cells.null_count == len(cells):
            self.chunks.append(len(cells))
            return
        values = self._typed(cells) if self._expect != "text" else None
        self.chunks.append(self._coded(cells) if values is None else Typed(self.spool.keep(values)))

    @property
    def has_typed(self) -> bool:
        """Whether a batch was kept as numbers or dates."""
        return any(isinstance(c, Typed) for c in self.chunks)

    def has(self, text: str) -> bool:
        """Whether a cell says exactly this, among the batches that were kept as text."""
        texts = (c.texts.array() for c in self.chunks if isinstance(c, Coded))
        return any(few_texts.among(t, [text]).any() for t in texts)

    def _coded(self, cells: pa.StringArray) -> Coded:
        if self._all_differ and _mostly_different(cells):
            return self._as_they_are(cells)
        texts, codes = few_texts.coded(cells)
        self._all_differ = len(texts) >= MOSTLY * (len(cells) - cells.null_count)
        return Coded(TextBlock.of(texts, self.spool), self.spool.keep(codes))

    def _as_they_are(self, cells: pa.StringArray) -> Coded:
        """Every cell its own text: `merged` looks for those that repeat, once for the whole column."""
        there = arrow_numpy.present(cells)
        if not there.all():
            cells = few_texts.kept(cells, there)
        codes = np.where(there, np.cumsum(there, dtype=np.int32) - np.int32(1), np.int32(-1))
        return Coded(TextBlock.of(cells, self.spool), self.spool.keep(codes.astype(np.int32, copy=False)))

    def _typed(self, cells: pa.StringArray) -> np.ndarray | None:
        values = self._parsed(cells)
        if values is None and self._expect != "text" and (reduced := self._without_missing(cells)) is not None:
            kept, texts, rows = reduced
            values = self._parsed(kept)
            if values is not None:
                self.taken.texts += texts
                self.taken.rows += (rows + self.starts[-1])[: FIRST - len(self.taken.rows)].tolist()
        if values is None:
            self._failures += 1
            if self._expect == "any" or self._failures >= MOST_FAILURES:
                self._expect = "text"
        return values

    def _parsed(self, cells: pa.StringArray) -> np.ndarray | None:
        if self._expect in ("any", "number") and (numbers := self._numbers(cells)) is not None:
            self._expect = "number"
            return numbers
        if self._expect in ("any", "date") and (dates := _iso_dates(cells)) is not None:
            self._expect = "date"
            return dates
        return None

    def _numbers(self, cells: pa.StringArray) -> np.ndarray | None:
        """Plain decimal numbers as float64, or None where any cell needs a closer look."""
        offsets, data = text_buffers(cells)
        region = data[offsets[0] : offsets[-1]]
        if len(region) == 0 or region.max() > NINE or not _first_fits(cells):
            return None
        values = few_texts.as_numbers(cells)
        if values is None:
            return None
        if _has_leading_zero(offsets, data):
            self._expect = "text"  # ids: no later batch can change that
            return None
        if max(np.fmax.reduce(values), -np.fmin.reduce(values)) >= EXACT or (region == PLUS).any():
            return None
        self._remember(offsets, data, region, len(cells) - cells.null_count)
        return values

    def _remember(self, offsets: np.ndarray, data: np.ndarray, region: np.ndarray, n: int) -> None:
        plain = self.plain
        plain.n += n
        points = int(np.count_nonzero(region == POINT))
        if points == 0:
            return
        plain.has_point = True
        if plain.like_groups:
            plain.like_groups = _could_be_groups(offsets, data, points)

    def _without_missing(self, cells: pa.StringArray) -> tuple[pa.StringArray, Counter[str], np.ndarray] | None:
        """Trimmed cells, null where they mean "missing" among numbers; None where that changes nothing."""
        trimmed = few_texts.trimmed(cells)
        missing = few_texts.said(trimmed, MEANS_MISSING)
        if self.null_values:
            missing |= few_texts.among(trimmed, self.null_values)
        missing &= arrow_numpy.present(cells)
        rows = np.flatnonzero(missing)
        kept = few_texts.emptied(trimmed, missing) if len(rows) else trimmed
        if kept.null_count == len(kept) or (len(rows) == 0 and trimmed.equals(cells)):
            return None
        return kept, few_texts.counts_of(few_texts.kept(trimmed, missing)), rows


def _mostly_different(cells: pa.StringArray) -> bool:
    """Whether some cells of a batch are different texts, as ids are."""
    some = few_texts.taken(cells, np.arange(0, len(cells), max(1, len(cells) // LOOKED_AT)))
    return bool(len(few_texts.coded(some)[0]) >= MOSTLY * (len(some) - some.null_count))


def _first_fits(cells: pa.StringArray) -> bool:
    """Whether the first cells look like numbers: an exception for a whole batch costs more."""
    return all(c is None or c[0] in "-0123456789." for c in cells[:20].to_pylist())


def _has_leading_zero(offsets: np.ndarray, data: np.ndarray) -> bool:
    first = data.take(offsets[:-1], mode="clip")
    zero = np.flatnonzero(first == ZERO)
    zero = zero[offsets[zero + 1] - offsets[zero] >= 2]
    return bool((data[offsets[zero] + 1] >= ZERO).any())


def _could_be_groups(offsets: np.ndarray, data: np.ndarray, points: int) -> bool:
    """Whether each number with a point is 1-3 digits (no leading zero), a point and three digits."""
    ends, lengths = offsets[1:], np.diff(offsets)
    fits = (lengths >= 5) & (lengths <= 8)
    at = data.take(np.maximum(ends - 4, 0), mode="clip") == POINT
    return int(np.count_nonzero(fits & at)) == points


def _iso_dates(cells: pa.StringArray) -> np.ndarray | None:
    first = next((c for c in cells[:20].to_pylist() if c is not None), None)
    if first is not None and (len(first) < 10 or first[4] != "-"):
        return None
    return few_texts.as_moments(cells)
