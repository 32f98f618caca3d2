"""The command line, called in this process: what it prints and the code it exits with."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from clientage.__main__ import main


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


@pytest.fixture
def clientage(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run `clientage ARGS` and return what a shell would see."""

    def call(*args: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["clientage", *map(str, args)])
        with pytest.raises(SystemExit) as left:
            main()
        seen = capsys.readouterr()
        return Result(int(left.value.code or 0), seen.out, seen.err)

    return call
