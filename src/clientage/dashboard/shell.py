"""The frame of every page: style, navigation, work under way; errors become sentences.

Called once for each drawing, by `app.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from clientage.dashboard.finishing import finish
from clientage.dashboard.messages import in_words
from clientage.dashboard.pages import choosing, data, explore, overview, predict, runs, segments
from clientage.dashboard.session import Session
from clientage.dashboard.style import put_style
from clientage.dashboard.working import follow, show_last_refusal

Show = Callable[[Session], None]
ICON = Path(__file__).with_name("icon.svg")  # an icon of Streamlit's would be fetched from elsewhere

# in the order of the work: title, address, icon, page
PAGES: tuple[tuple[str, str, str, Show], ...] = (
    ("Data", "data", "table_view", data.show),
    ("Overview", "overview", "dashboard", overview.show),
    ("Segments", "segments", "group_work", segments.show),
    ("Choosing k", "choosing", "stacked_line_chart", choosing.show),
    ("Predict", "predict", "person_search", predict.show),
    ("Explore", "explore", "query_stats", explore.show),
    ("Runs", "runs", "history", runs.show),
)


def draw() -> None:
    """Draw the page the visitor is on."""
    st.set_page_config(page_title="clientage", page_icon=str(ICON), layout="wide", initial_sidebar_state="collapsed")
    session = Session()
    pages = {
        address: st.Page(
            partial(_guarded, session, show),
            title=title,
            url_path=address,
            icon=f":material/{icon}:",
            default=position == 0,
        )
        for position, (title, address, icon, show) in enumerate(PAGES)
    }
    st.session_state["_pages"] = pages
    page = st.navigation(list(pages.values()), position="top")
    put_style()
    _narrow_navigation(list(pages.values()))
    _guarded(session, _work)
    page.run()
    session.write_address()


def _narrow_navigation(pages: list[Any]) -> None:
    """On a telephone Streamlit's own navigation covers the page and stays; this row stands in for it there."""
    with st.container(horizontal=True, key="narrow_navigation"):
        for page in pages:
            st.page_link(page)


def _work(session: Session) -> None:
    """Work under way stands above every page, and so does why the last one had no result."""
    follow(session, lambda job: finish(session, job))
    show_last_refusal()


def _guarded(session: Session, show: Show) -> None:
    """Show a page; what is refused is said in words, and a mistake of ours never shows its insides."""
    with in_words():
        show(session)
