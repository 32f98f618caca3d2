"""Paths, statuses and headers, asked through ASGI."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest

from clientage.api.app import guarded_app
from clientage.api.gate import Gate, Limits, Message
from clientage.api.service import Service
from clientage.runs.run import Run
from clientage.scoring.scorer import Scorer
from made_services import LIMITS, NAUGHTY, UNICODE, Ask, asker, awaited, customer, lines_of_shop, shop_with_names

TOKEN = "t" * 32
JSON = (b"content-type", b"application/json")


def test_health_model_and_segments_tell_what_the_run_knows(ask: Ask, run: Run) -> None:
    assert ask("GET", "/health").json()["run_id"] == run.run_id
    model = ask("GET", "/model").json()
    assert {c["name"]: c["kind"] for c in model["columns"]} == {
        NAUGHTY: "number",
        UNICODE: "number",
        "has card": "number",
        "tier": "category",
        "plan": "category",
    }
    assert model["fingerprint"] == run.manifest["files"]["model/model.json"]["sha256"]
    summary = run.summary()
    segments = ask("GET", "/segments").json()["segments"]
    assert [s["size"] for s in segments] == [s["size"] for s in summary["segments"]]
    assert segments[0]["traits"][0] == summary["segments"][0]["profile"][0]["words"]


def test_every_form_gives_what_predict_gives(ask: Ask, run: Run) -> None:
    data = shop_with_names()
    scored = Scorer(run.model()).score(data)
    rows = [dict(zip(data, row, strict=True)) for row in zip(*map(_plain, data.values()), strict=True)]
    batch = ask("POST", "/predict/batch", rows).json()
    columns = ask("POST", "/predict/columns", {"columns": {n: _plain(v) for n, v in data.items()}}).json()
    frame = {name: values.tolist() for name, values in scored.frame().items()}
    assert columns["columns"] == frame
    assert [r["segment_id"] for r in batch["results"]] == frame["segment_id"]
    one = ask("POST", "/predict", rows[17]).json()
    assert {k: v for k, v in one.items() if k != "notes"} == batch["results"][17]


def _plain(values: Any) -> list[Any]:
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def test_doubts_are_said_and_an_empty_customer_is_not_scored(ask: Ask) -> None:
    answer = ask("POST", "/predict", customer(tier="gold", **{NAUGHTY: 1e6, UNICODE: None})).json()
    assert {n["code"] for n in answer["notes"]} == {"new-category", "filled-missing", "out-of-range"}
    empty = dict.fromkeys(customer())
    answers = ask("POST", "/predict/batch", [empty, customer()]).json()
    assert answers["results"][0]["segment_id"] is None
    assert answers["results"][1]["segment_id"] >= 1
    assert answers["notes"][0]["code"] == "rows-without-features"


def test_an_empty_batch_is_an_empty_answer(ask: Ask) -> None:
    assert ask("POST", "/predict/batch", []).json() == {"n": 0, "results": [], "notes": []}


def test_lines_give_the_customers_that_predict_gives(lines_run: Run) -> None:
    ask = asker(guarded_app(Service(lines_run), Limits(rows=5_000)))
    lines = lines_of_shop(10, seed=8)
    rows = [dict(zip(lines, row, strict=True)) for row in zip(*lines.values(), strict=True)]
    answer = ask("POST", "/predict/transactions", {"transactions": rows, "as_of": "2025-12-01"}).json()
    scored = Scorer(lines_run.model()).score(lines, as_of="2025-12-01")
    assert [r["id"] for r in answer["results"]] == scored.ids.tolist()
    assert [r["segment_id"] for r in answer["results"]] == scored.segment_ids.tolist()
    bad = ask("POST", "/predict/transactions", {"transactions": [{**rows[0], "amount": [1]}]})
    assert (bad.status_code, bad.json()["fields"][0]["field"]) == (422, "amount")
    assert "of line 0" in bad.json()["found"]
    document = ask("GET", "/openapi.json").json()["components"]["schemas"]["Transactions"]
    assert ask("POST", "/predict/transactions", document["examples"][0]).json()["n"] == 1
    when = ask("POST", "/predict/transactions", {"transactions": rows, "as_of": "yesterday"})
    assert when.status_code == 422
    figures = ask("POST", "/predict", {"recency": 5, "frequency": 12, "monetary": 900.5})
    assert figures.json()["segment_id"] in (1, 2)


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("GET", "/nothing", None, {}, 404),
        ("GET", "/predict/", None, {}, 404),
        ("GET", "/predict", None, {}, 405),
        ("DELETE", "/model", None, {}, 405),
        ("POST", "/predict", b"{", {}, 400),
        ("POST", "/predict", b"{}", {"content-type": "text/plain"}, 415),
        ("POST", "/predict", b"{}", {"content-type": ""}, 415),
        ("POST", "/predict", b"NaN", {}, 422),
        ("POST", "/predict/batch", b"[" + b"{}," * 600 + b"{}]", {}, 413),
        ("POST", "/predict", b" " * 1_000_001, {}, 413),
        ("POST", "/predict", None, {"content-length": "99999999999999999999999"}, 413),
        ("GET", "/health", None, {"host": "evil.example"}, 400),
    ],
)
def test_every_refusal_has_one_form(
    service: Service, method: str, path: str, body: bytes | None, headers: dict[str, str], status: int
) -> None:
    answer = asker(guarded_app(service, LIMITS, hosts=frozenset({"127.0.0.1"})))(method, path, body, headers)
    assert answer.status_code == status
    assert set(answer.json()) == {"status", "expected", "found", "fix", "fields"}
    assert answer.json()["status"] == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    if status == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (None, 401),
        ("Bearer", 401),
        (f"Bearer {TOKEN}x", 401),
        (f"Basic {TOKEN}", 401),
        ("Bearer " + "ü" * 32, 401),
        (f"bearer {TOKEN}", 200),
    ],
)
def test_a_token_is_asked_for_everywhere_but_health(service: Service, given: str | None, status: int) -> None:
    ask = asker(guarded_app(service, LIMITS, TOKEN))
    headers: dict[str, Any] = {} if given is None else {"authorization": given.encode()}
    for path in ("/model", "/metrics", "/openapi.json", "/docs"):
        assert ask("GET", path, None, headers).status_code == status
    assert ask("GET", "/health").status_code == 200
    if status == 401:
        assert ask("GET", "/model").headers["www-authenticate"] == "Bearer"


def test_a_failure_tells_the_client_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret canary")

    monkeypatch.setattr(service.scorer, "score_features", fail)
    answer = asker(guarded_app(service, LIMITS))("POST", "/predict", customer())
    assert answer.status_code == 500
    assert "canary" not in answer.text
    assert "Traceback" not in answer.text
    assert "RuntimeError at" in caplog.text
    assert "canary" not in caplog.text


def test_the_document_speaks_of_the_models_own_columns(ask: Ask) -> None:
    document = ask("GET", "/openapi.json").json()
    schema = document["components"]["schemas"]["Customer"]
    assert set(schema["required"]) == {NAUGHTY, UNICODE, "has card", "tier", "plan"}
    assert schema["additionalProperties"] is False
    for path, name in (
        ("/predict", "Customer"),
        ("/predict/batch", "Customers"),
        ("/predict/columns", "CustomerColumns"),
    ):
        operation = document["paths"][path]["post"]
        assert {"400", "408", "413", "415", "422"} <= set(operation["responses"])
        example = document["components"]["schemas"][name]["examples"][0]
        assert ask("POST", path, example).status_code == 200


def test_the_page_needs_nothing_from_elsewhere_and_escapes_names(ask: Ask) -> None:
    page = ask("GET", "/docs").text
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", page)
    assert "<script" not in page
    assert "{{x}}" in page
    assert "default-src 'none'" in ask("GET", "/docs").headers["content-security-policy"]
    commands = re.findall(r"-d &#x27;(.*?)&#x27; \\", page, re.DOTALL)
    assert len(commands) == 3


def test_metrics_count_requests_errors_and_customers(app: Gate) -> None:
    ask = asker(app)
    ask("POST", "/predict/batch", [customer()] * 7)
    ask("POST", "/predict", customer())
    ask("POST", "/predict", {})
    ask("GET", "/made/up/by/a/stranger")
    text = ask("GET", "/metrics").text
    assert 'clientage_requests_total{path="/predict",status="422"} 1' in text
    assert 'clientage_requests_total{path="other",status="404"} 1' in text
    assert "stranger" not in text
    assert "clientage_customers_scored_total 8" in text
    assert "clientage_errors_total 2" in text
    assert re.search(r'clientage_request_seconds_bucket\{path="/predict",le="\+Inf"\} 2', text)
    counts = [int(n) for n in re.findall(r'seconds_bucket\{path="/predict",le="[^"]+"\} (\d+)', text)]
    assert counts == sorted(counts)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (json.dumps(customer()).encode(), 'path="/predict",status="200"} 1'),
        (b"[" * 33_000_000, 'path="/predict",status="413"} 1'),
        (None, 'path="/predict",status="other"} 1'),
    ],
    ids=["answered", "refused", "gone"],
)
def test_who_has_read_an_answer_finds_it_counted(app: Gate, body: bytes | None, told: str) -> None:
    seen: list[str] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"} if body is None else {"type": "http.request", "body": body}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            seen.append(app.metrics.text())

    scope = {"type": "http", "method": "POST", "path": "/predict", "query_string": b"", "headers": [JSON]}
    awaited(app, scope, receive, send)
    seen.append(app.metrics.text())
    assert all(told in text for text in seen)


def test_names_of_columns_are_json_keys_whatever_they_are(ask: Ask) -> None:
    answer = ask("POST", "/predict", json.dumps(customer(), ensure_ascii=False).encode())
    assert answer.status_code == 200
    named = ask("POST", "/predict", customer(**{NAUGHTY: "x"})).json()
    assert named["fields"][0]["field"] == NAUGHTY
