"""Exact passes over all rows, for every k at once, on all cores.

Receives rows on the grid and the centres for each k; returns what the centres gather, and labels. One product per
chunk of rows serves all k. Every number is exact (see `clientage.grid`), so chunks may be of any size, be done by any
number of threads and be added in any order: the result is the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np

from clientage.clustering.nearest import Run, Workspace, affine
from clientage.clustering.points import block_rows, row_squares
from clientage.clustering.sample import split_sums
from clientage.cores import core_count
from clientage.grid import Grid
from clientage.spool import let_go

Key = TypeVar("Key", bound=Hashable)

SPANS = 16  # walked through before they leave memory, where rows live on disk
TOGETHER = 16  # chunks a thread takes at a time


@dataclass(frozen=True, slots=True)
class Stack:
    """Centres of several k, one below the other, as the factor of one product.

    Parameters
    ----------
    rows : ndarray of shape (K, p + 1)
        Rows (2c, −|c|²).
    runs : tuple of Run
        Where each k begins and ends.
    """

    rows: np.ndarray
    runs: tuple[Run, ...]


def stacked(centres: Mapping[Key, np.ndarray]) -> Stack:
    """Put the centres of all k below each other, in the order of the mapping."""
    ends = np.cumsum([len(c) for c in centres.values()]).tolist()
    runs = tuple(Run(end - len(c), end, len(c)) for c, end in zip(centres.values(), ends, strict=True))
    return Stack(affine(np.vstack(list(centres.values()))), runs)


def gather_rows(x: np.ndarray, centres: Mapping[Key, np.ndarray], threads: int | None = None) -> dict[Key, np.ndarray]:
    """Sum the rows nearest to each centre, in every set.

    Parameters
    ----------
    x : ndarray of shape (n, p)
        On the grid; float64 or float32, which holds the grid's values exactly.
    centres : mapping of int to ndarray of shape (k, p)
        On the grid.
    threads : int or None

    Returns
    -------
    dict of int to ndarray of shape (k, p + 1)
        Sums of the rows, and how many.
    """
    stack = stacked(centres)
    totals = np.zeros((len(stack.rows), x.shape[1] + 1))
    for part in _over_spans(x, stack, threads, lambda low, high: _gather_span(x[low:high], stack)):
        totals += part
    return {k: totals[run.low : run.high] for k, run in zip(centres, stack.runs, strict=True)}


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


def _over_spans(
    x: np.ndarray, stack: Stack, threads: int | None, work: Callable[[int, int], np.ndarray]
) -> Iterator[np.ndarray]:
    """Yield what `work` returns for consecutive spans of the rows."""
    span = block_rows(*stack.rows.shape) * TOGETHER
    lows = range(0, len(x), span)
    highs = [min(low + span, len(x)) for low in lows]
    count = min(core_count() if threads is None else threads, len(lows))
    if count <= 1:
        yield from map(partial(_then_let_go, x, work), lows, highs)
    else:
        with ThreadPoolExecutor(count) as pool:
            yield from pool.map(partial(_then_let_go, x, work), lows, highs)
    let_go(x)


def _then_let_go(x: np.ndarray, work: Callable[[int, int], np.ndarray], low: int, high: int) -> np.ndarray:
    done = work(low, high)
    if (low // (high - low)) % SPANS == SPANS - 1:
        let_go(x)
    return done


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
    rows = block_rows(width, factors)
    space = Workspace(width, rows)
    total = np.zeros((width, factors))
    for columns in _columns(x, rows):
        total += space.mask(stack.rows, columns, stack.runs) @ columns.T
    return total


def _label_span(x: np.ndarray, stack: Stack, grid: Grid, labels: np.ndarray) -> np.ndarray:
    """Write the labels of a span; return the split sums of what every k gains, and of the rows' squares."""
    rows = block_rows(*stack.rows.shape)
    space = Workspace(len(stack.rows), rows)
    halves = np.zeros((len(stack.runs) + 1, 2))
    at = 0
    for columns in _columns(x, rows):
        b = columns.shape[1]
        best = space.label(stack.rows, columns, stack.runs, labels[:, at : at + b])
        halves += split_sums(np.vstack([best, row_squares(columns[:-1].T)]), grid)
        at += b
    return halves
