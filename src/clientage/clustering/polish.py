"""The last stretch of k-means, on samples and on all rows: few passes that go far.

Receives passes over more points than the search can afford, and one set of centres for each k; returns better sets.
Lloyd's steps crawl where groups have no gap between them. Here each step goes beyond the means (over-relaxation) and
carries on in the direction of the last one (Nesterov's momentum, started again whenever the cost goes up: O'Donoghue &
Candès 2015, doi 10.1007/s10208-013-9150-3). A stage hands its pace on to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clientage.clustering.lloyd import LAG, RELAX, gather, spread_cost
from clientage.clustering.points import Points
from clientage.grid import Grid

STILL = 1e-7  # of what the centres gain: an improvement below it ends a stage for this k

Gather = Callable[[Mapping[int, np.ndarray]], dict[int, np.ndarray]]


@dataclass(frozen=True, slots=True)
class Stage:
    """Passes over one set of points.

    Parameters
    ----------
    gather : callable
        {k: centres (k, p)} -> {k: (k, p + 1)}: sums and weights of the points nearest to each, by one pass.
    steps : int
        Passes, at most.
    """

    gather: Gather
    steps: int


def gather_points(points: Points, centres: Mapping[int, np.ndarray]) -> dict[int, np.ndarray]:
    """Sum the points nearest to each centre, in one set for each k."""
    sizes = np.array([len(c) for c in centres.values()])
    totals = gather(points, np.vstack(list(centres.values())), sizes)
    return dict(zip(centres, np.split(totals, np.cumsum(sizes)[:-1]), strict=True))


def polish(stages: Sequence[Stage], centres: Mapping[int, np.ndarray], grid: Grid) -> dict[int, np.ndarray]:
    """Improve one set of centres for each k on one stage after the other.

    Parameters
    ----------
    stages : sequence of Stage
        From the smallest sample to all rows.
    centres : mapping of int to ndarray of shape (k, p)
        On `grid`.
    grid : Grid

    Returns
    -------
    dict of int to ndarray of shape (k, p)
        Means of the best partition met in the last stage.
    """
    walks = {k: _Walk(start, grid) for k, start in centres.items()}
    for stage in stages:
        active = dict(walks)
        for walk in walks.values():
            walk.gained = -np.inf
        for _ in range(stage.steps):
            parts = stage.gather({k: walk.current for k, walk in active.items()})
            active = {k: walk for k, walk in active.items() if walk.step(parts[k])}
            if not active:
                break
    return {k: walk.best for k, walk in walks.items()}


class _Walk:
    """The way of one set of centres."""

    __slots__ = ("aim", "best", "current", "gained", "grid", "pace")

    def __init__(self, start: np.ndarray, grid: Grid) -> None:
        self.grid = grid
        self.current = self.best = self.aim = start
        self.gained = -np.inf
        self.pace = 0  # steps since the momentum was started

    def step(self, totals: np.ndarray) -> bool:
        """Take what a pass found at the current centres; return whether to go on."""
        gain = -float(spread_cost(totals, np.array([len(totals)]), 0.0)[0])
        if gain <= self.gained:  # too far: back to the means of the best partition
            moved = not np.array_equal(self.current, self.best)
            self.current = self.aim = self.best
            self.pace = 0
            return moved
        count = totals[:, -1:]
        means = np.where(count > 0, self.grid.round(totals[:, :-1] / np.maximum(count, 1.0)), self.current)
        ahead = self.current + RELAX * (means - self.current)
        momentum = self.pace / (self.pace + LAG)
        self.current = self.grid.round(ahead + momentum * (ahead - self.aim))
        still = gain - self.gained < STILL * gain
        self.best, self.aim, self.gained = means, ahead, gain
        self.pace += 1
        return not still
