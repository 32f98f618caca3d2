"""The grid that makes every sum exact, and so every result repeatable.

Encoded values and cluster centres are multiples of a power of two inside a power-of-two limit. Sums and
products of such numbers need fewer than 53 bits, so float64 arithmetic on them is exact: no result
depends on row order, chunk size, thread count, batch size or the library that multiplies.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from clientage.spool import chunks

CHUNK = 65_536  # rows looked at together
SMALLEST_LIMIT = 16.0  # standard deviations: room for winsorised values of any skew
MOST_BITS = 20  # below one unit: float32 then holds every value inside the smallest limit exactly
EXACT_BITS = 53  # of a float64 significand


@dataclass(frozen=True, slots=True)
class Grid:
    """Multiples of `step` within ±`limit`.

    Parameters
    ----------
    step : float
        Distance between neighbouring values, a power of two.
    limit : float
        Largest magnitude, a power of two; values beyond are moved to it.

    Examples
    --------
    >>> Grid(0.25, 16.0).round(np.array([0.3, -99.0])).tolist()
    [0.25, -16.0]
    """

    step: float
    limit: float

    @classmethod
    def for_values(cls, x: np.ndarray) -> Grid:
        """Return the finest grid on which squared distances between rows of `x` are exact.

        Parameters
        ----------
        x : ndarray of shape (n, p)
            Finite values.

        Returns
        -------
        Grid
            `limit` is the smallest power of two above every magnitude (at least 16), `step` is
            limit / 2**(bits + 4), with `bits` falling by one for each factor of four in p.

        Examples
        --------
        >>> Grid.for_values(np.ones((3, 8))) == Grid(2.0**-20, 16.0)
        True
        """
        reach = ((float(part.max()), -float(part.min())) for _, part in chunks(x, CHUNK)) if x.size else iter(())
        largest = max((max(up, down) for up, down in reach), default=0.0)
        limit = max(SMALLEST_LIMIT, 2.0 ** math.ceil(math.log2(largest)) if largest > 0 else 0.0)
        # |c|² − 2c·x over p columns: 2·(bits + 4) for a product, log2 p for the sum, 1 for the factor 2.
        columns = max(1, x.shape[1])
        bits = min(MOST_BITS, math.floor((EXACT_BITS - 1 - 8 - math.log2(columns)) / 2))
        return cls(step=limit * 2.0 ** -(bits + 4), limit=limit)

    def round(self, x: np.ndarray) -> np.ndarray:
        """Return float64 values of `x` on the grid."""
        return np.clip(np.rint(np.asarray(x, dtype=np.float64) / self.step) * self.step, -self.limit, self.limit)

    def round_in_place(self, x: np.ndarray) -> None:
        """Put float64 values onto the grid where they are."""
        x /= self.step
        np.rint(x, out=x)
        x *= self.step
        np.clip(x, -self.limit, self.limit, out=x)
