"""Texts are made to fit: estimates lie on the safe side of a real font's widths, and cuts end at a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientage.report.measuring import Paragraph, clean, fit, fit_cells, fit_line, height_of, line_count, text_width

TEXT = st.text(st.sampled_from("abc WM.,-東京مرé\n\t"), max_size=300)
KINDS = st.sampled_from(["head", "body", "bullet", "quiet"])


@given(st.lists(st.builds(Paragraph, TEXT, KINDS), max_size=8), st.floats(60, 600), st.floats(40, 400))
def test_what_is_kept_fits(paragraphs: list[Paragraph], width: float, height: float) -> None:
    size, kept = fit(paragraphs, width, height, 20, 9)
    assert 9 <= size <= 20
    assert height_of(kept, width, size) <= height or len(kept) == 1


@given(TEXT, st.floats(30, 400), st.integers(1, 2))
def test_a_line_fits(text: str, width: float, lines: int) -> None:
    size, kept = fit_line(text, width, 30, 18, lines)
    assert line_count(kept, width, size, bold=True) <= lines or len(kept) <= 1


@given(st.lists(st.lists(TEXT, min_size=2, max_size=2), min_size=1, max_size=6))
def test_cells_fit_or_are_one_line_each(rows: list[list[str]]) -> None:
    widths = [80.0, 160.0]
    size, kept = fit_cells(rows, widths, 120.0, 16, 9)
    lines = [max(line_count(c, w, size) for c, w in zip(row, widths, strict=True)) for row in kept]
    assert sum(lines) * size * 1.22 <= 120.0 + 1e-9 or max(lines) <= 1


def test_short_texts_stay_as_they_are() -> None:
    paragraphs = [Paragraph("Head", "head"), Paragraph("A body of few words.")]
    assert fit(paragraphs, 400, 100, 18, 10) == (18.0, paragraphs)
    assert fit_cells([["a", "b"]], [50, 50], 100, 14, 9) == (14.0, [["a", "b"]])


def test_a_heading_is_not_left_alone() -> None:
    paragraphs = [Paragraph("word " * 40), Paragraph("What to do", "head"), Paragraph("word " * 40)]
    _, kept = fit(paragraphs, 80, 30, 12, 12)
    assert kept[-1].kind != "head"


@pytest.mark.parametrize("text", ["Low spend on wines and meat", "ILLicit; fill-in: til (1/3)", "WWW MMM 100% @"])
def test_widths_are_on_the_safe_side_of_a_real_font(text: str) -> None:
    fonts = pytest.importorskip("PIL.ImageFont")
    try:
        font = fonts.truetype("Carlito-Regular.ttf", 100)
    except OSError:
        pytest.skip("the font Carlito, as wide as Calibri, is not installed")
    assert font.getlength(text) <= text_width(text, 100) <= 1.2 * font.getlength(text)


def test_what_a_document_may_not_hold_is_taken_out() -> None:
    assert clean("a\x00b\x1f \ud800 \n c") == "ab c"
