"""What each column is, and why: the roles that `assign_roles` gives and that everything below obeys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from clientage.data.quality import Note
from clientage.data.table import Table
from clientage.errors import ColumnError, did_you_mean

RoleName = Literal[
    "id",
    "feature",
    "profile",
    "outcome",
    "date",
    "customer",
    "order",
    "quantity",
    "price",
    "amount",
    "product",
    "discount",
    "ignored",
]


@dataclass(frozen=True, slots=True)
class Role:
    """What one column is.

    Parameters
    ----------
    column : str
        Name as in the table.
    role : RoleName
        What it is used as.
    reason : str
        Why, in words that end the sentence "It is a feature because …".
    given : bool, default False
        A setting said so; otherwise it was guessed.
    categorical : bool, default False
        Numbers that stand for categories and are never used as quantities.

    Examples
    --------
    >>> Role("Channel", "profile", "its whole numbers look like codes", categorical=True).role
    'profile'
    """

    column: str
    role: RoleName
    reason: str
    given: bool = False
    categorical: bool = False


@dataclass(frozen=True, slots=True)
class Roles:
    """The role of every column of a table, in the table's order.

    Parameters
    ----------
    kind : {"customers", "transactions"}
        Whether a row is a customer or a line of a purchase.
    items : tuple of Role
        One for each column.
    notes : tuple of Note
        Doubts and exclusions that the quality report repeats.

    Examples
    --------
    >>> roles = Roles("customers", (Role("id", "id", "its name"), Role("age", "feature", "it is a number")))
    >>> roles.only("id"), roles.names("feature")
    ('id', ('age',))
    """

    kind: Literal["customers", "transactions"]
    items: tuple[Role, ...]
    notes: tuple[Note, ...] = ()

    def names(self, role: RoleName) -> tuple[str, ...]:
        """Columns of a role, in the table's order."""
        return tuple(item.column for item in self.items if item.role == role)

    def only(self, role: RoleName) -> str | None:
        """Return the column of a role, or None when there is none; of several the first."""
        return next((item.column for item in self.items if item.role == role), None)

    def of(self, column: str) -> Role:
        """Return the role of a column.

        Raises
        ------
        ColumnError
            When there is no such column.
        """
        for item in self.items:
            if item.column == column:
                return item
        names = [item.column for item in self.items]
        raise ColumnError(f"a column '{column}'", "no such column", f"Correct the name.{did_you_mean(column, names)}")

    def as_dict(self) -> dict[str, Any]:
        """Return the roles as JSON-ready values."""
        items = [
            {"column": i.column, "role": i.role, "reason": i.reason, "given": i.given, "categorical": i.categorical}
            for i in self.items
        ]
        return {"kind": self.kind, "columns": items}


def without_unusable(table: Table, roles: Roles) -> Roles:
    """Ignore columns whose values cannot be used, where they would only describe; refuse those that are needed.

    Raises
    ------
    ColumnError
        For a column that a setting names, that segments would be made of, or that says something of a purchase.
    """
    items = {item.column: item for item in roles.items}
    for note in table.unusable:
        item = items[str(note.column)]
        if item.role == "ignored":
            continue
        if item.given or item.role not in ("profile", "outcome"):
            table.column(item.column)  # refuses it
        items[item.column] = replace(item, role="ignored", reason="its values cannot be used", categorical=False)
    return replace(roles, items=tuple(items.values()))
