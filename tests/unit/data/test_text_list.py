"""Many texts in Arrow blocks are the texts, in memory and on disk, and alike ones are found."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientage.data import repeated
from clientage.data.repeated import count_without_case, merged, text_hashes
from clientage.data.text_list import TextList, numbered, put_together, texts_at, those_among
from clientage.spool import Spool

TEXTS = st.lists(st.text(max_size=20), max_size=30)


@given(st.lists(TEXTS, max_size=6), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_list_of_texts_is_a_sequence_of_them(blocks: list[list[str]], on_disk: bool) -> None:
    blocks = [[t.encode("utf-8", "replace").decode() for t in b] for b in blocks]
    texts = TextList.of([pa.array(b, pa.string()) for b in blocks], Spool(0 if on_disk else None))
    flat = [t for b in blocks for t in b]
    assert (len(texts), list(texts), texts.array().to_pylist()) == (len(flat), flat, flat)
    assert texts[1:5] == flat[1:5]
    if flat:
        assert (texts[0], texts[-1]) == (flat[0], flat[-1])
        places = np.random.default_rng(0).integers(-1, len(flat), 50)
        assert texts.take(places).to_pylist() == [None if i < 0 else flat[i] for i in places]
    mask = np.arange(len(flat)) % 3 != 1
    assert list(texts.filter(mask)) == [t for t, kept in zip(flat, mask, strict=True) if kept]


@given(st.lists(TEXTS, max_size=6))
@settings(max_examples=60, deadline=None)
def test_merged_texts_are_those_of_a_dictionary(blocks: list[list[str]]) -> None:
    blocks = [[t.encode("utf-8", "replace").decode() for t in b] for b in blocks]
    flat = [t for b in blocks for t in b]
    found, places = merged(TextList.of([pa.array(b, pa.string()) for b in blocks]))
    order = list(dict.fromkeys(flat))
    assert list(found) == order
    assert places.tolist() == [order.index(t) for t in flat]


@given(st.lists(st.integers(0, 7) | st.integers(0, 2**64 - 1), max_size=60), st.sampled_from([0, 1 << 20]))
@settings(max_examples=60, deadline=None)
def test_repeats_are_found_whether_hashes_are_sorted_whole_or_in_shares(values: list[int], many: int) -> None:
    values += [v << 61 for v in values if v < 8]  # every share, and its first value
    first = {v: values.index(v) for v in values}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repeated, "MANY", many)
        rows, leaders = repeated.repeated(np.array(values, dtype=np.uint64))
    assert rows.tolist() == [i for i, v in enumerate(values) if first[v] != i]
    assert leaders.tolist() == [first[v] for i, v in enumerate(values) if first[v] != i]


def test_texts_of_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeated, "text_hashes", lambda texts: np.zeros(len(texts), np.uint64))
    found, places = merged(TextList.of([pa.array(["a", "b"]), pa.array(["b", "c", "a"])]))
    assert (list(found), places.tolist()) == (["a", "b", "c"], [0, 1, 1, 2, 0])


def test_hashes_see_every_byte_and_the_length() -> None:
    texts = ["", "\0", "\0\0", "a" * 8, "a" * 9, "a" * 16, "a" * 17, "a" * 7 + "b", "b" + "a" * 7, "a" * 1000]
    texts += ["x" * 500 + chr(97 + i) + "x" * 499 for i in range(20)]
    hashes = text_hashes(pa.array(texts))
    assert len(set(hashes.tolist())) == len(texts)
    sliced = text_hashes(pa.array(["zz", *texts])[1:])
    assert sliced.tolist() == hashes.tolist()


def test_lists_in_arrow_and_tuples_answer_alike() -> None:
    words = ["C1", "c 1", "CARD", "C９", "STRASSE", "straße", "row 1"]
    many = TextList.of([pa.array(words[:3]), pa.array(words[3:])])
    for texts in (tuple(words), many):
        assert count_without_case(texts) == 5
        assert numbered(texts, "C").tolist() == [True, False, False, True, False, False, False]
        assert those_among(texts, ["row 1", "row 2"]) == {"row 1"}
        assert texts_at(texts, np.array([6, -1, 0])).to_pylist() == ["row 1", None, "C1"]
        assert list(put_together(texts, ["x"])) == [*words, "x"]
