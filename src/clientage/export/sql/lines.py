"""A raw table of purchase lines becomes features of customers, under the study's policy for lines.

Receives a saved model and a table; returns the stages up to ``counted``, one row for each customer who bought. The
rules are those of `features/sieve.py`, in its order, and the figures those of `features/behaviour.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from clientage.config import TransactionSettings
from clientage.data.roles import RoleName
from clientage.errors import ModelError, listed
from clientage.export.raw_columns import LARGEST
from clientage.export.sql.cells import is_missing_text, listed_texts, number_cell
from clientage.export.sql.dialects import Dialect
from clientage.export.sql.encoding import ROUNDER, feature_columns
from clientage.export.sql.stages import TABLE, Stage
from clientage.features.steps import NumberStep, Step
from clientage.runs.model import SavedModel

MOST_CANCELLED = "0.5"  # a prefix that more orders have marks no cancellations
MILLIONTH = 1e6  # sums of money are rounded to one millionth, which takes the noise of floating addition off
LEAST_UNIT = 1.0  # but not where the study's unit of money is smaller than this

NUMBERS: tuple[RoleName, ...] = ("quantity", "price", "amount", "discount")
CODES: tuple[RoleName, ...] = ("order", "product")
JUDGED: tuple[RoleName, ...] = ("customer", "date", *NUMBERS, *CODES)
BOUGHT = "CASE WHEN returned = 0 THEN {0} END"


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure of a customer, from sums over the lines that count; missing where it would be divided by nothing."""

    above: str
    below: str = ""
    percent: bool = False

    @property
    def words(self) -> set[str]:
        """Names of the sums it is made of."""
        return set(re.findall("[a-z_]+", f"{self.above} {self.below}"))


FIGURES: Mapping[str, _Figure] = {
    "recency": _Figure("as_of - last_day"),
    "frequency": _Figure("visits"),
    "monetary": _Figure("net"),
    "tenure": _Figure("as_of - first_day"),
    "interpurchase": _Figure("last_day - first_day", "visits - 1"),
    "basket_value": _Figure("gross", "visits"),
    "items_per_order": _Figure("pieces", "visits"),
    "breadth": _Figure("products"),
    "return_rate": _Figure("given_back", "gross", percent=True),
    "weekend_share": _Figure("weekend_visits", "visits", percent=True),
    "discount_share": _Figure("cheaper", "bought", percent=True),
}


@dataclass(frozen=True, slots=True)
class _Lines:
    """The columns of the lines by their roles, and the policy."""

    dialect: Dialect
    model: SavedModel

    @property
    def policy(self) -> TransactionSettings:
        return self.model.settings.transactions

    def column(self, role: RoleName) -> str | None:
        """Return a role's column, quoted."""
        name = self.model.roles[0].only(role)
        return None if name is None else self.dialect.name_of(name)

    def has(self, role: RoleName) -> bool:
        """Whether the lines have the role."""
        return self.model.roles[0].only(role) is not None

    @property
    def fixed_day(self) -> str | None:
        """The study's as-of date, ISO."""
        given = self.policy.as_of or self.model.as_of
        return None if given is None else date.fromisoformat(given).isoformat()  # settings take 20260131 as well

    @property
    def drops_repeats(self) -> bool:
        """Whether a line that equals another counts once."""
        identified = self.has("order") and self.has("product")
        return self.policy.duplicates == "drop" or (self.policy.duplicates == "auto" and identified)


def line_stages(dialect: Dialect, model: SavedModel) -> list[Stage]:
    """Return the stages from the lines to ``counted``.

    Parameters
    ----------
    dialect : Dialect
        Of the database.
    model : SavedModel
        Made from lines of purchases.

    Raises
    ------
    ModelError
        When a feature of the study cannot be expressed; it is named.
    """
    features = [_checked(step) for step in model.recipe.features]
    lines = _Lines(dialect, model)
    names = feature_columns(model.recipe)
    stages = [
        Stage("cells", _cells(lines), TABLE, "One row a line: numbers, tidy texts and days since 1970.", once=True),
        _bounds(lines),
        _kept(lines),
        _sums(lines, features),
        Stage(
            "counted",
            {"id": "", **{n: _figure(dialect, s.name) for n, s in zip(names, features, strict=True)}},
            "sums CROSS JOIN bounds",
            "The features of every customer.",
        ),
    ]
    fixed = lines.fixed_day
    if fixed is None:
        return stages
    comment = "The as-of date that recency is measured from. Edit it here."
    return [Stage("study", {"study_day": dialect.literal_day.format(fixed)}, "", comment), *stages]


