"""What the checks said, all of them: also those that had nothing to say, and those that could not judge.

Receives the answers of the checks; returns one folded block. The findings themselves stand in sight elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clientage.charts.figure import DataTable, TableColumn
from clientage.checks.catalogue import Answer, answers
from clientage.report.blocks import Fold
from clientage.segments.wording import capitalised, counted

if TYPE_CHECKING:
    from clientage.checks.base import Finding, Unjudged

COLUMNS = (TableColumn("Check"), TableColumn("Answer"), TableColumn("What it looks for"))
CAPTION = "Every check, what it looks for, and what it had to say"


def checks_fold(findings: Sequence[Finding], unjudged: Sequence[Unjudged]) -> Fold:
    """Return the list of all checks with their answers, closed on a screen.

    Parameters
    ----------
    findings, unjudged
        Of the study.
    """
    told = answers(findings, unjudged)
    remarks = {f.code for f in findings if f.severity == "info"}
    rows = tuple((f"{a.title} ({a.code})", _answer(a, a.code in remarks), capitalised(a.looks_for)) for a in told)
    return Fold(checks_title(told), (DataTable(COLUMNS, rows, CAPTION),))


def checks_title(told: Sequence[Answer]) -> str:
    """Return how many checks there were and what came of them.

    Examples
    --------
    >>> checks_title(answers([], [])).endswith("checks were made: 15 found nothing")
    True
    """
    n = {kind: sum(a.answer == kind for a in told) for kind in ("found", "nothing", "unjudged")}
    parts = [f"{n['found']} found something"] if n["found"] else []
    parts += [f"{n['nothing']} found nothing"] if n["nothing"] else []
    parts += [f"{n['unjudged']} could not judge, and why"] if n["unjudged"] else []
    return f"{counted(len(told), 'check')} were made: {', '.join(parts)}"


def _answer(answer: Answer, remark: bool) -> str:
    if answer.answer == "unjudged":
        return f"Could not judge: {answer.why}."
    if answer.answer == "nothing":
        return "Nothing found."
    return "A remark: see Method and limits." if remark else "Found: see above."
