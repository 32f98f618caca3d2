"""The look of the pages: the report's own style sheet, inside Streamlit's pages and in either theme.

Receives markup in which text is escaped; shows it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from clientage.report import html

HERE = Path(__file__).parent
DARK_RULE = re.compile(r"@media (screen and )?\(prefers-color-scheme: dark\)")


def is_dark() -> bool:
    """Whether the visitor's page is dark; light until the browser has said so."""
    return bool(st.context.theme.type == "dark")


def put_style() -> None:
    """Put the style sheet into the page, once for each drawing of it."""
    st.html(f"<style>{_style(is_dark())}</style>")


def sheet(*markup: Any) -> None:
    """Show markup of `clientage.report.markup` as the report would."""
    st.html(f'<div class="sheet">{"".join(markup)}</div>')


@lru_cache(maxsize=2)
def _style(dark: bool) -> str:
    """The report's rules hold inside `.sheet` alone; what asks for the system's theme gets the page's."""
    report = (Path(html.__file__).parent / "page.css").read_text(encoding="utf-8")
    report = DARK_RULE.sub("@media (min-width: 0)" if dark else "@media (max-width: 0)", report)
    own = (HERE / "page.css").read_text(encoding="utf-8")
    return f".sheet {{ {report.replace(':root', '&')} }}\n{own}"
