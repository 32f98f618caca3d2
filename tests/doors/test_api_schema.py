"""Schemathesis against its own document: what the service accepts, refuses and answers is what it says.

A few hundred generated requests by default; `make bench-api` sets CLIENTAGE_API_CASES for ten thousand and more.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from clientage.api.app import guarded_app
from clientage.api.gate import Gate, Limits
from clientage.api.service import Service
from clientage.runs.run import Run
from made_services import lines_of_shop, named_run, saved

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of its own imports
    import schemathesis
    from schemathesis import GenerationMode
    from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method

CASES = int(os.environ.get("CLIENTAGE_API_CASES", "480"))  # in all, over both kinds of run
TOKEN = "a-token-of-thirty-two-characters"
LIMITS = Limits(rows=1_000, megabytes=1)
POSTS = {  # path -> checks that JSON Schema cannot do justice to
    "/predict": [],
    "/predict/batch": [],
    "/predict/columns": [positive_data_acceptance],  # it cannot say that lists have one length
    "/predict/transactions": [positive_data_acceptance],  # nor that lines amount to a purchase
}
GETS = ("/health", "/metrics", "/model", "/segments")
answered: Counter[tuple[str, str, int]] = Counter()


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return named_run(tmp_path_factory.mktemp("named"))


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return saved(lines_of_shop(), tmp_path_factory.mktemp("lines"), cluster={"k": 2})


def conform(app: Gate, path: str, method: str, mode: GenerationMode, cases: int, headers: dict[str, str]) -> None:
    """Send generated requests to one operation and hold every answer to the document."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, headers=headers, config=_config())
    operation = schema[path][method]

    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        response = case.call(headers=headers)
        answered[path, mode.value, response.status_code] += 1
        assert response.status_code < 500
        excluded = [unsupported_method, *POSTS.get(path, [])]  # that one is asked once, below
        case.validate_response(response, headers=headers, excluded_checks=excluded)

    check()


def _config() -> Any:
    """An invalid request is refused with 400, 413 (too many customers) or 422, and with nothing else."""
    check = {"negative_data_rejection": {"expected-statuses": ["400", "413", "422"]}}
    return schemathesis.Config.from_dict({"checks": check})


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
@pytest.mark.parametrize("path", ["/predict", "/predict/batch", "/predict/columns"])
def test_customers(named: Run, path: str, mode: GenerationMode) -> None:
    conform(guarded_app(Service(named), LIMITS), path, "POST", mode, max(1, CASES // 8), {})


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
def test_transactions(lines: Run, mode: GenerationMode) -> None:
    conform(guarded_app(Service(lines), LIMITS), "/predict/transactions", "POST", mode, max(1, CASES // 8), {})


@pytest.mark.parametrize("path", GETS)
def test_answers_about_the_model(lines: Run, path: str) -> None:
    conform(guarded_app(Service(lines), LIMITS), path, "GET", GenerationMode.POSITIVE, 1, {})


def test_a_guarded_service_documents_its_token(named: Run) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    app = guarded_app(Service(named), LIMITS, TOKEN)
    for path in ("/model", "/predict"):
        method = "POST" if path in POSTS else "GET"
        conform(app, path, method, GenerationMode.POSITIVE, 5, headers)


def test_what_was_asked() -> None:
    """Valid and invalid requests were really made, of every status that they lead to; the figures are printed."""
    seen: Counter[int] = Counter()
    for (_, _, status), count in answered.items():
        seen[status] += count
    print(f"\n{answered.total():,} requests, by status: {dict(sorted(seen.items()))}")
    if answered:  # alone, this test has nothing to look at
        assert {200, 400, 422} <= set(seen)
        assert all(status < 500 for status in seen)


def test_unknown_methods_and_paths(named: Run, tmp_path: Path) -> None:  # noqa: ARG001
    app = guarded_app(Service(named), LIMITS)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    for operation in schema.get_all_operations():
        case = operation.ok().Case(method="PATCH")
        response = case.call()
        assert response.status_code == 405
        assert response.headers["allow"]
