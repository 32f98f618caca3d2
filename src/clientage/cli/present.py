"""How a summary looks on a terminal. Lays out what `summary.json` says, and words nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table


def show_summary(summary: Mapping[str, Any], path: Path) -> None:
    """Print a summary: verdict, segments, reason, and where the files lie.

    Parameters
    ----------
    summary : mapping
        `summary.json`.
    path : Path
        The run directory.
    """
    console = Console(highlight=False)
    console.print(f"[bold]{escape(summary['verdict'].capitalize())}.[/bold] {escape(summary['verdict_sentence'])}")
    console.print()
    console.print(_segments(summary))
    console.print(f"\n[bold]Why {summary['n_segments']}:[/bold] {escape(summary['reason'])}")
    for finding in summary["findings"]:
        if finding["severity"] != "info":
            console.print(
                f"[bold]{escape(finding['code'])}[/bold] {escape(finding['title'])}: {escape(finding['text'])}"
            )
    rejected = f", {summary['rejected']:,} rejected" if summary["rejected"] else ""
    console.print(f"\n{summary['rows_read']:,} rows read{rejected}; {summary['n_customers']:,} customers.")
    console.print(f"Report: {escape(str(path / 'report.html'))}", soft_wrap=True)
    console.print(f"Run:    {escape(str(path))}", soft_wrap=True)


def _segments(summary: Mapping[str, Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("#", justify="right")
    table.add_column("Segment", overflow="fold")
    table.add_column("Customers", justify="right")
    table.add_column("Share", justify="right")
    table.add_column("What sets it apart", overflow="fold")
    table.add_column("Next step", overflow="fold")
    for segment in summary["segments"]:
        words = [trait["words"] for trait in segment["profile"][:2]]
        table.add_row(
            str(segment["id"]),
            escape(segment["name"]),
            f"{segment['size']:,}",
            f"{segment['share']:.1%}",
            escape("; ".join(words)),
            escape(segment["recommendation"]["title"]),
        )
    if summary["unassigned"]:
        table.add_row("–", "No segment", f"{summary['unassigned']:,}", "", "", "")
    return table
