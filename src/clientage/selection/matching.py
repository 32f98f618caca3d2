"""The cheapest way to give each row a column of its own (linear assignment).

Receives a cost matrix, returns one column for each row.

References
----------
Kuhn, Naval Research Logistics Quarterly 2 (1955) 83-97, doi 10.1002/nav.3800020109; in the shortest augmenting
path form of Jonker & Volgenant, Computing 38 (1987) 325-340, doi 10.1007/BF02278710.
"""

from __future__ import annotations

import numpy as np


def match(cost: np.ndarray) -> np.ndarray:
    """Return the columns that give every row one of its own at the least total cost.

    Parameters
    ----------
    cost : ndarray of shape (rows, columns)
        Finite; rows ≤ columns. Among equal totals the result is fixed by the order of rows and columns.

    Returns
    -------
    ndarray of shape (rows,)
        int64.

    Raises
    ------
    ValueError
        When there are fewer columns than rows.

    Examples
    --------
    >>> match(np.array([[1.0, 2.0], [1.0, 4.0]])).tolist()
    [1, 0]
    """
    rows, columns = cost.shape
    if rows > columns:
        raise ValueError(f"{rows} rows cannot have a column each out of {columns}")
    padded = np.column_stack([np.zeros(rows), cost])  # column 0 stands for the row being placed
    row_price, column_price = np.zeros(rows), np.zeros(columns + 1)
    owner = np.full(columns + 1, -1, dtype=np.int64)
    for row in range(rows):
        owner[0] = row
        came_from = _augment(padded, row_price, column_price, owner)
        at = int(came_from[0])  # the free column the path ended at
        while at:
            before = int(came_from[at])
            owner[at] = owner[before]
            at = before
    out = np.empty(rows, dtype=np.int64)
    taken = np.flatnonzero(owner[1:] >= 0)
    out[owner[1:][taken]] = taken
    return out


def _augment(cost: np.ndarray, row_price: np.ndarray, column_price: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Find the cheapest path from column 0 to a free column, raising the prices on the way.

    Entry j ≥ 1 of the result is the column before column j on that path; entry 0 is the free column.
    """
    columns = cost.shape[1]
    slack = np.full(columns, np.inf)
    seen = np.zeros(columns, dtype=bool)
    came_from = np.zeros(columns, dtype=np.int64)
    here = 0
    while owner[here] >= 0:
        seen[here] = True
        row = owner[here]
        reach = cost[row] - row_price[row] - column_price
        better = ~seen & (reach < slack)
        slack[better], came_from[better] = reach[better], here
        open_slack = np.where(seen, np.inf, slack)
        there = int(np.argmin(open_slack))
        step = open_slack[there]
        row_price[owner[seen]] += step
        column_price[seen] -= step
        slack[~seen] -= step
        here = there
    came_from[0] = here
    return came_from
