"""Simulated customer tables whose truth is known: without groups, and with planted ones.

Every table is what `select` receives: each column encoded as a study does by default (skewed ones transformed, far
outliers bounded, all on one scale).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from clientage.config import FeatureSettings
from clientage.data.table import Column
from clientage.features.steps import fit_number


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
    """

    kind: str
    x: np.ndarray
    feature_of: np.ndarray
    labels: np.ndarray | None = None
    separation: float = 0.0

    @property
    def k(self) -> int:
        """Number of planted groups."""
        return 1 if self.labels is None else int(self.labels.max()) + 1


def encoded(columns: np.ndarray) -> np.ndarray:
    """Return columns (n, p) as the product encodes numbers."""
    out = []
    for values in columns.T:
        column = Column("column", "number", np.asarray(values, dtype=np.float64))
        step = fit_number(column, FeatureSettings(), 1.0)
        if step is not None:
            out.append(step.apply(column).values[0])
    return np.rint(np.column_stack(out) * 2**20) / 2**20


def _correlation(p: int, rng: np.random.Generator) -> np.ndarray:
    loadings = rng.uniform(0.2, 0.9, size=(p, 1))
    r = loadings @ loadings.T
    np.fill_diagonal(r, 1.0)
    return r


def _normal(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    return rng.multivariate_normal(np.zeros(p), _correlation(p, rng), size=n)


def _uniform(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    return rng.random((n, p))


def _gaussian(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal((n, p))


def _log_normal(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    return np.exp(_normal(n, p, rng) * rng.uniform(0.5, 1.2))


def _heavy_tails(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Multivariate t with 3 degrees of freedom: tails that come together, which a Gaussian copula lacks."""
    return _normal(n, p, rng) / np.sqrt(rng.chisquare(3, size=(n, 1)) / 3)


def _rfm(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """Buying at individual gamma rates over a year: recency, frequency, monetary and basket follow from it."""
    rate = rng.gamma(0.8, 5.0, size=n)
    frequency = 1 + rng.poisson(rate)
    recency = np.floor(365 * (1 - rng.random(n) ** (1 / frequency)))
    basket = np.exp(rng.normal(3.5, 0.7, size=n) + 0.1 * np.log(frequency))
    monetary = frequency * basket * np.exp(rng.normal(0, 0.2, size=n))
    tenure = recency + (365 - recency) * rng.random(n) * (frequency > 1)
    return np.column_stack([recency, frequency, monetary, tenure, basket])[:, : max(3, min(p, 5))]


def _binary(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    p = max(p, 6)
    return (_normal(n, p, rng) > rng.uniform(-1, 1, size=p)).astype(float)


def _mixed(n: int, p: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Correlated numbers and a nominal feature cut from the same latent normal."""
    z = _normal(n, p + 1, rng)
    cuts = np.quantile(z[:, -1], np.sort(rng.uniform(0.15, 0.85, size=rng.integers(1, 4))))
    category = rng.permutation(len(cuts) + 1)[np.searchsorted(cuts, z[:, -1])]
    shares = np.bincount(category) / n
    indicators = (category[:, None] == np.arange(len(shares))) / np.sqrt(shares)
    values = np.column_stack([encoded(z[:, :-1]), indicators - indicators.mean(axis=0)])
    return values, np.concatenate([np.arange(p), np.full(len(shares), p)])


PLAIN: dict[str, Callable[[int, int, np.random.Generator], np.ndarray]] = {
    "uniform": _uniform,
    "gaussian": _gaussian,
    "correlated": _normal,
    "log-normal": _log_normal,
    "heavy tails": _heavy_tails,
    "rfm": _rfm,
    "binary": _binary,
}
STRUCTURELESS = (*PLAIN, "mixed")


def without_groups(kind: str, rng: np.random.Generator) -> TruthTable:
    """Return a table of 300 to 1,500 customers and 2 to 8 features with no groups."""
    n, p = int(rng.integers(300, 1501)), int(rng.integers(2, 9))
    if kind == "mixed":
        x, feature_of = _mixed(n, p, rng)
        return TruthTable(kind, x, feature_of)
    x = encoded(PLAIN[kind](n, p, rng))
    return TruthTable(kind, x, np.arange(x.shape[1]))


PLANTED = ("balanced", "unbalanced", "noise columns", "outliers", "unequal spread")


def with_groups(kind: str, separation: float, rng: np.random.Generator) -> TruthTable:
    """Return a table with 2 to 8 round groups, the nearest two centres `separation` SD apart."""
    k, p = int(rng.integers(2, 9)), int(rng.integers(2, 9))
    n = int(rng.integers(max(300, 60 * k), 1501))
    centres = _centres(k, p, separation, rng)
    shares = rng.dirichlet(np.full(k, 3.0)) if kind == "unbalanced" else np.full(k, 1 / k)
    shares = np.maximum(shares, 0.05) / np.maximum(shares, 0.05).sum()
    labels = rng.choice(k, size=n, p=shares)
    spread = rng.uniform(0.6, 1.0, size=k) if kind == "unequal spread" else np.ones(k)
    x = centres[labels] + rng.standard_normal((n, p)) * spread[labels, None]
    if kind == "noise columns":
        x = np.column_stack([x, rng.standard_normal((n, max(1, p // 2))) * x.std(axis=0).mean()])
    if kind == "outliers":
        far = rng.choice(n, size=max(1, n // 200), replace=False)
        x[far] += rng.standard_normal((len(far), p)) * 10
        labels[far] = -1
    return TruthTable(kind, encoded(x), np.arange(x.shape[1]), labels, separation)


def _centres(k: int, p: int, separation: float, rng: np.random.Generator) -> np.ndarray:
    """Centres grown one by one, each exactly `separation` from an earlier one and no nearer to any other."""
    centres = [np.zeros(p)]
    while len(centres) < k:
        step = rng.standard_normal(p)
        new = centres[rng.integers(len(centres))] + step * (separation / np.linalg.norm(step))
        if min(float(np.linalg.norm(new - c)) for c in centres) >= separation - 1e-9:
            centres.append(new)
    return np.array(centres)
