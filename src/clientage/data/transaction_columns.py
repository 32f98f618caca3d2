"""Which columns of invoice lines say who, when, in which order, what, how many and for how much.

Receives a `Table` whose rows are lines of purchases; returns `Roles` of kind ``"transactions"``.
An *amount* is the total of a line and is not multiplied; a *price* is per piece and is.
"""

from __future__ import annotations

from collections.abc import Callable

from clientage.config import RoleSettings, control_of
from clientage.data.facts import Facts
from clientage.data.headers import (
    AMOUNT,
    CUSTOMER,
    DATE,
    DISCOUNT,
    ID,
    INCLUDED,
    ORDER,
    PER_CUSTOMER,
    PIECE,
    PRICE,
    PRODUCT,
    QUANTITY,
    SURCHARGE,
    TEXT,
    WHOLE,
    says,
)
from clientage.data.quality import Note
from clientage.data.roles import Role, RoleName, Roles
from clientage.data.table import Table
from clientage.errors import ColumnError, listed

REASONS: dict[RoleName, str] = {
    "customer": "its name says who bought and its values come back",
    "date": "its name and its values say when",
    "order": "its name says which order a line belongs to",
    "quantity": "its name says how many pieces",
    "price": "its name says the price of a piece",
    "amount": "its name says the total of a line",
    "product": "its name says what was bought",
    "discount": "its name says what was taken off",
}
# What `features/behaviour.py` makes of lines; settings may name these where a table has no such column.
DERIVED = (
    "recency",
    "frequency",
    "monetary",
    "tenure",
    "interpurchase",
    "interpurchase_cv",
    "basket_value",
    "items_per_order",
    "breadth",
    "return_rate",
    "weekend_share",
    "discount_share",
    "rfm_score",
    "rfm_segment",
)
PARTS = tuple(REASONS)
MOST_PROFILE_CATEGORIES = 300  # of a text column that describes the customer, such as the country


def find_transaction_columns(table: Table, facts: dict[str, Facts], settings: RoleSettings) -> dict[RoleName, str]:
    """Return the column of every part of a purchase line that was found or given.

    Parameters
    ----------
    table : Table
        The lines.
    facts : dict of str to Facts
        By column name.
    settings : RoleSettings
        Columns that are given win; each column gets one part.

    Raises
    ------
    ColumnError
        When a setting names a column that is not there.
    """
    found: dict[RoleName, str] = {}
    for part in PARTS:
        name = getattr(settings, part) or (settings.id if part == "customer" else None)
        if name:
            found[part] = table.column(name).name
    other = (*settings.ignore, *_described_by(settings), *settings.outcome)
    taken = set(found.values()) | {n for n in other if table.has(n)}
    for part, score in _SCORES.items():
        if part in found:
            continue
        scored = [(score(f), -i, f.name) for i, f in enumerate(facts.values()) if f.name not in taken]
        best = max(scored, default=(0, 0, ""))
        if best[0] > 0:
            found[part] = best[2]
            taken.add(best[2])
    guessed = settings.price is None and not {"amount", "quantity"} & set(found)
    if guessed and "price" in found and not says(facts[found["price"]].words, PIECE):
        found["amount"] = found.pop("price")  # nothing says that a line is of several pieces
    return found


def transaction_roles(table: Table, facts: dict[str, Facts], settings: RoleSettings) -> Roles:
    """Return the role of every column of purchase lines.

    Raises
    ------
    ColumnError
        When there is no customer or no date column, naming the setting that points to one.
    """
    found = find_transaction_columns(table, facts, settings)
    for part, what in (("customer", "says who bought"), ("date", "says when")):
        if part not in found:
            raise ColumnError(
                f"a column of {table.source.name} that {what}",
                f"columns {listed(table.names)}",
                f"Name it in the setting roles.{part}.",
            )
    parts = {name: part for part, name in found.items()}
    items = tuple(_role(fact, parts.get(fact.name), settings, table) for fact in facts.values())
    return Roles("transactions", items, _notes(items, facts))


