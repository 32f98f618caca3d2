"""`clientage serve`: a run as an HTTP service."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from clientage.cli.options import Quiet
from clientage.errors import SettingsError
from clientage.extras import require

TOKEN = "CLIENTAGE_TOKEN"


def serve(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's folder.")],
    host: Annotated[str, typer.Option("--host", help="Address to listen on; others than 127.0.0.1 need a token.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option("--port", help="Port to listen on; 0 takes a free one.")] = 8000,
    workers: Annotated[int, typer.Option("--workers", help="Processes; one for each core is enough.")] = 1,
    token_file: Annotated[
        str | None,
        typer.Option("--token-file", metavar="FILE", help=f"File with the token to ask for. Or set {TOKEN}."),
    ] = None,
    rows: Annotated[int, typer.Option("--max-rows", help="Customers in one request.")] = 100_000,
    megabytes: Annotated[int, typer.Option("--max-mb", help="Megabytes of one request.")] = 32,
    quiet: Quiet = False,
) -> None:
    """Score customers over HTTP with the model of RUN, until stopped with Ctrl-C or SIGTERM."""
    for library in ("fastapi", "uvicorn", "pydantic"):
        require(library, "the HTTP service")
    from clientage.api.gate import Limits
    from clientage.api.serving import Listening, serve

    if rows < 1 or megabytes < 1:
        raise SettingsError("--max-rows and --max-mb of at least 1", f"{rows} and {megabytes}", "Correct them.")

    def tell(address: str) -> None:
        if not quiet:
            typer.echo(f"Serving {run} at {address} (documentation: {address}/docs). Ctrl-C stops it.")

    serve(run, Listening(host, port, workers, _token(token_file)), Limits(rows, megabytes), tell)


def _token(file: str | None) -> str | None:
    """The token from a file or the environment; never from the command line, which other users can see."""
    if file is None:
        return os.environ.get(TOKEN) or None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        reason = getattr(problem, "strerror", None) or "it is no text"
        raise SettingsError("a file with a token", f"'{file}': {reason}", "Check the path.") from None
