"""The null test: whether data without groups would look as separated as these.

Receives a sample of customers; returns the observed maximum silhouette beside that of tables drawn
from a Gaussian or t-copula with the same columns and correlations, and the columns that are in more than
one heap by themselves (which the copula keeps, and so cannot show).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from clientage.selection.dip import dip_test
from clientage.selection.many_kmeans import problems_of, solve
from clientage.selection.null_tables.tables import tables_without_groups
from clientage.selection.sample import Sample
from clientage.selection.silhouette import silhouettes

Amounts = Callable[[np.ndarray], np.ndarray]


ROWS = 512  # customers per null table: enough to see groups 3 SD apart, too few to see trifles
DIP_ROWS = 1_000
ALPHA = 0.05
LEAST_DIP = 0.04  # two equal normal groups 3.8 SD apart; a year's season of ± 40 % over several years has .02
MONTHS = 12
OFTEN = 0.05  # of the customers who share one value
MOST_OFTEN = 0.3  # of the customers, who share such values


def as_encoded(x: np.ndarray) -> np.ndarray:
    """Return encoded customers as they are: their own amounts, where nothing is known of units."""
    return x


@dataclass(frozen=True, slots=True)
class NullTest:
    """Observed separation beside what no groups at all would show.

    Parameters
    ----------
    observed : float
        Largest k-means silhouette over k, on at most 512 customers.
    mean, maximum : float
        Of the same figure over the null tables.
    p_value : float
        (1 + null tables at least as separated) / (draws + 1).
    draws : int
        Null tables.
    dip_columns : tuple of int
        Encoded columns that are in more than one heap by themselves (5 %, Bonferroni-corrected).
    ks : tuple of int
        Numbers of segments tried.
    observed_by_k, mean_by_k, sd_by_k : tuple of float
        Silhouette for each k: of the data, and mean and standard deviation over the null tables.
    drawn : tuple of float
        The largest usable silhouette of each null table, which `observed` is compared with.
    """

    observed: float
    mean: float
    maximum: float
    p_value: float
    draws: int
    dip_columns: tuple[int, ...]
    ks: tuple[int, ...] = ()
    observed_by_k: tuple[float, ...] = field(default=())
    mean_by_k: tuple[float, ...] = field(default=())
    sd_by_k: tuple[float, ...] = field(default=())
    drawn: tuple[float, ...] = field(default=())

    @property
    def rejected(self) -> bool:
        """Whether the data are more separated than data without groups."""
        return self.p_value <= ALPHA

    def expected(self, k: int) -> tuple[float, float] | None:
        """Return null mean and standard deviation of the silhouette at k, None where k was not tried."""
        if k not in self.ks:
            return None
        at = self.ks.index(k)
        return self.mean_by_k[at], self.sd_by_k[at]


def null_test(
    sample: Sample,
    ks: Sequence[int],
    draws: int,
    seed: int,
    feature_of: np.ndarray | None = None,
    amounts: Amounts = as_encoded,
) -> NullTest:
    """Compare the best silhouette with that of structureless tables.

    Parameters
    ----------
    sample : Sample
        The customers judged.
    ks : sequence of int
        Numbers of segments, at least 2.
    draws : int
        Null tables, 19 or more for a 5 % test.
    seed : int
        Of the draws.
    feature_of : int ndarray of shape (p,), optional
        Which encoded columns belong to one nominal feature. Default: each its own.
    amounts : callable, optional
        Encoded customers to their amounts in the units of the file. Default: the encoded values are the amounts.

    References
    ----------
    Dolnicar, S., Grün, B., Leisch, F. (2018). Market segmentation analysis. doi:10.1007/978-981-10-8818-6
    """
    x = sample.spread(ROWS).points
    feature_of = np.arange(x.shape[1]) if feature_of is None else feature_of
    ks = [k for k in ks if 2 <= k < len(x)]
    rng = np.random.default_rng([seed, 1])
    tables = np.concatenate([x[None], tables_without_groups(x, feature_of, amounts(x), draws, rng)])
    values, smallest = kmeans_silhouettes(tables, ks, np.random.default_rng([seed, 2]))
    best = best_usable(values, smallest, len(x))
    kinds = best[1:].reshape(-1, draws)  # data have groups where they differ from every kind of table without
    nearest = max(range(len(kinds)), key=lambda i: (_as_separated(kinds[i], best[0]), kinds[i].mean()))
    null, of_null = kinds[nearest], values[1:].reshape(len(kinds), draws, -1)[nearest]
    return NullTest(
        observed=float(best[0]),
        mean=float(null.mean()),
        maximum=float(null.max()),
        p_value=(1 + _as_separated(null, best[0])) / (draws + 1),
        draws=draws,
        dip_columns=heaped_columns(sample.spread(DIP_ROWS).points, feature_of),
        ks=tuple(ks),
        observed_by_k=tuple(values[0].tolist()),
        mean_by_k=tuple(of_null.mean(axis=0).tolist()),
        sd_by_k=tuple(of_null.std(axis=0, ddof=1 if draws > 1 else 0).tolist()),
        drawn=tuple(null.tolist()),
    )


def _as_separated(null: np.ndarray, observed: float) -> int:
    return int(np.count_nonzero(null >= observed - 1e-6))


def kmeans_silhouettes(
    tables: np.ndarray, ks: Sequence[int], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean silhouettes and smallest segment sizes (tables, ks) of quick k-means solutions.

    Parameters
    ----------
    tables : ndarray of shape (t, n, p)
        Tables of equal size.
    ks : sequence of int
        Numbers of segments.
    rng : Generator
        For the starts, which all tables share in distribution.
    """
    t, n, _ = tables.shape
    found = solve(problems_of(tables, np.ones((1, n)), max(ks)), ks, rng)
    labels = np.stack([found[k].labels for k in ks], axis=1).astype(np.int64)
    values = np.empty((t, len(ks)))
    smallest = np.empty((t, len(ks)))
    ones = np.ones(n)
    for i in range(t):
        values[i] = silhouettes(tables[i], ones, list(labels[i])).mean(axis=1).round(12)
        smallest[i] = [np.bincount(labels[i, j], minlength=k).min() for j, k in enumerate(ks)]
    return values, smallest


