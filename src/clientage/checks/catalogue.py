"""All checks, and how a study is put to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from clientage.checks.base import Check, Evidence, Finding, NotApplicable, Unjudged
from clientage.checks.below_null import BelowNull
from clientage.checks.categories_decide import CategoriesDecide
from clientage.checks.chosen_against import ChosenAgainst
from clientage.checks.coded_category import CodedCategory
from clientage.checks.collinear import Collinear
from clientage.checks.continuum import Continuum
from clientage.checks.one_column import OneColumn
from clientage.checks.outlier_led import OutlierLed
from clientage.checks.range_end import RangeEnd
from clientage.checks.scale import Scale
from clientage.checks.shares import Shares
from clientage.checks.tiny import Tiny
from clientage.checks.too_few import TooFew
from clientage.checks.unassigned import Unassigned
from clientage.checks.unstable import Unstable
from clientage.cores import side_by_side
from clientage.spool import rows_in_memory

CHECKS: tuple[Check, ...] = (
    Unstable(),
    Tiny(),
    OutlierLed(),
    OneColumn(),
    CategoriesDecide(),
    Continuum(),
    Collinear(),
    CodedCategory(),
    TooFew(),
    BelowNull(),
    Scale(),
    Unassigned(),
    ChosenAgainst(),
    Shares(),
    RangeEnd(),
)
ORDER = ("serious", "warning", "info")


def check(evidence: Evidence) -> tuple[tuple[Finding, ...], tuple[Unjudged, ...]]:
    """Put a study to all checks.

    Parameters
    ----------
    evidence : Evidence
        The parts of the study, and its settings.

    Returns
    -------
    findings : tuple of Finding
        Serious ones first, then warnings, then remarks; by code within each.
    unjudged : tuple of Unjudged
        The checks that could not judge, and why; by code.
    """
    examined = side_by_side(lambda c: c.examine(evidence), CHECKS, rows_in_memory([evidence.matrix.held]))
    answers = list(zip(CHECKS, examined, strict=True))
    found = [a for _, a in answers if isinstance(a, Finding)]
    unjudged = [Unjudged(c.code, c.title, a.why) for c, a in answers if isinstance(a, NotApplicable)]
    return tuple(sorted(found, key=lambda f: (ORDER.index(f.severity), f.code))), tuple(unjudged)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one check of the catalogue had to say of a study.

    Parameters
    ----------
    code, title, looks_for : str
        Of the check.
    answer : {"found", "nothing", "unjudged"}
        It has a finding; it looked and has none; it could not judge.
    why : str
        Why it could not judge; else "".
    """

    code: str
    title: str
    looks_for: str
    answer: Literal["found", "nothing", "unjudged"]
    why: str = ""


def answers(findings: Sequence[Finding], unjudged: Sequence[Unjudged]) -> tuple[Answer, ...]:
    """Return the answer of every check, by code, so that silence is told apart from not having been asked.

    Parameters
    ----------
    findings, unjudged
        As `check` returned them.

    Examples
    --------
    >>> told = answers([], [Unjudged("SEG001", "A segment does not come back", "stability was not measured")])
    >>> told[0].answer, told[0].why, {a.answer for a in told[1:]}
    ('unjudged', 'stability was not measured', {'nothing'})
    """
    found = {f.code for f in findings}
    silent = {u.code: u.why for u in unjudged}
    return tuple(
        Answer(
            c.code,
            c.title,
            c.looks_for,
            "found" if c.code in found else "unjudged" if c.code in silent else "nothing",
            silent.get(c.code, ""),
        )
        for c in sorted(CHECKS, key=lambda c: c.code)
    )
