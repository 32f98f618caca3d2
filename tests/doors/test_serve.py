"""`clientage serve` as a shell starts it: a process, a socket, tokens, limits, workers, and a stop."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from clientage.runs.run import Run
from made_services import customer, named_run
from patience import PATIENCE, children_of, runs, until

TOKEN = "a-token-of-thirty-two-characters"


@dataclass(frozen=True)
class Served:
    process: subprocess.Popen[str]
    port: int

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        given = {k.replace("_", "-"): v for k, v in headers.items()}
        connection.request(method, path, content, {"content-type": "application/json", **given})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, json.loads(text) if answer.headers["content-type"] == "application/json" else text

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, err


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return named_run(tmp_path_factory.mktemp("served"))


@contextmanager
def serving(run: Run, *options: str, token: str | None = None) -> Iterator[Served]:
    env = {**os.environ, "PYTHONUNBUFFERED": "1", **({} if token is None else {"CLIENTAGE_TOKEN": token})}
    words = [sys.executable, "-m", "clientage", "serve", str(run.path), "--port", "0", *options]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as process:
        try:
            assert process.stdout is not None
            told = process.stdout.readline()
            found = re.search(r"http://[^:]+:(\d+)", told)
            assert found, (told, process.communicate(timeout=PATIENCE))
            yield Served(process, int(found[1]))
        finally:
            process.kill()


@pytest.fixture(scope="module")
def served(run: Run) -> Iterator[Served]:
    with serving(run, "--max-rows", "200", "--max-mb", "1") as started:
        yield started


def test_a_served_run_scores_and_documents_itself(served: Served) -> None:
    status, answer = served.ask("POST", "/predict", customer())
    assert status == 200
    assert answer["segment_id"] >= 1
    assert served.ask("GET", "/health")[1]["status"] == "ok"
    assert "/predict/columns" in served.ask("GET", "/openapi.json")[1]["paths"]


def test_bodies_beyond_the_limit_are_refused_before_they_are_read(served: Served) -> None:
    assert served.ask("POST", "/predict/batch", [customer()] * 201)[0] == 413
    with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE) as raw:
        raw.sendall(b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
        raw.sendall(b"Content-Length: 50000000\r\n\r\n")  # and not one byte of it
        assert raw.recv(4096).startswith(b"HTTP/1.1 413")


def test_a_chunked_body_without_a_length_is_cut_off(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE) as raw:
        raw.sendall(b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
        raw.sendall(b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(32):  # 2 MB of an unending body
            raw.sendall(b"10000\r\n" + b" " * 65_536 + b"\r\n")
        assert raw.recv(4096).startswith(b"HTTP/1.1 413")


def test_a_client_that_sends_it_all_first_still_reads_the_refusal(served: Served) -> None:
    assert served.ask("POST", "/predict", b" " * 8_000_000)[0] == 413


def test_another_host_name_is_refused_without_a_token(served: Served) -> None:
    assert served.ask("GET", "/model", host="attacker.example")[0] == 400
    assert served.ask("GET", "/model", host=f"localhost:{served.port}")[0] == 200


def test_nobody_is_told_what_serves(served: Served) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)
    connection.request("GET", "/health")
    names = {name.lower() for name, _ in connection.getresponse().getheaders()}
    connection.close()
    assert "server" not in names
    assert {"x-content-type-options", "content-security-policy", "cache-control"} <= names


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_stop_lets_accepted_requests_finish(run: Run, number: int) -> None:
    with serving(run) as served, socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE) as raw:
        body = json.dumps([customer()] * 3_000).encode()
        raw.sendall(b"POST /predict/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
        raw.sendall(b"Content-Length: %d\r\n\r\n" % len(body) + body[: len(body) // 2])
        served.ask("GET", "/health")  # the first half is read by now
        served.process.send_signal(number)
        until(lambda: _refuses(served.port), lambda: "the service still accepts connections")
        raw.sendall(body[len(body) // 2 :])
        with raw.makefile("rb") as answer:
            text = answer.read()
        assert text.startswith(b"HTTP/1.1 200")
        assert json.loads(text.partition(b"\r\n\r\n")[2])["n"] == 3_000
        _, err = served.process.communicate(timeout=PATIENCE)
        assert (served.process.returncode, err) == (0, "")


def _refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
    except OSError:
        return True
    return False


def test_workers_share_one_run_and_one_count_and_are_replaced(run: Run) -> None:
    with serving(run, "--workers", "2") as served:
        children = children_of(served.process.pid)
        assert len(children) == 2
        answers: list[int] = []
        threads = [threading.Thread(target=_ask_often, args=(served, answers)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [200] * 40
        for _ in range(3):  # whichever worker is asked
            text = served.ask("GET", "/metrics")[1]
            assert 'requests_total{path="/predict",status="200"} 40' in text
            assert "clientage_workers 2" in text
        os.kill(children[0], signal.SIGKILL)
        until(lambda: len(set(children_of(served.process.pid)) - {children[0]}) == 2)
        assert served.ask("POST", "/predict", customer())[0] == 200
        code, err = served.stop()
        assert (code, err) == (0, "")
        assert not any(runs(child) for child in children)


def test_workers_end_with_their_parent(run: Run) -> None:
    with serving(run, "--workers", "2") as served:
        children = children_of(served.process.pid)
        served.process.kill()
        until(lambda: not any(runs(child) for child in children))


def _ask_often(served: Served, answers: list[int]) -> None:
    answers += [served.ask("POST", "/predict", customer())[0] for _ in range(10)]


def test_a_token_from_the_environment_or_a_file_is_asked_for(run: Run, tmp_path: Path) -> None:
    with serving(run, token=TOKEN) as served:
        assert served.ask("GET", "/model")[0] == 401
        assert served.ask("GET", "/health")[0] == 200
        assert served.ask("GET", "/model", authorization=f"Bearer {TOKEN}")[0] == 200
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    with serving(run, "--host", "0.0.0.0", "--token-file", str(file)) as served:
        assert served.ask("GET", "/model")[0] == 401
        assert served.ask("GET", "/model", authorization=f"Bearer {TOKEN}")[0] == 200


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "0.0.0.0"], "Expected a token where others can reach the service"),
        (["--host", "::"], "Expected a token where others can reach the service"),
        (["--workers", "0"], "1 to 64 workers"),
        (["--port", "70000"], "a port from 0 to 65535"),
        (["--max-mb", "0"], "at least 1"),
        (["--token-file", "nowhere"], "a file with a token"),
        (["--host", "203.0.113.7", "--token-file", "TOKEN"], "an address that can be listened on"),
    ],
    ids=["all addresses", "all IPv6 addresses", "no workers", "port", "size", "token file", "foreign address"],
)
def test_what_must_not_be_served_is_refused_at_the_start(
    clientage: Callable[..., Any], run: Run, tmp_path: Path, options: list[str], said: str
) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN)
    result = clientage("serve", run.path, *(str(file) if o == "TOKEN" else o for o in options))
    assert result.code == 2
    assert said in result.err
    assert TOKEN not in result.err


def test_a_weak_token_and_a_taken_port_are_refused(
    clientage: Callable[..., Any], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = clientage("serve", run.path, "--port", taken.getsockname()[1])
        assert (result.code, "in use" in result.err) == (2, True)
    monkeypatch.setenv("CLIENTAGE_TOKEN", "letmein")
    result = clientage("serve", run.path)
    assert (result.code, "at least 16" in result.err, "letmein" in result.err) == (2, True, False)


def test_a_run_that_is_none_is_refused(clientage: Callable[..., Any], tmp_path: Path) -> None:
    assert clientage("serve", tmp_path).code == 2
