"""How a dashboard was asked for: where runs lie, what to open first, where uploads wait.

Receives the words after ``--`` of the server's command line and gives them back.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

UPLOAD_MB = 1_024  # a larger upload is refused by the server before it is read


@dataclass(frozen=True, slots=True)
class Launch:
    """What the command line said.

    Parameters
    ----------
    folder : Path
        The folder of runs: its history is shown, new runs go into it.
    scratch : Path
        Uploads and files to download wait here until the server stops.
    opened : str
        A run or a file to open first; "" for none.

    Examples
    --------
    >>> Launch.from_words(Launch(Path("runs"), Path("t"), "shop.csv").words()).opened
    'shop.csv'
    """

    folder: Path
    scratch: Path
    opened: str = ""

    def words(self) -> list[str]:
        """Return the launch as words of a command line."""
        return [str(self.folder), str(self.scratch), self.opened]

    @classmethod
    def from_words(cls, words: list[str]) -> Launch:
        """Return the launch that `words` wrote."""
        folder, scratch, opened = words
        return cls(Path(folder), Path(scratch), opened)


def this_launch() -> Launch:
    """Return how the running server was asked for."""
    return Launch.from_words(sys.argv[1:])