def _checked(step: Step) -> NumberStep:
    if isinstance(step, NumberStep) and step.name in FIGURES:
        return step
    raise ModelError(
        f"features that SQL can make of lines: {listed(list(FIGURES), 20)}",
        f"'{step.name}'",
        "Score with `clientage predict`, or run the study with --features out of these.",
    )


def _cells(lines: _Lines) -> dict[str, str]:
    """Return every column a line is judged by; where repeats are dropped, all columns the study had."""
    dialect = lines.dialect
    who, when = lines.column("customer"), lines.column("date")
    assert who is not None  # the roles of lines always have both
    assert when is not None
    cells = {"id": who, "who": dialect.as_text(who), "moment": when, "day": dialect.as_day(when)}
    for role in NUMBERS:
        name = lines.model.roles[0].only(role)
        if name is not None:
            cells[role] = number_cell(dialect, name)
    for role in CODES:
        column = lines.column(role)
        if column is not None:
            cells[f"{role}_code"] = dialect.as_text(column)
    if lines.drops_repeats:
        roles = lines.model.roles[0]
        used = {roles.only(role) for role in JUDGED}
        rest = [item.column for item in roles.items if item.column not in used]
        cells |= {f"other{i}": dialect.as_text(dialect.name_of(name)) for i, name in enumerate(rest, 1)}
    return cells


def _there(lines: _Lines, cell: str) -> str:
    """Return whether a text says something."""
    return f"NOT {is_missing_text(lines.dialect, cell, lines.model.settings.read.null_values)}"


def _cancelled(lines: _Lines) -> str:
    """Return whether a line's order is marked as cancelled: the prefix, and a digit behind it; "": none can be."""
    prefix = lines.policy.cancelled_prefix
    if not (lines.has("order") and prefix):
        return ""
    size = len(prefix)
    digit = listed_texts(lines.dialect, "0123456789")
    starts = f"SUBSTR(order_code, 1, {size}) = {lines.dialect.text_of(prefix)}"
    return f"{starts} AND SUBSTR(order_code, {size + 1}, 1) IN ({digit})"


def _bounds(lines: _Lines) -> Stage:
    """Return the stage with what is known of all lines together: the as-of day and the share that is cancelled."""
    dialect = lines.dialect
    one, zero = dialect.float_of(1.0), dialect.float_of(0.0)
    next_day = f"MAX(CASE WHEN {_there(lines, 'who')} THEN day END) + 1"
    bounds, source, comment = {"as_of": next_day}, "cells", "The as-of date is the day after the last line."
    if lines.fixed_day is not None:
        source = "cells CROSS JOIN study"
        later = f"{dialect.greatest}(MAX(study_day), {next_day})"
        bounds = {"as_of": "MAX(study_day)" if lines.policy.as_of else later}
        comment = "The as-of date" + (";" if lines.policy.as_of else ", or the day after the last line where later;")
    if _cancelled(lines):
        bounds["cancelled_share"] = f"AVG(CASE WHEN {_cancelled(lines)} THEN {one} ELSE {zero} END)"
        comment += " a prefix that most orders have marks no cancellation."
    return Stage("bounds", bounds, source, comment, once=True)


def _kept(lines: _Lines) -> Stage:
    """Return the stage of the lines that count, each with its money, and whether it takes something back."""
    policy, most = lines.policy, lines.dialect.float_of(LARGEST)
    rules = [_there(lines, "who"), "day IS NOT NULL"]
    if policy.as_of is not None:
        rules.append("day <= as_of")
    if lines.has("price"):
        rules.append("(price > 0 OR price IS NULL)")
    money = [c for c in ("price", "quantity") if lines.has(c)]
    rules += [f"ABS({c}) < {most}" for c in (["amount"] if lines.has("amount") else money if "price" in money else [])]
    if not lines.has("amount") and len(money) == 2:
        rules.append("quantity <> 0")
    returned = _returned(lines)
    if _cancelled(lines):
        cancelled = f"CASE WHEN {_cancelled(lines)} THEN 1 ELSE 0 END = 1"  # never NULL: a line may have no order
        rules.append(f"NOT (cancelled_share <= {MOST_CANCELLED} AND {cancelled} AND {returned} = 0)")
    if policy.returns == "drop":
        rules.append(f"{returned} = 0")
    columns = {**dict.fromkeys(_cells(lines), ""), "returned": returned}
    if _money(lines):
        columns["money"] = f"CASE WHEN {returned} = 1 THEN -ABS({_money(lines)}) ELSE {_money(lines)} END"
    return Stage(
        "kept",
        columns,
        "cells CROSS JOIN bounds",
        "Lines that count" + (", each of equal ones once." if lines.drops_repeats else "."),
        "WHERE " + "\n  AND ".join(rules),
        once=True,
        distinct=lines.drops_repeats,
    )


