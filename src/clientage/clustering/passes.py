"""Exact passes over all rows, for every k at once, on all cores.

Receives rows on the grid and the centres for each k; returns what the centres gather, and labels. One product per
chunk of rows serves all k. Every number is exact (see `clientage.grid`), so chunks may be of any size, be done by any
number of threads and be added in any order: the result is the same to the last bit.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from clientage.clustering.lloyd import RELAX, WORK, Partition, affine
from clientage.clustering.points import row_squares
from clientage.clustering.sample import split_sum
from clientage.grid import Grid

MOST_ROWS = 4_096  # a chunk: its distances stay in the processor's cache
FEWEST_ROWS = 256
TOGETHER = 16  # chunks a thread takes at a time


@dataclass(frozen=True, slots=True)
class Stack:
    """Centres of several k, one below the other, as the factor of one product.

    Parameters
    ----------
    rows : ndarray of shape (K, p + 1)
        Rows (2c, −|c|²).
    edges : tuple of (int, int)
        Where each k begins and ends.
    """

    rows: np.ndarray
    edges: tuple[tuple[int, int], ...]


def stacked(centres: Mapping[int, np.ndarray]) -> Stack:
    """Put the centres of all k below each other, in the order of the mapping."""
    ends = np.cumsum([len(c) for c in centres.values()]).tolist()
    edges = tuple(zip([0, *ends[:-1]], ends, strict=True))
    return Stack(affine(np.vstack(list(centres.values()))), edges)


def thread_count(threads: int | None) -> int:
    """Return how many threads to use: as asked, or the cores this process may run on."""
    if threads is not None:
        return max(1, threads)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def chunk_rows(width: int, factors: int) -> int:
    """Return the rows of a chunk whose product stays in the cache and on the library's fast path."""
    return int(min(MOST_ROWS, max(FEWEST_ROWS, WORK // (width * factors) // 64 * 64)))


def gather_rows(x: np.ndarray, centres: Mapping[int, np.ndarray], threads: int | None = None) -> dict[int, Partition]:
    """Sum the rows nearest to each centre, for every k.

    Parameters
    ----------
    x : ndarray of shape (n, p)
        On the grid; float64 or float32, which holds the grid's values exactly.
    centres : mapping of int to ndarray of shape (k, p)
        On the grid.
    threads : int or None

    Returns
    -------
    dict of int to Partition
        With one set each. A row at the same distance from two centres counts for both: it does not matter on the way,
        and the last pass, `label_rows`, settles it.
    """
    stack = stacked(centres)
    totals = np.zeros((len(stack.rows), x.shape[1] + 1))
    for part in _over_spans(x, stack, threads, lambda low, high: _gather_span(x[low:high], stack)):
        totals += part
    return {
        k: Partition(totals[None, low:high, :-1], totals[None, low:high, -1])
        for k, (low, high) in zip(centres, stack.edges, strict=True)
    }


@dataclass(frozen=True, slots=True)
class Labelled:
    """Labels of all rows and what they cost, for every k.

    Parameters
    ----------
    labels : dict of int to ndarray of int32, shape (n,)
        The nearest centre, the lowest number winning ties.
    inertia : dict of int to float
        Sum of squared distances to it: the exact sum, rounded once.
    """

    labels: dict[int, np.ndarray]
    inertia: dict[int, float]


def label_rows(x: np.ndarray, centres: Mapping[int, np.ndarray], grid: Grid, threads: int | None = None) -> Labelled:
    """Give every row its nearest centre, for every k.

    Parameters
    ----------
    x : ndarray of shape (n, p)
        On `grid`.
    centres : mapping of int to ndarray of shape (k, p)
        On `grid`.
    grid : Grid
    threads : int or None
    """
    stack = stacked(centres)
    labels = np.empty((len(centres), len(x)), dtype=np.int32)
    halves = np.zeros((len(centres) + 1, 2))

    def one(low: int, high: int) -> np.ndarray:
        return _label_span(x[low:high], stack, grid, labels[:, low:high])

    for part in _over_spans(x, stack, threads, one):
        halves += part
    losses = (halves[-1] - halves[:-1]).sum(axis=1)
    return Labelled({k: labels[i] for i, k in enumerate(centres)}, {k: float(losses[i]) for i, k in enumerate(centres)})


def polish(
    x: np.ndarray, centres: Mapping[int, np.ndarray], grid: Grid, passes: int, threads: int | None = None
) -> dict[int, np.ndarray]:
    """Move the centres by over-relaxed Lloyd steps on all rows.

    Parameters
    ----------
    x : ndarray of shape (n, p)
    centres : mapping of int to ndarray of shape (k, p)
    grid : Grid
    passes : int
        Over the rows, at most; k that stand still are left out.
    threads : int or None

    Returns
    -------
    dict of int to ndarray of shape (k, p)
        Means of the best partition met.
    """
    current = dict(centres)
    best = dict(centres)
    gained = dict.fromkeys(centres, -np.inf)
    for _ in range(passes):
        parts = gather_rows(x, current, threads)
        for k, part in parts.items():
            count = part.counts[0]
            sums = part.sums[0]
            gain = float(-part.cost(0.0)[0])
            if gain <= gained[k]:
                if np.array_equal(current[k], best[k]):
                    del current[k]
                else:
                    current[k] = best[k]
                continue
            empty = (count == 0)[:, None]
            means = np.where(empty, current[k], grid.round(sums / np.maximum(count, 1.0)[:, None]))
            gained[k], best[k] = gain, means
            current[k] = grid.round(current[k] + RELAX * (means - current[k]))
        if not current:
            break
    return best


def _over_spans(
    x: np.ndarray, stack: Stack, threads: int | None, work: Callable[[int, int], np.ndarray]
) -> Iterator[np.ndarray]:
    """Yield what `work` returns for consecutive spans of the rows."""
    span = chunk_rows(*stack.rows.shape) * TOGETHER
    lows = range(0, len(x), span)
    highs = [min(low + span, len(x)) for low in lows]
    count = min(thread_count(threads), len(lows))
    if count <= 1:
        yield from map(work, lows, highs)
        return
    with ThreadPoolExecutor(count) as pool:
        yield from pool.map(work, lows, highs)


def _columns(x: np.ndarray, rows: int) -> Iterator[np.ndarray]:
    """Yield chunks of rows feature-major, with a row of ones below; the next overwrites the last."""
    p = x.shape[1]
    block = np.ones((p + 1, rows))
    for low in range(0, len(x), rows):
        part = x[low : low + rows].T
        columns = block if part.shape[1] == rows else np.ones((p + 1, part.shape[1]))
        columns[:p] = part
        yield columns


def _gather_span(x: np.ndarray, stack: Stack) -> np.ndarray:
    width, factors = stack.rows.shape
    rows = min(chunk_rows(width, factors), len(x))
    total = np.zeros((width, factors))
    near, chosen, mask = np.zeros((width, rows)), np.zeros((width, rows), dtype=bool), np.zeros((width, rows))
    for columns in _columns(x, rows):
        if columns.shape[1] < rows:  # the last chunk
            near, chosen, mask = (np.zeros((width, columns.shape[1]), dtype=a.dtype) for a in (near, chosen, mask))
        np.matmul(stack.rows, columns, out=near)
        for low, high in stack.edges:
            group = near[low:high]
            np.equal(group, group.max(axis=0), out=chosen[low:high])
        np.copyto(mask, chosen)
        total += mask @ columns.T
    return total


def _label_span(x: np.ndarray, stack: Stack, grid: Grid, labels: np.ndarray) -> np.ndarray:
    """Write the labels of a span; return the split sums of what every k gains, and of the rows' squares."""
    halves = np.zeros((len(stack.edges) + 1, 2))
    at = 0
    for columns in _columns(x, chunk_rows(*stack.rows.shape)):
        high_at = at + columns.shape[1]
        near = stack.rows @ columns
        for i, (low, high) in enumerate(stack.edges):
            best = near[low:high].max(axis=0)
            labels[i, at:high_at] = first_equal(near[low:high], best)
            halves[i] += split_sum(best, grid)
        halves[-1] += split_sum(row_squares(columns[:-1].T), grid)
        at = high_at
    return halves


def first_equal(near: np.ndarray, best: np.ndarray) -> np.ndarray:
    """Return, per column, the first row of `near` that equals `best`.

    A maximum over ranks: several times faster than `argmax` along the slow axis.
    """
    k = len(near)
    rank = np.arange(k, 0, -1, dtype=np.uint8 if k < 256 else np.uint16)[:, None]
    return np.asarray(k - ((near == best) * rank).max(axis=0).astype(np.int32))
