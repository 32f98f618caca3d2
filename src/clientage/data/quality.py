"""What happened to the rows and cells on the way: notes, and an account in which every row appears.

Receives nothing; every room that repairs, rejects or doubts something returns `Note`s, and the
readers return a `RowAccount`. Both end in `quality.json` and in the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["repair", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Note:
    """One repair, warning or remark about the data.

    Parameters
    ----------
    code : str
        Stable slug, for example ``"decimal-comma"``; tests and scripts look for it.
    severity : {"repair", "warning", "info"}
        ``repair``: something was changed, and counted. ``warning``: used as it is, in doubt.
    text : str
        One sentence for a person. Never holds a value of a personal column.
    column : str or None
        The column concerned.
    count : int or None
        How many rows or cells.
    rows : tuple of int
        The first rows concerned, as line numbers of the file (1-based, header included) or,
        for frames and databases, 1-based row numbers. At most five.

    Examples
    --------
    >>> Note("utf16", "repair", "The file is UTF-16 and was read as such.").severity
    'repair'
    """

    code: str
    severity: Severity
    text: str
    column: str | None = None
    count: int | None = None
    rows: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the note as JSON-ready values."""
        return {
            "code": self.code,
            "severity": self.severity,
            "text": self.text,
            "column": self.column,
            "count": self.count,
            "rows": list(self.rows),
        }


@dataclass(frozen=True, slots=True)
class Unusable(Note):
    """A column that cannot be read without inventing values; a study goes on where nothing needs it.

    Parameters
    ----------
    refusal : tuple of str
        What was expected, what was found and what to do: a `ColumnError` as soon as something asks for the column.
    """

    refusal: tuple[str, str, str] = ("", "", "")


@dataclass(frozen=True, slots=True)
class RowAccount:
    """Where every row of the input went.

    ``rows_read == kept + sum(rejected.values()) + sum(not_data.values())`` holds always;
    `repaired` counts rows among the kept and so is not part of the sum.

    Parameters
    ----------
    rows_read : int
        Records in the input: data, header, blank, preamble and footer records alike.
    kept : int
        Records that became rows of the table.
    rejected : mapping of str to int
        Records refused, by reason.
    not_data : mapping of str to int
        Records that never were data: ``header``, ``blank``, ``preamble``, ``footer``.
    repaired : mapping of str to int
        Kept records that were repaired, by repair.

    Raises
    ------
    ValueError
        When the sum does not add up: a mistake in a reader, not in the data.

    Examples
    --------
    >>> RowAccount(11, 10, {}, {"header": 1}).kept
    10
    """

    rows_read: int
    kept: int
    rejected: Mapping[str, int] = field(default_factory=dict)
    not_data: Mapping[str, int] = field(default_factory=dict)
    repaired: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        accounted = self.kept + sum(self.rejected.values()) + sum(self.not_data.values())
        if accounted != self.rows_read:
            raise ValueError(f"row account does not add up: read {self.rows_read}, accounted {accounted}")

    def as_dict(self) -> dict[str, Any]:
        """Return the account as JSON-ready values."""
        return {
            "rows_read": self.rows_read,
            "kept": self.kept,
            "rejected": dict(self.rejected),
            "not_data": dict(self.not_data),
            "repaired": dict(self.repaired),
        }


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Everything that was found, repaired, rejected or doubted between the input and the customers.

    Parameters
    ----------
    accounts : mapping of str to RowAccount
        ``"customers"`` and/or ``"transactions"``: where every row of that input went.
    counts : mapping of str to int
        Named counts, for example ``customers``, ``missing_cells``, ``duplicate_lines``.
    notes : tuple of Note
        In the order of the steps: reading, roles, customers.

    Examples
    --------
    >>> QualityReport({"customers": RowAccount(11, 10, {}, {"header": 1})}, {"customers": 10}).as_dict()["counts"]
    {'customers': 10}
    """

    accounts: Mapping[str, RowAccount]
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready values."""
        return {
            "accounts": {name: account.as_dict() for name, account in self.accounts.items()},
            "counts": dict(self.counts),
            "notes": [note.as_dict() for note in self.notes],
        }
