"""Customers without groups, in answers: yes or no, scales, and numbers beside nominal columns.

All columns of a table are cut from latent variables that are one continuum. Columns cut from normal ones are what the
null is made of. Those of a Rasch scale and of heavy tails are continua of another form: they show the level where the
null's own model is wrong.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from continua import heavy_tails, one_factor

from clientage.data.table import Column

Latent = Callable[[int, int, np.random.Generator], np.ndarray]
Maker = Callable[[int, np.random.Generator], list[Column]]
LEAST_SHARE = 0.05  # of a step, about


def _rasch(n: int, p: int, rng: np.random.Generator) -> np.ndarray:
    """One evenly spread trait and logistic answers to items that are all as good: no Gaussian copula."""
    return 1.5 * rng.uniform(-np.sqrt(3), np.sqrt(3), size=(n, 1)) + rng.logistic(size=(n, p))


def cut(latent: np.ndarray, steps: int, rng: np.random.Generator) -> np.ndarray:
    """Return answers 0..steps-1 of one column, in shares of its own."""
    shares = np.maximum(rng.dirichlet(np.full(steps, 3.0)), LEAST_SHARE)
    return np.searchsorted(np.quantile(latent, np.cumsum(shares / shares.sum())[:-1]), latent)


def _scale(name: str, latent: np.ndarray, steps: int, rng: np.random.Generator) -> Column:
    return Column(name, "number", cut(latent, steps, rng).astype(np.float64), is_integer=True)


def nominal(name: str, latent: np.ndarray, kinds: int, rng: np.random.Generator) -> Column:
    """Return a nominal column of so many categories in any order, cut from a latent variable."""
    names = tuple(f"kind {j}" for j in range(kinds))
    return Column(name, "text", rng.permutation(kinds)[cut(latent, kinds, rng)].astype(np.int32), names)


def _in_steps(fewest: int, most: int, latent: Latent) -> Maker:
    """Make 4 to 12 scales of equally many steps."""

    def make(n: int, rng: np.random.Generator) -> list[Column]:
        z = latent(n, int(rng.integers(4, 13)), rng)
        steps = int(rng.integers(fewest, most + 1))
        return [_scale(f"scale {j}", column, steps, rng) for j, column in enumerate(z.T)]

    return make


def _mixed(latent: Latent) -> Maker:
    """Make 2 to 4 numbers, a yes-or-no, a scale of five and one or two nominal columns."""

    def make(n: int, rng: np.random.Generator) -> list[Column]:
        numbers, texts = int(rng.integers(2, 5)), int(rng.integers(1, 3))
        z = latent(n, numbers + 2 + texts, rng).T
        columns = [Column(f"number {j}", "number", values) for j, values in enumerate(z[:numbers])]
        columns += [_scale("yes or no", z[numbers], 2, rng), _scale("five steps", z[numbers + 1], 5, rng)]
        kinds = [int(rng.integers(2, 6)) for _ in range(texts)]
        return columns + [nominal(f"nominal {j}", z[numbers + 2 + j], k, rng) for j, k in enumerate(kinds)]

    return make


def _unequal_scales(n: int, rng: np.random.Generator) -> list[Column]:
    """Make 3 to 8 scales of 2 to 11 steps beside one another."""
    z = one_factor(n, int(rng.integers(3, 9)), rng)
    return [_scale(f"scale {j}", column, int(rng.integers(2, 12)), rng) for j, column in enumerate(z.T)]


def _rare_answers(n: int, rng: np.random.Generator) -> list[Column]:
    """Make 6 to 20 yes-or-no columns of which 2 to 12 % of customers say yes."""
    z = one_factor(n, int(rng.integers(6, 21)), rng)
    cuts = [np.quantile(column, 1 - rng.uniform(0.02, 0.12)) for column in z.T]
    return [
        Column(f"answer {j}", "number", (column > cut).astype(np.float64), is_integer=True)
        for j, (column, cut) in enumerate(zip(z.T, cuts, strict=True))
    ]


ANSWERS: dict[str, Maker] = {
    "binary, normal latent": _in_steps(2, 2, one_factor),
    "binary, Rasch scale": _in_steps(2, 2, _rasch),
    "ordinal (4 to 7 steps), normal latent": _in_steps(4, 7, one_factor),
    "ordinal (4 to 7 steps), heavy tails": _in_steps(4, 7, heavy_tails),
    "mixed, normal latent": _mixed(one_factor),
    "mixed, heavy tails": _mixed(heavy_tails),
    "unequal scales": _unequal_scales,
    "rare answers": _rare_answers,
}