def _money(lines: _Lines) -> str:
    if lines.has("amount"):
        return "amount"
    if not lines.has("price"):
        return ""
    return "price * quantity" if lines.has("quantity") else "price"


def _returned(lines: _Lines) -> str:
    below = [f"{c} < 0" for c in ("quantity", "amount") if lines.has(c)]
    if _money(lines) == "price":
        below.append("price < 0")
    return f"CASE WHEN {' OR '.join(below)} THEN 1 ELSE 0 END" if below else "0"


def _sums(lines: _Lines, features: Sequence[NumberStep]) -> Stage:
    """Return the stage with one row for each customer, and what the features are made of."""
    names = {s.name for s in features}
    wanted = {word for name in names for word in FIGURES[name].words}
    known = _known_sums(lines, exact=all(s.unit >= LEAST_UNIT for s in features if s.name == "monetary"))
    missing = [name for name in names if FIGURES[name].words - {"as_of", *known}]
    if missing:
        raise ModelError(
            f"columns among the lines that '{missing[0]}' is made of", "none", "Run the study with other features."
        )
    keeps = lines.policy.only_returns == "keep"
    sums = {"id": lines.dialect.any_value.format("id")} | {n: text for n, text in known.items() if n in wanted}
    rest = "GROUP BY who" if keeps else "GROUP BY who\nHAVING MIN(returned) = 0"
    return Stage("sums", sums, "kept", "Customers" + ("." if keeps else " who bought something."), rest, once=True)


def _known_sums(lines: _Lines, *, exact: bool) -> dict[str, str]:
    """Return all that lines of one customer can be summed up to."""
    dialect = lines.dialect
    double = f"CAST({{0}} AS {dialect.double})"
    bought, day = BOUGHT.format("1"), BOUGHT.format("day")
    weekend = BOUGHT.format("CASE WHEN MOD(day + 3, 7) >= 5 THEN day END")
    keeps = lines.policy.only_returns == "keep"
    sums = {
        "visits": double.format(f"COUNT(DISTINCT {day})"),
        "last_day": f"COALESCE(MAX({day}), MAX(day))" if keeps else f"MAX({day})",
        "first_day": f"COALESCE(MIN({day}), MIN(day))" if keeps else f"MIN({day})",
        "weekend_visits": double.format(f"COUNT(DISTINCT {weekend})"),
        "bought": double.format(f"COUNT({bought})"),
    }
    if _money(lines):
        sums["net"] = _rounded(dialect, "SUM(money)", exact)
        sums["gross"] = _rounded(dialect, f"SUM({BOUGHT.format('money')})", exact)
        sums["given_back"] = _rounded(dialect, "SUM(CASE WHEN returned = 1 THEN -money ELSE 0 END)", exact)
    goods = f"CASE WHEN returned = 0{_is_product(lines)} THEN {{0}} END"
    if lines.has("quantity"):
        sums["pieces"] = f"COALESCE(SUM({goods.format('quantity')}), 0)"
    if lines.has("product"):
        sums["products"] = double.format(f"COUNT(DISTINCT {goods.format('product_code')})")
    if lines.has("discount"):
        sums["cheaper"] = double.format("COUNT(CASE WHEN returned = 0 AND discount <> 0 THEN 1 END)")
    return sums


def _is_product(lines: _Lines) -> str:
    """Return the rest of a condition: the line is of a product and of no service."""
    if not lines.has("product"):
        return ""
    services = sorted(s.casefold() for s in lines.policy.not_products)
    named = f" AND LOWER(product_code) NOT IN ({listed_texts(lines.dialect, services)})" if services else ""
    return f" AND {_there(lines, 'product_code')}{named}"


def _rounded(dialect: Dialect, amount: str, exact: bool) -> str:
    """Return a sum of money rounded to a millionth, so that cents add up to what they add up to in whole cents."""
    if not exact:
        return amount
    millionth, rounder = dialect.float_of(MILLIONTH), dialect.float_of(ROUNDER)
    return f"(({amount} * {millionth} + {rounder}) - {rounder}) / {millionth}"


def _figure(dialect: Dialect, name: str) -> str:
    figure = FIGURES[name]
    above = f"CAST({figure.above} AS {dialect.double})"
    if not figure.below:
        return above
    ratio = f"{above} / ({figure.below})"
    scaled = f"{dialect.float_of(100.0)} * ({ratio})" if figure.percent else ratio
    return f"CASE WHEN {figure.below} > 0 THEN {scaled} END"
