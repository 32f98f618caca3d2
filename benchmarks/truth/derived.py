"""Customers without groups whose columns are made of one another or kept within bounds, as files have them.

Totals beside their parts, ratios, shares, caps, codes of the calendar, prices: nobody planted a group here, and no
column is a plain variable either. Makers are as in `continua.py`.
"""

from __future__ import annotations

import numpy as np
from continua import Maker, one_factor


def _unequal_shares(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Shares of categories of unequal weight, from nearly nothing to half of all."""
    return rng.dirichlet(rng.uniform(0.3, 4.0, size=max(3, p)), size=n)


def _logistic_shares(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Logistic-normal shares, whose categories go together (Aitchison 1982)."""
    z = one_factor(n, max(3, p), rng) * rng.uniform(0.4, 1.2) + rng.normal(0, 0.5, size=max(3, p))
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


def _shares_with_zeros(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Shares of categories of which most customers use some only; everybody uses the first."""
    p = max(4, p)
    parts = rng.gamma(rng.uniform(0.5, 3.0, size=p), size=(n, p)) * (rng.random((n, p)) < rng.uniform(0.5, 1.0, size=p))
    parts[:, 0] = rng.gamma(1.0, size=n) + 1e-6
    return parts / parts.sum(axis=1, keepdims=True)


def _percents(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Shares in per cent, rounded to whole numbers, so that they sum to about 100."""
    return np.rint(100.0 * _unequal_shares(n, p, rng))


def _shares_beside(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Shares beside a spend and an age that go with the first of them."""
    shares = rng.dirichlet(rng.uniform(0.5, 3.0, size=max(3, p - 2)), size=n)
    lean = 0.5 * (shares[:, 0] - shares[:, 0].mean()) / shares[:, 0].std()
    return np.column_stack(
        [shares, np.exp(4 + lean + rng.normal(0, 0.7, size=n)), 45 + 12 * rng.standard_normal(n) + 4 * lean]
    )


def _one_share_out(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Shares without the last one, as when 'other' is not in the file."""
    return rng.dirichlet(np.full(max(3, p), rng.uniform(1.0, 3.0)), size=n)[:, :-1]


def _whether_and_how_much(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Spend in several categories; whether somebody buys there at all has one reason, how much another one."""
    p = max(3, p)
    whether = rng.normal(size=(n, 1)) + rng.normal(size=(n, p)) > rng.uniform(-1, 1, size=p)
    return np.where(whether, np.exp(3 + 0.7 * rng.normal(size=(n, 1)) + 0.6 * rng.normal(size=(n, p))), 0.0)


def _total(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Spend in several categories, and their sum."""
    parts = np.exp(3 + rng.uniform(0.4, 1.0) * one_factor(n, max(2, p - 1), rng))
    return np.column_stack([parts, parts.sum(axis=1)])


def _ratio(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Spend, orders, spend for each order, and plain columns."""
    spend, orders = np.exp(4 + 0.8 * one_factor(n, 2, rng)).T
    orders = np.rint(orders / 10) + 1
    return np.column_stack([spend, orders, spend / orders, one_factor(n, max(0, p - 3), rng)])


def _capped(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Counts that end at a cap: five or more, ten or more."""
    rate = rng.gamma(2.0, 1.0, size=(n, 1)) * rng.uniform(0.5, 3.0, size=p)
    return np.minimum(rng.poisson(rate), rng.choice([5, 8, 10], size=p)).astype(np.float64)


def _percentages(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Percentages with many at 0 and at 100, such as how much was bought online or at a discount."""
    z = one_factor(n, p, rng) * rng.uniform(0.6, 1.5, size=p) + rng.normal(0, 0.5, size=p)
    return np.clip(np.rint(50 + 40 * z), 0, 100)


def _places(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Coordinates evenly over a triangle, beside a spend."""
    place = rng.dirichlet(np.ones(3), size=n) @ rng.uniform(-1, 1, size=(3, 2)) + [48.0, 9.0]
    return np.column_stack([place, np.exp(3 + one_factor(n, max(0, p - 2), rng))])


def _calendar(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Weekday and month of the last order, each with its busy times, beside amounts."""
    weekday = rng.choice(7, size=n, p=rng.dirichlet(np.full(7, 8.0)))
    month = 1 + rng.choice(12, size=n, p=(1 + 0.4 * np.cos(2 * np.pi * np.arange(12) / 12)) / 12)
    return np.column_stack([weekday, month, np.exp(3 + 0.7 * one_factor(n, max(1, p - 2), rng))])


def _pyramid(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Ages in a pyramid, years as a customer that cannot be more than the adult ones, and spend."""
    age = 18 + np.floor(75 * (1 - np.sqrt(rng.random(n))))
    years = np.floor((age - 17) * rng.beta(1.0, 2.0, size=n))
    spend = np.exp(3 + 0.01 * age + rng.normal(0, 0.6, size=n))
    return np.column_stack([age, years, spend, one_factor(n, max(0, p - 3), rng)])


def _price_points(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Zipf-like numbers of items at price points (4.99, 9.99 …): spend, items, dearest, days since."""
    items = np.minimum(rng.zipf(2.0, size=n), 60)
    points = np.array([4.99, 9.99, 14.99, 19.99, 29.99, 49.99, 99.99])
    odds = rng.dirichlet(8.0 * np.array([6, 5, 4, 4, 3, 2, 1]) / 5)
    bought = [points[rng.choice(7, size=k, p=odds)] for k in items]
    spend, dearest = np.array([b.sum() for b in bought]), np.array([b.max() for b in bought])
    return np.column_stack([spend, items, dearest, rng.integers(0, 365, size=n)])[:, : max(2, min(p, 4))]


def _straight_lines(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Answers on five steps, and one customer in ten who ticks one step throughout."""
    answers = np.clip(np.rint(3.2 + 1.1 * one_factor(n, max(4, p), rng)), 1, 5)
    same = rng.random(n) < 0.1
    answers[same] = rng.choice([1, 3, 4, 5], size=(int(same.sum()), 1), p=[0.1, 0.5, 0.2, 0.2])
    return answers


DERIVED: dict[str, Maker] = {
    "shares, unequal": _unequal_shares,
    "shares, logistic-normal": _logistic_shares,
    "shares with zeros": _shares_with_zeros,
    "shares in per cent": _percents,
    "shares beside other columns": _shares_beside,
    "shares without the last": _one_share_out,
    "money, whether and how much": _whether_and_how_much,
    "a total beside its parts": _total,
    "a ratio of two columns": _ratio,
    "capped counts": _capped,
    "percentages at 0 and 100": _percentages,
    "places in a triangle": _places,
    "weekday and month": _calendar,
    "ages in a pyramid": _pyramid,
    "price points": _price_points,
    "scales with straight lines": _straight_lines,
}
