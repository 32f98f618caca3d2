"""Simulated customer tables whose truth is known: without groups, and with planted ones.

Every table is what `select` receives: the columns encoded as a study does by default (skewed ones transformed, far
outliers bounded, all on one scale, categories as indicators).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from answers import ANSWERS, nominal
from continua import CONTINUA, seasons
from derived import DERIVED

from clientage.config import FeatureSettings
from clientage.data.quality import QualityReport
from clientage.data.table import Column
from clientage.features.amounts import Amounts, amounts_by
from clientage.features.customers import Customers
from clientage.features.encoding import FeatureMatrix, encode

STRUCTURELESS = (*CONTINUA, *ANSWERS)
PLANTED = ("balanced", "unbalanced", "noise columns", "outliers", "unequal spread", "money", "with categories")
PLANTED_DERIVED = ("groups of shares", "groups beside dates", "groups beside even spreads", "groups beside ratings")
CATEGORIES_AGREE = 0.8  # chance that a planted category is the one of the customer's group


@dataclass(frozen=True, slots=True)
class TruthTable:
    """One simulated table.

    Parameters
    ----------
    kind : str
        Which generator made it.
    x : ndarray of shape (n, p)
        Encoded values.
    feature_of : int ndarray of shape (p,)
        Feature of each column.
    labels : int ndarray of shape (n,) or None
        Planted groups, -1 for planted outliers; None: there are no groups.
    separation : float
        Distance between the nearest planted centres in standard deviations; 0 without groups.
    amounts : callable or None
        Encoded customers back in the units of the file.
    """

    kind: str
    x: np.ndarray
    feature_of: np.ndarray
    labels: np.ndarray | None = None
    separation: float = 0.0
    amounts: Amounts | None = None

    @property
    def k(self) -> int:
        """Number of planted groups."""
        return 1 if self.labels is None else int(self.labels.max()) + 1


def encoded(columns: Sequence[Column]) -> FeatureMatrix:
    """Return columns as the product encodes them."""
    n = len(columns[0])
    quality = QualityReport({})
    customers = Customers(n, None, tuple(columns), (), (), None, "customers", np.arange(n), {}, {}, quality)
    return encode(customers, FeatureSettings())


def numbers(x: np.ndarray) -> list[Column]:
    """Return columns (n, p) as number columns."""
    return [Column(f"number {j}", "number", np.ascontiguousarray(values)) for j, values in enumerate(x.T)]


def without_groups(kind: str, rng: np.random.Generator, n: int | None = None) -> TruthTable:
    """Return a table with no groups: 300 to 1,500 customers unless `n` says how many, 2 to 8 features in most kinds."""
    n = int(rng.integers(300, 1501)) if n is None else n
    makers = {**CONTINUA, **DERIVED}
    columns = ANSWERS[kind](n, rng) if kind in ANSWERS else numbers(makers[kind](n, int(rng.integers(2, 9)), rng))
    matrix = encoded(columns)
    return TruthTable(kind, matrix.values, matrix.feature_of, amounts=amounts_by(matrix))


def with_groups(kind: str, separation: float, rng: np.random.Generator, n: int | None = None) -> TruthTable:
    """Return a table with 2 to 8 groups, the nearest two centres `separation` SD apart.

    Groups are round before a kind changes that: ``noise columns`` adds columns that say nothing, ``money`` makes them
    log-normal, ``with categories`` adds a nominal column that goes with the groups and one that does not, ``groups of
    shares`` makes them log-ratios of shares, ``groups beside dates`` adds days with a season, and their month,
    ``groups beside even spreads`` up to three evenly spread columns, ``groups beside ratings`` one to five and a yes.
    """
    k, p = int(rng.integers(2, 9)), int(rng.integers(2, 9))
    n = int(rng.integers(max(300, 60 * k), 1501)) if n is None else n
    shares = rng.dirichlet(np.full(k, 3.0)) if kind == "unbalanced" else np.full(k, 1 / k)
    x, labels = planted(n, p, shares, separation, rng, rng.uniform(0.6, 1.0, size=k) if kind == "unequal spread" else 1)
    if kind == "noise columns":
        x = np.column_stack([x, rng.standard_normal((n, max(1, p // 2))) * x.std(axis=0).mean()])
    if kind == "outliers":
        far = rng.choice(n, size=max(1, n // 200), replace=False)
        x[far] += rng.standard_normal((len(far), p)) * 10
        labels[far] = -1
    columns = numbers(_as_amounts(kind, x, rng))
    if kind == "with categories":
        telling = np.where(rng.random(n) < CATEGORIES_AGREE, labels, rng.integers(0, k, size=n))
        columns.append(Column("telling", "text", telling.astype(np.int32), tuple(f"kind {j}" for j in range(k))))
        columns.append(nominal("silent", rng.standard_normal(n), int(rng.integers(2, 6)), rng))
    matrix = encoded(columns)
    return TruthTable(kind, matrix.values, matrix.feature_of, labels, separation, amounts_by(matrix))


def _as_amounts(kind: str, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Planted numbers (n, p) in the form that a kind asks for."""
    if kind == "money":
        return np.asarray(np.exp(4 + rng.uniform(0.3, 0.6) * (x - x.mean(axis=0))))
    if kind == "groups of shares":
        parts = np.exp(rng.uniform(0.3, 0.6) * np.column_stack([x - x.mean(axis=0), np.zeros(len(x))]))
        return np.asarray(parts / parts.sum(axis=1, keepdims=True))
    if kind == "groups beside dates":
        return np.column_stack([x, seasons(len(x), 4, rng)[:, [0, 3]]])
    if kind == "groups beside even spreads":
        return np.column_stack([x, rng.random((len(x), int(rng.integers(1, 4))))])
    if kind == "groups beside ratings":
        return np.column_stack([x, rng.integers(1, 6, size=len(x)), rng.random(len(x)) < 0.4])
    return x


def planted(
    n: int, p: int, shares: np.ndarray, separation: float, rng: np.random.Generator, spread: np.ndarray | float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return customers (n, p) in round groups of these shares (each 5 % or more), and the group of each.

    `spread` is the standard deviation of each group, or of all.
    """
    k = len(shares)
    centres = _centres(k, p, separation, rng)
    shares = np.maximum(shares, 0.05) / np.maximum(shares, 0.05).sum()
    labels = rng.choice(k, size=n, p=shares)
    return centres[labels] + rng.standard_normal((n, p)) * np.broadcast_to(spread, k)[labels, None], labels


def _centres(k: int, p: int, separation: float, rng: np.random.Generator) -> np.ndarray:
    """Centres grown one by one, each exactly `separation` from an earlier one and no nearer to any other."""
    centres = [np.zeros(p)]
    while len(centres) < k:
        step = rng.standard_normal(p)
        new = centres[rng.integers(len(centres))] + step * (separation / np.linalg.norm(step))
        if min(float(np.linalg.norm(new - c)) for c in centres) >= separation - 1e-9:
            centres.append(new)
    return np.array(centres)
