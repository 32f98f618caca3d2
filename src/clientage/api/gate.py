"""What every request passes before anything of it is read: host, token, size, time; and every answer on its way out.

Plain ASGI, around the application: a refused request costs next to nothing, and no answer leaves without its headers.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from clientage.api.metrics import Metrics
from clientage.api.problems import MEANINGS, RefusedError

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

OPEN = ("/health",)  # asked by load balancers, which have no token; it tells nothing of the customers
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
QUIET_SECONDS = 2.0  # a client that is still sending reads the answer only if the rest is taken in, until it is quiet
DRAINED_SECONDS = 30.0  # and no longer than this
PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", PAGE_POLICY.encode()),
    (b"cross-origin-resource-policy", b"same-origin"),
)

log = logging.getLogger("clientage.api")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may hold.

    Parameters
    ----------
    rows : int, default 100_000
        Customers or invoice lines.
    megabytes : int, default 32
        Of the body, in units of 10⁶ bytes.
    seconds : float, default 30
        In which the body must have arrived.
    """

    rows: int = 100_000
    megabytes: int = 32
    seconds: float = 30.0

    @property
    def body(self) -> int:
        """Bytes of a body."""
        return self.megabytes * 1_000_000


class Gate:
    """The application behind checks that need no body.

    Parameters
    ----------
    app : ASGI application
        Receives what passes.
    metrics : Metrics
        Every answer is counted, refusals included.
    limits : Limits
        Bytes and seconds.
    token : str or None
        Asked for as ``Authorization: Bearer …`` when given.
    hosts : frozenset of str or None
        Names that the ``Host`` header may have; None: any. Without a token these are this machine's own, so that
        no web page can reach the service through a name of its own (DNS rebinding).
    """

    def __init__(
        self, app: App, metrics: Metrics, limits: Limits, token: str | None = None, hosts: frozenset[str] | None = None
    ) -> None:
        self.app = app
        self.metrics = metrics
        self.limits = limits
        self._token = None if token is None else token.encode()
        self._hosts = hosts

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begin, answered, counted = time.perf_counter(), 0, False

        def count() -> None:
            nonlocal counted
            if not counted:
                self.metrics.count(scope["path"], answered, time.perf_counter() - begin)
            counted = True

        async def counted_send(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
            else:
                count()  # before it goes out: whoever has read his answer finds it counted
            await send(message)

        try:
            refusal = self._refusal(scope)
            if refusal is not None:
                raise refusal
            body = await read_body(receive, self.limits)
            if body is not None:
                await self.app(scope, _replayed(body, receive), counted_send)
        except RefusedError as problem:
            await _refuse(problem, receive, counted_send)
        except Exception as failure:
            _tell(failure)
            if not answered:
                await _refuse(FAILED, receive, counted_send)
            if os.environ.get("CLIENTAGE_DEBUG"):
                raise
        finally:
            count()  # 0, "other": a client that went away before its answer

    def _refusal(self, scope: Message) -> RefusedError | None:
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1").rsplit(":", 1)
        name = host[0] if len(host) == 2 and host[1].isdigit() else ":".join(host)
        if self._hosts is not None and name.lower() not in self._hosts:
            found = "a Host header that names another one"
            return RefusedError(400, "a request to this machine by its own name", found, "Use 127.0.0.1 or localhost.")
        if self._token is not None and scope["path"] not in OPEN:
            given = headers.get(b"authorization", b"")
            scheme, _, token = given.partition(b" ")
            if not (scheme.lower() == b"bearer" and hmac.compare_digest(token.strip(), self._token)):
                found = "no token or another one"
                return RefusedError(401, "the token of this service", found, "Send Authorization: Bearer TOKEN.")
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length[:20]) > self.limits.body:
            return too_large(self.limits, f"{int(length[:20]):,} bytes")
        return None


async def read_body(receive: Receive, limits: Limits) -> bytes | None:
    """Return the body of a request, refused as soon as it is too long or too slow, declared length or not.

    Parameters
    ----------
    receive : callable
        Of the server.
    limits : Limits
        Bytes and seconds.

    Returns
    -------
    bytes or None
        None when the client has gone.

    Raises
    ------
    RefusedError
        413 or 408.
    """
    deadline = time.monotonic() + limits.seconds
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        try:
            message = await asyncio.wait_for(receive(), max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            expected = f"the body within {limits.seconds:g} seconds"
            raise RefusedError(408, expected, f"only {size:,} bytes of it", "Send it at once.") from None
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limits.body:
            raise too_large(limits, "more")
        more = bool(message.get("more_body", False))
    return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Give the application the whole body at once, and after it what the server still has to say."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _tell(failure: Exception) -> None:
    """Write down what failed and where, never with what values."""
    place = failure.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = "" if place is None else f" at {place.tb_frame.f_code.co_qualname}:{place.tb_lineno}"
    log.error("failed where it should not have: %s%s", type(failure).__name__, where)


def too_large(limits: Limits, found: str) -> RefusedError:
    """Return the refusal of a body with too many bytes."""
    return RefusedError(413, f"a body of at most {limits.body:,} bytes", found, "Send smaller batches.")


FAILED = RefusedError(500, "an answer", MEANINGS[500], "Try again; tell whoever runs the service if it stays.")


async def _refuse(problem: RefusedError, receive: Receive, send: Send) -> None:
    """Answer at once and close; what a client goes on sending is taken in for a moment, or it would not read."""
    body = problem.json()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if problem.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if problem.status in (408, 413):
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    if problem.status == 413:
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await _drain(receive)
        body = b""
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _drain(receive: Receive) -> None:
    deadline = time.monotonic() + DRAINED_SECONDS
    more = True
    while more and time.monotonic() < deadline:
        try:
            message = await asyncio.wait_for(receive(), QUIET_SECONDS)
        except TimeoutError:
            return
        more = message["type"] == "http.request" and bool(message.get("more_body", False))
