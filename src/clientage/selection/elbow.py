"""The bend in the inertia curve, where there is one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

LEAST_RISE = 0.1  # of the Kneedle difference curve: below it the curve is nearly a straight line
LEAST_FALL = 0.05  # of the inertia over the range: below it the curve is flat
LEAST_BEND = 2.0  # slope before the bend, in slopes after it


def elbow(inertia: Mapping[int, float]) -> int | None:
    """Return the k at the elbow of the inertia curve, or None when the curve has no elbow.

    Kneedle: scale k and W to [0, 1], flip to an increasing concave curve and take the k where it is
    farthest above the diagonal. Every smooth convex curve has such a k, groups or none, so the bend
    must also be sharp: the step to that k saves more than twice what the next step saves.

    Parameters
    ----------
    inertia : mapping of int to float
        W by k, for at least three k.

    References
    ----------
    Satopää, V., Albrecht, J., Irwin, D., Raghavan, B. (2011). Finding a "kneedle" in a haystack.
    doi:10.1109/ICDCSW.2011.20

    Examples
    --------
    >>> elbow({2: 100.0, 3: 60.0, 4: 20.0, 5: 18.0, 6: 16.0})
    4
    >>> elbow({2: 100.0, 3: 90.0, 4: 80.0, 5: 70.0}) is None
    True
    """
    ks = np.array(sorted(inertia), dtype=np.float64)
    w = np.array([inertia[int(k)] for k in ks])
    if len(ks) < 3 or not w[0] > 0 or w[0] - w[-1] < LEAST_FALL * w[0]:
        return None
    rise = (w[0] - w) / (w[0] - w[-1]) - (ks - ks[0]) / (ks[-1] - ks[0])
    at = int(np.argmax(rise))
    if rise[at] < LEAST_RISE or not 0 < at < len(ks) - 1:
        return None
    before = (w[at - 1] - w[at]) / (ks[at] - ks[at - 1])
    after = (w[at] - w[at + 1]) / (ks[at + 1] - ks[at])
    return int(ks[at]) if before > LEAST_BEND * max(after, 0.0) else None
