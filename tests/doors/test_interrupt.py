"""Ctrl-C at any moment: one sentence, code 130, and nothing half done, no temporary file and no child is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from clientage.data.samples import write_shop
from clientage.report.pdf import find_browser
from patience import PATIENCE, children_of, runs, until

SENTENCE = "clientage: interrupted; what was unfinished was not kept.\n"
ATTEMPTS = 20
LINES = 40  # times the shop's customers are repeated, for a file that takes a while to score
linux = pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="what a process does is looked up in /proc")


class Command:
    """A command at work in a folder of its own, its temporary files beside it."""

    def __init__(self, home: Path, *args: object) -> None:
        self.work, self.scratch = home / "work", home / "tmp"
        self.work.mkdir(parents=True)
        self.scratch.mkdir()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "clientage", *map(str, args)],
            cwd=self.work,
            env={**os.environ, "TMPDIR": str(self.scratch)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def interrupted(self, state: Callable[[Command], object]) -> bool:
        """Wait for a state, press Ctrl-C, and look at what is said and left; False when the work was done before."""
        until(lambda: state(self) or self.process.poll() is not None)
        children = children_of(self.process.pid)
        self.process.send_signal(signal.SIGINT)
        said = self.process.communicate(timeout=PATIENCE)[1]
        assert (self.process.returncode, said) == (130, SENTENCE) or (
            self.process.returncode == 0 and "Traceback" not in said
        )
        until(lambda: not any(map(runs, children)))
        assert list(self.scratch.iterdir()) == []
        left = [path.relative_to(self.work) for path in self.work.rglob("*") if path.is_file()]
        assert not [path for path in left if any(part.startswith(".") for part in path.parts)]
        return self.process.returncode == 130 and not left

    def loaded(self, library: str) -> bool:
        return library in Path(f"/proc/{self.process.pid}/maps").read_text()

    def began(self, pattern: str) -> bool:
        return found(self.work, pattern)


def found(folder: Path, pattern: str) -> bool:
    """Whether there is such a file anywhere in a folder in which others come and go."""
    with suppress(FileNotFoundError):
        return any(folder.rglob(pattern))
    return False


def interrupt(home: Path, state: Callable[[Command], object], *args: object) -> Command:
    """Press Ctrl-C in a state; again where the command is faster than the key, as it may be on a loaded machine."""
    for attempt in range(ATTEMPTS):
        started = Command(home / str(attempt), *args)
        if started.interrupted(state):
            return started
    raise AssertionError("its work was always done before the key arrived")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_shop(tmp_path_factory.mktemp("shop"), 20_000, transactions=False).customers


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, shop: Path) -> Path:
    home = tmp_path_factory.mktemp("runs")
    quick = ["--k", "4", "--algorithm", "kmeans", "--set", "cluster.bootstraps=0", "--set", "cluster.null_draws=0"]
    subprocess.run([sys.executable, "-m", "clientage", "run", shop, "-q", "--out", home, *quick], check=True)
    return next(home.iterdir())


@linux
@pytest.mark.parametrize("library", ["_multiarray_umath", "libarrow"])
@pytest.mark.parametrize("command", ["run", "explore"])
def test_while_libraries_are_loaded(tmp_path: Path, shop: Path, command: str, library: str) -> None:
    interrupt(tmp_path, lambda started: started.loaded(library), command, shop)


@linux
@pytest.mark.parametrize("memory", [(), ("--memory", "1MB")], ids=["memory", "disk"])
def test_while_a_run_is_written(tmp_path: Path, shop: Path, memory: tuple[str, ...]) -> None:
    words = ("run", shop, "--k", "3", "--set", "cluster.bootstraps=0", *memory)
    started = interrupt(tmp_path, lambda started: started.began(".*.part"), *words)
    assert list((started.work / "runs").iterdir()) == []


@linux
def test_while_customers_are_scored(tmp_path: Path, shop: Path, run: Path) -> None:
    head, *rows = shop.read_text().splitlines(keepends=True)
    many = tmp_path / "many.csv"
    many.write_text(head + "".join(rows) * LINES)
    interrupt(tmp_path, lambda started: started.began(".scored.csv.*.part"), "predict", run, many, "-o", "scored.csv")


@linux
def test_while_tables_are_exported(tmp_path: Path, run: Path) -> None:
    interrupt(tmp_path, lambda started: started.began(".*.part"), "export", run, "--format", "bi", "-o", "bi")


@linux
def test_while_the_shop_is_simulated(tmp_path: Path) -> None:
    interrupt(tmp_path, lambda started: started.began(".*customers.csv"), "demo", "--customers", "50000")


@linux
@pytest.mark.skipif(find_browser() is None, reason="no Chromium")
def test_while_a_browser_prints(run: Path) -> None:
    with TemporaryDirectory() as home:  # a short path: the browser's socket lies in it
        interrupt(
            Path(home), lambda started: found(started.scratch, "org.chromium.*"), "report", run, "--format", "pdf"
        )


def test_a_reader_that_has_gone_is_no_failure(run: Path) -> None:
    command = [sys.executable, "-m", "clientage", "show", str(run), "--json"]
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False, timeout=PATIENCE)
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")
