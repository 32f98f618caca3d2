"""The page explore."""

from __future__ import annotations

import streamlit as st

from clientage.dashboard.session import Session


def show(session: Session) -> None:
    """Show the page."""
    st.title("explore")
    st.write(session.launch.folder)
