"""Which characters separate and quote the columns of a text file.

Receives the first lines of a file as text; returns the delimiter and quote under which the most rows
have the same width and the cells look like numbers, dates or words (after van den Burg, Nazábal &
Sutton 2019, "Wrangling messy CSV files by detecting row and type patterns", doi:10.1007/s10618-019-00646-y).
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

DELIMITERS = (",", ";", "\t", "|", "^", "~", ":")
SNIFFED_ROWS = 300
SPACE = " "  # runs of blanks; the stream turns them into tabs
QUIET = 0.6  # share of rows of one width below which a file has one column

_CLEAN = re.compile(
    r"""\s*(?:
      [-+(]?\s*[$€£¥]?\s*[-+]?\d[\d.,'\u00a0\u202f]*(?:[eE][-+]?\d+)?\s*[%$€£¥]?\)?      # numbers
    | \d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T\s]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?\s?(?:Z|[ap]m|[-+]\d\d:?\d\d)?  # dates
    | \d{1,2}:\d{2}(?::\d{2})?
    | [^\d\W][\w.@\-/'&+()!?]*(?:[ ][\w.@\-/'&+()!?,]+)*                                 # words
    | )\s*\Z""",
    re.X | re.I,
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are told apart.

    Parameters
    ----------
    delimiter : str
        One character; `SPACE` means any run of blanks and tabs.
    quote : str or None
        One character, doubled inside quoted cells; None: quotes are letters.
    """

    delimiter: str
    quote: str | None

    @property
    def by_space(self) -> bool:
        """Whether runs of blanks separate the columns."""
        return self.delimiter == SPACE

    @property
    def parsed_delimiter(self) -> str:
        """The delimiter that parsers see: the stream turns runs of blanks into tabs."""
        return "\t" if self.by_space else self.delimiter

    def records(self, lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
        """Yield (number of the last physical line, cells) of every record, blank ones included."""
        if self.by_space:
            lines = (re.sub(r"[ \t]+", "\t", line).strip("\t") for line in lines)
        reader = self._reader(lines)
        for cells in reader:
            yield reader.line_num, cells

    def is_open(self, record: Sequence[str]) -> bool:
        """Whether the lines of one record end inside a quoted cell."""
        if self.quote is None or not any(self.quote in line for line in record):
            return False
        mark = "\ue000"  # stands in the last cell in any case, and in a cell of its own only where no quote is open
        last = list(self._reader([*record[:-1], record[-1].rstrip("\r\n") + self.parsed_delimiter + mark]))[-1]
        return bool(last[-1] != mark)

    def _reader(self, lines: Iterable[str]) -> Any:
        return csv.reader(
            lines,
            delimiter=self.parsed_delimiter,
            quotechar=self.quote,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            doublequote=True,
        )


def find_dialect(lines: Sequence[str], given: str | None = None) -> Dialect:
    r"""Return the dialect of a file's first lines.

    Parameters
    ----------
    lines : sequence of str
        With their line ends.
    given : str or None
        A delimiter that the person asked for; the quote is still found out.

    Examples
    --------
    >>> find_dialect(["a;b\n", "1,5;2,5\n", "2,5;3,5\n"])
    Dialect(delimiter=';', quote='"')
    >>> find_dialect([" id  date\n", " 1 19970101\n", " 2   19970102\n"]).by_space
    True
    """
    lines = lines[:SNIFFED_ROWS]
    text = "".join(lines)
    quotes = [q for q in ('"', "'") if q in text]
    if given is not None:
        return Dialect(given, _quote_for(given, quotes, lines))
    if (told := _told(lines)) is not None:
        return Dialect(told, _quote_for(told, quotes, lines[1:]))
    best, best_score = Dialect(",", '"'), 0.0
    candidates = [d for d in DELIMITERS if d in text] + [SPACE] * (SPACE in text and '"' not in text)
    for delimiter in candidates:
        for quote in [*(q for q in quotes if _quotes_cells(q, delimiter, text)), None]:
            score = _score(Dialect(delimiter, quote), lines)
            if score > best_score * 1.000001:
                best, best_score = Dialect(delimiter, quote), score
    # never without a quote: the first quoted cell, or an unclosed quote, may stand below the lines seen here
    return best if best.quote is not None else Dialect(best.delimiter, '"')


def _told(lines: Sequence[str]) -> str | None:
    """The delimiter of Excel's ``sep=;`` line."""
    if lines and (found := re.match(r'"?sep=(.)"?\s*\Z', lines[0].lstrip("\ufeff").rstrip("\r\n"), re.I)):
        return found.group(1)
    return None


def _quote_for(delimiter: str, quotes: Sequence[str], lines: Sequence[str]) -> str:
    text = "".join(lines)
    fitting = [q for q in quotes if _quotes_cells(q, delimiter, text)]
    return fitting[0] if fitting else '"'


def _quotes_cells(quote: str, delimiter: str, text: str) -> bool:
    """Whether the quote stands at the beginning of some cell; `'` must also close there."""
    edge = re.escape(delimiter) if delimiter != SPACE else r"\s"
    begins = re.search(rf"(?:^|{edge}){quote}", text, re.M)
    if quote == '"' or begins is None:
        return begins is not None
    return re.search(rf"(?:^|{edge}){quote}[^{quote}\n]*{quote}(?:{edge}|\r?$)", text, re.M) is not None


def _score(dialect: Dialect, lines: Sequence[str]) -> float:
    """Consistency of widths times cleanness of cells; 0 for a single column."""
    try:
        rows = [cells for _, cells in dialect.records(lines) if any(c.strip() for c in cells)]
    except csv.Error:
        return 0.0
    if not rows:
        return 0.0
    widths = Counter(len(r) for r in rows if len(r) > 1)
    if not widths:
        return 0.0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    share = count / len(rows)
    if share < QUIET and not (count >= 3 and share >= 0.3):
        return 0.0
    cells = [c for r in rows if len(r) == width for c in r]
    clean = sum(1 for c in cells if len(c) < 200 and _CLEAN.match(c)) / len(cells)
    # more columns explain more of the file, with diminishing weight; blanks also stand inside words
    return float(share**2 * clean * (1 - 1 / width) ** 0.5 * (0.5 if dialect.by_space else 1.0))
