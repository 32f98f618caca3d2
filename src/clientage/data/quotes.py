"""Quotes that stand where no CSV has them: inside a cell, or open in the last line.

Receives the bytes of a text file block by block, as `TextStream` passes them on; counts, and changes nothing.
"""

from __future__ import annotations

import re

import numpy as np

from clientage.data.quality import Note
from clientage.errors import counted

FIRST = 5
LINE_END = re.compile(rb"\r\n|\n|\r")


class QuoteWatch:
    r"""Looks at the quotes of a file as it passes by.

    Parameters
    ----------
    quote : str
        The quote of the dialect, one ASCII character.
    delimiter : str
        What separates cells.

    Attributes
    ----------
    n_stray : int
        Single quotes with a letter of the same cell on either side: ``5" pipe``, or ``"Bonn" am Rhein``.
    lines : list of int
        Lines of the first of them.
    n_open : int
        Quotes in the last line so far; an odd number leaves one open there.

    Examples
    --------
    >>> watch = QuoteWatch('"', ",")
    >>> watch.look(b'id,size\n7,5" pipe\n8,"6', line=1)
    >>> watch.n_stray, watch.lines, watch.n_open
    (1, [2], 1)
    """

    def __init__(self, quote: str, delimiter: str) -> None:
        self.n_stray = 0
        self.lines: list[int] = []
        self.n_open = 0
        self._quote = quote.encode()
        self._edge = np.zeros(256, dtype=bool)
        self._edge[list(f"{delimiter}{quote}\r\n".encode())] = True
        self._before = b"\n\n"  # what stands before the block: a quote is judged by its neighbours

    def look(self, block: bytes, line: int) -> None:
        """Look at the next block, which begins in this line of the file (1-based)."""
        before, self._before = self._before, (self._before + block[-2:])[-2:]
        last = max(block.rfind(b"\n"), block.rfind(b"\r"))
        self.n_open = block.count(self._quote, last + 1) + (self.n_open if last < 0 else 0)
        if self._quote not in block and self._quote not in before:
            return
        seen = np.frombuffer(before + block, dtype=np.uint8)
        places = np.flatnonzero(seen[1:-1] == self._quote[0]) + 1
        stray = places[~(self._edge[seen[places - 1]] | self._edge[seen[places + 1]])]
        self.n_stray += len(stray)
        for place in stray[: FIRST - len(self.lines)].tolist():
            self.lines.append(line + len(LINE_END.findall(block, 0, max(0, place - 2))))

    def notes(self) -> list[Note]:
        """Return what there is to say about stray quotes."""
        if not self.n_stray:
            return []
        what = counted(self.n_stray, "quote inside a cell is", "quotes inside cells are")
        text = f"{what} not doubled: kept as text, or taken off at the end of a quoted part of the cell."
        return [Note("stray-quotes", "repair", text, count=self.n_stray, rows=tuple(self.lines))]
