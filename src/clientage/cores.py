"""The work on a large table is shared among the cores: columns side by side, and what will be needed ahead of time.

Receives functions and what they are called with, returns what they returned: no result depends on the number of
cores, because nothing is shared between the calls.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

Item = TypeVar("Item")
Made = TypeVar("Made")

LARGE = 100_000  # rows from which a second thread saves more than its start costs
MOST_THREADS = 4  # each holds a column or two of its own
_beside = threading.local()  # what runs beside other work takes one core of its own and no more


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
    threads = 1 if hasattr(_beside, "alone") else min(core_count(), len(wanted), MOST_THREADS)
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
        What it raises is raised where its next item would have come. Closing is left to whoever made it.
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


def both(first: Callable[[], Item], second: Callable[[], Made], rows: int) -> tuple[Item, Made]:
    """Return what two calls return; the second is made in a thread beside the first.

    Parameters
    ----------
    first, second : callable
        As for `side_by_side`; the first may work side by side itself.
    rows : int
        As for `side_by_side`.

    Examples
    --------
    >>> both(int, str, rows=3)
    (0, '')
    """
    if rows < LARGE or core_count() < 2:
        return first(), second()
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(second)
        return first(), coming.result()


class Ahead:
    """What was begun before anybody asked for it, in a thread beside other work that keeps one core busy.

    Parameters
    ----------
    makers : iterable of callable
        Called one after the other, each with `given`; none changes what another thread sees.
    *given
        What they are called with.
    rows : int, default 0
        As for `side_by_side`: where they are few, nothing is begun.

    Examples
    --------
    >>> ahead = Ahead([abs], -3, rows=LARGE)
    >>> ahead.get(abs) in (3, None), Ahead().get(abs)
    (True, None)
    """

    def __init__(self, makers: Iterable[Callable[..., Any]] = (), *given: Any, rows: int = 0) -> None:
        self._made: dict[Callable[..., Any], Any] = {}
        self._coming: dict[Callable[..., Any], Future[Any]] = {}
        if rows < LARGE or core_count() < 2:
            return
        from concurrent.futures import ThreadPoolExecutor

        pool = ThreadPoolExecutor(1, initializer=setattr, initargs=(_beside, "alone", True))
        self._coming = {make: pool.submit(make, *given) for make in makers}
        pool.shutdown(wait=False)

    def get(self, make: Callable[..., Made]) -> Made | None:
        """Return what was made, when it is there; None where it was not begun. What it raised is raised here."""
        if make not in self._made and make in self._coming:
            self._made[make] = self._coming[make].result()
        made: Made | None = self._made.get(make)
        return made

    def take(self, make: Callable[..., Made]) -> Made | None:
        """Return what `get` returns and forget it: for what is needed once and has some size."""
        made = self.get(make)
        self._made.pop(make, None)
        self._coming.pop(make, None)
        return made

    def __getstate__(self) -> dict[str, Any]:
        """Travel to another process as the results."""
        return {"_made": {make: self.get(make) for make in (*self._made, *self._coming)}, "_coming": {}}
