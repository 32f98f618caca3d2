"""Sources on their way in: an upload becomes a file of ours, and work on it begins.

Receives what the visitor gave; puts uploads on disk in pieces and lets go of their bytes at once.
"""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from clientage.config import Settings
from clientage.dashboard.jobs import Job
from clientage.dashboard.session import Chosen, Session
from clientage.dashboard.worker import Task
from clientage.dashboard.working import start

ENDINGS = ["csv", "tsv", "txt", "gz", "parquet", "pq", "xlsx", "xlsm"]
PIECE = 1 << 20  # bytes copied at a time
LONGEST_NAME = 80


def keep_upload(session: Session, upload: Any) -> Path:
    """Copy an upload to disk and let the server forget it; a name given from outside never decides where.

    Parameters
    ----------
    session : Session
        The visitor.
    upload : UploadedFile
        As `st.file_uploader` gives it.
    """
    folder = session.launch.scratch / uuid.uuid4().hex
    folder.mkdir(parents=True)
    path = folder / safe_name(upload.name)
    with path.open("wb") as file:
        while piece := upload.read(PIECE):
            file.write(piece)
    _forget(upload)
    return path


def safe_name(name: str) -> str:
    """Return the last part of a name with nothing in it that could lead elsewhere, its ending kept.

    Examples
    --------
    >>> safe_name("../../etc/pass wd.csv"), safe_name("..."), safe_name("a" * 200 + ".csv")[-6:]
    ('pass wd.csv', 'upload', 'aa.csv')
    """
    last = re.split(r"[/\\]", name)[-1]
    clean = re.sub(r"[^\w .()&+-]+", "_", last).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    return f"{stem[:LONGEST_NAME]}{dot}{ending[:10]}" if stem else (ending[:LONGEST_NAME] or "upload")


def _forget(upload: Any) -> None:
    """The server would hold an upload's bytes as long as the visitor stays."""
    context = get_script_run_ctx()
    if context is not None:
        held: Any = context.uploaded_file_mgr
        held.remove_file(session_id=context.session_id, file_id=upload.file_id)


def begin_look(session: Session, chosen: Chosen, settings: Settings) -> None:
    """Begin to look at a source: what its columns are, and what was repaired."""
    session.chosen, session.settings = chosen, settings
    st.session_state["_tried"] = chosen  # a look that was stopped or refused begins again on request alone
    st.session_state.pop("_refusal", None)
    more = {"transactions": chosen.transactions, "chosen": chosen}
    task = Task("look", chosen.path, settings, session.launch.folder, more)
    start(session, Job(task, f"Looking at {chosen.name}"))


def begin_study(session: Session, chosen: Chosen, settings: Settings) -> None:
    """Begin a study; its run opens when it is done."""
    session.chosen, session.settings = chosen, settings
    st.session_state.pop("_refusal", None)
    more = {"transactions": chosen.transactions, "chosen": chosen}
    task = Task("study", chosen.path, settings, session.launch.folder, more)
    start(session, Job(task, f"Segmenting {chosen.name}"))


def begin_shop(session: Session, customers: int, seed: int) -> None:
    """Begin to simulate a shop; its customer table is the source then."""
    st.session_state.pop("_refusal", None)
    folder = session.launch.scratch / uuid.uuid4().hex / "shop"
    task = Task("shop", "", Settings(), folder, {"customers": customers, "seed": seed})
    start(session, Job(task, "Simulating a shop"))
