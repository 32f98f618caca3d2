"""Will a text fit? Widths of text as slides set it, and texts made to fit their boxes.

Receives texts and boxes in points, returns sizes and texts. A slide has no scroll bar and nobody checks it
before it is shown, so widths are estimated on the safe side, from the proportions of the font of the slides.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from clientage.segments.wording import clipped

Kind = Literal["head", "body", "bullet", "quiet"]
LINE = 1.22  # height of a line in sizes
BOLD = 1.04
INDENT = 1.0  # of a bullet, in sizes
GAP = {"head": 0.7, "body": 0.25, "bullet": 0.2, "quiet": 0.25}  # above a paragraph, in sizes
# Hundredths of an em that Calibri takes (and Carlito, which is made as wide), from the space to the tilde.
EMS = (
    "23 33 40 50 51 71 68 22 30 30 50 50 25 31 25 39 51 51 51 51 51 51 51 51 51 51 27 27 50 50 50 46 89 58 54 53 62 49 "
    "46 63 62 25 32 52 42 85 65 66 52 67 54 46 49 64 57 89 52 49 47 31 39 31 50 50 29 48 53 42 53 50 31 47 53 23 24 45 "
    "23 80 53 53 53 53 35 39 33 53 45 71 43 45 40 31 46 31 50"
)
SAFETY = 1.05  # for machines that set the slides in another font
WIDTHS = {chr(32 + i): SAFETY * int(hundredths) / 100 for i, hundredths in enumerate(EMS.split())} | {"…": 0.72}
SHORTEST = 24  # characters to which a paragraph is cut before whole paragraphs are left out


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a slide."""

    text: str
    kind: Kind = "body"


def clean(text: str) -> str:
    """Return the text on one line, without characters that a document may not hold.

    Examples
    --------
    >>> clean("a\\x00b\\n c")
    'ab c'
    """
    return " ".join("".join(c for c in text if c.isspace() or unicodedata.category(c) not in {"Cc", "Cs"}).split())


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a text on one line, in points.

    Examples
    --------
    >>> text_width("ill", 10) < text_width("www", 10) < text_width("日本語", 10)
    True
    """
    return sum(_em(c) for c in text) * size * (BOLD if bold else 1.0)


def _em(character: str) -> float:
    known = WIDTHS.get(character)
    if known is not None:
        return known
    if unicodedata.combining(character):
        return 0.0
    return 1.03 if unicodedata.east_asian_width(character) in "WF" else 0.64


def line_count(text: str, width: float, size: float, *, bold: bool = False) -> int:
    """Return the number of lines a text breaks into.

    Examples
    --------
    >>> line_count("one two three", 30, 10), line_count("", 30, 10)
    (3, 1)
    """
    lines, used, space = 1, 0.0, text_width(" ", size, bold=bold)
    for word in text.split():
        wide = text_width(word, size, bold=bold)
        if used and used + space + wide > width:
            lines, used = lines + 1, 0.0
        if wide > width:  # broken inside, as languages without spaces are
            lines += int((used + wide) // width)
            used = (used + wide) % width
        else:
            used += (space if used else 0.0) + wide
    return lines


def height_of(paragraphs: Sequence[Paragraph], width: float, size: float) -> float:
    """Return the height of paragraphs in points."""
    total = 0.0
    for position, p in enumerate(paragraphs):
        room = width - (INDENT * size if p.kind == "bullet" else 0.0)
        total += line_count(p.text, room, size, bold=p.kind == "head") * LINE * size
        total += GAP[p.kind] * size if position else 0.0
    return total


def fit(
    paragraphs: Sequence[Paragraph], width: float, height: float, largest: float, smallest: float
) -> tuple[float, list[Paragraph]]:
    """Return the largest size at which paragraphs fit a box, and what of them fits at the smallest.

    Parameters
    ----------
    paragraphs : sequence of Paragraph
        In reading order; the longest are cut first, at a word and marked with "…".
    width, height : float
        Of the box, points.
    largest, smallest : float
        Sizes allowed, points.

    Examples
    --------
    >>> fit([Paragraph("Few words")], 200, 40, 18, 10)[0]
    18.0
    >>> size, cut = fit([Paragraph("many words " * 50)], 100, 30, 18, 10)
    >>> size, cut[0].text.endswith("…")
    (10.0, True)
    """
    kept = [replace(p, text=clean(p.text)) for p in paragraphs]
    size = float(largest)
    while size > smallest and height_of(kept, width, size) > height:
        size = max(float(smallest), size - 0.5)
    while len(kept) > 1 or (kept and len(kept[0].text) > SHORTEST):
        if height_of(kept, width, size) <= height:
            break
        i = max(range(len(kept)), key=lambda j: len(kept[j].text))
        if len(kept[i].text) > SHORTEST:
            kept[i] = replace(kept[i], text=clipped(kept[i].text, max(SHORTEST, int(len(kept[i].text) * 0.9))))
        else:
            kept.pop()
    while kept and kept[-1].kind == "head" and len(kept) > 1:  # a heading with nothing below it
        kept.pop()
    return size, kept


def fit_line(text: str, width: float, largest: float, smallest: float, lines: int = 1) -> tuple[float, str]:
    """Return the largest size at which a bold text takes so few lines, and what of it fits at the smallest.

    Examples
    --------
    >>> fit_line("Short", 300, 28, 18)
    (28.0, 'Short')
    """
    text, size = clean(text), float(largest)
    while size > smallest and line_count(text, width, size, bold=True) > lines:
        size = max(float(smallest), size - 1.0)
    while len(text) > 1 and line_count(text, width, size, bold=True) > lines:
        text = clipped(text, max(1, len(text) - max(1, len(text) // 12)))
    return size, text


def fit_cells(
    rows: Sequence[Sequence[str]], widths: Sequence[float], height: float, largest: float, smallest: float
) -> tuple[float, list[list[str]]]:
    """Return the largest size at which a table fits, its cells cut where even the smallest is too large.

    Parameters
    ----------
    rows : sequence of sequence of str
        The header first.
    widths : sequence of float
        Of the columns, without their margins, points.
    height : float
        Of all rows, without their margins, points.
    largest, smallest : float
        Sizes allowed, points.

    Examples
    --------
    >>> fit_cells([["a", "b"], ["long " * 40, "c"]], [60.0, 40.0], 40.0, 14, 9)[1][1][0].endswith("…")
    True
    """
    kept = [[clean(cell) for cell in row] for row in rows]

    def tall(size: float) -> float:
        return sum(LINE * size * _row_lines(row, widths, size) for row in kept)

    size = float(largest)
    while size > smallest and tall(size) > height:
        size = max(float(smallest), size - 0.5)
    for most in range(12, 0, -1):
        if tall(size) <= height:
            break
        kept = [[_cut(c, w, size, most) for c, w in zip(row, widths, strict=True)] for row in kept]
    return size, kept


def _row_lines(row: Sequence[str], widths: Sequence[float], size: float) -> int:
    return max(line_count(c, w, size, bold=j == 0) for j, (c, w) in enumerate(zip(row, widths, strict=True)))


def _cut(text: str, width: float, size: float, lines: int) -> str:
    while len(text) > 2 and line_count(text, width, size, bold=True) > lines:
        text = clipped(text, max(2, len(text) - max(1, len(text) // 12)))
    return text
