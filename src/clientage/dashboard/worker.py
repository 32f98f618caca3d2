"""Long work, done in a process of its own: it can be stopped at any moment, and a crash there stops nobody else.

Receives a `Task` and a connection; sends the steps as they begin, then the parts of the result, or why there is none.
Streamlit is never imported here.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

import numpy as np

from clientage.config import Settings
from clientage.errors import ClientageError
from clientage.study import StudyRecord

MOST_CELLS = 60_000_000  # encoded cells a server keeps in all: about 1 GB of studies
Tell = Callable[[str, Any], None]


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done.

    Parameters
    ----------
    kind : {"look", "study", "shop", "score", "report", "judge"}
        Key of `WORK`.
    source : str
        A path or a database URL.
    settings : Settings
        Of the study.
    folder : Path
        Where a run, or a file to download, goes.
    more : mapping
        What only this kind of work needs.
    """

    kind: Literal["look", "study", "shop", "score", "report", "judge"]
    source: str
    settings: Settings
    folder: Path
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no result, in the three parts of a `ClientageError`.

    Parameters
    ----------
    expected, found, fix : str
        What would have been accepted, what was there, what to do.
    """

    expected: str
    found: str
    fix: str

    @classmethod
    def of(cls, error: ClientageError) -> Refusal:
        """Return the parts of an error."""
        return cls(error.expected, error.found, error.fix)


def run_task(connection: Connection, task: Task) -> None:
    """Do the work and send what comes of it; never raises."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends this process
    if hasattr(os, "nice"):
        os.nice(5)  # the pages of all visitors come first

    def tell(what: str, value: Any) -> None:
        connection.send((what, value))

    try:
        WORK[task.kind](task, tell)
        tell("done", None)
    except ClientageError as refusal:
        tell("refused", Refusal.of(refusal))
    except MemoryError:
        tell("refused", Refusal("a file that fits this machine's memory", "it does not", "Take fewer rows or columns."))
    except BrokenPipeError:
        return
    except Exception as failure:  # noqa: BLE001 - a mistake of ours: the page says so, and the server lives on
        tell("failed", type(failure).__name__)
    finally:
        connection.close()


def cells_of(record: StudyRecord) -> int:
    """Return what a study weighs: its encoded cells, and some for what is known of each customer beside them."""
    return int(np.prod(record.matrix.values.shape)) + 4 * record.customers.n


def _look(task: Task, tell: Tell) -> None:
    """What the columns are and what was repaired, before any clustering."""
    from clientage.features.encoding import encode
    from clientage.report.exploration import build_exploration
    from clientage.study import prepare

    tell("step", "Reading the data")
    prepared = prepare(task.source, task.settings, transactions=task.more.get("transactions") or None)
    tell("part", ("roles", prepared.roles))
    tell("step", "Describing the columns")
    try:
        matrix = encode(prepared.customers, task.settings.features)
    except ClientageError as refusal:  # the columns can be looked at, and the roles corrected
        tell("part", ("doubt", Refusal.of(refusal)))
        matrix = None
    tell("part", ("document", build_exploration(prepared, matrix)))


def _study(task: Task, tell: Tell) -> None:
    """A study, saved as a run; its parts follow, so that nothing has to be computed again."""
    from clientage.publish import FOR_PAGES, publish
    from clientage.study import STEPS, make_study

    record = make_study(
        task.source,
        task.settings,
        transactions=task.more.get("transactions") or None,
        on_step=lambda step: tell("step", STEPS[step]),
        also=FOR_PAGES,
    )
    tell("step", "Writing the report")
    tell("part", ("run", publish(record, task.folder).path))
    if cells_of(record) > MOST_CELLS:
        return  # its run is shown from the folder alone
    tell("step", "Handing over the result")
    parts = [(part.name, getattr(record, part.name)) for part in fields(record)]
    del record
    while parts:  # one by one, each let go of when it is sent, so that the whole is never held twice
        tell("part", parts.pop())


def _shop(task: Task, tell: Tell) -> None:
    """The simulated shop."""
    from clientage.data.samples import write_shop

    tell("step", "Simulating a shop")
    shop = write_shop(task.folder, int(task.more["customers"]), int(task.more["seed"]))
    tell("part", ("customers", shop.customers))


def _score(task: Task, tell: Tell) -> None:
    """New customers, classified into a file."""
    from clientage.runs.run import open_run
    from clientage.scoring.scorer import Scorer
    from clientage.scoring.sink import write_scored

    tell("step", "Reading the model")
    scorer = Scorer(open_run(task.more["run"]).model())
    tell("step", "Classifying the customers")
    scored = scorer.stream(task.source, transactions=task.more.get("transactions") or None)
    task.folder.mkdir(parents=True, exist_ok=True)
    target = task.folder / "classified.csv"
    write_scored(scored, str(target), source=task.source)
    tell("part", ("file", target))
    tell("part", ("n", scored.n))
    tell("part", ("notes", scored.notes))


def _report(task: Task, tell: Tell) -> None:
    """The report of a run in one of its forms."""
    from clientage.rendering import write_report
    from clientage.runs.run import open_run

    form = task.more["form"]
    tell("step", "Making the report")
    task.folder.mkdir(parents=True, exist_ok=True)
    (path,) = write_report(open_run(task.more["run"]), form, task.folder / f"report.{form}")
    tell("part", ("file", path))


def _judge(task: Task, tell: Tell) -> None:
    """A trial, with what takes seconds: chance and repeated samples."""
    from clientage.trial.trial import judge_knobs

    tell("part", ("trial", judge_knobs(task.more["sampled"], task.more["knobs"])))


WORK: dict[str, Callable[[Task, Tell], None]] = {
    "look": _look,
    "study": _study,
    "shop": _shop,
    "score": _score,
    "report": _report,
    "judge": _judge,
}
