"""What a person sees while a study is made: the step at work, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from clientage.study import STEPS, OnStep


@contextmanager
def steps_shown(quiet: bool) -> Iterator[OnStep | None]:
    """Give a listener that shows the running step on stderr; None when nobody is looking.

    Parameters
    ----------
    quiet : bool
        Show nothing.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("Starting") as status:
        yield lambda step: status.update(STEPS[step])
