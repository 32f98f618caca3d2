"""Numbers that say nothing about groups: they go with no other number, and are in one heap, or in steps, by themselves.

Receives a sample of customers; returns which columns are silent. Groups that differ in several columns make these go
together, and groups that differ in one only are deep heaps of it. A column without either cannot show groups, and it
can hide them: a mixture lays several components along an even spread of ages or of days, and a rating from one to five,
heaps by construction, would keep the mixture from being tried. To leave such columns out is variable selection for
model-based clustering (Raftery and Dean 2006), by what a column has in common with others and not by trying subsets.
"""

from __future__ import annotations

import numpy as np

from clientage.clustering.one_shape_answers import is_answer
from clientage.selection.dip import dip_test
from clientage.selection.null import LEAST_DIP
from clientage.selection.null_tables.copula import middle_ranks
from clientage.selection.null_tables.followers import followers_of
from clientage.selection.null_tables.normal import normal_quantile
from clientage.selection.sample import Sample
from clientage.selection.shape_groups import stepped

ROWS = 1_000
FEWEST_ROWS = 100  # fewer cannot show that columns have nothing in common
RELATED = 0.01  # level of the test that two columns go together, corrected for the number of pairs of a column
HEAPED = 0.1  # level of the dip test from which one column may be in several heaps, if these are deep
CELL = 10  # customers in each cell of a table of two columns, were they unrelated
MOST_BINS = 6
TOGETHER = 32  # columns whose tables with all others are looked at together: of a thousand these are gigabytes
TESTS = 9  # of every two columns: four correlations, each on two sides, and the table


def silent_columns(sample: Sample) -> tuple[int, ...]:
    """Return the numbers that say nothing about groups; none where no number would be left.

    Columns that go together, directly or by others between them, are one party. Silent is a party of steps alone, and
    one of a single other number that is in one heap. What follows from a number (the month of a day) goes as it goes.

    Parameters
    ----------
    sample : Sample
        Customers that the choice is judged on.

    References
    ----------
    Raftery, A. E. and Dean, N. (2006). Variable selection for model-based clustering. doi:10.1198/016214506000000113

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> groups = rng.integers(0, 2, size=600)
    >>> spend, visits = 4 * groups + rng.normal(size=(2, 600))
    >>> x = np.column_stack([spend, rng.uniform(size=600), visits, rng.integers(1, 6, size=600)])
    >>> silent_columns(Sample(x, np.ones(600), 600, True))
    (1, 3)
    """
    x = sample.spread(ROWS).points
    numbers = np.flatnonzero(~is_answer(x))
    if len(x) < FEWEST_ROWS or len(numbers) < 2:
        return ()
    followers = {int(j): f.leader for f in followers_of(x, np.arange(x.shape[1])) for j in f.columns}
    able = [int(j) for j in numbers if int(j) not in followers]
    quiet = {j for party in _parties(related(x[:, able])) for j in _quiet(x, [able[i] for i in party])}
    quiet |= {j for j, leader in followers.items() if leader in quiet and j in numbers}
    return tuple(sorted(quiet)) if len(quiet) < len(numbers) else ()


def _quiet(x: np.ndarray, party: list[int]) -> list[int]:
    """The party, if it is silent."""
    free = [j for j in party if not stepped(x[:, j], np.ones(len(x)))]
    if len(free) > 1:
        return []
    dips = [dip_test(x[:, j]) for j in free]
    heaps = [d for d in dips if d is not None and d.p_value <= HEAPED and d.statistic >= LEAST_DIP]
    return [] if heaps else party


def related(x: np.ndarray) -> np.ndarray:
    """Return which columns of x (n, p) go together (p, p).

    Correlations of ranks see what rises or falls together, those of their distances from the middle extremes that come
    together and what bends, and tables of two columns in up to six parts the rest. Their chi-squared statistic is
    judged by its cube root (Wilson & Hilferty 1931, doi:10.1073/pnas.17.12.684).

    Parameters
    ----------
    x : ndarray of shape (n, p)

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> a, b = rng.normal(size=(2, 500))
    >>> related(np.column_stack([a, a**2 + rng.normal(size=500), b])).astype(int).tolist()
    [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
    """
    p = x.shape[1]
    if p < 2:
        return np.ones((p, p), dtype=bool)
    ranks = np.column_stack([middle_ranks(column) for column in x.T])
    least = float(normal_quantile(np.array([1 - RELATED / (TESTS * (p - 1))]))[0])
    return np.asarray((_correlated(ranks) > least) | (_in_tables(ranks) > least) | np.eye(p, dtype=bool))


def _correlated(ranks: np.ndarray) -> np.ndarray:
    """The largest correlation (p, p) of ranks and of their squared distances from the middle, in standard errors."""
    n, p = ranks.shape
    both = np.column_stack([ranks, (ranks - 0.5) ** 2])
    both -= both.mean(axis=0)
    both /= np.maximum(np.linalg.norm(both, axis=0), 1e-300)
    return np.asarray(np.abs(both.T @ both).reshape(2, p, 2, p).max(axis=(0, 2)) * np.sqrt(n - 1))


def _in_tables(ranks: np.ndarray) -> np.ndarray:
    """How far the tables of every two columns (p, p) are from those of unrelated ones, in standard errors."""
    n, p = ranks.shape
    bins = int(np.clip(np.sqrt(n / CELL), 2, MOST_BINS))
    parts = np.minimum((ranks * bins).astype(np.int64), bins - 1)
    members = (parts[:, :, None] == np.arange(bins)).reshape(n, p * bins).astype(np.float64)
    sizes = members.sum(axis=0)
    squared = np.empty((p, p))
    for low in range(0, p, TOGETHER):
        here = slice(low * bins, (low + TOGETHER) * bins)
        both = np.outer(sizes[here], sizes)
        expected = np.maximum(both / n, 1e-300)
        off = np.where(both > 0, (members[:, here].T @ members - expected) ** 2 / expected, 0.0)
        squared[low : low + TOGETHER] = off.reshape(-1, bins, p, bins).sum(axis=(1, 3))
    used = (sizes.reshape(p, bins) > 0).sum(axis=1) - 1
    freedom = np.maximum(np.outer(used, used), 1)
    return np.asarray((np.cbrt(squared / freedom) - (1 - 2 / (9 * freedom))) / np.sqrt(2 / (9 * freedom)))


def _parties(together: np.ndarray) -> list[list[int]]:
    """Columns that go together, directly or by others between them."""
    reach = together.astype(np.float64)  # products of whole numbers would not be the matrix library's
    for _ in range(len(reach).bit_length()):
        reach = ((reach @ reach) > 0).astype(np.float64)
    return [np.flatnonzero(row).tolist() for row in np.unique(reach, axis=0)]
