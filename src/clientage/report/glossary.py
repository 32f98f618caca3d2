"""The metrics in plain words: what a reader who never studied statistics needs to follow the report.

Receives nothing; the words themselves are in glossary.toml beside this file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from clientage.report.blocks import Definition, Definitions


@cache
def glossary() -> dict[str, str]:
    """Return term -> explanation, in the order they are shown.

    Examples
    --------
    >>> glossary()["elbow"].startswith("The number of segments")
    True
    """
    return tomllib.loads(Path(__file__).with_name("glossary.toml").read_text(encoding="utf-8"))


def definitions(terms: Iterable[str] | None = None) -> Definitions:
    """Return the glossary as a block; all of it, or the terms named."""
    shown = glossary() if terms is None else {term: glossary()[term] for term in terms}
    return Definitions(tuple(Definition(term, text) for term, text in shown.items()))
