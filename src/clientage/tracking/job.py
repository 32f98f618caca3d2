"""One task with a tracking server, in a process of its own: `python -m clientage.tracking.job`.

Reads the task as JSON from standard input; writes a line of JSON for every answer of the server, and at the end what
came of it. The process that started it ends it when the lines stay away.

A server that is down or failing is found out before MLflow is imported, which alone takes seconds.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import ssl
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from clientage.errors import ClientageError

ASKED = "/api/2.0/mlflow/experiments/get-by-name?experiment_name=Default"
LONGEST_PROBLEM = 300
Tell = Callable[[Mapping[str, Any]], None]


def main() -> None:
    """Do the task that standard input describes and tell standard output about it."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print must not come between the lines
    tell = _teller(out)
    task = json.load(sys.stdin)
    try:
        tell({"step": "started"})
        answer(task["uri"], task["patience"])
        tell({"step": "answered"})
        tell({"done": TASKS[task["task"]](task, tell)})
    except ClientageError as refusal:
        tell({"refusal": [refusal.expected, refusal.found, refusal.fix]})
    except Exception as failure:  # noqa: BLE001 - whatever MLflow raises is told to the one who waits
        tell({"problem": problem_of(failure)})


def answer(uri: str, patience: float) -> None:
    """Return when a server answers; databases and files are not asked.

    Parameters
    ----------
    uri : str
        Of the tracking server or database.
    patience : float
        Seconds until it has to.

    Raises
    ------
    OSError
        When nobody answers.
    ConnectionError
        When the answer is that the server failed.
    """
    parts = urlsplit(uri)
    if parts.scheme not in {"http", "https"}:
        return
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    connection = kinds[parts.scheme](parts.hostname or "", parts.port, timeout=patience)
    try:
        connection.request("GET", parts.path.rstrip("/") + ASKED)
        status = connection.getresponse().status
    except ssl.SSLError:  # MLflow may have been told which certificates to trust
        return
    finally:
        connection.close()
    if status >= 500:
        raise ConnectionError(f"it answered with status {status}")


def problem_of(failure: BaseException) -> str:
    """Return a failure in one line; MLflow's own can hold a whole page of HTML."""
    words = " ".join(str(failure).split()) or type(failure).__name__
    if isinstance(failure, TimeoutError) or "timed out" in words.lower():
        return "no answer in time"
    if isinstance(failure, ConnectionRefusedError):
        return "nothing listens there"
    if status := re.search(r"too many (\d{3}) error responses", words):
        return f"it answered with status {status[1]}"
    return words if len(words) <= LONGEST_PROBLEM else f"{words[:LONGEST_PROBLEM]} …"


def _log(task: Mapping[str, Any], tell: Tell) -> dict[str, Any]:
    from clientage.runs.run import open_run
    from clientage.tracking.mlflow_writer import Destination, client_of, write_records
    from clientage.tracking.records import records_of
    from clientage.tracking.shared import share

    to = Destination(**task["to"])
    with tempfile.TemporaryDirectory() as folder:
        shared = share(open_run(task["run"]), Path(folder))
        client_of(to.uri)
        tell({"step": "ready"})
        return asdict(write_records(shared, records_of(shared), to, lambda step: tell({"step": step})))


def _list(task: Mapping[str, Any], tell: Tell) -> list[dict[str, Any]]:
    from clientage.tracking.mlflow_reader import logged_runs

    found = logged_runs(task["uri"], task["experiment"], lambda step: tell({"step": step}))
    return [entry.as_dict() for entry in found]


def _fetch(task: Mapping[str, Any], tell: Tell) -> str:
    from clientage.tracking.mlflow_reader import fetch_logged

    folder = Path(task["folder"])
    return str(fetch_logged(task["uri"], task["experiment"], task["name"], folder, lambda step: tell({"step": step})))


TASKS: Mapping[str, Callable[[Mapping[str, Any], Tell], Any]] = {"log": _log, "list": _list, "fetch": _fetch}


def _teller(out: IO[str]) -> Tell:
    def tell(line: Mapping[str, Any]) -> None:
        out.write(json.dumps(line) + "\n")
        out.flush()

    return tell


if __name__ == "__main__":
    main()
