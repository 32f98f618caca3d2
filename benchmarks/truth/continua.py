"""Customers without groups, in numbers: what an honest judge must not call groups.

Every maker receives a number of customers, a wanted number of columns and a generator; it returns columns (n, p) as a
file would have them. Some fix their number of columns.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Maker = Callable[[int, int, np.random.Generator], np.ndarray]


def one_factor(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Correlated normal columns: one common factor, loadings of .2 to .9."""
    loadings = rng.uniform(0.2, 0.9, size=p)
    return rng.standard_normal((n, 1)) * loadings + rng.standard_normal((n, p)) * np.sqrt(1 - loadings**2)


def heavy_tails(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Multivariate t with 3 degrees of freedom: extremes that come together."""
    return one_factor(n, p, rng) / np.sqrt(rng.chisquare(3, size=(n, 1)) / 3)


def _uniform(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    return rng.random((n, p))


def _gaussian(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal((n, p))


def _tight(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Every pair of columns correlated .9."""
    return np.sqrt(0.9) * rng.standard_normal((n, 1)) + np.sqrt(0.1) * rng.standard_normal((n, p))


def _neighbours(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Columns like the weeks of a year: each depends on the one before it."""
    x = rng.standard_normal((n, p))
    for j in range(1, p):
        x[:, j] = 0.8 * x[:, j - 1] + 0.6 * x[:, j]
    return x


def _log_normal(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    return np.exp(one_factor(n, p, rng) * rng.uniform(0.5, 1.2))


def _own_tails(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Every column a t with 3 degrees of freedom by itself."""
    return rng.standard_t(3, size=(n, p))


def _exponential(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    return rng.exponential(size=(n, p))


def _disc(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Even inside a ball: no corner, no middle."""
    x = rng.standard_normal((n, p))
    return x / np.linalg.norm(x, axis=1, keepdims=True) * rng.random((n, 1)) ** (1 / p)


def _ring(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """A band around an empty middle in two columns; others say nothing."""
    angle = rng.random(n) * 2 * np.pi
    band = np.column_stack([np.cos(angle), np.sin(angle)]) + rng.normal(0, rng.uniform(0.05, 0.2), size=(n, 2))
    return np.column_stack([band, rng.standard_normal((n, max(0, p - 2))) * 0.7])


def _banana(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """One column is a bent function of another."""
    x = rng.standard_normal((n, p))
    x[:, 1] = rng.uniform(0.5, 1.0) * x[:, 0] ** 2 + 0.5 * x[:, 1]
    return x


def _buyers(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Buying at individual gamma rates over a year: recency, frequency, monetary and basket follow from it."""
    rate = rng.gamma(0.8, 5.0, size=n)
    frequency = 1 + rng.poisson(rate)
    recency = np.floor(365 * (1 - rng.random(n) ** (1 / frequency)))
    basket = np.exp(rng.normal(3.5, 0.7, size=n) + 0.1 * np.log(frequency))
    monetary = frequency * basket * np.exp(rng.normal(0, 0.2, size=n))
    tenure = recency + (365 - recency) * rng.random(n) * (frequency > 1)
    return np.column_stack([recency, frequency, monetary, tenure, basket])[:, : max(3, min(p, 5))]


def _money_with_zeros(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Spend in several categories; who does not buy there has 0, and who buys much buys in more of them."""
    z = one_factor(n, p, rng)
    bought = one_factor(n, p, rng) + 0.5 * z > rng.uniform(-0.5, 0.8, size=p)
    return np.where(bought, np.exp(3 + z), 0.0)


def _counts(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Small counts that one rate of each customer drives."""
    return rng.poisson(rng.gamma(1.5, 1.0, size=(n, 1)) * rng.uniform(0.5, 4.0, size=p)).astype(np.float64)


def _shares(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Shares of a customer's money that go to each category; they sum to 1."""
    return rng.dirichlet(np.full(max(3, p), rng.uniform(1.0, 3.0)), size=n)


def _rounded(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Figures that people give: one column rounded to tens by most and exact by others."""
    x = 50 + 15 * one_factor(n, p, rng)
    x[:, 0] = np.where(rng.random(n) < 0.7, np.rint(x[:, 0] / 10) * 10, np.rint(x[:, 0]))
    return x


def _repeated(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Few columns in coarse steps: many customers are the same."""
    return np.rint(one_factor(n, min(p, 3), rng) * rng.uniform(1.0, 2.5))


def seasons(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Made of dates: days since joining over three years with a mild season, and since the last order; spend, month."""
    joined = rng.random(4 * n) * 1_096
    joined = joined[rng.random(4 * n) < (1 + 0.4 * np.cos(2 * np.pi * joined / 365.25)) / 1.4][:n]
    last = joined * rng.beta(1.0, rng.uniform(1.5, 4.0), size=n)
    month = np.floor((joined % 365.25) / 30.44)
    spend = np.exp(rng.normal(3, 0.6, size=n) + 0.4 * np.log1p(joined - last))
    return np.column_stack([joined, last, spend, month])[:, : max(2, min(p, 4))]


def _nearly_constant(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Columns that hardly vary around a large number, and one that most customers share."""
    x = 1e6 + 1e-3 * rng.standard_normal((n, p))
    x[:, 0] = np.where(rng.random(n) < 0.7, 100.0, 100.0 + rng.normal(0, 3, size=n))
    return x


CONTINUA: dict[str, Maker] = {
    "uniform": _uniform,
    "gaussian": _gaussian,
    "correlated": one_factor,
    "correlated .9": _tight,
    "each like the last": _neighbours,
    "log-normal": _log_normal,
    "heavy tails": heavy_tails,
    "heavy tails, independent": _own_tails,
    "exponential": _exponential,
    "disc": _disc,
    "ring": _ring,
    "banana": _banana,
    "buyers": _buyers,
    "money with zeros": _money_with_zeros,
    "counts": _counts,
    "shares of a whole": _shares,
    "rounded figures": _rounded,
    "many the same": _repeated,
    "seasons": seasons,
    "nearly constant": _nearly_constant,
}
