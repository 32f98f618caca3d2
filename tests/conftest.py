"""Fixtures shared by all tests."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pandas  # noqa: F401 - first: commands called in this process hide it from pyarrow where it is not imported yet
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from postgres_server import postgres

__all__ = ["postgres", "shared_data"]

# A loaded machine is no fault of the code under test; the same examples on every machine make a failure repeatable.
settings.register_profile("house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
# Hypothesis also tries constants of our modules that are imported by then: after other tests, other examples.
pytest.MonkeyPatch().setattr(providers, "is_local_module_file", lambda _: False)

# A shell that puts a job in the background has it ignore Ctrl-C, and so would every command that is started here.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real public data, which is not part of the project."""
    folder = Path(os.environ.get("CLIENTAGE_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
    if not (folder / "CATALOG.md").is_file():
        pytest.skip(f"real data is not at {folder}; set CLIENTAGE_DATA to its folder")
    return folder
