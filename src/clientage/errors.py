"""Everything that can be refused, and how a refusal is worded.

ClientageError            exit code 2: the input or the request cannot be used as it is
├── InputError            a file, frame or database cannot be read as a table
├── ColumnError           a column is missing, ambiguous or unusable
├── SettingsError         a setting has an unknown name or an impossible value
├── DataError             the table was read, but no segmentation can be made of it
├── ModelError            a saved run or model is missing, damaged or from another version
├── TrackingError         a tracking server does not answer, or not as it should
└── MissingExtraError     an optional library is needed and not installed

Every message says what was expected, what was found (file, column, first rows) and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class ClientageError(Exception):
    """A refusal in three sentences: what was expected, what was found, what to do.

    Parameters
    ----------
    expected : str
        What would have been accepted.
    found : str
        What was there instead, with file, column and first rows where they are known.
    fix : str
        What the person can do about it.

    Examples
    --------
    >>> print(InputError("a table with a header row", "'a.csv' is empty (0 bytes)", "Check the export."))
    Expected a table with a header row, but found: 'a.csv' is empty (0 bytes). Check the export.
    """

    exit_code = 2

    def __init__(self, expected: str, found: str, fix: str) -> None:
        super().__init__(f"Expected {expected}, but found: {found.rstrip('.')}. {fix}")
        self.expected = expected
        self.found = found
        self.fix = fix


class InputError(ClientageError):
    """A file, frame or database cannot be read as a table."""


class ColumnError(ClientageError):
    """A column is missing, ambiguous or unusable."""


class SettingsError(ClientageError):
    """A setting has an unknown name or an impossible value."""


class DataError(ClientageError):
    """The table was read, but no segmentation can be made of it."""


class ModelError(ClientageError):
    """A saved run or model is missing, damaged or from another version."""


class TrackingError(ClientageError):
    """A tracking server does not answer, or not as it should."""


class MissingExtraError(ClientageError):
    """An optional library is needed and not installed."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the nearest known name, or "" when none is near.

    Examples
    --------
    >>> did_you_mean("incme", ["income", "age"])
    " Did you mean 'income'?"
    """
    by_folded = {k.casefold(): k for k in known}
    near = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return f" Did you mean '{by_folded[near[0]]}'?" if near else ""


def listed(names: Sequence[str], most: int = 12) -> str:
    """Return the names quoted and comma-separated, cut after `most` with a count of the rest.

    Examples
    --------
    >>> listed(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    shown = ", ".join(f"'{n}'" for n in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def counted(n: int, one: str, many: str | None = None) -> str:
    """Return the count and its words, in the singular for one.

    Parameters
    ----------
    n : int
        The count.
    one : str
        What one of them is called, with its verb where there is one.
    many : str, optional
        The same for several. Default: `one` and an s.

    Examples
    --------
    >>> counted(1, "row was", "rows were"), counted(2_000, "row was", "rows were"), counted(0, "cell")
    ('1 row was', '2,000 rows were', '0 cells')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"
