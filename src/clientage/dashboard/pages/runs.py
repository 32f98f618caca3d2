"""The page runs."""

from __future__ import annotations

import streamlit as st

from clientage.dashboard.session import Session


def show(session: Session) -> None:
    """Show the page."""
    st.title("runs")
    st.write(session.launch.folder)
