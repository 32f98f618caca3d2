"""The `clientage` command: its sub-commands, its exit codes, and what a person sees when something is refused.

Exit codes: 0 done; 1 something failed that should not have; 2 the input or the request was refused; 130 interrupted,
which `clientage.__main__` says and does.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import typer

from clientage.cli.lean import without_pandas
from clientage.errors import ClientageError

# Each is a function of that name in a module of that name; `--help` shows them in this order.
COMMANDS = (
    "demo",
    "run",
    "explore",
    "predict",
    "show",
    "report",
    "export",
    "runs",
    "compare",
    "track",
    "dashboard",
    "serve",
)

INTERRUPTED = 130  # typer's code for Ctrl-C


def app_of(names: Sequence[str] = COMMANDS) -> typer.Typer:
    """Return the command line with some of its commands: to build them all takes as long as reading a small file.

    Parameters
    ----------
    names : sequence of str
        From `COMMANDS`. Default: all.
    """
    app = typer.Typer(
        name="clientage",
        help="Customer segments that are judged, described and usable, from a table or from transactions.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_root)
    for name in names:
        app.command(name)(getattr(import_module(f"clientage.cli.{name}"), name))
    return app


def _version(asked: bool) -> None:
    if asked:
        from clientage import __version__

        typer.echo(f"clientage {__version__}")
        raise typer.Exit


def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """Customer segments that are judged, described and usable, from a table or from transactions."""


def _call() -> None:
    """Call the command; what typer ends with a code and without a word is raised as what it was."""
    try:
        with without_pandas():
            app_of(sys.argv[1:2] if sys.argv[1:2] and sys.argv[1] in COMMANDS else COMMANDS)()
    except SystemExit as left:
        if left.code == INTERRUPTED:
            raise KeyboardInterrupt from None
        if isinstance(left.__context__, BrokenPipeError):
            raise left.__context__ from None
        raise


def run_command() -> None:
    """Run the command line and exit with its code.

    Raises
    ------
    KeyboardInterrupt
        After Ctrl-C, when everything that was open is closed and what was unfinished is removed.
    """
    try:
        _call()
    except ClientageError as refusal:
        typer.echo(f"clientage: {refusal}", err=True)
        sys.exit(refusal.exit_code)
    except BrokenPipeError:  # the reader of our output, `head` perhaps, has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except MemoryError:
        typer.echo("clientage: this machine has too little memory for this file; nothing was kept.", err=True)
        sys.exit(1)
    except Exception as failure:
        if os.environ.get("CLIENTAGE_DEBUG"):
            raise
        typer.echo(
            f"clientage: failed where it should not have ({type(failure).__name__}); nothing was kept. "
            "Run it again with CLIENTAGE_DEBUG=1 to see where, and report it.",
            err=True,
        )
        sys.exit(1)
