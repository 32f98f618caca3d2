"""The Makefile: what it lists exists, the lock is what it installs, and the second set-up does nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
TEXT = (PROJECT / "Makefile").read_text(encoding="utf-8")

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(*arguments: str) -> str:
    # what a `make test` around this one was told is not for it
    environment = {k: v for k, v in os.environ.items() if k not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "GNUMAKEFLAGS"}}
    command = ["make", *arguments]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True).stdout


def test_help_is_the_default_and_lists_every_target_for_people() -> None:
    phony = set(re.search(r"^\.PHONY: (.*)$", TEXT, re.MULTILINE).group(1).split())  # type: ignore[union-attr]
    listed = set(re.findall(r"^  make ([a-z-]+) +\S", make(), re.MULTILINE))
    assert listed == phony - {"system-packages"}
    assert {"setup", "demo", "test", "lint", "format", "bench", "lock", "clean"} < listed


def test_set_up_installs_from_the_hashed_lock_only() -> None:
    commands = make("--dry-run", "--always-make", "setup")
    assert "--require-hashes -r requirements.lock" in commands
    assert re.search(r"pip install .*uv==\d+\.\d+\.\d+", commands)
    assert re.search(r"--no-deps --no-build-isolation -e \.", commands)


def test_continuous_integration_only_runs_make_test() -> None:
    script = PROJECT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert script.read_text(encoding="utf-8").rstrip().endswith("exec make test")


def test_system_packages_are_named_and_not_installed_without_root(tmp_path: Path) -> None:
    """With nothing on the path and no root, the script says what is missing and succeeds."""
    id_of_somebody = tmp_path / "id"
    id_of_somebody.write_text("#!/bin/sh\necho 1000\n", encoding="utf-8")
    id_of_somebody.chmod(0o755)
    bash = shutil.which("bash")
    assert bash
    script = str(PROJECT / "tests" / "system-packages.sh")
    done = subprocess.run([bash, script], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True)
    assert "chromium" in done.stdout
    assert "are skipped" in done.stdout
