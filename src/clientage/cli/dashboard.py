"""`clientage dashboard`: the dashboard in a browser, served from this machine to this machine alone."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

import typer

from clientage.cli.options import Quiet
from clientage.errors import InputError, SettingsError

FIRST_PORT = 8501
PORTS = 50  # tried one after the other when none is asked for


def dashboard(
    opened: Annotated[
        str | None, typer.Argument(metavar="[RUN|FILE]", help="What to open first; a folder of runs shows its history.")
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="FOLDER", help="Where runs go, and whose history is shown.")
    ] = None,
    port: Annotated[int | None, typer.Option("--port", help="Default: the first free one from 8501 on.")] = None,
    host: Annotated[str, typer.Option("--host", help="An address of this machine alone.")] = "127.0.0.1",
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
    quiet: Quiet = False,
) -> None:
    """Show the dashboard: drop a file, see its segments, try other choices, classify a customer."""
    folder, first = places(opened, out)
    check_host(host)
    port = free_port(host, port)
    command = [sys.executable, "-m", "clientage.dashboard", "--host", host, "--port", str(port)]
    server = subprocess.Popen([*command, "--folder", str(folder), "--", first], stdout=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        if wait_until_ready(server, host, port):
            if not quiet:
                typer.echo(f"Dashboard: {address}\nStop it with Ctrl-C.")
            if not no_browser:
                typer.launch(address)
        code = server.wait()
    except KeyboardInterrupt:  # the usual way to stop it; the server has heard it as well
        server.terminate()
        server.wait()
        code = 0
    raise typer.Exit(0 if code < 0 else code)


def places(opened: str | None, out: str | None) -> tuple[Path, str]:
    """Return the folder of runs, and what to open first.

    Raises
    ------
    InputError
        When there is no such run or file.

    Examples
    --------
    >>> places(None, "mine")
    (PosixPath('mine'), '')
    """
    from clientage.data.reading import check_readable
    from clientage.runs.manifest import NAME

    if opened is None:
        return Path(out or "runs"), ""
    if "://" in opened:
        return Path(out or "runs"), opened
    path = Path(opened)
    if (path / NAME).is_file():
        return Path(out) if out else path.resolve().parent, str(path.resolve())
    if path.is_dir():
        if out is not None:
            raise InputError("a run, a file, or one folder of runs", f"'{opened}' and --out {out}", "Leave one out.")
        return path, ""
    check_readable(path)
    return Path(out or "runs"), str(path.resolve())


def check_host(host: str) -> None:
    """Refuse an address that other machines can reach: the dashboard asks nobody who they are.

    Raises
    ------
    SettingsError
        For any address but those of this machine alone.
    """
    try:
        alone = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        alone = False
    if not alone:
        raise SettingsError(
            "an address of this machine alone, as 127.0.0.1",
            f"--host {host}",
            "The dashboard has no sign-in, so others must not reach it. From elsewhere, come through a tunnel: "
            "ssh -L 8501:127.0.0.1:8501 THIS-MACHINE",
        )


def free_port(host: str, wanted: int | None) -> int:
    """Return the port asked for, or the first free one.

    Raises
    ------
    SettingsError
        When it is taken, or none is free.
    """
    for port in [wanted] if wanted is not None else range(FIRST_PORT, FIRST_PORT + PORTS):
        if port < 1:  # the system would choose one, and nobody would know it
            continue
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except (OSError, OverflowError):
                continue
            return port
    asked = str(wanted) if wanted is not None else f"{FIRST_PORT} to {FIRST_PORT + PORTS - 1}"
    raise SettingsError("a free port from 1 to 65535", f"{asked} cannot be used", "Name another one with --port.")


def wait_until_ready(server: subprocess.Popen[bytes], host: str, port: int) -> bool:
    """Wait until the server accepts connections, however long this machine takes; False when it has ended."""
    while server.poll() is None:
        try:
            with socket.create_connection((host, port), timeout=1.0):
                return True
        except OSError:
            time.sleep(0.05)
    return False
