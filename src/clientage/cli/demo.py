"""`clientage demo`: the whole journey on the simulated shop, and how well the planted groups came back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clientage.cli.options import Quiet


def demo(
    out: Annotated[str, typer.Option("--out", metavar="FOLDER", help="Where everything goes.")] = "demo",
    customers: Annotated[int, typer.Option("--customers", help="How many customers the shop has.")] = 1_000,
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same shop.")] = 0,
    quiet: Quiet = False,
) -> None:
    """Simulate a shop with planted customer groups, segment it, and compare."""
    from clientage.cli.present import show_summary
    from clientage.cli.progress import steps_shown
    from clientage.demonstration import demonstrate

    with steps_shown(quiet) as on_step:
        shown = demonstrate(Path(out), customers, seed, on_step)
    if not quiet:
        show_summary(shown.run.summary(), shown.run.path)
        typer.echo(shown.sentence)
