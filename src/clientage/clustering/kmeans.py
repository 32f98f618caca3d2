"""k-means on weighted points, for every k at once.

Receives `Points` and the hierarchy of `ward`; returns for each k the best centre sets found, best first.
Seeds are k-means++ draws (Arthur & Vassilvitskii 2007), shared by all k because a draw of ten centres begins with a
draw of nine, and the cuts of the Ward tree. Weak sets are dropped early (successive halving); then each k learns
from its neighbours: the solution for k + 1 with its two closest groups merged, the one for k − 1 with a centre added
where the cost is, its own with a merge and an addition. That leaves the basins that no number of Lloyd steps leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from clientage.clustering.hashing import numbered_uniforms
from clientage.clustering.lloyd import Solutions, gather, improve
from clientage.clustering.nearest import affine
from clientage.clustering.points import Points

RESTARTS = 24  # for every k at least
RESTART_CENTRES = 320  # together: a small k gets more restarts, its solutions being so many groups' mergers
MOST_RESTARTS = 120
SMALL = 2_048  # points; smaller tables get more restarts
HALVING = ((3, 6, 32), (6, 2, 14))  # steps; sets left then, at least; their centres: small k keep more sets
FINAL_STEPS = 100
ROUNDS = 3  # of learning from the neighbouring k, at most
FRUITLESS = 1  # rounds without a gain that end it
APART = 2e-4  # relative difference in cost that makes a second solution worth keeping
WORSE = 5e-3  # relative: beyond, a solution is not a contender
GAIN = 1e-7  # relative: a smaller improvement is not worth another round


def fit_kmeans(
    points: Points, ks: Sequence[int], seeds: Mapping[int, np.ndarray], *, seed: int = 0, keep: int = 1
) -> dict[int, Solutions]:
    """Search for the best centres for every k.

    Parameters
    ----------
    points : Points
        At least max(ks) distinct ones.
    ks : sequence of int
        Sorted, each at least 1.
    seeds : mapping of int to ndarray of shape (k, p)
        One more start for each k, from the Ward tree; may be empty.
    seed : int
    keep : int
        Solutions to return for each k, at most: the best, and others that cost up to 0.5 % more.

    Returns
    -------
    dict of int to Solutions

    Examples
    --------
    >>> from clientage.clustering.points import weighted_points
    >>> from clientage.grid import Grid
    >>> p = weighted_points(np.array([[0.0], [1.0], [9.0]]), np.ones(3), Grid(2.0**-20, 16.0))
    >>> fit_kmeans(p, [2], {})[2].cost.tolist()
    [0.5]
    """
    searched = sorted({j for k in ks for j in (k - 1, k, k + 1) if 2 <= j <= len(points.x)} | set(ks))
    starts = plus_plus(points, np.empty((MOST_RESTARTS, 0, points.x.shape[1])), max(searched), seed)
    centres = RESTART_CENTRES * max(1, SMALL // len(points.x))
    sets = {k: starts[: min(MOST_RESTARTS, max(RESTARTS, centres // k)), :k] for k in searched}
    for k in set(searched) & set(seeds):
        sets[k] = np.concatenate([seeds[k][None], sets[k]])
    found = _halve(points, sets, keep)
    fruitless = 0
    for turn in range(ROUNDS):
        tried = _halve(points, {k: _neighbours(points, found, k, seed + 1 + turn) for k in searched}, keep)
        after = {k: found[k].joined(tried[k]).best(keep, APART) for k in searched}
        gained = any(after[k].cost[0] < found[k].cost[0] * (1 - GAIN) for k in searched)
        found = after
        fruitless = 0 if gained else fruitless + 1
        if fruitless == FRUITLESS:
            break
    return {k: found[k].within(WORSE) for k in ks}


def plus_plus(points: Points, centres: np.ndarray, k: int, seed: int) -> np.ndarray:
    """Add centres to every set until it has k, each at a point drawn by what it costs now.

    Parameters
    ----------
    points : Points
    centres : ndarray of shape (r, j, p), j <= k
        Sets to extend; j may be 0.
    k : int
    seed : int

    Returns
    -------
    ndarray of shape (r, k, p)
    """
    r, have, p = centres.shape
    draws = numbered_uniforms(seed, r * k).reshape(k, r)
    out = np.empty((r, k, p))
    out[:, :have] = centres
    loss = np.tile(points.weights, (r, 1)) if have == 0 else _losses(points, centres)
    for j in range(have, k):
        out[:, j] = points.x[_draw(loss, draws[j])]
        if j + 1 < k:
            new = _losses(points, out[:, j : j + 1])
            loss = new if j == 0 else np.minimum(loss, new, out=loss)
    return out


def _losses(points: Points, centres: np.ndarray) -> np.ndarray:
    """Return (r, m): the weighted squared distance of each point to the nearest centre of each set."""
    r, k, p = centres.shape
    rows = affine(centres).reshape(-1, p + 1)
    near = np.concatenate([(rows @ columns).reshape(r, k, -1).max(axis=1) for columns in points.columns], axis=1)
    np.subtract(points.norms, near, out=near)
    near *= points.weights
    return near


def _draw(loss: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
    """Return one index per row, drawn with probability proportional to the row's entries."""
    running = np.cumsum(loss, axis=1)
    target = uniforms * running[:, -1]
    return np.asarray((running <= target[:, None]).sum(axis=1).clip(max=loss.shape[1] - 1))


def _halve(points: Points, sets: Mapping[int, np.ndarray], keep: int) -> dict[int, Solutions]:
    """Run all sets a little, the better ones longer and the best to the end."""
    for steps, fewest, centres in HALVING:
        after = improve(points, sets, steps)
        sets = {k: s.best(max(fewest, keep + 1, centres // k)).centres for k, s in after.items()}
    return {k: s.best(keep, APART) for k, s in improve(points, sets, FINAL_STEPS).items()}


def _neighbours(points: Points, found: Mapping[int, Solutions], k: int, seed: int) -> np.ndarray:
    """Return starts for k made from the best solutions for k − 1, k and k + 1."""
    starts = []
    if k + 1 in found:
        starts.append(_merged(points, found[k + 1].centres[0], 3))
    if k - 1 in found:
        starts.append(plus_plus(points, np.repeat(found[k - 1].centres[:1], 3, axis=0), k, seed))
    if k > 1:
        fewer = np.repeat(_merged(points, found[k].centres[0], 2), 3, axis=0)
        starts.append(plus_plus(points, fewer, k, seed + 1000))
    return np.concatenate(starts) if starts else found[k].centres[:1]


def _merged(points: Points, centres: np.ndarray, count: int) -> np.ndarray:
    """Return sets with one centre less: the pairs whose merger costs least, replaced by their mean."""
    k = len(centres)
    totals = gather(points, centres, np.array([k]))
    size, sums = totals[:, -1], totals[:, :-1]
    first, second = np.triu_indices(k, 1)
    gap = ((centres[first] - centres[second]) ** 2).sum(axis=1)
    pair = size[first] + size[second]
    cost = gap * size[first] * size[second] / np.maximum(pair, 1.0)
    sets = []
    for i in np.argsort(cost, kind="stable")[:count]:
        a, b = first[i], second[i]
        middle = points.grid.round((sums[a] + sums[b]) / max(pair[i], 1.0))
        sets.append(np.vstack([np.delete(centres, [a, b], axis=0), middle]))
    return np.array(sets)
