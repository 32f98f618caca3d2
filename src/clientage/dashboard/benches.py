"""The benches that trials are made on, one for each run, and the judging of a trial in a process of its own.

Receives the visitor's open run; returns its `Bench`, while the study is at hand or was once.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import streamlit as st

from clientage.dashboard import shelf
from clientage.dashboard.jobs import Job
from clientage.dashboard.session import Session
from clientage.dashboard.worker import Refusal, Task
from clientage.trial.bench import Bench
from clientage.trial.knobs import Knobs
from clientage.trial.sampled import sample_study

MOST_BENCHES = 24  # a bench holds about two thousand customers
REST = 0.6  # seconds a knob must rest before its trial is judged

_benches: OrderedDict[Path, Bench] = OrderedDict()
_lock = Lock()


def bench_of(session: Session) -> Bench | None:
    """Return the bench of the open run; None when only the folder is left of it, which keeps no customers."""
    run = session.run
    if run is None:
        return None
    with _lock:
        if run.path in _benches:
            _benches.move_to_end(run.path)
            return _benches[run.path]
    found = shelf.kept(run.path)
    if found is None:
        return None
    bench = Bench(sample_study(found.record))
    with _lock:
        bench = _benches.setdefault(run.path, bench)
        while len(_benches) > MOST_BENCHES:
            _benches.popitem(last=False)
    return bench


@dataclass(slots=True)
class Judging:
    """The trial of one visitor that is to be judged, since when, and the work on it."""

    knobs: Knobs
    since: float
    job: Job | None = None


def go_on_judging(session: Session, bench: Bench, knobs: Knobs) -> Refusal | None:
    """Take the next step towards judging a trial: wait until the knobs rest, begin, look whether it is done.

    Returns
    -------
    Refusal or None
        Why it cannot be judged, where that is known. A judged trial is on the bench.
    """
    now: Judging | None = st.session_state.get("_judging")
    if now is None or now.knobs != knobs:
        stop_judging()
        now = st.session_state["_judging"] = Judging(knobs, time.monotonic())
    if now.job is None:
        if time.monotonic() - now.since >= REST:
            more = {"sampled": bench.sampled, "knobs": knobs}
            now.job = Job(Task("judge", "", bench.sampled.settings, session.launch.folder, more), "Judging a trial")
        return None
    if now.job.succeeded:
        bench.keep(now.job.parts["trial"])
        st.session_state["_judging"] = None
    return now.job.refusal if now.job.done else None


def stop_judging() -> None:
    """Stop work on a trial that is not looked at any more."""
    now: Judging | None = st.session_state.get("_judging")
    if now is not None and now.job is not None:
        now.job.cancel()
    st.session_state["_judging"] = None
