"""Which things are the same: found by their hashes, verified by whoever has the things.

Receives one 64-bit hash for each row or text; returns those that repeat an earlier one. Memory is two arrays of
hashes, where a hash table of everything would take ten times as much.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from clientage.data import arrow_numpy, few_texts
from clientage.data.facts import sorted_distinct
from clientage.data.text_bytes import is_ascii, region, text_buffers
from clientage.data.text_list import TextList
from clientage.spool import Spool

MANY = 1 << 20  # texts compared together
SHARES = 8  # in which very many hashes are sorted
FIRST_BITS = 20  # of a hash: a table of so many fits the cache of a processor
_REST = np.uint64(64 - FIRST_BITS)
_BLOCK = 65_536
_SHARED = np.zeros(256, dtype=bool)  # bytes without which different texts stay different in small letters: but these
_SHARED[ord(" ")] = _SHARED[65:91] = _SHARED[128:] = True
_ODD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def repeated(hashes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the places whose hash was there before, and for each the first place that had it.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n,)

    Examples
    --------
    >>> [r.tolist() for r in repeated(np.array([7, 8, 7, 7], dtype=np.uint64))]
    [[2, 3], [0, 0]]
    """
    again = _there_twice(hashes)
    if not len(again):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    rows = _members(hashes, again)
    group = np.searchsorted(again, hashes[rows])
    leader = np.full(len(again), len(hashes), dtype=np.int64)
    np.minimum.at(leader, group, rows)
    leaders = leader[group]
    later = rows != leaders
    return rows[later], leaders[later]


def _there_twice(hashes: np.ndarray) -> np.ndarray:
    """Return the hashes that several places have, sorted: share by share, or the sorting took as much memory again."""
    shares = 1 if len(hashes) <= MANY else SHARES
    edges = [np.uint64((share << 64) // shares) for share in range(1, shares)]
    found = [np.zeros(0, dtype=hashes.dtype)]
    for low, high in zip([None, *edges], [*edges, None], strict=True):
        mine = np.ones(len(hashes), dtype=bool) if low is None else hashes >= low
        if high is not None:
            mine &= hashes < high
        ordered = hashes[mine]
        ordered.sort()
        found.append(sorted_distinct(ordered[1:][ordered[1:] == ordered[:-1]]))
    return np.concatenate(found)


def _members(hashes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the rows whose hash is among the sorted wanted ones, block by block to save memory.

    Most rows are not, and the first bits of their hash say so: only the others are looked up.
    """
    marked = np.zeros(1 << FIRST_BITS, dtype=bool)
    marked[wanted >> _REST] = True
    found = []
    for start in range(0, len(hashes), _BLOCK):
        block = hashes[start : start + _BLOCK]
        likely = np.flatnonzero(marked[block >> _REST])
        place = np.minimum(np.searchsorted(wanted, block[likely]), len(wanted) - 1)
        found.append(likely[wanted[place] == block[likely]] + start)
    return np.concatenate(found)


def mix_in(hashes: np.ndarray, values: np.ndarray) -> None:
    """Stir 64-bit values into hashes, in place; the finaliser of SplitMix64 (doi 10.1145/2660193.2660195)."""
    hashes ^= values
    hashes += _ODD[0]
    hashes ^= hashes >> np.uint64(30)
    hashes *= _ODD[1]
    hashes ^= hashes >> np.uint64(27)
    hashes *= _ODD[2]
    hashes ^= hashes >> np.uint64(31)


def text_hashes(texts: pa.StringArray) -> np.ndarray:
    """Return one hash of every text, uint64 (n,): eight bytes of all texts at a time.

    Examples
    --------
    >>> h = text_hashes(pa.array(["a", "b", "a", ""]))
    >>> bool(h[0] == h[2]), len(set(h.tolist()))
    (True, 3)
    """
    offsets, data = text_buffers(texts)
    starts, lengths = offsets[:-1].astype(np.int64), np.diff(offsets).astype(np.int64)
    padded = np.concatenate([data[offsets[0] : offsets[-1]], np.zeros(8, np.uint8)])
    starts -= offsets[0]
    words = np.ndarray(len(padded) - 7, "<u8", padded, strides=(1,))  # the eight bytes from every byte on
    hashes = lengths.astype(np.uint64)
    mix_in(hashes, np.zeros(1, np.uint64))
    live, at = np.flatnonzero(lengths > 0), 0
    while len(live):
        left = lengths[live] - 8 * at
        word = words[starts[live] + 8 * at]
        word &= ~np.uint64(0) >> ((8 - np.minimum(left, 8)) * 8).astype(np.uint64)
        part = hashes[live]
        mix_in(part, word)
        hashes[live] = part
        live, at = live[left > 8], at + 1
    return hashes


def count_without_case(texts: Sequence[str]) -> int:
    """Return how many of different texts are still different without their case and blanks.

    Examples
    --------
    >>> count_without_case(("A 1", "a1", "straße", "STRASSE"))
    2
    """
    arrays = list(texts.arrays()) if isinstance(texts, TextList) else [arrow_numpy.text_array(texts)]
    if not any(_SHARED[region(a)].any() for a in arrays):
        return len(texts)
    hashes = np.concatenate([text_hashes(_folded(a)) for a in arrays] or [np.zeros(0, np.uint64)])
    return len(sorted_distinct(hashes)) if len(hashes) else 0


def _folded(texts: pa.StringArray) -> pa.StringArray:
    if few_texts.is_few(texts) or not is_ascii(texts):
        return arrow_numpy.text_array(["".join(t.casefold().split(" ")) for t in texts.to_pylist()])
    import pyarrow.compute as pc

    return pc.replace_substring(pc.ascii_lower(texts), " ", "")


def merged(texts: TextList, spool: Spool | None = None) -> tuple[TextList, np.ndarray]:
    """Return the different texts in order of first appearance, and the place of each text among them.

    Parameters
    ----------
    texts : TextList
        Some of them alike, for example the dictionaries of all batches of a column.
    spool : Spool, optional
        For blocks that lose some of their texts.

    Returns
    -------
    TextList
        u texts.
    ndarray of shape (n,)
        int32.

    Examples
    --------
    >>> found, places = merged(TextList.of([pa.array(["b", "a"]), pa.array(["a", "c"])]))
    >>> list(found), places.tolist()
    (['b', 'a', 'c'], [0, 1, 1, 2])
    """
    hashes = np.empty(len(texts), dtype=np.uint64)  # filled block by block: gathered first, they would be there twice
    for low, high, array in zip(texts.edges[:-1], texts.edges[1:], texts.arrays(), strict=True):
        hashes[low:high] = text_hashes(array)
    rows, leaders = repeated(hashes)
    del hashes
    first = np.ones(len(texts), dtype=bool)
    first[rows] = False
    places = np.cumsum(first, dtype=np.int32)
    places -= np.int32(1)
    places[rows] = places[leaders]
    if _alike(texts, rows, leaders):
        return texts.filter(first, spool), places
    return _merged_by_arrow(texts)


def _alike(texts: TextList, rows: np.ndarray, leaders: np.ndarray) -> bool:
    """Whether texts of one hash are the same text; two differ once in a great while."""
    parts = (slice(low, low + MANY) for low in range(0, len(rows), MANY))
    return all(texts.take(rows[part]).equals(texts.take(leaders[part])) for part in parts)


def _merged_by_arrow(texts: TextList) -> tuple[TextList, np.ndarray]:
    distinct, codes = few_texts.coded(texts.array())
    return TextList.of([distinct]), codes
