"""k-means for every k, from a thousand rows to millions.

Receives any finite array; returns centres, inertia and labels for each k. The search runs on the coreset; its best
solutions are improved on the weighted sample and then on all rows, and the last pass labels every row by its exact
distance to the centres returned. Where the coreset is the data itself the search is already on all rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from clientage.clustering.assignment import canonical
from clientage.clustering.coreset import Coreset, summarise
from clientage.clustering.hashing import CHUNK
from clientage.clustering.kmeans import APART, WORSE, fit_kmeans
from clientage.clustering.lloyd import Solutions, improve
from clientage.clustering.passes import gather_rows, label_rows
from clientage.clustering.points import Points, weighted_points
from clientage.clustering.polish import Stage, gather_points, polish
from clientage.clustering.sample import FOLD, Sample
from clientage.clustering.ward import Tree
from clientage.errors import DataError
from clientage.grid import Grid

CONTENDERS = 3  # solutions of the coreset that are compared on the sample
FINALISTS = 2  # that go on to all rows
FIRST_ROWS = 32_768  # of the sample
CONTEST_STEPS = (4, 1)  # on the beginning of the sample and on the whole, with the contenders
STEPS = (12, 4)  # the same with the finalists
PASSES = 1
LARGEST = 2.0**500  # of |X|: squares of anything larger overflow


@dataclass(frozen=True, slots=True)
class Sweep:
    """k-means solutions for several k.

    Parameters
    ----------
    centers : mapping of int to ndarray of shape (k, p)
        In the units of X, in lexicographic order.
    inertia : mapping of int to float
        Sum of squared distances of the rows to their centres, in squared units of X.
    labels : mapping of int to ndarray of int32, shape (n,)
        The nearest centre, the lowest number winning ties.
    """

    centers: Mapping[int, np.ndarray]
    inertia: Mapping[int, float]
    labels: Mapping[int, np.ndarray]


def sweep(X: np.ndarray, ks: Iterable[int] = range(2, 11), *, seed: int = 0, threads: int | None = None) -> Sweep:
    """Fit k-means for every k.

    Parameters
    ----------
    X : array-like of shape (n, p)
        Finite numbers. They are rounded to 2**-24 of the largest half-range of a column, which makes
        all sums exact; centres and inertia are of the rounded values.
    ks : iterable of int, default 2..10
    seed : int, default 0
    threads : int or None, default None
        None: all cores. The result does not depend on it.

    Returns
    -------
    Sweep

    Raises
    ------
    DataError
        When X is no finite, non-empty matrix, a k is below 1, or X has fewer distinct rows than the largest k.

    Examples
    --------
    >>> found = sweep(np.array([[0.0], [1.0], [10.0], [12.0]]), ks=[2, 3])
    >>> found.inertia[2], found.labels[2].tolist(), found.centers[3].ravel().tolist()
    (2.5, [0, 0, 1, 1], [0.5, 10.0, 12.0])
    """
    wanted = _checked_ks(ks)
    data, low_end, high_end = _checked(X)
    middle = low_end / 2 + high_end / 2
    scale = _power_of_two(float((high_end - middle).max()))
    grid = Grid.for_values(np.zeros((1, data.shape[1])))
    z = np.empty(data.shape, dtype=np.float32)  # holds every value of the grid exactly, in half the memory
    for low in range(0, len(data), CHUNK):
        part = data[low : low + CHUNK] - middle
        part *= scale / grid.step
        np.rint(part, out=part)
        np.multiply(part, grid.step, out=z[low : low + CHUNK], casting="same_kind")
    coreset = summarise(z, seed=seed)
    centres = fit_centres(z, coreset, wanted, seed=seed, threads=threads)
    done = label_rows(z, centres, grid, threads)
    return Sweep(
        {k: c / scale + middle for k, c in centres.items()},
        {k: v / scale / scale for k, v in done.inertia.items()},
        done.labels,
    )


def fit_centres(
    x: np.ndarray, coreset: Coreset, ks: Sequence[int], *, seed: int = 0, threads: int | None = None
) -> dict[int, np.ndarray]:
    """Return the k-means centres for every k.

    Parameters
    ----------
    x : ndarray of shape (n, p)
        Rows on the grid.
    coreset : Coreset
        Of these rows.
    ks : sequence of int
        Sorted.
    seed : int
    threads : int or None

    Returns
    -------
    dict of int to ndarray of shape (k, p)
        On the grid, in lexicographic order.

    Raises
    ------
    DataError
        When there are fewer distinct rows than the largest k.
    """
    if max(ks) > len(coreset.points):
        raise too_few(max(ks), coreset)
    grid = Grid.for_values(x)
    points = weighted_points(coreset.points, coreset.weights, grid)
    seeds = _ward_seeds(points, coreset.tree, ks)
    if coreset.sample is None:
        found = fit_kmeans(points, ks, seeds, seed=seed)
        centres = {k: found[k].centres[0] for k in ks}
    else:
        found = fit_kmeans(points, ks, seeds, seed=seed, keep=CONTENDERS)
        levels = _levels(coreset.sample, grid)
        stages = [Stage(partial(gather_points, level), steps) for level, steps in zip(levels, STEPS, strict=False)]
        if not coreset.sample.exact:
            stages.append(Stage(partial(gather_rows, x, threads=threads), PASSES))
        centres = polish(stages, _contenders(levels, found), grid)
    return {k: c[canonical(c)] for k, c in centres.items()}


def _levels(sample: Sample, grid: Grid) -> list[Points]:
    """Return the beginning of the sample, itself a sample because the order is random, and the whole."""
    sizes = sorted({min(FIRST_ROWS, len(sample.x)), len(sample.x)})
    return [weighted_points(sample.x[:rows], sample.weights[:rows], grid) for rows in sizes]


def _contenders(levels: Sequence[Points], found: Mapping[int, Solutions]) -> dict[int, np.ndarray]:
    """Return, for each k, the sets that may be best: the coreset can misjudge solutions that cost almost the same."""
    still_open = {k: solutions for k, solutions in found.items() if len(solutions.cost) > 1}
    for level, steps in zip(levels, CONTEST_STEPS, strict=False):
        if still_open:
            still_open = improve(level, {k: s.centres for k, s in still_open.items()}, steps)
    left = {k: s.best(FINALISTS, APART).within(WORSE) for k, s in still_open.items()}
    return {k: left.get(k, solutions).centres for k, solutions in found.items()}


def _ward_seeds(points: Points, tree: Tree, ks: Sequence[int]) -> dict[int, np.ndarray]:
    """Return the means of the groups of Ward's tree, cut for every k."""
    return {k: points.grid.round(group_means(points.x, points.weights, tree.cut(k), k)) for k in ks}


