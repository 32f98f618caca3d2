"""Recency, frequency and monetary scores, and the named segment of each of the 125 score cells.

Receives three figures per customer; returns two text columns for the profile: ``rfm_score`` and
``rfm_segment``. Identical customers get identical scores, whatever their number.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from clientage.data.table import Column
from clientage.errors import SettingsError, did_you_mean, listed

GROUPS = 5

RFM_MAP: Mapping[str, str] = {
    "Champions": "555 554 544 545 454 455 445",
    "Loyal": "543 444 435 355 354 345 344 335",
    "Potential Loyalist": (
        "553 551 552 541 542 533 532 531 452 451 442 441 431 453 433 432 423 353 352 351 342 341 333 323"
    ),
    "New": "512 511 422 421 412 411 311",
    "Promising": "525 524 523 522 521 515 514 513 425 424 413 414 415 315 314 313",
    "Need Attention": "535 534 443 434 343 334 325 324",
    "About to Sleep": "331 321 312 221 213 231 241 251",
    "At Risk": "255 254 245 244 253 252 243 242 235 234 225 224 153 152 145 143 142 135 134 133 125 124",
    "Cannot Lose": "155 154 144 214 215 115 114 113",
    "Hibernating": "332 322 233 232 223 222 132 123 122 212 211",
    "Lost": "111 112 121 131 141 151",
}


def score(values: np.ndarray, *, reverse: bool = False) -> np.ndarray:
    """Return 1 + ⌊5 · P(X < x)⌋: fifths of the customers, with ties kept together.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Finite.
    reverse : bool, default False
        Small values score high, as with recency: 1 + ⌊5 · P(X > x)⌋.

    Returns
    -------
    ndarray of shape (n,)
        int64 from 1 to 5.

    Examples
    --------
    >>> score(np.array([10.0, 20.0, 30.0, 40.0, 50.0])).tolist()
    [1, 2, 3, 4, 5]
    >>> score(np.array([1.0, 1.0, 1.0, 1.0, 9.0]), reverse=True).tolist()
    [2, 2, 2, 2, 1]
    """
    values = -values if reverse else values
    below = np.searchsorted(np.sort(values), values, side="left")
    # Whole numbers: a share computed as a float could fall just below a fifth.
    return 1 + (GROUPS * below) // max(1, len(values))


def read_map(cells: Mapping[str, str] = RFM_MAP) -> dict[str, str]:
    """Return the segment of each of the 125 cells, after checking that none is missing or named twice.

    Parameters
    ----------
    cells : mapping of str to str
        Segment name to its cells, three digits 1–5 each (recency, frequency, monetary), separated by spaces.

    Raises
    ------
    SettingsError
        For holes, overlaps and cells that are none.

    Examples
    --------
    >>> read_map()["555"]
    'Champions'
    """
    known = {f"{r}{f}{m}" for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)}
    named: dict[str, str] = {}
    for segment, text in cells.items():
        for cell in text.replace(",", " ").split():
            if cell not in known:
                raise SettingsError(
                    "RFM cells of three digits from 1 to 5",
                    f"'{cell}' in the segment '{segment}'",
                    f"Correct the cell.{did_you_mean(cell, known)}",
                )
            if cell in named:
                raise SettingsError(
                    "an RFM map in which every cell has one segment",
                    f"cell {cell} in '{named[cell]}' and in '{segment}'",
                    "Take it out of one of them.",
                )
            named[cell] = segment
    holes = sorted(known - set(named))
    if holes:
        raise SettingsError(
            "an RFM map that names all 125 cells",
            f"no segment for {listed(holes, 6)}",
            "Add them to a segment.",
        )
    return named


def rfm_columns(
    recency: np.ndarray, frequency: np.ndarray, monetary: np.ndarray, cells: Mapping[str, str] = RFM_MAP
) -> tuple[Column, Column]:
    """Return ``rfm_score`` ("543") and ``rfm_segment`` ("Loyal") of every customer.

    Parameters
    ----------
    recency, frequency, monetary : ndarray of shape (n,)
        Finite; recency in days since the last purchase.
    cells : mapping, optional
        A user's own map, as for `read_map`.

    Examples
    --------
    >>> days = np.array([1.0, 90.0])
    >>> rfm_columns(days, np.array([9.0, 1.0]), np.array([500.0, 5.0]))[0].as_text().tolist()
    ['333', '111']
    """
    names = read_map(cells)
    number = 100 * score(recency, reverse=True) + 10 * score(frequency) + score(monetary)
    used, codes = np.unique(number, return_inverse=True)
    texts = [str(u) for u in used.tolist()]
    segments = sorted({names[t] for t in texts})
    place = np.array([segments.index(names[t]) for t in texts], dtype=np.int32)
    codes = codes.astype(np.int32)
    return (
        Column("rfm_score", "text", codes, tuple(texts)),
        Column("rfm_segment", "text", place[codes], tuple(segments)),
    )
