"""Ten made tables that k-means meets in practice, of any size, each by its seed.

Receives rows, columns and a seed; returns a float64 matrix. Used by `engine.py`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def _groups(rng: np.random.Generator, n: int, p: int, k: int, apart: float) -> np.ndarray:
    centres = rng.normal(size=(k, p)) * apart
    return centres[rng.integers(0, k, n)] + rng.normal(size=(n, p))


def separated(rng: np.random.Generator, n: int, p: int) -> np.ndarray:
    """Six round groups far apart."""
    return _groups(rng, n, p, 6, 5.0)


def overlapping(rng: np.random.Generator, n: int, p: int) -> np.ndarray:
    """Six round groups that touch."""
    return _groups(rng, n, p, 6, 1.5)


def many(rng: np.random.Generator, n: int, p: int) -> np.ndarray:
    """Thirty groups, more than any k asked for."""
    return _groups(rng, n, p, 30, 2.0)


def one_blob(rng: np.random.Generator, n: int, p: int) -> np.ndarray:
    """One Gaussian with a decreasing spectrum."""
    return rng.normal(size=(n, p)) * 0.8 ** np.arange(p)


def anisotropic(rng: np.random.Generator, n: int, p: int) -> np.ndarray:
    """Five groups, all stretched the same way."""
    return _groups(rng, n, p, 5, 2.0) @ rng.normal(size=(p, p))


def unbalanced(rng: np.random.Generator, n: int, p: int) -> np.ndarray:
    """Groups of 70, 20, 8 and 2 %."""
    group = rng.choice(4, n, p=[0.7, 0.2, 0.08, 0.02])
    return (rng.normal(size=(4, p)) * 4)[group] + rng.normal(size=(n, p)) * np.array([1, 0.6, 0.8, 0.5])[group, None]


def unequal(rng: np.random.Generator, n: int, p: int) -> np.ndarray:
    """Eight groups of very different width."""
    group = rng.integers(0, 8, n)
    return (rng.normal(size=(8, p)) * 3)[group] + rng.normal(size=(n, p)) * np.geomspace(0.2, 2, 8)[group, None]


def money_raw(rng: np.random.Generator, n: int, p: int) -> np.ndarray:
    """Log-normal, correlated: recency, frequency, monetary and their like as they come."""
    return np.exp(money_log(rng, n, p))


def money_log(rng: np.random.Generator, n: int, p: int) -> np.ndarray:
    """The same on logarithms."""
    return 0.6 * rng.normal(size=(n, 1)) + 0.8 * rng.normal(size=(n, p))


def heavy_tails(rng: np.random.Generator, n: int, p: int) -> np.ndarray:
    """Three groups with Student-t errors of three degrees of freedom."""
    return (rng.normal(size=(3, p)) * 4)[rng.integers(0, 3, n)] + rng.standard_t(3, size=(n, p))


SHAPES: dict[str, Callable[[np.random.Generator, int, int], np.ndarray]] = {
    f.__name__: f
    for f in (
        separated,
        overlapping,
        many,
        one_blob,
        anisotropic,
        unbalanced,
        unequal,
        money_raw,
        money_log,
        heavy_tails,
    )
}


def make(name: str, n: int, p: int = 8, seed: int = 0) -> np.ndarray:
    """Return the table of this name, every column scaled to unit variance."""
    x = SHAPES[name](np.random.default_rng([seed, list(SHAPES).index(name)]), n, p)
    x -= x.mean(axis=0)
    x /= x.std(axis=0)
    return x