def group_means(x: np.ndarray, weights: np.ndarray, labels: np.ndarray, k: int) -> np.ndarray:
    """Return (k, p) weighted means of the points of each group."""
    total = np.bincount(labels, weights, minlength=k)
    sums = [np.bincount(labels, weights * x[:, j], minlength=k) for j in range(x.shape[1])]
    return np.asarray(np.column_stack(sums) / total[:, None])


def too_few(k: int, coreset: Coreset) -> DataError:
    """Return the refusal of a k above the number of distinct rows."""
    return DataError(
        f"at least {k} different customers for k = {k}",
        f"{len(coreset.points)} distinct rows among {coreset.n}",
        "Ask for fewer clusters, or add features that tell customers apart.",
    )


def _checked(X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the matrix, and the smallest and largest value of every column as float64."""
    data = np.asarray(X)
    if data.ndim != 2 or data.size == 0 or data.dtype.kind not in "fiub":
        raise DataError(
            "a matrix of numbers with at least one row and one column",
            f"an array of shape {data.shape} and type {data.dtype}",
            "Pass one row per customer and one column per feature.",
        )
    if data.dtype != np.float32:
        data = data.astype(np.float64, copy=False)
    low, high = column_extremes(data)
    if not (np.isfinite(high).all() and np.isfinite(low).all()):  # a missing value is both
        bad = ~np.isfinite(data).all(axis=1)
        rows = ", ".join(str(i) for i in np.flatnonzero(bad)[:5])
        raise DataError(
            "finite numbers only",
            f"{int(bad.sum())} rows with missing or infinite values, first at index {rows}",
            "Fill or remove them first.",
        )
    largest = max(float(high.max()), -float(low.min()))
    if largest > LARGEST:
        raise DataError(f"numbers up to {LARGEST:.0e}", f"{largest:.3e}", "Rescale the columns.")
    return data, low, high


def column_extremes(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the smallest and largest value of every column as float64; NaN where a column has one.

    Rows lie side by side for the comparison, which is many times faster than along so few columns.
    """
    n, p = x.shape
    lows, highs = [], []
    for start in range(0, n, CHUNK):
        part = x[start : start + CHUNK]
        side = len(part) // FOLD if len(part) % FOLD == 0 else len(part)  # the last rows may not fold
        wide = np.ascontiguousarray(part).reshape(side, -1)
        lows.append(wide.min(axis=0).reshape(-1, p).min(axis=0))
        highs.append(wide.max(axis=0).reshape(-1, p).max(axis=0))
    return np.min(lows, axis=0).astype(np.float64), np.max(highs, axis=0).astype(np.float64)


def _checked_ks(ks: Iterable[int]) -> list[int]:
    wanted = sorted(set(ks))
    if not wanted or wanted[0] < 1:
        raise DataError("numbers of clusters of at least 1", str(wanted), "For example: ks=range(2, 11)")
    return wanted


def _power_of_two(reach: float) -> float:
    """Return the factor that brings `reach` to between 8 and 16, exactly."""
    return 2.0 ** (4 - math.ceil(math.log2(reach))) if reach > 0 else 1.0
