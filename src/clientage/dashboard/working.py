"""Long work on the page: its steps as they come, a button that stops it, and what to do when it is done.

Receives a `Job`; redraws itself alone while the job runs, so that the rest of the page stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from clientage.dashboard.jobs import Job
from clientage.dashboard.messages import show_refusal
from clientage.dashboard.session import Session
from clientage.dashboard.words import plain

EVERY = 0.4  # seconds between two looks at the job


def start(session: Session, job: Job) -> None:
    """Make a job the visitor's own; an earlier one that still runs is stopped."""
    if session.job is not None and not session.job.done:
        session.job.cancel()
    session.job = job


def follow(session: Session, when_done: Callable[[Job], Any]) -> bool:
    """Show the visitor's job while it runs and after it failed.

    Parameters
    ----------
    session : Session
        The visitor.
    when_done : callable
        Receives the job when it has succeeded, once.

    Returns
    -------
    bool
        Whether work is under way.
    """
    job = session.job
    if job is None:
        return False
    if not job.done:
        _progress(session)
        return True
    session.job = None
    if job.succeeded:
        when_done(job)
    elif job.cancelled:
        st.toast("Stopped; nothing was kept.", icon=":material/block:")
    elif job.refusal is not None:
        st.session_state["_refusal"] = job.refusal
    return False


def show_last_refusal() -> None:
    """Say why the last work had no result, until the next one begins or the visitor has read it."""
    refusal = st.session_state.get("_refusal")
    if refusal is None:
        return
    show_refusal(refusal)
    if st.button("I have read this", icon=":material/check:", key="refusal_read"):
        del st.session_state["_refusal"]
        st.rerun()


@st.fragment(run_every=EVERY)
def _progress(session: Session) -> None:
    job = session.job
    if job is None or job.done:
        st.rerun()
        return
    with st.container(border=True, key="working"):
        words, button = st.columns([5, 1], vertical_alignment="center")
        with words:
            done = " · ".join(plain(step) for step, _ in job.steps_done[1:])
            st.markdown(
                f"**{plain(job.title)}**  \n:material/progress_activity: {plain(job.step)} … {job.seconds:.0f} s"
            )
            if done:
                st.caption(f"Done: {done}")
        if button.button("Stop", key="stop_work", width="stretch"):
            job.cancel()
