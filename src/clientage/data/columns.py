"""Which column is what: guessed from names and values, overridden by settings, each with its reason.

Receives a `Table` and the role settings; returns `Roles`. Nothing is converted here: an integer-coded
category is only marked as one, and `features/` obeys.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from clientage.config import FeatureSettings, RoleSettings, control_of
from clientage.data.facts import Facts, facts_of
from clientage.data.headers import (
    AGE,
    CAMPAIGN,
    COMPLAINT,
    DEMOGRAPHIC_CATEGORY,
    DEMOGRAPHIC_NUMBER,
    OUTCOME,
    OUTCOME_ALONE,
    says,
)
from clientage.data.quality import Note
from clientage.data.roles import Role, RoleName, Roles, without_unusable
from clientage.data.table import Table
from clientage.data.transaction_columns import DERIVED, find_transaction_columns, transaction_roles
from clientage.errors import ColumnError

__all__ = ["Role", "RoleName", "Roles", "assign_roles"]

UNIQUE_SHARE = 0.99  # text that is nearly all different describes nobody
MANY_CATEGORIES = 50  # and so does text that is half different, beyond this many values
EXCLUDED_NOTES = {
    "all-missing-column": "was left out",
    "constant-column": "was left out",
    "personal-column": "was left out",
    "nearly-unique-column": "was left out",
    "counter-column": "was left out",
    "second-id-column": "was left out as a second identifier",
}


def assign_roles(table: Table, settings: RoleSettings, features: FeatureSettings) -> Roles:
    """Say what every column of a table is.

    Parameters
    ----------
    table : Table
        As a reader returned it.
    settings : RoleSettings
        What the person said; it wins over every guess.
    features : FeatureSettings
        `demographics` decides whether demographic columns are features or profile.

    Returns
    -------
    Roles
        One `Role` per column, in the table's order.

    Raises
    ------
    ColumnError
        When a setting names a column that is not there, or one column twice, or a column is needed that cannot be
        used.

    Examples
    --------
    >>> from clientage.data.quality import RowAccount
    >>> from clientage.data.table import Column, Source
    >>> columns = (Column("id", "number", np.array([7.0, 9.0]), is_integer=True),
    ...            Column("income", "number", np.array([1.5, 2.5])))
    >>> table = Table(columns, 2, Source("a.csv", "csv", "", {}), RowAccount(2, 2))
    >>> [(r.column, r.role) for r in assign_roles(table, RoleSettings(), FeatureSettings()).items]
    [('id', 'id'), ('income', 'feature')]
    """
    facts = facts_of(table)
    if _kind(table, facts, settings) == "transactions":
        return without_unusable(table, transaction_roles(table, facts, settings))
    wishes = _read_wishes(table, facts, settings, features)
    items, notes = [], []
    for fact in facts.values():
        role, code = _decide(fact, wishes)
        items.append(role)
        notes.extend(_notes(role, code, fact))
    return without_unusable(table, Roles("customers", tuple(items), tuple(notes)))


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What the settings say, with the names as in the table."""

    given: dict[str, Role]
    id_name: str | None
    numeric: frozenset[str]
    categorical: frozenset[str]
    features_given: bool
    demographics: str
    value: str | None


def _decide(fact: Facts, wishes: _Wishes) -> tuple[Role, str | None]:
    role, code = _guess(fact, wishes)
    if fact.name in wishes.given:
        role = replace(wishes.given[fact.name], categorical=role.categorical)
        code = "integer-codes" if role.categorical and role.role in ("feature", "profile") else None
    elif wishes.features_given and role.role == "feature":
        role = replace(role, role="profile", reason="it is not among the features that were given")
    if fact.name == wishes.value and role.role == "ignored" and not role.given:
        role, code = Role(fact.name, "profile", "the settings say that it is what a customer is worth", True), None
    return role, None if fact.name in wishes.categorical else code


def _kind(table: Table, facts: dict[str, Facts], settings: RoleSettings) -> Literal["customers", "transactions"]:
    """Purchases need who, when and how much; a customer number that comes back is not enough."""
    if settings.kind is not None:
        return settings.kind
    if settings.customer is not None and settings.date is not None:
        return "transactions"
    found = find_transaction_columns(table, facts, settings)
    if "customer" not in found or "date" not in found:
        return "customers"
    if "amount" not in found and not ("quantity" in found and "price" in found):
        return "customers"
    who = facts[found["customer"]]
    comes_back = who.present > 0 and who.distinct <= 0.9 * who.present  # a few repeated ids are duplicates
    return "transactions" if comes_back or "order" in found else "customers"


