"""A service of a run made here, asked in this process through ASGI."""

from __future__ import annotations

import pytest

from clientage.api.app import guarded_app
from clientage.api.gate import Gate
from clientage.api.service import Service
from clientage.runs.run import Run
from made_services import LIMITS, Ask, asker, lines_of_shop, named_run, saved


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return named_run(tmp_path_factory.mktemp("service"))


@pytest.fixture(scope="session")
def lines_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run made from transactions."""
    return saved(lines_of_shop(), tmp_path_factory.mktemp("lines"), cluster={"k": 2})


@pytest.fixture(scope="session")
def service(run: Run) -> Service:
    return Service(run)


@pytest.fixture
def app(service: Service) -> Gate:
    return guarded_app(service, LIMITS)


@pytest.fixture
def ask(app: Gate) -> Ask:
    return asker(app)
