"""`clientage dashboard`: what it refuses before a server starts, and that it ends when it is told to."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clientage.cli.dashboard import places
from patience import PATIENCE, ended, free_port

Call = Callable[..., Any]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org", ""])
def test_an_address_that_others_can_reach_is_refused(clientage: Call, host: str) -> None:
    ended = clientage("dashboard", "--no-browser", "--host", host)
    assert ended.code == 2
    assert "no sign-in" in ended.err


def test_a_port_that_is_taken_is_refused(clientage: Call) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = clientage("dashboard", "--no-browser", "--port", taken.getsockname()[1])
    assert ended.code == 2
    assert "--port" in ended.err


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_a_port_that_is_none_is_refused(clientage: Call, port: int) -> None:
    ended = clientage("dashboard", "--no-browser", "--port", port)
    assert ended.code == 2


def test_a_file_that_is_not_there_is_refused_before_anything_starts(clientage: Call, tmp_path: Path) -> None:
    ended = clientage("dashboard", tmp_path / "none.csv", "--no-browser")
    assert ended.code == 2
    assert "an existing file" in ended.err


def test_a_run_shows_its_own_folder_and_a_folder_its_runs(tmp_path: Path) -> None:
    run = tmp_path / "runs" / "20260101-000000-a"
    run.mkdir(parents=True)
    (run / "manifest.json").write_text("{}")
    assert places(str(run), None) == (run.parent, str(run))
    assert places(str(run.parent), None) == (run.parent, "")
    assert places("sqlite:///shop.db", None) == (Path("runs"), "sqlite:///shop.db")


def test_it_serves_this_machine_alone_and_stops_with_ctrl_c(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "clientage", "dashboard", "--no-browser", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        assert f"http://127.0.0.1:{port}" in server.stdout.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=PATIENCE) as answer:
            assert answer.status == 200
        strange = urllib.request.Request(f"http://127.0.0.1:{port}/media/../../etc/passwd")
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(strange, timeout=PATIENCE)
        server.send_signal(signal.SIGINT)
        assert ended(server) == 0
        assert "Traceback" not in server.stderr.read()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
