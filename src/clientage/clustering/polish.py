"""The last stretch of k-means, on samples and on all rows: few passes that go far.

Receives passes over more points than the search can afford, and a few sets of centres for each k; returns the best.
Lloyd's steps crawl where groups have no gap between them. Here each step goes beyond the means (over-relaxation) and
carries on in the direction of the last one (Nesterov's momentum, started again whenever the cost goes up: O'Donoghue &
Candès 2015, doi 10.1007/s10208-013-9150-3). A stage hands its pace on to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from clientage.clustering.lloyd import LAG, RELAX, gather, spread_cost
from clientage.clustering.points import Points
from clientage.grid import Grid

STILL = 1e-7  # of what the centres gain: an improvement below it ends a stage for this k

Key = TypeVar("Key", bound=Hashable)
Name = tuple[int, int]  # k, and the number of the set
Gather = Callable[[Mapping[Name, np.ndarray]], dict[Name, np.ndarray]]


@dataclass(frozen=True, slots=True)
class Stage:
    """Passes over one set of points.

    Parameters
    ----------
    gather : callable
        {name: centres (k, p)} -> {name: (k, p + 1)}: sums and weights of the points nearest to each, by one pass.
    steps : int
        Passes, at most.
    """

    gather: Gather
    steps: int


def gather_points(points: Points, centres: Mapping[Key, np.ndarray]) -> dict[Key, np.ndarray]:
    """Sum the points nearest to each centre, in every set."""
    sizes = np.array([len(c) for c in centres.values()])
    totals = gather(points, np.vstack(list(centres.values())), sizes)
    return dict(zip(centres, np.split(totals, np.cumsum(sizes)[:-1]), strict=True))


def polish(stages: Sequence[Stage], sets: Mapping[int, np.ndarray], grid: Grid) -> dict[int, np.ndarray]:
    """Improve sets of centres on one stage after the other; the last one decides between the sets for the same k.

    Parameters
    ----------
    stages : sequence of Stage
        From the smallest sample to all rows.
    sets : mapping of int to ndarray of shape (r, k, p)
        On `grid`.
    grid : Grid

    Returns
    -------
    dict of int to ndarray of shape (k, p)
        Means of the best partition met in the last stage.
    """
    walks = {(k, i): _Walk(start, grid) for k, starts in sets.items() for i, start in enumerate(starts)}
    for stage in stages:
        active = dict(walks)
        for walk in walks.values():
            walk.gained = -np.inf
        for _ in range(stage.steps):
            found = stage.gather({name: walk.current for name, walk in active.items()})
            active = {name: walk for name, walk in active.items() if walk.step(found[name])}
            if not active:
                break
    best: dict[int, _Walk] = {}
    for (k, _), walk in walks.items():
        if k not in best or walk.gained > best[k].gained:
            best[k] = walk
    return {k: walk.best for k, walk in best.items()}


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
