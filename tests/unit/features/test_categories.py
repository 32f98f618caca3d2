"""Spellings merge into the most frequent one; look-alikes are doubted and kept."""

from __future__ import annotations

from clientage.features.categories import as_categories, merge_spellings
from made_tables import column


def test_the_most_frequent_spelling_wins_whatever_comes_first() -> None:
    merged, notes = merge_spellings(column("x", ["west", "West", "West ", "West", None]))
    assert merged.as_text().tolist() == ["West", "West", "West", "West", ""]
    assert [(n.code, n.severity, n.count) for n in notes] == [("category-spelling", "repair", 2)]


def test_ties_are_settled_by_alphabet_and_not_by_order() -> None:
    one, _ = merge_spellings(column("x", ["b", "B"]))
    other, _ = merge_spellings(column("x", ["B", "b"]))
    assert set(one.as_text()) == set(other.as_text()) == {"B"}


def test_a_clean_column_comes_back_as_it_is() -> None:
    clean = column("x", ["a", "b"])
    merged, notes = merge_spellings(clean)
    assert merged is clean
    assert notes == ()


def test_rare_look_alikes_are_named_and_kept() -> None:
    values = ["Female"] * 30 + ["Femal"] + ["Male"] * 30
    merged, notes = merge_spellings(column("gender", values))
    assert merged.n_distinct == 3
    assert [(n.code, n.severity) for n in notes] == [("category-look-alike", "warning")]
    assert "'Femal' ('Female'?)" in notes[0].text


def test_numbered_categories_are_no_slips() -> None:
    assert merge_spellings(column("x", ["store 1"] * 50 + ["store 2"]))[1] == ()


def test_numbers_are_written_as_a_person_would() -> None:
    made = as_categories(column("x", [2, None, 1]))
    assert made.as_text().tolist() == ["2", "", "1"]
