"""What one visitor has before him: his source, his settings, the run that is open, and the state in the address.

Everything lies in Streamlit's `session_state`, so visitors never see each other's. What must survive a reload is in
the address as well: ``?run=…&segment=…&k=…``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from clientage.config import Settings
from clientage.dashboard import shelf
from clientage.dashboard.jobs import Job
from clientage.dashboard.launch import Launch, this_launch
from clientage.errors import ModelError
from clientage.report.saved import SavedReport
from clientage.runs.naming import keep_names, own_names
from clientage.runs.run import Run
from clientage.runs.store import RUN_ID
from clientage.study import StudyRecord

IN_ADDRESS = ("run", "segment", "k")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the visitor wants to look at.

    Parameters
    ----------
    path : str
        A file on this machine or a database URL.
    name : str
        What it is called.
    transactions : str
        Path of the invoice lines beside it; "" for none.
    """

    path: str
    name: str
    transactions: str = ""


class Session:
    """One visitor. Every attribute is kept between redraws."""

    def __init__(self) -> None:
        self.launch: Launch = this_launch()
        state = st.session_state
        if "_begun" not in state:
            state["_begun"] = True
            self._begin()

    def _begin(self) -> None:
        asked = {name: st.query_params.get(name) for name in IN_ADDRESS}
        st.session_state["_address"] = {k: v for k, v in asked.items() if v}
        opened = self.launch.opened
        if opened and (Path(opened) / "manifest.json").is_file():
            if not asked["run"]:
                self._set_address("run", Path(opened).name)
        elif opened:
            self.chosen = Chosen(opened, re.sub(r".*[/\\]", "", opened.partition("?")[0]))

    # what was chosen on the Data page

    @property
    def chosen(self) -> Chosen | None:
        """The source to look at or to segment."""
        return st.session_state.get("_chosen")

    @chosen.setter
    def chosen(self, value: Chosen | None) -> None:
        st.session_state["_chosen"] = value

    @property
    def settings(self) -> Settings:
        """The settings of the next study."""
        held: Settings = st.session_state.setdefault("_settings", Settings())
        return held

    @settings.setter
    def settings(self, value: Settings) -> None:
        st.session_state["_settings"] = value

    @property
    def job(self) -> Job | None:
        """The long work that runs for this visitor, or has ended and was not yet looked at."""
        return st.session_state.get("_job")

    @job.setter
    def job(self, value: Job | None) -> None:
        st.session_state["_job"] = value

    # what is open

    @property
    def run(self) -> Run | None:
        """The run that is open, verified; None when there is none or it cannot be opened (see `trouble`)."""
        name = self._address.get("run")
        if not name:
            return None
        return shelf.opened(self.run_path(name))

    @property
    def run_name(self) -> str:
        """The id of the open run; "" for none."""
        return self._address.get("run", "")

    @property
    def record(self) -> StudyRecord | None:
        """The study of the open run with all its data, own names applied; None when only the folder is left of it."""
        run = self.run
        return None if run is None else shelf.record_of(run)

    @property
    def source_of_run(self) -> Chosen | None:
        """Where the data of the open run can be read again, when this server knows."""
        run = self.run
        found = None if run is None else shelf.kept(run.path)
        if found is None or not found.source:
            return None
        return Chosen(found.source, found.record.prepared.sources[0].name, found.transactions)

    @property
    def report(self) -> SavedReport | None:
        """Document and summary of the open run, own names applied."""
        run = self.run
        return None if run is None else shelf.report_of(run)

    def open_run(self, path: Path) -> None:
        """Make a run of the folder the open one; segment and k begin anew."""
        st.session_state["_address"] = {"run": path.name}
        self.write_address()

    def run_path(self, name: str) -> Path:
        """Return the directory of a run by its id.

        Raises
        ------
        ModelError
            When the id is none, or leads out of the folder of runs.
        """
        opened = Path(self.launch.opened) if self.launch.opened else None
        if opened is not None and opened.name == name and opened.is_dir():
            return opened
        path = self.launch.folder / name
        if not RUN_ID.match(name) or path.resolve().parent != self.launch.folder.resolve():
            raise ModelError("the id of a run in the address", "something else", "Choose a run on the page Runs.")
        return path

    # own names

    @property
    def names(self) -> dict[int, str]:
        """The visitor's own names for segments of the open run."""
        run = self.run
        return {} if run is None else own_names(run.path)

    def rename(self, names: Mapping[int, str]) -> None:
        """Keep own names for segments of the open run in its `names.toml`; they win everywhere from then on.

        Raises
        ------
        SettingsError
            For an empty or too long name, or one name given twice.
        InputError
            When the run's folder cannot be written to.
        """
        run = self.run
        if run is not None:
            keep_names(run.path, run.summary(), names)

    # what the address says

    @property
    def segment(self) -> int | None:
        """The segment in focus, 1 … k."""
        return self._number("segment")

    @segment.setter
    def segment(self, value: int | None) -> None:
        self._set_address("segment", value)

    @property
    def k(self) -> int | None:
        """The number of segments being tried, where it differs from the run's."""
        return self._number("k")

    @k.setter
    def k(self, value: int | None) -> None:
        self._set_address("k", value)

    @property
    def _address(self) -> dict[str, str]:
        held: dict[str, str] = st.session_state["_address"]
        return held

    def _number(self, name: str) -> int | None:
        text = self._address.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None

    def _set_address(self, name: str, value: Any) -> None:
        if value is None or value == "":
            self._address.pop(name, None)
        else:
            self._address[name] = str(value)
        self.write_address()

    def write_address(self) -> None:
        """Write the state into the address, where a reload and a bookmark find it."""
        wanted = self._address
        if {n: st.query_params.get(n) for n in IN_ADDRESS if n in st.query_params} != wanted:
            for name in IN_ADDRESS:
                if name in wanted:
                    st.query_params[name] = wanted[name]
                elif name in st.query_params:
                    del st.query_params[name]