def _read_wishes(table: Table, facts: dict[str, Facts], settings: RoleSettings, features: FeatureSettings) -> _Wishes:
    given = _given_roles(table, settings)
    numeric = frozenset(table.column(n).name for n in settings.numeric)
    for name in [*numeric, *(n for n, r in given.items() if r.role == "feature")]:
        kind = facts[name].column.kind
        if kind == "date" or (kind == "text" and name in numeric):
            raise ColumnError(
                f"{'numbers' if name in numeric else 'numbers or categories'} in the column '{name}'",
                f"{kind} values such as {_example(facts[name])}",
                "Leave it out of the setting, or correct the column.",
            )
        _refuse_id_as_feature(facts[name], numeric)
    return _Wishes(
        given,
        next((r.column for r in given.values() if r.role == "id"), None) or _find_id(facts, set(given)),
        numeric,
        frozenset(table.column(n).name for n in settings.categorical),
        bool(settings.features),
        features.demographics,
        _find_value(table, settings),
    )


def _find_value(table: Table, settings: RoleSettings) -> str | None:
    if settings.value is None or (settings.value in DERIVED and not table.has(settings.value)):
        return None
    column = table.column(settings.value)
    if column.kind != "number":
        raise ColumnError(
            f"numbers in '{column.name}', which roles.value names", f"{column.kind} values", "Name a column of money."
        )
    return column.name


def _refuse_id_as_feature(fact: Facts, numeric: frozenset[str]) -> None:
    """Who a customer is says nothing about which customers are alike."""
    if fact.name not in numeric and fact.id_likeness >= 3 and fact.present > 1 and fact.share_distinct >= 0.95:
        raise ColumnError(
            "features that say what customers are or do",
            f"'{fact.name}', which numbers the customers",
            "Leave it out of the features, or name it in roles.numeric where it is a quantity after all.",
        )


def _example(fact: Facts) -> str:
    if fact.personal or not fact.present:
        return "(not shown)"
    return repr(fact.column.take(~fact.column.missing).take(np.array([0])).as_text()[0])


def _given_roles(table: Table, settings: RoleSettings) -> dict[str, Role]:
    groups: tuple[tuple[RoleName, tuple[str, ...]], ...] = (
        ("id", tuple(n for n in (settings.id or settings.customer,) if n)),
        ("feature", settings.features),
        ("profile", settings.profile),
        ("profile", (control_of(settings.control)[0],) if settings.control else ()),
        ("outcome", settings.outcome),
        ("ignored", settings.ignore),
    )
    given: dict[str, Role] = {}
    for role, names in groups:
        for name in names:
            if name in DERIVED and not table.has(name):
                continue  # made of transactions; the customers' room refuses it when there are none
            column = table.name_of(name)
            if column in given and given[column].role != role:
                raise ColumnError(
                    f"one role for the column '{column}'",
                    f"it is given as {given[column].role} and as {role}",
                    "Leave one of them out.",
                )
            given[column] = Role(column, role, "the settings say so", given=True)
    return given


def _find_id(facts: dict[str, Facts], taken: set[str]) -> str | None:
    """Return the column most like a customer number, by its name and then by how few values repeat."""
    needed = {4: 0.0, 3: 0.0, 2: 0.5, 1: 0.95}  # the vaguer the name, the more unique the values must be
    likely = [
        (f.id_likeness, f.share_distinct, -i, f.name)
        for i, f in enumerate(facts.values())
        if f.name not in taken and f.id_likeness and f.present and f.share_distinct >= needed[f.id_likeness]
    ]
    return max(likely)[3] if likely else None


