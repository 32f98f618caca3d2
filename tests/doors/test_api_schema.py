"""Schemathesis against its own document: what the service accepts, refuses and answers is what it says.

A few hundred generated requests by default; `make bench-api` sets CLIENTAGE_API_CASES for ten thousand and more.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Iterator
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


@pytest.fixture(scope="module", autouse=True)
def told() -> Iterator[None]:
    """Print what was asked in the end, for whoever runs this with more cases."""
    yield
    seen: Counter[int] = Counter()
    for (_, _, status), count in answered.items():
        seen[status] += count
    print(f"\n{answered.total():,} requests, by status: {dict(sorted(seen.items()))}")


def conform(app: Gate, path: str, method: str, mode: GenerationMode, cases: int, headers: dict[str, str]) -> set[int]:
    """Send generated requests to one operation, hold every answer to the document, and return their statuses."""
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
    return {status for asked, kind, status in answered if (asked, kind) == (path, mode.value)}


LEADS_TO = {GenerationMode.POSITIVE: {200}, GenerationMode.NEGATIVE: {400, 422}}  # that such were really made


def _config() -> Any:
    """An invalid request is refused with 400, 413 (too many customers) or 422, and with nothing else."""
    check = {"negative_data_rejection": {"expected-statuses": ["400", "413", "422"]}}
    return schemathesis.Config.from_dict({"checks": check})


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
@pytest.mark.parametrize("path", ["/predict", "/predict/batch", "/predict/columns"])
def test_customers(named: Run, path: str, mode: GenerationMode) -> None:
    seen = conform(guarded_app(Service(named), LIMITS), path, "POST", mode, max(1, CASES // 8), {})
    assert seen >= LEADS_TO[mode]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
def test_transactions(lines: Run, mode: GenerationMode) -> None:
    app = guarded_app(Service(lines), LIMITS)
    assert conform(app, "/predict/transactions", "POST", mode, max(1, CASES // 8), {}) >= LEADS_TO[mode]


@pytest.mark.parametrize("path", GETS)
def test_answers_about_the_model(lines: Run, path: str) -> None:
    assert conform(guarded_app(Service(lines), LIMITS), path, "GET", GenerationMode.POSITIVE, 1, {}) == {200}


def test_a_guarded_service_documents_its_token(named: Run) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    app = guarded_app(Service(named), LIMITS, TOKEN)
    for path in ("/model", "/predict"):
        method = "POST" if path in POSTS else "GET"
        conform(app, path, method, GenerationMode.POSITIVE, 5, headers)


def test_unknown_methods_and_paths(named: Run, tmp_path: Path) -> None:  # noqa: ARG001
    app = guarded_app(Service(named), LIMITS)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    for operation in schema.get_all_operations():
        case = operation.ok().Case(method="PATCH")
        response = case.call()
        assert response.status_code == 405
        assert response.headers["allow"]
