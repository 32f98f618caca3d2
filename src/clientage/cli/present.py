"""How a summary looks on a terminal. Lays out what `summary.json` says, and words nothing itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from clientage.checks.verdict import headline_of

ANSWERS = {"found": "found, above", "nothing": "nothing found", "unjudged": "could not judge"}
WIDE = 110  # columns that the table of all candidates needs
IN_SIGHT = (
    "silhouette",
    "calinski_harabasz",
    "davies_bouldin",
    "gap",
    "prediction_strength",
)  # the rest: selection.csv


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
    console.print(f"[bold]{escape(headline_of(summary))}.[/bold] {escape(summary['verdict_sentence'])}")
    console.print()
    console.print(_segments(summary))
    console.print(f"\n[bold]Why {summary['n_segments']}:[/bold] {escape(summary['reason'])}")
    _print_findings(console, summary, ("serious", "warning"))
    rejected = f", {summary['rejected']:,} rejected" if summary["rejected"] else ""
    console.print(f"\n{summary['rows_read']:,} rows read{rejected}; {summary['n_customers']:,} customers.")
    console.print(f"Report: {escape(str(path / 'report.html'))}", soft_wrap=True)
    console.print(f"Run:    {escape(str(path))}", soft_wrap=True)


def show_judgement(summary: Mapping[str, Any]) -> None:
    """Print what a summary leaves to those who ask: remarks, every check, what each criterion takes, every candidate.

    Parameters
    ----------
    summary : mapping
        `summary.json`.
    """
    console = Console(highlight=False)
    _print_findings(console, summary, ("info",))
    console.print("\n[bold]Every check[/bold]")
    console.print(_checks(summary))
    console.print("[bold]What each criterion alone would take[/bold]")
    console.print(_choices(summary))
    console.print("[bold]Every solution that was tried[/bold] (with every criterion: selection.csv)")
    wide = Console(highlight=False, width=max(console.width, WIDE))
    wide.print(_candidates(summary))


def _print_findings(console: Console, summary: Mapping[str, Any], severities: Collection[str]) -> None:
    for finding in summary["findings"]:
        if finding["severity"] in severities:
            console.print(
                f"[bold]{escape(finding['code'])}[/bold] {escape(finding['title'])}: {escape(finding['text'])} "
                f"[italic]{escape(finding['advice'])}[/italic]"
            )


def _checks(summary: Mapping[str, Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Code", "Looks for", "Answer"):
        table.add_column(heading, overflow="fold")
    for check in summary.get("checks", summary["unjudged"]):
        answer = ANSWERS[check.get("answer", "unjudged")]
        said = f"{answer}: {check['why']}" if check["why"] else answer
        table.add_row(check["code"], escape(check.get("looks_for", check["title"])), escape(said))
    return table


def _choices(summary: Mapping[str, Any]) -> Table:
    from clientage.selection.criteria import CRITERIA

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Criterion", "Segments"):
        table.add_column(heading, justify="left" if heading == "Criterion" else "right")
    for key, k in summary.get("favourites", {}).items():
        table.add_row(CRITERIA[key].title, "no choice" if k is None else "no division" if k == 1 else str(k))
    return table


def _candidates(summary: Mapping[str, Any]) -> Table:
    from clientage.selection.criteria import CRITERIA

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Algorithm", "k", *(CRITERIA[key].title for key in IN_SIGHT), "Stability"):
        table.add_column(heading, justify="left" if heading == "Algorithm" else "right", overflow="fold")
    table.add_column("Remarks", overflow="fold", min_width=24)
    for c in summary["candidates"]:
        chosen = (c["algorithm"], c["k"]) == (summary["algorithm"], summary["n_segments"])
        figures = [_figure(c["criteria"].get(key)) for key in IN_SIGHT]
        marks = escape("; ".join(["chosen"] * chosen + c["marks"]))
        table.add_row(c["algorithm"], str(c["k"]), *figures, _stability(c), marks)
    return table


def _stability(candidate: Mapping[str, Any]) -> str:
    spread = candidate.get("stability_sd")
    return _figure(candidate["stability"]) + ("" if spread is None else f" ± {spread:.2f}")


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}" if abs(value) < 100 else f"{value:,.0f}"


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
