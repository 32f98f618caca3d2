"""The stated policy for lines of purchases, rule by rule, with a reason for every line that goes.

Receives a `Sieve` over a table of lines; each rule drops lines from it, counts and notes.

The policy: lines without a customer or date are dropped. A line is a *return* when its quantity or amount
is negative; returns reduce what a customer spent and are no purchases. Lines of cancelled orders are
returns when negative and dropped otherwise. Lines whose price is not positive are dropped. Exact repeats
are dropped where an order and a product column identify a line: without them two equal lines may well be
two purchases. Service lines (postage, fees) count as money and not as products. Without an as-of date, the few
lines that are dated in the future are dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np

from clientage.config import Settings, TransactionSettings
from clientage.data.dates import as_dates, first_future_day
from clientage.data.quality import Note
from clientage.data.roles import RoleName, Roles
from clientage.data.table import PART, Column, Table
from clientage.data.text_list import numbered
from clientage.errors import ColumnError, DataError, SettingsError, counted
from clientage.features.duplicates import repeats
from clientage.features.money import Amounts, minor_units, times

MONEY_ROLES: tuple[RoleName, ...] = ("quantity", "price", "amount")
MICROSECONDS = 86_400_000_000  # in a day
MOST_FUTURE = 0.05  # share of lines dated in the future up to which they are slips
MOST_CANCELLED = 0.5  # a prefix that most orders have marks no cancellations


@dataclass(slots=True)
class Sieve:
    """Lines still kept, and why the others are not.

    Parameters
    ----------
    table : Table
        One row per line.
    roles : Roles
        Of kind ``"transactions"``.
    settings : Settings
        `transactions` is the policy.
    keep : ndarray of shape (n_rows,)
        bool; narrowed rule by rule.
    rejected, counts : dict of str to int
        Lines dropped by reason; named counts over the whole file, whatever else dropped a line.
    notes : list of Note
        What was done and doubted.
    """

    table: Table
    roles: Roles
    settings: Settings
    keep: np.ndarray
    rejected: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    @property
    def policy(self) -> TransactionSettings:
        """The settings for lines."""
        return self.settings.transactions

    def column(self, role: RoleName) -> Column | None:
        """Return the column of a role, or None where the lines have none."""
        name = self.roles.only(role)
        return None if name is None else self.table.column(name)

    def needed(self, role: RoleName) -> Column:
        """Return the column of a role that lines cannot do without.

        Raises
        ------
        ColumnError
            When there is none.
        """
        column = self.column(role)
        if column is None:
            raise ColumnError(f"a {role} column among the lines", "none", f"Name it in the setting roles.{role}.")
        return column

    def drop(self, lines: np.ndarray, reason: str) -> int:
        """Drop lines (boolean) and return how many of them were still there."""
        gone = self.keep & lines
        count = int(np.count_nonzero(gone))
        if count:
            self.rejected[reason] = self.rejected.get(reason, 0) + count
            self.keep &= ~lines
        return count

    def note(self, code: str, severity: Literal["repair", "warning"], text: str, count: int) -> None:
        """Note something that concerns `count` lines, unless there are none; `text` begins with "line|lines verb"."""
        if count:
            one, many, rest = text.split("|")
            self.notes.append(Note(code, severity, f"{counted(count, one, many)} {rest}.", None, count))


def drop_nobody(sieve: Sieve) -> Column:
    """Drop the lines that have no customer; return the customer column."""
    who = sieve.needed("customer")
    sieve.counts["lines"] = sieve.table.n_rows
    sieve.counts["lines_without_customer"] = sieve.drop(who.missing, "no customer")
    sieve.note("no-customer", "repair", "line was|lines were|left out: no customer", who.n_missing)
    return who


def read_days(sieve: Sieve) -> np.ndarray:
    """Return int32 days since 1970 and drop the lines that have none."""
    read = sieve.settings.read
    column, notes = as_dates(
        sieve.needed("date"),
        sieve.table.source.name,
        read.date_format,
        time_zone=read.time_zone,
        lines=sieve.table.lines,
    )
    sieve.notes.extend(notes)
    missing = column.missing
    count = sieve.drop(missing, "no date")
    sieve.note("no-date", "repair", "line was|lines were|left out: no usable date", count)
    moments, day = column.values, np.empty(len(column), dtype=np.int32)
    for low in range(0, len(day), PART):
        part = moments[low : low + PART].astype("datetime64[us]").view(np.int64)
        day[low : low + PART] = part // MICROSECONDS
    return day


def cut_at_as_of(sieve: Sieve, day: np.ndarray) -> int:
    """Return the as-of day, and drop the lines after it."""
    if not sieve.keep.any():
        return 0
    if sieve.policy.as_of is None:
        drop_future(sieve, day)
    first, last = int(day[sieve.keep].min()), int(day[sieve.keep].max())
    if sieve.policy.as_of is None:
        least = last + 1 if sieve.policy.as_of_least is None else _parse_day(sieve.policy.as_of_least)
        as_of = max(last + 1, least)
        why = "the day after the last line" if as_of == last + 1 else "the as-of date of the study"
        text = f"Recency is measured from {_iso(as_of)}, {why}."
        sieve.notes.append(Note("as-of", "info", text))
    else:
        as_of = _parse_day(sieve.policy.as_of)
        if as_of < first:
            raise DataError(
                f"transactions.as_of on or after the first line, {_iso(first)}",
                sieve.policy.as_of,
                "Choose a later date.",
            )
        count = sieve.drop(day > as_of, "after the as-of date")
        sieve.counts["lines_after_as_of"] = count
        sieve.note("after-as-of", "repair", f"line was|lines were|left out: later than {_iso(as_of)}", count)
    return as_of


def drop_future(sieve: Sieve, day: np.ndarray) -> None:
    """Drop the few lines dated in the future: one slip of the pen would move the as-of date, and so every recency.

    Many are no slips: they are kept, and the as-of date follows them. With an as-of date given, the clock is not asked.
    """
    future = sieve.keep & (day >= first_future_day().astype(np.int64))
    count, lines = int(np.count_nonzero(future)), int(np.count_nonzero(sieve.keep))
    if count == 0:
        return
    if count <= max(1.0, MOST_FUTURE * lines) and count < lines:
        sieve.counts["lines_in_future"] = sieve.drop(future, "dated in the future")
        sieve.note("future-lines", "warning", "line was|lines were|left out: dated in the future", count)
    else:
        rest = (
            "dated in the future, too many for slips: kept, and the as-of date follows unless transactions.as_of is set"
        )
        sieve.note("future-lines-kept", "warning", f"line is|lines are|{rest}", count)


def _parse_day(text: str) -> int:
    try:
        return (date.fromisoformat(text) - date(1970, 1, 1)).days
    except ValueError:
        raise SettingsError("transactions.as_of as a date like 2026-01-31", f"'{text}'", "Correct the date.") from None


def _iso(day: int) -> str:
    return str(np.datetime64(day, "D"))


def drop_repeats(sieve: Sieve) -> None:
    """Count the lines that repeat another in every column; drop them where the policy says so."""
    table, policy = sieve.table, sieve.policy
    again = np.zeros(table.n_rows, dtype=bool)
    again[repeats(list(table), table.n_rows)[0]] = True
    sieve.counts["duplicate_lines"] = int(np.count_nonzero(again))
    identified = sieve.column("order") is not None and sieve.column("product") is not None
    if policy.duplicates == "drop" or (policy.duplicates == "auto" and identified):
        count = sieve.drop(again, "repeats another line")
        sieve.note("duplicate-lines", "repair", "line was|lines were|left out: repeated in every column", count)
    else:
        count = int(np.count_nonzero(again & sieve.keep))
        why = "" if identified else " (no order and product say that they are the same purchase)"
        sieve.note("duplicate-lines", "warning", f"line repeats|lines repeat|another in every column; kept{why}", count)


def read_amounts(sieve: Sieve) -> tuple[Amounts | None, Amounts | None]:
    """Return money and pieces of every line; drop lines without money or with a price that is not positive."""
    quantity, price, amount = (_numbers(sieve, role) for role in MONEY_ROLES)
    pieces = None if quantity is None else minor_units(quantity.values)
    if quantity is not None:
        sieve.counts["negative_quantity"] = int(np.count_nonzero(quantity.values < 0))
    if price is not None:
        cheap = price.values <= 0
        sieve.counts["price_not_positive"] = int(np.count_nonzero(cheap))
        count = sieve.drop(cheap, "price not positive")
        sieve.note("zero-price", "warning", "line was|lines were|left out: a price of zero or less", count)
    if amount is not None:
        count = sieve.drop(amount.missing, "no amount")
        sieve.note("no-amount", "repair", "line was|lines were|left out: no amount", count)
        money = minor_units(amount.values)
        zero = int(np.count_nonzero((money.values == 0) & sieve.keep))
        sieve.counts["zero_amount_lines"] = zero
        sieve.note("zero-amount", "warning", "line has|lines have|an amount of zero, used as a purchase", zero)
        return money, pieces
    if price is None:
        return None, pieces
    count = sieve.drop(price.missing, "no price")
    sieve.note("no-price", "repair", "line was|lines were|left out: no price", count)
    if quantity is None or pieces is None:
        return minor_units(price.values), None
    count = sieve.drop(quantity.missing | (quantity.values == 0), "no quantity")
    sieve.note("no-quantity", "repair", "line was|lines were|left out: no quantity", count)
    return times(minor_units(price.values), pieces), pieces


def _numbers(sieve: Sieve, role: RoleName) -> Column | None:
    column = sieve.column(role)
    if column is not None and column.kind != "number":
        raise ColumnError(
            f"numbers in the {role} column '{column.name}'", f"{column.kind} values", "Correct the column or its role."
        )
    return column


def find_returns(sieve: Sieve, amount: Amounts | None, quantity: Amounts | None) -> np.ndarray:
    """Return which lines take something back (boolean); drop them where that is the policy.

    The money of a returned line is made negative in place, whichever sign the file gave it.
    """
    policy = sieve.policy
    returned = np.zeros(sieve.table.n_rows, dtype=bool)
    if quantity is not None:
        returned |= quantity.values < 0
    if amount is not None:
        returned |= amount.values < 0
        np.negative(np.abs(amount.values), out=amount.values, where=returned)
    cancelled = _cancelled(sieve)
    sieve.counts["cancelled_lines"] = int(np.count_nonzero(cancelled))
    count = sieve.drop(cancelled & ~returned, "order cancelled")
    sieve.note("cancelled-lines", "repair", "line was|lines were|left out: order cancelled", count)
    if policy.returns == "drop":
        count = sieve.drop(returned, "returned")
        sieve.note("returns", "repair", "returned line was|returned lines were|left out", count)
        return returned
    count = int(np.count_nonzero(returned & sieve.keep))
    sieve.counts["return_lines_netted"] = count
    sieve.note(
        "returns",
        "repair",
        "returned line|returned lines|taken off what the customers spent",
        count,
    )
    return returned


def _cancelled(sieve: Sieve) -> np.ndarray:
    prefix, column, n = sieve.policy.cancelled_prefix, sieve.column("order"), sieve.table.n_rows
    if column is None or not prefix or column.kind != "text":
        return np.zeros(n, dtype=bool)
    # The prefix and a digit: "C536379" is cancelled, an order called "CARD-1" is not.
    cancelled: np.ndarray = np.append(numbered(column.categories, prefix), False)[column.values]
    share = np.count_nonzero(cancelled) / max(1, n)
    if share > MOST_CANCELLED:
        text = f"{share:.0%} of the lines have an order that starts with '{prefix}', so that it marks no cancellation."
        sieve.notes.append(Note("cancelled-prefix", "warning", text, column.name))
        return np.zeros(n, dtype=bool)
    return cancelled


def drop_only_returned(sieve: Sieve, customer: np.ndarray, returned: np.ndarray) -> None:
    """Drop the customers who brought things back and bought none, unless the policy keeps them.

    Parameters
    ----------
    sieve : Sieve
        Narrowed.
    customer : ndarray of shape (n_rows,)
        A code for every line's customer, −1 where there is none.
    returned : ndarray of shape (n_rows,)
        bool.
    """
    size = int(customer.max(initial=-1)) + 1
    sieve.counts["customers_with_id"] = int(np.count_nonzero(_present(customer[customer >= 0], size)))
    some = _present(customer[sieve.keep], size)
    only = some & ~_present(customer[sieve.keep & ~returned], size)
    count = int(np.count_nonzero(only))
    sieve.counts["customers_only_returns"] = count
    if not count:
        return
    if sieve.policy.only_returns == "drop":
        sieve.drop(np.append(only, False)[customer], "customer bought nothing")
        sieve.note("only-returns", "repair", "customer was|customers were|left out: nothing but returns", count)
    else:
        sieve.note("only-returns", "warning", "customer has|customers have|nothing but returns; kept", count)


def _present(codes: np.ndarray, size: int) -> np.ndarray:
    out = np.zeros(size, dtype=bool)
    out[codes] = True
    return out
