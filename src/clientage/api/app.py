"""The application: paths, what they document, and the one line each of them is.

Receives a `Service`; returns the ASGI application that a server runs. Requests are read from their bytes and not
through FastAPI's own validation: a batch is checked in columns, and a refusal has one form everywhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pydantic_core
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

import clientage
from clientage.api import schemas
from clientage.api.gate import FAILED, Gate, Limits
from clientage.api.metrics import Metrics
from clientage.api.page import page_of
from clientage.api.problems import RefusedError, meanings, refused_by
from clientage.api.reading import parse, refuse_many
from clientage.api.service import Service, lists_of_lines
from clientage.errors import ClientageError, listed

JSON = "application/json"
AT_ONCE = 2  # batches worked on together; further ones wait, so that memory stays bounded
VALUES_PER_CELL = 4  # punctuation that a cell may need; texts may hold some as well
TITLE = "Segments of customers"


def build_app(service: Service, metrics: Metrics, limits: Limits, *, guarded: bool = False) -> FastAPI:
    """Return the application without its gate.

    Parameters
    ----------
    service : Service
        The run, loaded.
    metrics : Metrics
        What `/metrics` tells.
    limits : Limits
        Items of a request.
    guarded : bool, default False
        The gate asks for a token: the document says so.
    """
    app = FastAPI(
        title=TITLE,
        version=clientage.__version__,
        description=f"Scores customers with the run {service.run.run_id}.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    _add_predictions(app, service, metrics, limits)
    if service.line_columns:
        _add_transactions(app, service, metrics, limits)
    _add_answers_about_the_model(app, service, metrics)
    _add_refusals(app)
    _document(app, service, limits, guarded=guarded)
    return app


def guarded_app(
    service: Service, limits: Limits, token: str | None = None, hosts: frozenset[str] | None = None, workers: int = 1
) -> Gate:
    """Return the application behind its gate, as it is served.

    Parameters
    ----------
    service : Service
        The run, loaded.
    limits : Limits
        Of one request.
    token, hosts
        As for `Gate`.
    workers : int, default 1
        Processes that will share the counts.
    """
    paths = ["/health", "/model", "/segments", "/predict", "/predict/batch", "/predict/columns"]
    paths += [*(["/predict/transactions"] if service.line_columns else []), "/metrics", "/docs", "/openapi.json"]
    metrics = Metrics(tuple(paths), workers)
    return Gate(build_app(service, metrics, limits, guarded=token is not None), metrics, limits, token, hosts)


def _add_answers_about_the_model(app: FastAPI, service: Service, metrics: Metrics) -> None:
    model, segments = _json(service.model()), _json(service.segments())
    known = meanings(400, 401)

    @app.get("/health", response_model=schemas.Health, responses=meanings(400), tags=["service"])
    async def health() -> Response:
        """Say that the service is there. Needs no token."""
        return _answered(_json(service.health()))

    @app.get("/metrics", response_class=Response, responses={200: TEXT, **known}, tags=["service"])
    async def counts() -> Response:
        """Return requests, seconds, errors and scored customers as Prometheus text, over all workers."""
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    @app.get("/model", response_model=schemas.ModelInfo, responses=known, tags=["model"])
    async def described() -> Response:
        """Return what the model is, what it was made from, and the columns it needs."""
        return _answered(model)

    @app.get("/segments", response_model=schemas.Segments, responses=known, tags=["model"])
    async def listed_segments() -> Response:
        """Return the segments: names, sizes, traits, recommendations."""
        return _answered(segments)

    @app.get("/docs", include_in_schema=False)
    @app.get("/", include_in_schema=False)
    async def page(request: Request) -> Response:
        text = page_of(app.openapi(), str(request.base_url).rstrip("/"))
        return Response(text, media_type="text/html; charset=utf-8")


TEXT: dict[str, Any] = {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Counts."}


def _add_predictions(app: FastAPI, service: Service, metrics: Metrics, limits: Limits) -> None:
    reader = service.reader
    most_values = VALUES_PER_CELL * (len(reader.allowed) + 2) * (limits.rows + 1)
    together = asyncio.Semaphore(AT_ONCE)
    known = meanings(400, 401, 408, 413, 415, 422)

    async def batch(request: Request, answer: Callable[[bytes], dict[str, Any]]) -> Response:
        body = await _body(request)
        async with together:  # in a thread: the small requests go on meanwhile
            tree = await asyncio.to_thread(answer, body)
        metrics.add_customers(tree["n"])
        return _answered(await asyncio.to_thread(_json, tree))

    @app.post("/predict", response_model=schemas.OneAnswer, responses=known, tags=["predict"])
    async def predict(request: Request) -> Response:
        """Score one customer. Every column of the model must be given; null is filled as in training."""
        tree = service.one(reader.one(parse(await _body(request), most_values)))
        metrics.add_customers(1)
        return _answered(_json(tree))

    @app.post("/predict/batch", response_model=schemas.BatchAnswer, responses=known, tags=["predict"])
    async def predict_batch(request: Request) -> Response:
        """Score a list of customers. The answers come in the order of the request."""
        return await batch(request, lambda body: service.rows(reader.rows(parse(body, most_values), limits.rows)))

    @app.post("/predict/columns", response_model=schemas.ColumnsAnswer, responses=known, tags=["predict"])
    async def predict_columns(request: Request) -> Response:
        """Score customers given as one list for each column: the quickest form for many."""
        return await batch(request, lambda body: service.columns(reader.columns(parse(body, most_values), limits.rows)))


def _add_transactions(app: FastAPI, service: Service, metrics: Metrics, limits: Limits) -> None:
    needed = tuple(service.line_columns)
    most_values = VALUES_PER_CELL * (2 * len(needed) + 20) * (limits.rows + 1)
    together = asyncio.Semaphore(AT_ONCE)
    known = meanings(400, 401, 408, 413, 415, 422)

    def answer(body: bytes) -> dict[str, Any]:
        tree = parse(body, most_values)
        expected = 'an object {"transactions": [lines], "as_of": "2026-01-31"}'
        if not isinstance(tree, dict) or not {"transactions"} <= tree.keys() <= {"transactions", "as_of"}:
            raise RefusedError(422, expected, "something else", f"Each line has the keys {listed(needed)}.")
        lines, as_of = tree["transactions"], tree.get("as_of")
        if not isinstance(lines, list) or not isinstance(as_of, str | None):
            raise RefusedError(422, expected, "something else", "transactions is a list, as_of a text or null.")
        refuse_many(len(lines), limits.rows, "lines")
        try:
            return service.lines(lists_of_lines(lines, needed), as_of)
        except ClientageError as problem:
            raise refused_by(problem) from None

    @app.post("/predict/transactions", response_model=schemas.BatchAnswer, responses=known, tags=["predict"])
    async def predict_transactions(request: Request) -> Response:
        """Score customers by all their invoice lines. One answer for each customer who bought, by id."""
        body = await _body(request)
        async with together:
            tree = await asyncio.to_thread(answer, body)
        metrics.add_customers(tree["n"])
        return _answered(_json(tree))


async def _body(request: Request) -> bytes:
    """Return the body of a request that says it is JSON.

    A web page of another origin can send other types without asking first; it cannot send this one.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise RefusedError(415, f"Content-Type: {JSON}", "another one or none", "Set the header.")
    return await request.body()


