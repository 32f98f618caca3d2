"""Servers that are down, hung or failing: the run is there, a sentence says what happened, and nobody waits long.

The time is the promise here, and not a measure of speed: five seconds for the server. What this machine needs to
start a process on a loaded day is allowed for; left to itself MLflow would wait for minutes.
"""

from __future__ import annotations

import http.server
import json
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import clientage as package
from clientage.config import TrackSettings
from clientage.errors import MissingExtraError, SettingsError, TrackingError
from clientage.publish import publish
from clientage.runs.run import Run
from clientage.tracking import tracker, waiting
from clientage.tracking.tracker import check_tracking, track_run, tracked_runs
from made_studies import one_study, shop
from patience import PATIENCE

PROMISED = 5.0
HANGS_UP = 0  # instead of a status
OWN = 60.0  # for starting and ending a process on a loaded machine


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return publish(one_study(), tmp_path_factory.mktemp("runs"))


class Failing(str):
    """The address of a server, and when it was asked."""

    asked: list[float]


@contextmanager
def listening() -> Iterator[str]:
    """A port that accepts and never answers."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(5)
        yield f"http://127.0.0.1:{door.getsockname()[1]}"


@contextmanager
def closed() -> Iterator[str]:
    """A port at which nobody listens, and nobody else can begin to."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{door.getsockname()[1]}"


@contextmanager
def answering(status: int, *, first: int | None = None, silent_after: int | None = None) -> Iterator[str]:
    """A server whose first answer may be another, and which may fall silent."""
    asked: list[float] = []
    woken = threading.Event()

    class Answer(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            asked.append(time.monotonic())
            if silent_after is not None and len(asked) > silent_after:
                woken.wait()
                return
            told = first if first is not None and len(asked) == 1 else status
            if told == HANGS_UP:
                self.close_connection = True
                return
            body = json.dumps({"error_code": "INTERNAL_ERROR", "message": "no room on the disk"}).encode()
            self.send_response(told)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = answer

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        uri = Failing(f"http://127.0.0.1:{server.server_port}")
        uri.asked = asked
        yield uri
        woken.set()
        server.shutdown()
        thread.join()


SHORT = TrackSettings().patience
FAILING: dict[str, tuple[Callable, float, str]] = {  # whom to ask, how patiently, and what comes of it
    "hung": (listening, SHORT, "no answer in time"),
    "down": (closed, SHORT, "nothing listens there"),
    "500": (lambda: answering(500), PATIENCE, "status 500"),
    "503": (lambda: answering(503), PATIENCE, "status 503"),
    "hanging up later": (lambda: answering(HANGS_UP, first=404), PATIENCE, "failed with exception"),
    "hung later": (lambda: answering(404, silent_after=1), SHORT, "no answer in time"),
}


@pytest.mark.parametrize("how", FAILING)
def test_a_server_that_fails_costs_a_sentence(run: Run, how: str) -> None:
    failing, patience, words = FAILING[how]
    with failing() as uri:
        begin = time.monotonic()
        tracked = track_run(run, TrackSettings(uri.replace("//", "//me:hunter2@"), patience=patience))
        took = time.monotonic() - max([begin, *getattr(uri, "asked", [])])  # since the answer that did not come
    assert "hunter2" not in repr(tracked), "MLflow's own words name the address"
    assert tracked.run_id is None
    assert words in (tracked.problem or "")
    assert "was saved and not logged" in (tracked.problem or "")
    assert took < PROMISED + OWN


def test_the_promise_is_kept_by_the_settings() -> None:
    """What a server can cost is one wait, and half a second for the line that tells of it."""
    assert TrackSettings().patience + 0.5 < PROMISED
    assert waiting.QUIET["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "0"


def test_a_trickle_is_no_answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then resets the wait of a socket; the one who watches the process is not fooled."""
    monkeypatch.setattr(waiting, "OWN_WORK", 30.0)
    stop = threading.Event()
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(1)
        door.settimeout(PATIENCE)

        def drip() -> None:
            caller, _ = door.accept()
            with caller:
                for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000:
                    if stop.wait(0.3):
                        return
                    try:
                        caller.send(bytes([byte]))
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        tracked = track_run(run, TrackSettings(f"http://127.0.0.1:{door.getsockname()[1]}", patience=1.0))
        stop.set()
        thread.join()
    assert "no answer in time" in (tracked.problem or "")


def test_listing_says_that_nobody_answers() -> None:
    with closed() as uri, pytest.raises(TrackingError, match="nothing listens there"):
        tracked_runs(TrackSettings(uri))


def test_a_password_is_kept_by_nobody(tmp_path: Path) -> None:
    with closed() as uri:
        given = uri.replace("//", "//me:hunter2@")
        study = package.segment(shop(100), features=["income", "total_spend"], k=2, track={"uri": given})
        with pytest.warns(RuntimeWarning, match="nothing listens there") as told:
            saved = study.save(tmp_path)
    assert "hunter2" not in str(told[0].message)
    assert not [path for path in saved.path.rglob("*") if path.is_file() and b"hunter2" in path.read_bytes()]


@pytest.mark.parametrize("uri", ["mlruns", "file:///tmp/x", "http://", "sqlite://", "ftp://a/b", "http//a"])
def test_an_address_that_cannot_be_one_is_refused_before_the_study(uri: str) -> None:
    with pytest.raises(SettingsError, match="address of an MLflow server"):
        check_tracking(TrackSettings(uri))


def test_a_name_without_an_address_is_refused() -> None:
    with pytest.raises(SettingsError, match="an address to register at"):
        check_tracking(TrackSettings(register="shop"))


@pytest.mark.parametrize("name", ["@champion", "shop@", "shop@latest"])
def test_a_name_that_mlflow_cannot_take_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="NAME@ALIAS"):
        check_tracking(TrackSettings("http://127.0.0.1:5000", register=name))


def test_a_process_that_ends_at_once_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting.sys, "executable", shutil.which("false"))
    assert "ended early" in (track_run(run, TrackSettings("http://127.0.0.1:5000")).problem or "")


def test_without_mlflow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracker, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"clientage\[tracking\]"):
        check_tracking(TrackSettings("http://127.0.0.1:5000"))
