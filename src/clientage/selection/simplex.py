"""Tables without groups where columns are shares of one whole: a copula of the parts before they were divided.

Receives encoded customers, their amounts and the wholes; returns simulated tables of the same shape. Dividing by the
sum ties the shares to one another, and makes a triangle of any table. So each customer's shares are first multiplied by
a total drawn by chance; the parts are drawn again by a copula, which knows nothing of sums, and divided by their sum.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clientage.selection.copula import fit_copula
from clientage.selection.followers import nearest
from clientage.selection.wholes import Whole, closed

LEAST_CONCENTRATION = 0.2


def draw_shares(
    x: np.ndarray,
    feature_of: np.ndarray,
    amounts: np.ndarray,
    wholes: Sequence[Whole],
    count: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return `count` tables (count, n, p) without groups, whose shares add up as those of the data do.

    Shares of independent gamma-distributed parts, the Dirichlet ones, have nothing to do with the total of the parts
    (Lukacs 1955): with a total of the right gamma distribution the parts are as independent as they were. Shares of
    other kinds are then correlated parts, and zeros stay zeros.

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
        Tables.
    rng : Generator
        Source of chance.

    References
    ----------
    Lukacs, E. (1955). A characterization of the gamma distribution. doi:10.1214/aoms/1177728549

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> shares = rng.dirichlet([2.0, 1.0, 1.0], size=100)
    >>> drawn = draw_shares(shares, np.arange(3), shares, [Whole(np.arange(3), 1.0)], 5, rng)
    >>> drawn.shape, bool(np.abs(drawn.sum(axis=2) - 1).max() < 0.05)
    ((5, 100, 3), True)
    """
    parts, owner, places = [x], [feature_of], []
    wide = x.copy()
    for i, whole in enumerate(wholes):
        shares = whole.shares(amounts)
        grown = shares * rng.gamma(concentration(shares), size=(len(x), 1))
        wide[:, whole.columns] = grown[:, : len(whole.columns)]
        rest = grown[:, len(whole.columns) :]
        places.append(np.append(whole.columns, sum(b.shape[1] for b in parts) + np.arange(rest.shape[1])))
        parts.append(rest)
        owner.append(np.full(rest.shape[1], feature_of.max() + 1 + i))
    parts[0] = wide
    drawn = fit_copula(np.column_stack(parts), np.concatenate(owner), rng).draw(count, rng)
    out = np.ascontiguousarray(drawn[..., : x.shape[1]])
    for whole, at in zip(wholes, places, strict=True):
        again = closed(drawn[..., at]) * whole.total
        for j, column in enumerate(whole.columns):
            out[..., column] = nearest(again[..., j], amounts[:, column], x[:, column])
    return out


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
