"""The columns of a large table are worked on side by side, on all cores.

Receives a function and what it is called with, returns what it returned, in that order: no result depends on the
number of cores, because nothing is shared between the calls.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")

LARGE = 100_000  # rows from which a second thread saves more than its start costs
MOST_THREADS = 4  # each holds a column or two of its own


def core_count() -> int:
    """Return the number of cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def side_by_side(function: Callable[[Item], Made], items: Iterable[Item], rows: int) -> list[Made]:
    """Return what the function makes of each item.

    Parameters
    ----------
    function : callable
        Works on arrays, where NumPy and Arrow let other threads run; changes nothing that another call sees.
    items : iterable
        What it is called with.
    rows : int
        Rows it works on in each call. Few rows, and 0 where memory is short, are worked on one call after the other.

    Examples
    --------
    >>> side_by_side(abs, [-1, 2, -3], rows=3)
    [1, 2, 3]
    """
    wanted = list(items)
    threads = min(core_count(), len(wanted), MOST_THREADS)
    if rows < LARGE or threads < 2:
        return [function(item) for item in wanted]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(function, wanted))


def one_ahead(items: Iterable[Item], rows: int) -> Generator[Item, None, None]:
    """Yield items one after the other; the next one is made on another core while the caller works on the last.

    Parameters
    ----------
    items : iterable
        What it raises is raised where its next item would have come. It is closed with this one, by whoever made it.
    rows : int
        As for `side_by_side`: where they are few, nothing is made ahead.

    Examples
    --------
    >>> list(one_ahead(iter("ab"), rows=3))
    ['a', 'b']
    """
    if rows < LARGE or core_count() < 2:
        yield from items
        return
    from concurrent.futures import ThreadPoolExecutor

    end, iterator = object(), iter(items)
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, iterator, end)
        while (item := coming.result()) is not end:
            coming = pool.submit(next, iterator, end)
            yield item  # type: ignore[misc]