def _guess(fact: Facts, wishes: _Wishes) -> tuple[Role, str | None]:
    """Return the role of a column and the code of the note it calls for; the first rule that knows wins."""
    name = fact.name
    if name == wishes.id_name:
        return Role(name, "id", "its name and its values say that it numbers the customers"), None
    if name in wishes.numeric:
        return Role(name, "feature", "the settings say that it is a quantity", given=True), None
    if name in wishes.categorical:
        return Role(name, "profile", "the settings say that it is a category", given=True, categorical=True), None
    excluded = _excluded(fact)
    if excluded:
        return Role(name, "ignored", excluded[1]), excluded[0]
    for rule in (_outcome, _demographic, _code, _category):
        role = rule(fact)
        if role is None:
            continue
        if rule is _demographic and wishes.demographics == "feature" and not fact.looks_like_dates:
            role = replace(role, role="feature", reason="demographics were asked for as features")
        return role, "integer-codes" if role.categorical else None
    kind = "a yes/no column" if fact.is_binary else "a number"
    return Role(name, "feature", f"it is {kind} that says what the customer is or does"), None


def _excluded(fact: Facts) -> tuple[str, str] | None:
    column = fact.column
    if fact.present == 0:
        return "all-missing-column", "it has no value in any row"
    if fact.is_constant and len(column) > 1:
        return "constant-column", "it holds the same value in every row that has one"
    if fact.personal:
        return "personal-column", f"it holds personal data ({fact.personal})"
    if fact.id_likeness and fact.share_distinct >= 0.95 and fact.present > 1:
        return "second-id-column", "it is named like an identifier and its values do not repeat"
    if fact.is_counter:
        return "counter-column", "its values are consecutive numbers, each once: they count the rows"
    if column.kind == "text" and not fact.looks_like_dates and fact.present >= 5:
        if fact.share_distinct >= UNIQUE_SHARE:
            return "nearly-unique-column", "its texts are different in nearly every row"
        if fact.share_distinct >= 0.5 and fact.distinct > MANY_CATEGORIES:
            return "nearly-unique-column", f"it has {fact.distinct:,} different texts, too many to describe segments"
    return None


def _outcome(fact: Facts) -> Role | None:
    words = fact.words
    alone = len(words) == 1 and words[0] in OUTCOME_ALONE
    named = (
        alone
        or says(words, OUTCOME)
        or ("accepted" in words and says(words, CAMPAIGN))
        or {"default", "next"} <= set(words)
    )
    if named and fact.is_binary and fact.column.kind != "date":
        return Role(fact.name, "outcome", "it is a yes/no column named like a result: segments are compared on it")
    if says(words, COMPLAINT) and fact.is_binary:
        return Role(fact.name, "profile", "a complaint describes a segment and does not define it")
    return None


def _demographic(fact: Facts) -> Role | None:
    words, column = fact.words, fact.column
    if column.kind == "date" or fact.looks_like_dates:
        return Role(fact.name, "profile", "a date describes a segment and does not define it")
    if says(words, AGE):
        return None
    number = column.kind == "number"
    nominal = says(words, DEMOGRAPHIC_CATEGORY) or {"relationship", "status"} <= set(words)
    if nominal and (not number or fact.few_integers or column.is_boolean):
        coded = number and fact.few_integers and not fact.is_zero_one
        return Role(fact.name, "profile", "demographics describe segments unless asked for", categorical=coded)
    if says(words, DEMOGRAPHIC_NUMBER):
        return Role(fact.name, "profile", "demographics describe segments unless asked for")
    return None


def _code(fact: Facts) -> Role | None:
    """Whole numbers with few values and a name that speaks of kinds: categories, until the settings say otherwise."""
    labels = fact.named_like_code or (fact.numbered_label and not fact.in_series)
    if not fact.few_integers or fact.is_zero_one or not labels:
        return None
    reason = f"its {fact.distinct} different whole numbers look like the codes of categories"
    return Role(fact.name, "profile", reason, categorical=True)


def _category(fact: Facts) -> Role | None:
    if fact.column.kind == "text":
        return Role(fact.name, "profile", "it is a category: it describes segments unless it is given as a feature")
    return None


def _notes(role: Role, code: str | None, fact: Facts) -> list[Note]:
    if code == "integer-codes":
        text = (
            f"'{role.column}' holds {fact.distinct} different whole numbers and is named like a code, so it is used "
            f"as a category ({role.role}). If it is a quantity, name it in roles.numeric."
        )
        return [Note(code, "warning", text, role.column)]
    if code is None:
        return []
    return [Note(code, "warning", f"'{role.column}' {EXCLUDED_NOTES[code]}: {role.reason}.", role.column)]
