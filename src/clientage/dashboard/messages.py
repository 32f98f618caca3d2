"""Refusals on the page: the three parts of an error, worded where it was raised."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

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


@contextmanager
def in_words() -> Iterator[None]:
    """Say in words what is refused inside, and never show the insides of a mistake of ours."""
    try:
        yield
    except ClientageError as refusal:
        show_refusal(refusal)
    except Exception as failure:  # Streamlit's own signals are no Exceptions
        logging.getLogger("clientage.dashboard").exception("A page failed")
        show_refusal(
            Refusal(
                "a page that can be drawn",
                f"it failed where it should not have ({type(failure).__name__})",
                "Reload it. When it fails again, report it with what the terminal says.",
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


def show_no_segments(title: str) -> None:
    """Show a page that tells of segments while there are none: its title, and the ways to some."""
    st.title(title)
    show_hint("No segments yet", "Choose data and make segments, or open a run that was made before.")
    page_link("data", "Choose data")
    page_link("runs", "Open a run")