def best_usable(values: np.ndarray, smallest: np.ndarray, n: int) -> np.ndarray:
    """Return each table's largest silhouette over the k without tiny split-offs (over all k if none is left).

    A handful of outliers split off give a high silhouette to data and null alike and hide everything else.
    """
    least = max(2.0, 0.01 * n)
    kept = np.where(smallest >= least, values, -np.inf).max(axis=1)
    return np.asarray(np.where(np.isfinite(kept), kept, values.max(axis=1)))


def heaped_columns(x: np.ndarray, feature_of: np.ndarray) -> tuple[int, ...]:
    """Return the columns whose dip test rejects one heap at 5 %, corrected for the number of columns tested.

    Of these only such as no small part of the customers makes: a mild season, seen in a column of days, is a wave that
    is certain to be there and no group. Months are steps of a circle, which the line from 1 to 12 cuts open. And where
    many customers share few values, such as prices, each of these is a heap by construction.
    """
    _, at, width = np.unique(feature_of, return_inverse=True, return_counts=True)
    tests = {j: dip_test(x[:, j]) for j in range(x.shape[1]) if width[at[j]] == 1 and not _in_few_values(x[:, j])}
    judged = {j: d for j, d in tests.items() if d is not None}
    return tuple(j for j, d in judged.items() if d.p_value * len(judged) <= ALPHA and d.statistic >= LEAST_DIP)


def _in_few_values(column: np.ndarray) -> bool:
    _, counts = np.unique(column, return_counts=True)
    often = counts[counts > OFTEN * len(column)]
    return len(counts) <= MONTHS or int(often.sum()) > MOST_OFTEN * len(column)
