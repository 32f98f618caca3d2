r"""Words from data on the page: Streamlit reads Markdown in most of its texts, and data must never be read so.

Receives text as it is in the data; returns text that shows as it is.
"""

from __future__ import annotations

import re

# Everything Markdown, its tables, its mathematics and Streamlit's own colours and icons begin with.
SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&^=\"'])")


def plain(text: str) -> str:
    r"""Return a text so that Markdown shows it letter by letter, on one line.

    Examples
    --------
    >>> plain("![x](http://a.b) *c*")
    '\\!\\[x\\]\\(http\\://a\\.b\\) \\*c\\*'
    """
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))
