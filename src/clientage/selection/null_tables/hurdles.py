"""Amounts that many customers have nothing of: whether somebody buys, and how much, drawn as two variables.

Receives encoded customers; returns tables without groups. One latent variable that is cut at zero says that who hardly
buys is nearly one who buys a little. Whether somebody buys there at all has its own reasons, and data in which it does
look more separated than draws from one variable (the two-part or hurdle model: Cragg 1971, Duan et al. 1983).

How much those who bought nothing would have bought is not known. It is drawn from what the other columns say, by
chained equations on normal scores (van Buuren 2007), so that a copula of both parts can be fitted to all customers.
"""

from __future__ import annotations

import numpy as np

from clientage.selection.null_tables.copula import fit_copula, normal_scores

LEAST_SHARE, MOST_SHARE = 0.05, 0.95  # of the customers at nothing
FEWEST_BUYERS = 20
FEWEST_VALUES = 10  # among those who bought; fewer are steps, cut from one variable
ROUNDS = 5
SHRINK = 1.0  # ridge of the equations, in customers


def hurdles_of(x: np.ndarray, feature_of: np.ndarray) -> list[int]:
    """Return the columns whose smallest value 5 to 95 % of the customers share, and which are amounts above it.

    Parameters
    ----------
    x : ndarray of shape (n, p)
    feature_of : int ndarray of shape (p,)
        Several columns of one feature are a nominal one.

    Examples
    --------
    >>> spend = np.concatenate([np.zeros(60), np.arange(1.0, 41.0)])
    >>> hurdles_of(np.column_stack([spend, spend > 0, np.arange(100.0)]), np.arange(3))
    [0]
    """
    _, at, width = np.unique(feature_of, return_inverse=True, return_counts=True)
    return [j for j in range(x.shape[1]) if width[at[j]] == 1 and _is_hurdle(x[:, j])]


def _is_hurdle(column: np.ndarray) -> bool:
    above = column[column > column.min()]
    share = 1.0 - len(above) / len(column)
    enough = LEAST_SHARE <= share <= MOST_SHARE and len(above) >= FEWEST_BUYERS
    return enough and len(np.unique(above)) >= FEWEST_VALUES


def draw_with_hurdles(x: np.ndarray, feature_of: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return copula draws (count, n, p) in which whether and how much are drawn as two variables.

    As many customers as in the data have nothing of each amount; the amounts of the others are those of the data, and
    some of them again.

    Parameters
    ----------
    x : ndarray of shape (n, p)
        Encoded customers.
    feature_of : int ndarray of shape (p,)
        The feature each column belongs to.
    count : int
        Tables.
    rng : Generator
        Source of chance.

    References
    ----------
    Cragg, J. G. (1971). Some statistical models for limited dependent variables. doi:10.2307/1909582
    Duan, N., Manning, W. G., Morris, C. N. and Newhouse, J. P. (1983). A comparison of alternative models for the
    demand for medical care. doi:10.1080/07350015.1983.10509330
    van Buuren, S. (2007). Multiple imputation of discrete and continuous data by fully conditional specification.
    doi:10.1177/0962280206074463

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = np.where(rng.random((200, 3)) < 0.4, 0.0, rng.exponential(size=(200, 3)))
    >>> drawn = draw_with_hurdles(x, np.arange(3), 5, rng)
    >>> drawn.shape, bool(((drawn == 0).sum(axis=1) == (x == 0).sum(axis=0)).all())
    ((5, 200, 3), True)
    """
    hurdles = hurdles_of(x, feature_of)
    if not hurdles:
        return fit_copula(x, feature_of, rng).draw(count, rng)
    wide, p = _two_parts(x, hurdles, rng), x.shape[1]
    owner = np.append(feature_of, feature_of.max() + 1 + np.arange(len(hurdles)))
    drawn = fit_copula(wide, owner, rng).draw(count, rng)
    out = drawn[..., :p].copy()
    for i, j in enumerate(hurdles):
        out[..., j] = np.where(drawn[..., j] > 0, drawn[..., p + i], x[:, j].min())
    return out


def _two_parts(x: np.ndarray, hurdles: list[int], rng: np.random.Generator) -> np.ndarray:
    """Columns (n, p + q): whether in the places of the amounts, and the amounts behind, drawn where there are none."""
    bought = x[:, hurdles] > x[:, hurdles].min(axis=0)
    wide = x.copy()
    wide[:, hurdles] = bought
    scores = np.column_stack([normal_scores(c) for c in np.column_stack([wide, x[:, hurdles]]).T])
    amounts = np.arange(x.shape[1], scores.shape[1])
    for i, j in enumerate(amounts):
        there = bought[:, i]
        scores[there, j] = normal_scores(x[there, hurdles[i]])
        scores[~there, j] = rng.standard_normal(int((~there).sum()))
    for _ in range(ROUNDS):
        for i, j in enumerate(amounts):
            others = np.setdiff1d(np.arange(scores.shape[1]), [j, hurdles[i]])  # among buyers everybody bought
            scores[:, j] = _completed(scores[:, j], scores[:, others], bought[:, i], rng)
    filled = [_amounts(scores[:, j], x[:, hurdles[i]], bought[:, i]) for i, j in enumerate(amounts)]
    return np.column_stack([wide, *filled])


def _completed(score: np.ndarray, others: np.ndarray, there: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Scores (n,) as they are where they are known, and elsewhere drawn from their regression on the others."""
    terms = np.column_stack([np.ones(len(score)), others])
    known = terms[there]
    slopes = np.linalg.solve(known.T @ known + SHRINK * np.eye(terms.shape[1]), known.T @ score[there])
    left = float(np.std(score[there] - known @ slopes))
    return np.where(there, score, terms @ slopes + left * rng.standard_normal(len(score)))


def _amounts(score: np.ndarray, column: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Amounts (n,) of the same rank among those who bought as the scores have."""
    known, at = np.unique(score[there], return_index=True)
    return np.where(there, column, np.interp(score, known, column[there][at]))
