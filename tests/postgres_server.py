"""A real PostgreSQL server on loopback, for every test that needs one."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from patience import PATIENCE, free_port, until


def _binary(name: str) -> Path | None:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / name).is_file():
            return folder / name
    found = shutil.which(name)
    return Path(found) if found else None


def _as_other_user() -> list[str]:
    """PostgreSQL refuses to run as root: prefix that runs a command as somebody else."""
    if os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return []


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a fresh PostgreSQL server on loopback, with user ``owner`` and password ``s3cret-pass``."""
    initdb, server = _binary("initdb"), _binary("postgres")
    if initdb is None or server is None:
        pytest.skip("PostgreSQL's initdb and postgres are not installed (Debian: postgresql)")
    prefix = _as_other_user()
    folder = Path(tempfile.mkdtemp(prefix="clientage-pg-"))
    try:
        password = folder / "password"
        password.write_text("s3cret-pass")
        if prefix:
            uid, gid = (int(part.partition("=")[2]) for part in prefix[1:3])
            for path in (folder, password):
                os.chown(path, uid, gid)
        data = folder / "data"
        run = [
            *prefix,
            str(initdb),
            "-D",
            str(data),
            "-U",
            "owner",
            "-A",
            "scram-sha-256",
            f"--pwfile={password}",
            "-N",
        ]
        subprocess.run([*run, "-E", "UTF8", "--locale=C"], check=True, capture_output=True, cwd=folder)
        port = free_port()
        options = ["-D", str(data), "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        process = subprocess.Popen(
            [*prefix, str(server), *options, "-c", "unix_socket_directories="],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )
        try:
            url = f"postgresql://owner:s3cret-pass@127.0.0.1:{port}/postgres"
            _wait(url, process)
            yield url
        finally:
            process.send_signal(signal.SIGINT)  # it waits for no client; after SIGTERM it would
            process.wait(timeout=PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    import psycopg

    def answers() -> bool:
        assert process.poll() is None, "the PostgreSQL server ended while starting"
        try:
            psycopg.connect(url, connect_timeout=10).close()
        except psycopg.OperationalError:
            return False
        return True

    until(answers, lambda: "the PostgreSQL server does not answer")