def _role(fact: Facts, part: RoleName | None, settings: RoleSettings, table: Table) -> Role:
    name = fact.name
    if part is not None:
        given: str | None = getattr(settings, part) or (settings.id if part == "customer" else None)
        says_so = given is not None and table.column(given).name == name
        return Role(name, part, "the settings say so" if says_so else REASONS[part], given=says_so)
    groups: tuple[tuple[RoleName, tuple[str, ...]], ...] = (
        ("ignored", settings.ignore),
        ("profile", _described_by(settings)),
        ("outcome", settings.outcome),
    )
    for role, names in groups:
        if name in names:
            return Role(name, role, "the settings say so", given=True)
    if fact.present and fact.personal:
        return Role(name, "ignored", f"it holds personal data ({fact.personal})")
    few = fact.column.kind == "text" and 1 < fact.distinct <= MOST_PROFILE_CATEGORIES
    if few and not says(fact.words, TEXT | PRODUCT | ORDER) and not fact.looks_like_dates:
        return Role(name, "profile", "it is a category with few values: the most frequent describes the customer")
    return Role(name, "ignored", "no figure of a customer is made of it")


def _described_by(settings: RoleSettings) -> tuple[str, ...]:
    """Columns that the settings say describe the customer, the one that tells the control group among them."""
    return settings.profile if settings.control is None else (*settings.profile, control_of(settings.control)[0])


def _notes(items: tuple[Role, ...], facts: dict[str, Facts]) -> tuple[Note, ...]:
    return tuple(
        Note("personal-column", "warning", f"'{i.column}' was left out: {i.reason}.", i.column)
        for i in items
        if i.role == "ignored" and not i.given and facts[i.column].present and facts[i.column].personal
    )


def _customer(fact: Facts) -> int:
    """4 for a customer number; a bare "id" only where its values come back."""
    if fact.id_likeness >= 4 or (fact.id_likeness == 2 and fact.present):
        return fact.id_likeness
    repeats = fact.id_likeness == 3 and fact.share_distinct <= 0.9
    return 1 if repeats else 0


def _date(fact: Facts) -> int:
    if says(fact.words, PER_CUSTOMER):
        return 0
    named = says(fact.words, DATE)
    if fact.column.kind == "date" or (fact.column.kind == "text" and fact.looks_like_dates):
        return 3 if named else 2
    number = fact.column.kind == "number" and fact.column.is_integer  # 19970101, a serial day or an epoch
    return 1 if named and number and "number" not in fact.words and fact.distinct > 1 else 0


def _order(fact: Facts) -> int:
    if not says(fact.words, ORDER) or says(fact.words, DATE | AMOUNT | QUANTITY | PRICE | DISCOUNT | TEXT):
        return 0
    if says(fact.words, frozenset({"type", "status", "channel", "of"})):
        return 0
    usable = fact.column.kind == "text" or fact.column.is_integer
    return (2 if says(fact.words, ID) else 1) if usable else 0


def _number(wanted: frozenset[str], without: frozenset[str]) -> Callable[[Facts], int]:
    def score(fact: Facts) -> int:
        if fact.column.kind != "number" or says(fact.words, PER_CUSTOMER | without) or fact.words[-1:] == ("id",):
            return 0
        return 2 if fact.words and fact.words[-1] in wanted else int(says(fact.words, wanted))

    return score


def _quantity(fact: Facts) -> int:
    counted = fact.words[:2] in {("number", "of"), ("no", "of"), ("num", "of")} and fact.column.kind == "number"
    return 2 if counted else _number(QUANTITY, PRICE | AMOUNT | DISCOUNT | ID)(fact)


def _beside_purchase(fact: Facts) -> bool:
    """Freight, tax, tips: money that comes on top, unless the name says that it is included."""
    return says(fact.words, SURCHARGE) and not says(fact.words, INCLUDED)


def _price(fact: Facts) -> int:
    return 0 if _beside_purchase(fact) else _number(PRICE, WHOLE | DISCOUNT)(fact)


def _amount(fact: Facts) -> int:
    if _beside_purchase(fact):
        return 0
    if fact.column.kind == "number" and says(fact.words, PRICE):
        return int(says(fact.words, WHOLE))
    return _number(AMOUNT, DISCOUNT | QUANTITY | ID)(fact)


def _product(fact: Facts) -> int:
    if not says(fact.words, PRODUCT) or says(fact.words, TEXT | PRICE | QUANTITY - PRODUCT | AMOUNT | CUSTOMER):
        return 0
    usable = fact.column.kind == "text" or fact.column.is_integer
    coded = says(fact.words, ID | frozenset({"code", "sku", "ean", "upc", "isbn", "asin"}))
    grouped = says(fact.words, frozenset({"category", "group", "type", "line", "department", "class"}))
    return 0 if not usable or grouped else 2 if coded else 1


_SCORES: dict[RoleName, Callable[[Facts], int]] = {
    "customer": _customer,
    "date": _date,
    "order": _order,
    "discount": _number(DISCOUNT, frozenset()),
    "amount": _amount,
    "price": _price,
    "quantity": _quantity,
    "product": _product,
}
