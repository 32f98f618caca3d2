"""Many texts, kept as Arrow blocks in memory or in a spool, and read one by one only when somebody asks.

A million ids are a few megabytes of UTF-8 and a hundred as Python texts. Receives Arrow arrays of texts; gives a
sequence of `str`, its blocks as Arrow, and which of the texts are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np
import pyarrow as pa

from clientage.data import arrow_numpy, few_texts
from clientage.data.text_bytes import text_buffers
from clientage.errors import DataError
from clientage.spool import Held, Spool, opened

FEW = 4_096  # texts up to which a tuple of them is made
MOST_BYTES = 2**31 - 1  # of one Arrow array of texts


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Texts, none missing, as Arrow lays them out.

    Parameters
    ----------
    offsets : ndarray of shape (n + 1,) or Stored
        int32, from 0.
    data : ndarray of shape (n_bytes,) or Stored
        uint8, UTF-8.
    """

    offsets: Held
    data: Held

    @classmethod
    def of(cls, texts: pa.StringArray, spool: Spool) -> TextBlock:
        """Keep an Arrow array without nulls."""
        offsets, data = text_buffers(texts)
        return cls(spool.keep(offsets - offsets[0]), spool.keep(data[offsets[0] : offsets[-1]]))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def n_bytes(self) -> int:
        """Of all texts together."""
        return len(self.data)

    def array(self) -> pa.StringArray:
        """Return the texts as Arrow, sharing memory."""
        offsets, data = opened(self.offsets), opened(self.data)
        return pa.StringArray.from_buffers(len(self), pa.py_buffer(offsets), pa.py_buffer(data))


class TextList(Sequence[str]):
    """A sequence of texts in blocks.

    Parameters
    ----------
    blocks : sequence of TextBlock
        In order; none is empty.

    Examples
    --------
    >>> texts = TextList.of([pa.array(["a", "b"]), pa.array(["ö"])])
    >>> len(texts), texts[2], list(texts), texts[1:]
    (3, 'ö', ['a', 'b', 'ö'], ['b', 'ö'])
    """

    def __init__(self, blocks: Sequence[TextBlock]) -> None:
        self.blocks = tuple(b for b in blocks if len(b))
        self.edges = np.concatenate([[0], np.cumsum([len(b) for b in self.blocks], dtype=np.int64)])

    @classmethod
    def of(cls, arrays: Sequence[pa.StringArray], spool: Spool | None = None) -> TextList:
        """Keep Arrow arrays without nulls, in the spool where one is given."""
        spool = spool or Spool()
        return cls([TextBlock.of(a, spool) for a in arrays])

    def __len__(self) -> int:
        return int(self.edges[-1])

    def __iter__(self) -> Iterator[str]:
        for array in self.arrays():
            yield from array.to_pylist()

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [str(t) for t in self.take(np.arange(len(self))[place]).to_pylist()]
        at = range(len(self))[place]
        block = int(np.searchsorted(self.edges, at, side="right")) - 1
        return str(self.blocks[block].array()[at - int(self.edges[block])].as_py())

    def __contains__(self, text: object) -> bool:
        return any(few_texts.among(a, [str(text)]).any() for a in self.arrays())

    def arrays(self) -> Iterator[pa.StringArray]:
        """Yield the blocks as Arrow arrays."""
        return (b.array() for b in self.blocks)

    @cached_property
    def n_bytes(self) -> int:
        """Of all texts together."""
        return sum(b.n_bytes for b in self.blocks)

    def array(self) -> pa.StringArray:
        """Return all texts as one Arrow array.

        Raises
        ------
        DataError
            When they are more than Arrow puts into one array of texts.
        """
        if len(self.blocks) == 1:
            return self.blocks[0].array()
        if self.n_bytes > MOST_BYTES:
            raise DataError(
                "columns with at most 2 GB of different texts",
                f"one with {self.n_bytes >> 20:,} MB",
                "Leave the column out of the file, or give the texts short codes.",
            )
        return pa.concat_arrays(list(self.arrays())) if self.blocks else arrow_numpy.text_array([])

    def take(self, places: np.ndarray) -> pa.StringArray:
        """Return the texts at some places, in that order, as Arrow; null where the place is -1."""
        places = np.asarray(places, dtype=np.int64)
        if len(self.blocks) <= 1 or not len(places):
            return _taken(self.blocks[0].array() if self.blocks else arrow_numpy.text_array([]), places)
        block = np.searchsorted(self.edges, places, side="right") - 1
        order = np.argsort(block, kind="stable")
        ranked = block[order]
        first = np.flatnonzero(np.diff(ranked, prepend=-2))
        parts = []
        for low, high in zip(first, np.append(first[1:], len(ranked)), strict=True):
            inside = places[order[low:high]] - self.edges[max(0, ranked[low])]
            parts.append(_taken(self.blocks[max(0, ranked[low])].array(), np.where(ranked[low] < 0, -1, inside)))
        back = np.empty(len(order), dtype=np.int64)
        back[order] = np.arange(len(order))
        return _taken(pa.concat_arrays(parts), back)

    def flags(self, tell: Callable[[pa.StringArray], np.ndarray]) -> np.ndarray:
        """Return boolean (n,): what a function says of every text, block by block."""
        return np.concatenate([tell(a) for a in self.arrays()] or [np.zeros(0, dtype=bool)])

    def filter(self, mask: np.ndarray, spool: Spool | None = None) -> TextList:
        """Return the texts where the mask is true; blocks that keep all of theirs are shared."""
        spool, kept = spool or Spool(), []
        for block, low, high in zip(self.blocks, self.edges[:-1], self.edges[1:], strict=True):
            part = mask[low:high]
            if part.all():
                kept.append(block)
            elif part.any():
                kept.append(TextBlock.of(few_texts.kept(block.array(), part), spool))
        return TextList(kept)

    def brief(self) -> Sequence[str]:
        """Return a tuple of a few texts, and this list itself of many."""
        return tuple(self) if len(self) <= FEW else self


