"""What lines of purchases say about their customers: recency, frequency, monetary value and habits.

Receives cleaned `Lines`; returns one column per figure with its title and unit. Orders of one day are
one purchase. A figure that a customer's purchases do not define is missing and never invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clientage.data.facts import sorted_distinct
from clientage.data.table import Column
from clientage.features.lines import Lines
from clientage.features.money import sum_by

WEEKEND = 5  # Saturday, with Monday as 0


@dataclass(frozen=True, slots=True)
class Figure:
    """What a derived column is called and measured in.

    Parameters
    ----------
    title : str
        Words for reports.
    unit : str
        ``"days"``, ``"%"`` …; "" for money, whose currency is not known.

    Examples
    --------
    >>> FIGURES["recency"].unit
    'days'
    """

    title: str
    unit: str


FIGURES: Mapping[str, Figure] = {
    "recency": Figure("days since the last purchase", "days"),
    "frequency": Figure("days with a purchase", "purchases"),
    "monetary": Figure("total spend net of returns", ""),
    "tenure": Figure("days since the first purchase", "days"),
    "interpurchase": Figure("mean days between purchases", "days"),
    "interpurchase_cv": Figure("irregularity of purchases (variation of the days between them)", ""),
    "basket_value": Figure("spend per purchase", ""),
    "items_per_order": Figure("pieces per purchase", "pieces"),
    "breadth": Figure("different products bought", "products"),
    "return_rate": Figure("share of spend returned", "%"),
    "weekend_share": Figure("share of purchases at weekends", "%"),
    "discount_share": Figure("share of lines bought at a discount", "%"),
}

# Segments are made of these unless others are asked for. The rest describes: tenure equals recency for
# everybody who bought once, basket value is monetary/frequency again, weekend, return and discount shares
# of one purchase can only be 0 or 100 % and would make groups of their own, intervals need two purchases,
# and breadth mostly repeats how much was bought (rank correlation with monetary .7 where it was looked at).
DEFAULT_FEATURES = ("recency", "frequency", "monetary")


@dataclass(frozen=True, slots=True)
class _Visits:
    """Distinct purchase days of every customer, sorted by customer and day."""

    customer: np.ndarray
    day: np.ndarray
    count: np.ndarray
    first: np.ndarray
    last: np.ndarray


def measure_behaviour(lines: Lines) -> tuple[Column, ...]:
    """Return the figures of every customer that the lines allow.

    Parameters
    ----------
    lines : Lines
        Cleaned.

    Returns
    -------
    tuple of Column
        Number columns of length ``lines.n`` named as in `FIGURES`, in that order. Missing where undefined:
        intervals of customers who bought on one day, their variation below three days, rates without spend.
    """
    visits = _find_visits(lines)
    figures: dict[str, np.ndarray] = {
        "recency": (lines.as_of - visits.last).astype(np.float64),
        "frequency": visits.count.astype(np.float64),
        "tenure": (lines.as_of - visits.first).astype(np.float64),
    }
    figures |= _intervals(visits)
    figures |= _money(lines, visits)
    figures |= _things(lines, visits)
    figures["weekend_share"] = 100.0 * _ratio(
        np.bincount(visits.customer[(visits.day + 3) % 7 >= WEEKEND], minlength=lines.n), visits.count
    )
    return tuple(_column(name, figures[name]) for name in FIGURES if name in figures)


def _find_visits(lines: Lines) -> _Visits:
    bought = ~lines.returned
    n, base = lines.n, int(lines.day.min())
    span = int(lines.day.max()) - base + 1
    pairs = lines.customer[bought].astype(np.int64)
    pairs *= span
    pairs += lines.day[bought]
    pairs -= base
    pairs = sorted_distinct(pairs)
    customer, day = pairs // span, pairs % span + base
    count = np.bincount(customer, minlength=n)
    end = np.cumsum(count)
    first, last = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    some = count > 0
    first[some], last[some] = day[(end - count)[some]], day[end[some] - 1]
    if not some.all():  # only returns, kept by the settings: their days are all there is
        first[~some], last[~some] = np.iinfo(np.int64).max, np.iinfo(np.int64).min
        alone = ~some[lines.customer]
        np.minimum.at(first, lines.customer[alone], lines.day[alone])
        np.maximum.at(last, lines.customer[alone], lines.day[alone])
    return _Visits(customer, day, count, first, last)


def _intervals(visits: _Visits) -> dict[str, np.ndarray]:
    """Mean days between purchases, and their standard deviation as a share of that mean."""
    n = len(visits.count)
    same = visits.customer[1:] == visits.customer[:-1]
    gap, who = np.diff(visits.day)[same], visits.customer[1:][same]
    gaps = np.bincount(who, minlength=n)
    total = np.bincount(who, weights=gap, minlength=n)
    squares = np.bincount(who, weights=gap.astype(np.float64) ** 2, minlength=n)
    mean = _ratio(total, gaps)
    # Whole days: sums and products are exact, so no variance comes out below zero.
    variance = _ratio(gaps * squares - total * total, gaps * (gaps - 1))
    return {"interpurchase": mean, "interpurchase_cv": _ratio(np.sqrt(variance), mean)}


def _money(lines: Lines, visits: _Visits) -> dict[str, np.ndarray]:
    if lines.amount is None:
        return {}
    n, returned = lines.n, lines.returned
    net = lines.amount.total(lines.customer, n)
    gross = lines.amount.take(~returned).total(lines.customer[~returned], n)
    figures = {"monetary": net, "basket_value": _ratio(gross, visits.count)}
    if returned.any():
        back = lines.amount.take(returned).total(lines.customer[returned], n)
        figures["return_rate"] = 100.0 * _ratio(np.abs(back), gross)
    return figures


def _things(lines: Lines, visits: _Visits) -> dict[str, np.ndarray]:
    """Pieces, products and discounts, of purchases only."""
    n, bought = lines.n, ~lines.returned
    figures: dict[str, np.ndarray] = {}
    goods = bought if lines.product is None else bought & (lines.product >= 0)
    if lines.quantity is not None:
        pieces = lines.quantity.take(goods).total(lines.customer[goods], n)
        figures["items_per_order"] = _ratio(pieces, visits.count)
    if lines.product is not None:
        kinds = int(lines.product.max(initial=0)) + 1
        pairs = sorted_distinct(lines.customer[goods].astype(np.int64) * kinds + lines.product[goods])
        figures["breadth"] = np.bincount(pairs // kinds, minlength=n).astype(np.float64)
    if lines.discounted is not None:
        cheaper = sum_by(lines.customer[bought], lines.discounted[bought], n)
        figures["discount_share"] = 100.0 * _ratio(cheaper, np.bincount(lines.customer[bought], minlength=n))
    return figures


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return above/below, missing where there is nothing to divide by."""
    out = np.full(len(above), np.nan)
    np.divide(above, below, out=out, where=np.asarray(below) > 0)
    return out


def _column(name: str, values: np.ndarray) -> Column:
    there = values[np.isfinite(values)]
    return Column(name, "number", values, is_integer=bool(len(there)) and bool(np.all(there == np.rint(there))))