def _add_refusals(app: FastAPI) -> None:
    async def refused(_: Request, problem: Exception) -> Response:
        known = problem if isinstance(problem, RefusedError) else FAILED
        return Response(known.json(), known.status, media_type=JSON)

    async def no_such(_: Request, problem: Exception) -> Response:
        if not isinstance(problem, HTTPException):
            return Response(FAILED.json(), 500, media_type=JSON)
        found = "another path" if problem.status_code == 404 else "another method"
        refusal = RefusedError(problem.status_code, "a path and method of /openapi.json", found, "See /docs.")
        return Response(refusal.json(), problem.status_code, headers=problem.headers, media_type=JSON)

    app.add_exception_handler(RefusedError, refused)
    app.add_exception_handler(HTTPException, no_such)
    app.add_exception_handler(Exception, refused)


def _document(app: FastAPI, service: Service, limits: Limits, *, guarded: bool) -> None:
    """Put the bodies, in the model's own columns, and the token into the OpenAPI document."""
    others = tuple(sorted(service.reader.allowed - service.reader.needed - {service.id_name}, key=str))
    bodies = schemas.request_schemas(service.inputs, service.id_name, others, limits.rows)
    references = {"/predict": "Customer", "/predict/batch": "Customers", "/predict/columns": "CustomerColumns"}
    if service.line_columns:
        bodies["Transactions"] = schemas.lines_schema(service.line_columns, limits.rows)
        references["/predict/transactions"] = "Transactions"
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            tree = plain()
            parts = tree["components"]
            parts["schemas"] |= bodies
            if guarded:
                parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            for path, methods in tree["paths"].items():
                for operation in methods.values():
                    if guarded and path != "/health":
                        operation["security"] = [{"token": []}]
                    else:
                        operation["responses"].pop("401", None)
            for path, name in references.items():
                content = {JSON: {"schema": {"$ref": f"#/components/schemas/{name}"}}}
                tree["paths"][path]["post"]["requestBody"] = {"required": True, "content": content}
            app.openapi_schema = tree
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _json(tree: dict[str, Any]) -> bytes:
    return pydantic_core.to_json(tree)


def _answered(body: bytes) -> Response:
    return Response(body, media_type=JSON)