def texts_at(texts: Sequence[str], places: np.ndarray) -> pa.StringArray:
    """Return the texts at some places of any sequence of texts as Arrow; null where the place is -1.

    Examples
    --------
    >>> texts_at(("a", "b"), np.array([1, -1])).to_pylist()
    ['b', None]
    """
    if isinstance(texts, TextList):
        return texts.take(places)
    return _taken(arrow_numpy.text_array(texts), np.asarray(places, dtype=np.int64))


def those_among(texts: Sequence[str], wanted: Sequence[str]) -> set[str]:
    """Return those of the wanted texts that are among the texts.

    Examples
    --------
    >>> those_among(("a", "b"), ["b", "c"])
    {'b'}
    """
    arrays = texts.arrays() if isinstance(texts, TextList) else iter([arrow_numpy.text_array(texts)])
    return {t for a in arrays for t in few_texts.kept(a, few_texts.among(a, wanted)).to_pylist()}


def numbered(texts: Sequence[str], prefix: str) -> np.ndarray:
    """Return which texts are the prefix with a digit behind it, boolean (n,).

    Examples
    --------
    >>> numbered(("C536379", "CARD-1", "C"), "C").tolist()
    [True, False, False]
    """
    if not isinstance(texts, TextList):
        return np.array(
            [t.startswith(prefix) and t[len(prefix) : len(prefix) + 1].isdigit() for t in texts], dtype=bool
        )
    return texts.flags(lambda block: few_texts.matching(block, rf"^\Q{prefix}\E\p{{Nd}}"))


def put_together(texts: Sequence[str], more: Sequence[str]) -> Sequence[str]:
    """Return the texts with more behind them."""
    if not isinstance(texts, TextList):
        return (*texts, *more)
    return TextList([*texts.blocks, *TextList.of([arrow_numpy.text_array(more)]).blocks])


def _taken(texts: pa.StringArray, places: np.ndarray) -> pa.StringArray:
    there = places >= 0
    if there.all():
        return few_texts.taken(texts, places)
    if not len(texts):
        return arrow_numpy.text_array([None] * len(places))
    return few_texts.emptied(few_texts.taken(texts, np.where(there, places, 0)), ~there)
