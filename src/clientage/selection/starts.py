"""Where many small k-means begin: greedy draws, and the next larger solution with two of its segments made one.

Receives `Problems`, or solutions; returns sets of centres.
"""

from __future__ import annotations

import numpy as np

from clientage.selection.lloyd import Problems, nearness, saved

TRIALS = 3  # points drawn for each further centre; the one that saves most is taken


def greedy(problems: Problems, draws: np.ndarray) -> np.ndarray:
    """Return greedy k-means++ starts (b, r, k, p); the first j centres of a start are a start for j.

    Parameters
    ----------
    problems : Problems
        b problems.
    draws : ndarray of shape (k, b, r, `TRIALS`)
        Uniform numbers in [0, 1).

    References
    ----------
    Arthur, D. and Vassilvitskii, S. (2007). k-means++: the advantages of careful seeding. SODA '07. The greedy form
    is that of its section 5.

    Examples
    --------
    >>> problems = Problems.of(np.array([[[0.0], [0.0], [9.0]]]), np.ones((1, 3)), 2)
    >>> sorted(greedy(problems, np.full((2, 1, 1, TRIALS), 0.5)).ravel().tolist())
    [0.0, 9.0]
    """
    k, b, r, _ = draws.shape
    columns, p = problems.columns, problems.features
    norms = np.einsum("bcps,bcps->bcs", columns[:, :, :p], columns[:, :, :p])[:, :, None]
    weights = np.broadcast_to(problems.weights[:, :, None], (b, columns.shape[1], r, columns.shape[3]))
    out = np.empty((b, r, k, p), dtype=np.float32)
    chance, top = weights, np.zeros(0, dtype=np.float32)
    for j in range(k):
        points = _drawn(problems, chance, draws[j, ..., : None if j else 1])
        near = nearness(columns, points)
        if j:
            np.maximum(near, top[:, :, :, None], out=near)
        best = _best(near, problems.weights)
        out[:, :, j] = np.take_along_axis(points, best[..., None, None], axis=2)[:, :, 0]
        top = np.take_along_axis(near, best[:, None, :, None, None], axis=3)[:, :, :, 0]
        # where all points coincide with a centre, any further one is as good
        chance = np.maximum(norms - top, 1e-30) * weights
    return out


def merged(centres: np.ndarray, sizes: np.ndarray, k: int, count: int) -> np.ndarray:
    """Return up to `count` sets of k centres (b, count, k, p) made of larger ones by merging the cheapest pairs.

    Parameters
    ----------
    centres : float32 ndarray of shape (b, j, p)
        j > k.
    sizes : ndarray of shape (b, j)
        Customers of each.
    k, count : int
        The sets differ in the last pair that is merged.

    Examples
    --------
    >>> merged(np.array([[[0.0], [2.0], [9.0]]]), np.ones((1, 3)), 2, 1).ravel().tolist()
    [1.0, 9.0]
    """
    while centres.shape[1] > k + 1:
        fewer, counts = _without_one(centres, sizes, _cheapest(centres, sizes, 1)[0])
        centres, sizes = fewer, counts
    return np.stack([_without_one(centres, sizes, pair)[0] for pair in _cheapest(centres, sizes, count)], axis=1)


def _cheapest(centres: np.ndarray, sizes: np.ndarray, count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the pairs whose merger raises the scatter least, for every problem; cheapest first."""
    first, second = np.triu_indices(centres.shape[1], 1)
    apart = ((centres[:, first] - centres[:, second]) ** 2).sum(axis=2)
    cost = apart * sizes[:, first] * sizes[:, second] / np.maximum(sizes[:, first] + sizes[:, second], 1e-9)
    order = np.argsort(cost, axis=1, kind="stable")[:, :count]
    return [(first[place], second[place]) for place in order.T]


def _without_one(
    centres: np.ndarray, sizes: np.ndarray, pair: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Put the mean of a pair in place of its first, and leave out its second."""
    b, k, p = centres.shape
    at, (one, other) = np.arange(b), pair
    a, c = sizes[at, one], sizes[at, other]
    out, counts = centres.copy(), sizes.copy()
    share = (c / np.maximum(a + c, 1e-9)).astype(centres.dtype)
    out[at, one] += share[:, None] * (centres[at, other] - centres[at, one])
    counts[at, one] = a + c
    kept = np.ones((b, k), dtype=bool)
    kept[at, other] = False
    return out[kept].reshape(b, k - 1, p), counts[kept].reshape(b, k - 1)


def _best(near: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return which of t trials saves most, (b, r), of their nearness (b, c, r, t, s)."""
    b, c, r, t, s = near.shape
    return np.asarray(saved(near.reshape(b, c, r * t, s), weights).reshape(b, r, t).argmax(axis=2))


def _drawn(problems: Problems, chance: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Return the points (b, r, t, p) that uniform draws (b, r, t) fall on, given chances (b, c, r, s)."""
    heights = np.cumsum(problems.whole(chance), axis=2, dtype=np.float64)
    b, r, m = heights.shape
    heights /= heights[..., -1:].copy()
    row = np.arange(b * r).reshape(b, r, 1)
    heights += row  # every row above the one before it: one search serves them all
    found = np.searchsorted(heights.ravel(), (draws + row).ravel(), side="right").reshape(draws.shape)
    place = np.minimum(found - row * m, m - 1)
    chunk, inside = np.divmod(place, problems.columns.shape[3])
    at = np.arange(b)[:, None, None] if len(problems.columns) > 1 else 0
    return np.asarray(problems.columns[at, chunk, :-1, inside])
