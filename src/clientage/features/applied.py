"""One feature after its encoding: columns of numbers, and what was noticed on the way.

Receives codes and levels, or finished arrays; gives encoded columns, those of categories one at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np


@dataclass(frozen=True, slots=True)
class Applied:
    """One feature, encoded.

    Parameters
    ----------
    values : sequence of ndarray of shape (n,)
        One for each encoded column; those of categories are made when they are asked for.
    filled, unseen, out_of_range : int
        Rows with a missing value, with a category not seen in training, with a number outside the
        range of training.

    Examples
    --------
    >>> Applied((np.zeros(2),), 1, 0, 0).filled
    1
    """

    values: Sequence[np.ndarray]
    filled: int
    unseen: int
    out_of_range: int


class Levels(Sequence[np.ndarray]):
    """Encoded columns of a category, one at a time: thirty of them together would be thirty tables."""

    def __init__(self, levels: list[np.ndarray], codes: np.ndarray) -> None:
        self._levels, self._codes = levels, codes

    def __len__(self) -> int:
        return len(self._levels)

    @overload
    def __getitem__(self, place: int) -> np.ndarray: ...
    @overload
    def __getitem__(self, place: slice) -> list[np.ndarray]: ...
    def __getitem__(self, place: int | slice) -> np.ndarray | list[np.ndarray]:
        if isinstance(place, slice):
            return [self[j] for j in range(len(self))[place]]
        column: np.ndarray = self._levels[place][self._codes]
        return column
