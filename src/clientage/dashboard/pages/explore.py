"""The page Explore: the columns one by one, before any segment was formed."""

from __future__ import annotations

import streamlit as st

from clientage.dashboard.drawing import show_blocks
from clientage.dashboard.finishing import Look
from clientage.dashboard.messages import page_link, show_hint
from clientage.dashboard.session import Session
from clientage.dashboard.words import plain
from clientage.report.blocks import Document


def show(session: Session) -> None:
    """Show the page."""
    st.title("Explore")
    document = _document(session)
    if document is None:
        show_hint("No data yet", "Choose data first: its columns are described here, whether segments are made or not.")
        page_link("data", "Choose data")
        return
    st.caption(plain(document.subtitle))
    section = document.section("exploration")
    show_blocks(section.blocks, key="explore")


def _document(session: Session) -> Document | None:
    """Of what was looked at last: data without a study, or the open run."""
    look: Look | None = st.session_state.get("_look")
    if look is not None and look.document is not None and look.chosen == session.chosen and session.run is None:
        return look.document
    report = session.report
    return None if report is None else report.document
