"""Listening: the socket, the worker processes, and a stop that lets accepted requests finish.

Receives a run and where to listen; returns when told to stop. The run is loaded once and the workers are forked from
the process that holds it, so they share its memory until they write to it.
"""

from __future__ import annotations

import gc
import ipaddress
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

import uvicorn

from clientage.api.app import guarded_app
from clientage.api.gate import LOCAL_HOSTS, Gate, Limits
from clientage.api.service import Service
from clientage.errors import InputError, SettingsError
from clientage.runs.run import open_run

STOPS = (signal.SIGTERM, signal.SIGINT)
GRACE_SECONDS = 30  # that accepted requests have after the signal to stop
SHORTEST_TOKEN = 16
SHORT_LIFE_SECONDS = 2.0  # a worker that dies younger than this is not simply replaced for ever
MOST_SHORT_LIVES = 5


@dataclass(frozen=True, slots=True)
class Listening:
    """Where and how to listen.

    Parameters
    ----------
    host : str, default "127.0.0.1"
        Address or name. Anything but this machine's own needs a token.
    port : int, default 8000
        0: a free one.
    workers : int, default 1
        Processes. More than one needs an operating system that can fork.
    token : str or None
        Asked of every request but `/health`.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    token: str | None = None


def serve(run: str | Path, listening: Listening, limits: Limits, tell: Callable[[str], None]) -> None:
    """Serve a run until SIGTERM or SIGINT.

    Parameters
    ----------
    run : str or Path
        A run's folder.
    listening : Listening
        Where and how.
    limits : Limits
        Of one request.
    tell : callable
        Told the address once connections are accepted and a signal would be heard.

    Raises
    ------
    SettingsError
        For an address that others can reach without a token, a weak token, or an impossible number of workers.
    InputError
        When the address cannot be listened on.
    ModelError
        When the run is damaged.
    """
    check(listening)
    service = Service(open_run(run))
    hosts = None if listening.token is not None else LOCAL_HOSTS | {listening.host.lower()}
    app = guarded_app(service, limits, listening.token, hosts, listening.workers)
    with listen(listening) as opened:
        address = opened.getsockname()
        shown = f"[{address[0]}]" if ":" in address[0] else address[0]
        ready = partial(tell, f"http://{shown}:{address[1]}")
        if listening.workers == 1:
            _run(app, opened, ready)
        else:
            Workers(app, opened, listening.workers).run(ready)


def check(listening: Listening) -> None:
    """Refuse what must not be served.

    Raises
    ------
    SettingsError
        As `serve`.
    """
    if not 1 <= listening.workers <= 64:
        raise SettingsError("1 to 64 workers", str(listening.workers), "One for each core is enough.")
    if listening.workers > 1 and not hasattr(os, "fork"):
        raise SettingsError("one worker on this system", str(listening.workers), "Leave out --workers.")
    if not 0 <= listening.port <= 65_535:
        raise SettingsError("a port from 0 to 65535", str(listening.port), "0 takes a free one.")
    token = listening.token
    if token is not None and (len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable()):
        raise SettingsError(
            f"a token of at least {SHORTEST_TOKEN} printable ASCII characters",
            "a shorter one, or one with other characters",
            "Make one: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
        )
    if token is None and not is_loopback(listening.host):
        raise SettingsError(
            "a token where others can reach the service",
            f"the address '{listening.host}' and no token",
            "Set CLIENTAGE_TOKEN or give --token-file, or listen on 127.0.0.1.",
        )


def is_loopback(host: str) -> bool:
    """Whether an address or name means this machine and nobody else can reach it.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        pass
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False
    return bool(found) and all(ipaddress.ip_address(str(a).partition("%")[0]).is_loopback for a in found)


def listen(listening: Listening) -> socket.socket:
    """Return a socket that accepts connections.

    Raises
    ------
    InputError
        When the port is taken or the address is not this machine's.
    """
    opened: socket.socket | None = None
    try:
        family, kind, number, _, address = socket.getaddrinfo(
            listening.host, listening.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind, number)
        if os.name != "nt":  # there it would allow two servers on one port
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(2048)
        opened.setblocking(False)
    except (OSError, UnicodeError) as problem:
        if opened is not None:
            opened.close()
        reason = getattr(problem, "strerror", None) or str(problem)
        found = f"'{listening.host}' port {listening.port}: {reason}"
        raise InputError("an address that can be listened on", found, "Give another --port or --host.") from None
    return opened


def _run(app: Gate, opened: socket.socket, ready: Callable[[], None], parent: int | None = None) -> None:
    """Serve in this process until it is told to stop, or its parent is gone."""
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=2048,
    )
    server = uvicorn.Server(config)

    def stop(sig: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what signal handlers receive
        server.should_exit = True

    server.handle_exit = stop  # type: ignore[method-assign]  # its own would raise the signal again at the end
    for number in STOPS:  # uvicorn sets the same a little later
        signal.signal(number, stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    if parent is not None:
        threading.Thread(target=_watch, args=(server, parent), daemon=True).start()
    ready()
    server.run(sockets=[opened])


def _silent() -> None:
    """One worker of several has nothing to tell."""


def _watch(server: uvicorn.Server, parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1.0)
    server.should_exit = True


class Workers:
    """Several processes on one socket, replaced when one dies.

    Parameters
    ----------
    app : Gate
        Loaded; each process serves this very object.
    opened : socket
        Accepts connections.
    count : int
        Processes.
    """

    def __init__(self, app: Gate, opened: socket.socket, count: int) -> None:
        self._app = app
        self._opened = opened
        self._count = count
        self._born: dict[int, tuple[int, float]] = {}  # process -> which worker it is, when it began
        self._stopping = False
        self._short_lives = 0

    def run(self, ready: Callable[[], None]) -> None:
        """Keep the processes alive until a signal says stop, then wait for all of them.

        Parameters
        ----------
        ready : callable
            Called once all are started.

        Raises
        ------
        InputError
            When workers keep dying as soon as they are started.
        """
        for number in STOPS:
            signal.signal(number, self._stop)
        gc.collect()
        gc.freeze()  # a collection in a worker then writes to no page it shares
        for worker in range(self._count):
            self._start(worker)
        ready()
        while self._born:
            try:
                process, _ = os.wait()
            except ChildProcessError:
                break
            worker, born = self._born.pop(process, (-1, 0.0))
            if worker < 0 or self._stopping:
                continue
            self._short_lives += time.monotonic() - born < SHORT_LIFE_SECONDS
            if self._short_lives > MOST_SHORT_LIVES:
                self._stop(signal.SIGTERM, None)
                continue
            self._start(worker)
        if self._short_lives > MOST_SHORT_LIVES:
            raise InputError("workers that stay alive", "they end as soon as they are started", "Try --workers 1.")

    def _start(self, worker: int) -> None:
        parent = os.getpid()
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # until the process is known, or has handlers of its own
        if self._stopping:  # told to a moment ago: nobody would tell the new one
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
            return
        if (process := os.fork()) > 0:
            self._born[process] = (worker, time.monotonic())
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
            return
        code = 1
        try:
            self._app.metrics.become(worker)
            _run(self._app, self._opened, _silent, parent)
            code = 0
        finally:  # nothing of the parent's must run on in a child, whatever happened
            sys.stderr.flush()
            os._exit(code)

    def _stop(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002 - what signal handlers receive
        self._stopping = True
        for process in self._born:
            try:
                os.kill(process, signal.SIGTERM)
            except ProcessLookupError:
                continue
