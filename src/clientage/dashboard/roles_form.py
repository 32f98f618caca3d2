"""The table of roles as a form: what the visitor changed becomes settings, the rest stays a guess with its reason.

Receives `Roles` and the table as it was edited; returns role settings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from clientage.config import RoleSettings
from clientage.data.roles import Roles

# role -> what a person reads, as in the report
USES = {
    "id": "identifier",
    "feature": "forms segments",
    "profile": "describes segments",
    "outcome": "outcome",
    "ignored": "not used",
}
LINE_USES = {
    "customer": "customer",
    "date": "date",
    "order": "order",
    "quantity": "quantity",
    "price": "price",
    "amount": "amount",
    "product": "product",
    "discount": "discount",
    "profile": "describes segments",
    "ignored": "not used",
}
KINDS = {None: "find out", "customers": "a customer", "transactions": "a line of a purchase"}


def uses_of(roles: Roles) -> dict[str, str]:
    """Return the roles a column can have in such a table, with their words."""
    return LINE_USES if roles.kind == "transactions" else USES


def rows_of(roles: Roles) -> list[dict[str, Any]]:
    """Return the table to edit: one row for each column."""
    words = uses_of(roles)
    return [
        {
            "Column": item.column,
            "Use": words.get(item.role, item.role),
            "Codes": item.categorical,
            "Reason": f"{item.reason}{' (as asked for)' if item.given else ''}",
        }
        for item in roles.items
    ]


def settings_of(roles: Roles, edited: Sequence[Mapping[str, Any]], given: RoleSettings) -> RoleSettings:
    """Return the settings that make the roles what the edited table says.

    Parameters
    ----------
    roles : Roles
        As they were before, by guess and by `given`.
    edited : sequence of mapping
        Rows as `rows_of` returns them, perhaps changed.
    given : RoleSettings
        What was set before; it stays where nothing was changed.

    Examples
    --------
    >>> from clientage.data.roles import Role
    >>> roles = Roles("customers", (Role("age", "feature", "a number"), Role("spend", "feature", "a number")))
    >>> rows = rows_of(roles)
    >>> settings_of(roles, rows, RoleSettings()) == RoleSettings()
    True
    >>> rows[0]["Use"] = "describes segments"
    >>> settings_of(roles, rows, RoleSettings()).profile
    ('age',)
    """
    by_words = {words: role for role, words in uses_of(roles).items()}
    wanted = {str(row["Column"]): by_words.get(str(row["Use"])) for row in edited}
    before = {item.column: item.role for item in roles.items}
    changed = {name for name, role in wanted.items() if role is not None and role != before[name]}
    out = _with_codes(roles, edited, given)
    if roles.kind == "transactions":
        return _lines(wanted, changed, out)
    features = tuple(n for n, role in wanted.items() if role == "feature")
    for role, key in (("profile", "profile"), ("outcome", "outcome"), ("ignored", "ignore")):
        held = [n for n in getattr(out, key) if wanted.get(n, role) == role]
        held += [n for n in wanted if n in changed and wanted[n] == role and n not in held]
        out = _set(out, key, tuple(held))
    newly = any(wanted[n] == "feature" for n in changed)
    if newly or given.features:
        out = replace(out, features=features)
    ids = [n for n in changed if wanted[n] == "id"]
    if ids:
        out = replace(out, id=ids[0])
    elif given.id is not None and wanted.get(given.id) != "id":
        out = replace(out, id=None)
    return out


def _lines(wanted: Mapping[str, str | None], changed: set[str], out: RoleSettings) -> RoleSettings:
    for name in changed:
        role = wanted[name]
        if role in ("customer", "date", "order", "quantity", "price", "amount", "product", "discount"):
            out = _set(out, str(role), name)
        elif role == "profile":
            out = replace(out, profile=(*out.profile, name))
        elif role == "ignored":
            out = replace(out, ignore=(*out.ignore, name))
    return out


def _set(settings: RoleSettings, key: str, value: Any) -> RoleSettings:
    changed: dict[str, Any] = {key: value}
    return replace(settings, **changed)


def _with_codes(roles: Roles, edited: Sequence[Mapping[str, Any]], given: RoleSettings) -> RoleSettings:
    """Whole numbers are quantities, or codes of categories: what the visitor ticked."""
    now = {str(row["Column"]): bool(row["Codes"]) for row in edited}
    coded = [i.column for i in roles.items if now.get(i.column) and not i.categorical]
    plain = [i.column for i in roles.items if not now.get(i.column, i.categorical) and i.categorical]
    categorical = (*(n for n in given.categorical if n not in plain), *(n for n in coded if n not in given.categorical))
    numeric = (*(n for n in given.numeric if n not in coded), *(n for n in plain if n not in given.numeric))
    return replace(given, categorical=categorical, numeric=numeric)
