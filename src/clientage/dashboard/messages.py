"""Refusals on the page: the three parts of an error, worded where it was raised."""

from __future__ import annotations

import streamlit as st

from clientage.dashboard.style import sheet
from clientage.dashboard.worker import Refusal
from clientage.errors import ClientageError
from clientage.report.markup import tag


def show_refusal(refusal: Refusal | ClientageError) -> None:
    """Show what was found, what was expected, and what to do."""
    sheet(
        tag(
            "div",
            tag("p", f"This could not be done: {refusal.found.rstrip('.')}.", class_="callout-title"),
            tag("p", tag("strong", "Expected: "), f"{refusal.expected.rstrip('.')}."),
            tag("p", tag("strong", "What to do: "), refusal.fix),
            class_="callout serious",
            role="alert",
        )
    )


def show_hint(title: str, text: str) -> None:
    """Show an empty page's way on: what is missing here and what to do next."""
    sheet(tag("div", tag("p", title, class_="callout-title"), tag("p", text), class_="callout info"))


def page_link(name: str, label: str) -> None:
    """Show a link to another page of the dashboard, where there is one."""
    page = st.session_state.get("_pages", {}).get(name)
    if page is not None:
        st.page_link(page, label=label, icon=":material/arrow_forward:")
