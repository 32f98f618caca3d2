"""k-means of hundreds of small weighted tables, for every number of segments: bootstraps, halves, null tables.

Receives stacks of points and weights; returns centres and labels of every table for every k. Every table walks down
from a few segments more than are asked for. A smaller number begins with the solution for the next larger one, its
cheapest two segments made one, and with a greedy start of its own. That ends lower than eight starts for every
number alone, in less than half of the time (docs/decisions/0012-the-choice-at-a-fraction-of-its-cost.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clientage.selection.lloyd import Problems, best_of, gathered, refined
from clientage.selection.starts import TRIALS, greedy, merged

HELD = 200_000  # distances held at once: they stay in the processor's cache
BEYOND = 2  # segments more than the largest number asked for, where the walk begins
HEADS = 2  # greedy starts there; one for every smaller number
MERGERS = 2  # starts made of the next larger solution
KEPT, KEPT_OF_FEW, FEW = 2, 3, 6  # starts refined to the end, and the same up to six segments, where they cost little
FIRST_STEPS = 2  # with all starts
STEPS = 8  # with the kept ones, at most
PASSING_STEPS = 3  # the same at numbers that are only passed, with one start


@dataclass(frozen=True, slots=True)
class Solved:
    """Solutions of b tables for one k.

    Parameters
    ----------
    centres : float32 ndarray of shape (b, k, p)
    labels : int ndarray of shape (b, m)
        uint8 up to 255 segments.
    """

    centres: np.ndarray
    labels: np.ndarray


def problems_of(points: np.ndarray, weights: np.ndarray, k: int) -> Problems:
    """Lay out tables for `solve`.

    Parameters
    ----------
    points, weights : ndarray of shape (b, m, p) and (b, m)
        Either may have a leading 1.
    k : int
        The largest number of segments that will be asked for.
    """
    return Problems.of(points, weights, (MERGERS + 1) * (k + BEYOND))


def solve(problems: Problems, ks: Sequence[int], rng: np.random.Generator) -> dict[int, Solved]:
    """Fit k-means to every table for every k.

    Parameters
    ----------
    problems : Problems
        From `problems_of`.
    ks : sequence of int
        At least 1 each.
    rng : Generator
        For the starts.

    Examples
    --------
    >>> tables = np.array([[[0.0], [1.0], [9.0]], [[0.0], [8.0], [9.0]]])
    >>> found = solve(problems_of(tables, np.ones((1, 3)), 2), [2], np.random.default_rng(0))[2]
    >>> [len(np.unique(labels)) for labels in found.labels], np.sort(found.centres, axis=1)[..., 0].tolist()
    ([2, 2], [[0.5, 9.0], [0.0, 8.5]])
    """
    # In one thread: two, each with half of the tables, wait for each other between such short steps, and took a
    # quarter longer for a thousand customers and a tenth for a million.
    return _walk(problems, ks, rng.random((max(ks) + BEYOND, problems.count, HEADS, TRIALS)))


def _walk(problems: Problems, ks: Sequence[int], draws: np.ndarray) -> dict[int, Solved]:
    """Solve from the largest number of segments down; where numbers are left out, several pairs are merged at once."""
    starts = _greedy(problems, draws)
    out: dict[int, Solved] = {}
    above: Solved | None = None
    for k in sorted({*ks, *range(max(ks), len(draws) + 1)}, reverse=True):
        tried = starts[:, :, :k]
        if above is not None:
            fewer = merged(above.centres, _sizes(problems, above), k, MERGERS)
            tried = np.concatenate([fewer, tried[:, :1]], axis=1)
        above = _solved(problems, tried, wanted=k in ks)
        if k in ks:
            out[k] = above
    return out


def _greedy(problems: Problems, draws: np.ndarray) -> np.ndarray:
    """Return the greedy starts (b, r, k, p), a few tables at a time."""
    each = max(1, HELD // (HEADS * TRIALS * problems.rows))
    lows = range(0, problems.count, each)
    return np.concatenate([greedy(problems.some(slice(i, i + each)), draws[:, i : i + each]) for i in lows])


def _sizes(problems: Problems, found: Solved) -> np.ndarray:
    """Return the weight (b, k) of the segments."""
    b, k, _ = found.centres.shape
    cell = np.arange(b)[:, None] * k + found.labels
    weights = problems.weights.reshape(len(problems.weights), -1)[:, : problems.rows]
    spread = np.broadcast_to(weights, cell.shape)
    return np.bincount(cell.ravel(), weights=spread.ravel(), minlength=b * k).reshape(b, k)


def _solved(problems: Problems, tried: np.ndarray, wanted: bool) -> Solved:
    """Refine starts (b, r, k, p): all of them a little, the best to the end."""
    _, r, k, _ = tried.shape
    each = max(1, HELD // (r * k * problems.rows))
    count = (KEPT_OF_FEW if k <= FEW else KEPT) if wanted else 1
    centres, labels = [], []
    for low in range(0, problems.count, each):
        some = problems.some(slice(low, low + each))
        kept = _kept(some, tried[low : low + each], count)
        best = best_of(some, refined(some, kept, STEPS if wanted else PASSING_STEPS))
        centres.append(best[0])
        labels.append(best[1])
    return Solved(np.concatenate(centres), np.concatenate(labels))


def _kept(problems: Problems, starts: np.ndarray, count: int) -> np.ndarray:
    """Return the best of the starts after some steps, best first.

    They are compared by what they saved before the last of these steps, which is known without another pass.
    """
    moments, centres = problems.moments(), starts
    for _ in range(FIRST_STEPS):
        centres, saving = gathered(problems, moments, centres)
    order = np.argsort(-saving, axis=1, kind="stable")[:, :count]
    return np.take_along_axis(centres, order[..., None, None], axis=1)
