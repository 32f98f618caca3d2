"""Tables without groups where columns are shares of one whole: a copula of the parts before they were divided.

Receives encoded customers, their amounts and the wholes; returns simulated tables of the same shape. Dividing by the
sum ties the shares to one another, and makes a triangle of any table. So each customer's shares are first multiplied by
a total drawn by chance; the parts are drawn again by a copula, which knows nothing of sums, and divided by their sum.

Which total is not known, and there are two usual kinds of shares without groups. Those of independent parts with gamma
distributions, the Dirichlet ones, have nothing to do with the sum of the parts (Lukacs 1955). Logistic-normal ones are
normal in logarithms of ratios (Aitchison 1982), and have nothing to do with the geometric mean of parts that are alike.
Tables of both kinds are drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clientage.selection.null_tables.copula import fit_copula
from clientage.selection.null_tables.followers import nearest
from clientage.selection.null_tables.wholes import Whole, closed

LEAST_CONCENTRATION = 0.2
FARTHEST = 300.0  # of a logarithm from 0: its power is a number still


def draw_shares(
    x: np.ndarray,
    feature_of: np.ndarray,
    amounts: np.ndarray,
    wholes: Sequence[Whole],
    count: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return tables (2 · count, n, p) without groups, whose shares add up as those of the data do.

    The first `count` are as shares of gamma-distributed parts would be, the others as logistic-normal ones; the parts
    may be correlated, and zeros stay zeros.

    Parameters
    ----------
    x : ndarray of shape (n, p)
        Encoded customers.
    feature_of : int ndarray of shape (p,)
        The feature each column belongs to.
    amounts : ndarray of shape (n, p)
        The same in the units of the file.
    wholes : sequence of Whole
        Which columns are shares.
    count : int
        Tables of each kind.
    rng : Generator
        Source of chance.

    References
    ----------
    Lukacs, E. (1955). A characterization of the gamma distribution. doi:10.1214/aoms/1177728549
    Aitchison, J. (1982). The statistical analysis of compositional data. doi:10.1111/j.2517-6161.1982.tb01195.x

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> shares = rng.dirichlet([2.0, 1.0, 1.0], size=100)
    >>> drawn = draw_shares(shares, np.arange(3), shares, [Whole(np.arange(3), 1.0)], 5, rng)
    >>> drawn.shape, bool(np.abs(drawn.sum(axis=2) - 1).mean() < 0.02)
    ((10, 100, 3), True)
    """
    shares = [whole.shares(amounts) for whole in wholes]
    both = [_drawn(x, feature_of, [grown(s, rng) for s in shares], wholes, count, rng) for grown in (_by_sum, _by_mean)]
    out = np.concatenate([tables[..., : x.shape[1]] for tables, _ in both])
    for i, whole in enumerate(wholes):
        again = np.concatenate([closed(tables[..., places[i]]) for tables, places in both]) * whole.total
        for j, column in enumerate(whole.columns):
            out[..., column] = nearest(again[..., j], amounts[:, column], x[:, column])
    return out


def _drawn(
    x: np.ndarray,
    feature_of: np.ndarray,
    grown: Sequence[np.ndarray],
    wholes: Sequence[Whole],
    count: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Copula draws with parts (n, q) in the places of shares, and where each whole's parts are; missing shares last."""
    wide, owner, places = x.copy(), feature_of, []
    for whole, parts in zip(wholes, grown, strict=True):
        wide[:, whole.columns] = parts[:, : len(whole.columns)]
        rest = parts[:, len(whole.columns) :]
        places.append(np.append(whole.columns, wide.shape[1] + np.arange(rest.shape[1])))
        owner = np.append(owner, np.full(rest.shape[1], owner.max() + 1))
        wide = np.column_stack([wide, rest])
    return fit_copula(wide, owner, rng).draw(count, rng), places


def _by_sum(shares: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Parts whose sums are of the gamma distribution that makes Dirichlet shares independent."""
    return shares * rng.gamma(concentration(shares), size=(len(shares), 1))


def _by_mean(shares: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Parts whose geometric means are of the log-normal distribution that makes logistic-normal shares uncorrelated.

    The mean of as many independent logarithms as a customer has shares varies as they do within customers, divided by
    their number; shares of 0 have no part in it.
    """
    there = shares > 0
    used = there.sum(axis=1, keepdims=True)
    logs = np.log(np.where(there, shares, 1.0))
    middle = logs.sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    own = np.where(there, logs - middle, 0.0)
    within = (np.where(there, own - own.sum(axis=1, keepdims=True) / used, 0.0) ** 2).sum() / max((used - 1).sum(), 1)
    means = logs.sum(axis=1, keepdims=True) / used
    grown = logs - means + rng.normal(size=used.shape) * np.sqrt(within / used)
    return np.where(there, np.exp(np.clip(grown, -FARTHEST, FARTHEST)), 0.0)


def concentration(shares: np.ndarray) -> float:
    """Return the sum of the parameters of the Dirichlet distribution that varies as these shares (n, q) do.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> round(concentration(rng.dirichlet([3.0, 2.0, 1.0], size=4000)), 1)
    6.0
    """
    mean = shares.mean(axis=0)
    varying = float(shares.var(axis=0).sum())
    return max(float((mean * (1 - mean)).sum()) / max(varying, 1e-12) - 1.0, LEAST_CONCENTRATION)
