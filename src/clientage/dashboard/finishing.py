"""What work leaves behind when it has succeeded: a look at a source, a run that is open, a file to download.

Receives a job that is done; puts its parts where the pages find them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import streamlit as st

from clientage.config import Settings
from clientage.dashboard import shelf
from clientage.dashboard.jobs import Job
from clientage.dashboard.session import Chosen, Session
from clientage.dashboard.worker import Refusal
from clientage.data.quality import Note
from clientage.data.roles import Roles
from clientage.report.blocks import Document
from clientage.study import StudyRecord


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of a source before any clustering.

    Parameters
    ----------
    chosen : Chosen
        The source.
    settings : Settings
        It was read with.
    roles : tuple of Roles
        The main input's first.
    document : Document or None
        Data quality and columns; None when the columns cannot be described as they are.
    doubt : Refusal or None
        Why no features can be made yet.
    """

    chosen: Chosen
    settings: Settings
    roles: tuple[Roles, ...]
    document: Document | None
    doubt: Refusal | None


@dataclass(frozen=True, slots=True)
class Classified:
    """A file of new customers, classified.

    Parameters
    ----------
    run_id : str
        By which run.
    name : str
        Of the file that came.
    file : Path
        The file to download.
    n : int
        Customers in it.
    notes : tuple of Note
        What scoring warns of.
    more : mapping
        Further parts that scoring told.
    """

    run_id: str
    name: str
    file: Path
    n: int
    notes: tuple[Note, ...]
    more: dict[str, Any]


def finish(session: Session, job: Job) -> None:
    """Put what a job found where the pages look for it."""
    FINISH[job.task.kind](session, job)


def _look(_: Session, job: Job) -> None:
    parts, chosen = job.parts, _chosen(job)
    look = Look(chosen, job.task.settings, parts["roles"], parts.get("document"), parts.get("doubt"))
    st.session_state["_look"] = look
    st.rerun()


def _study(session: Session, job: Job) -> None:
    path: Path = job.parts["run"]
    names = [f.name for f in fields(StudyRecord)]
    if all(name in job.parts for name in names):  # a very large study stays in its folder
        record = StudyRecord(**{name: job.parts.pop(name) for name in names})
        shelf.keep(path, shelf.Kept(record, job.task.source, job.task.more.get("transactions", "")))
    session.open_run(path)
    st.toast("The segments are there.", icon=":material/check_circle:")
    goto("overview", "segments")


def _shop(session: Session, job: Job) -> None:
    session.chosen = Chosen(str(job.parts["customers"]), "customers.csv")
    st.session_state.pop("_look", None)
    st.rerun()


def _score(_: Session, job: Job) -> None:
    parts = dict(job.parts)
    known = {key: parts.pop(key) for key in ("file", "n", "notes")}
    st.session_state["_classified"] = Classified(job.task.more["run_id"], job.task.more["name"], **known, more=parts)
    st.rerun()


def _report(_: Session, job: Job) -> None:
    made: dict[tuple[str, str], Path] = st.session_state.setdefault("_reports", {})
    made[job.task.more["run_id"], job.task.more["form"]] = job.parts["file"]
    st.rerun()


FINISH: dict[str, Callable[[Session, Job], None]] = {
    "look": _look,
    "study": _study,
    "shop": _shop,
    "score": _score,
    "report": _report,
}


def goto(*names: str) -> None:
    """Go to the first of these pages that there is."""
    pages = st.session_state.get("_pages", {})
    for name in names:
        if name in pages:
            st.switch_page(pages[name])
    st.rerun()


def _chosen(job: Job) -> Chosen:
    chosen: Chosen = job.task.more["chosen"]
    return chosen
