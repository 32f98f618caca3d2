"""docs/checks.md says of every check what the check itself says."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

import pytest

from clientage.checks.base import Check
from clientage.checks.catalogue import CHECKS, Answer, answers
from clientage.report.checking import checks_fold, checks_title

DOCUMENT = (Path(__file__).parents[3] / "docs" / "checks.md").read_text(encoding="utf-8")
SEVERITIES = ("serious", "warning", "info")


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.code)
def test_the_table_has_the_check_with_its_threshold_and_severities(check: Check) -> None:
    source = inspect.getsource(sys.modules[type(check).__module__])
    severities = ", ".join(s for s in SEVERITIES if f'"{s}"' in source)
    assert f"| {check.code} | {check.title} | {check.looks_for} | {severities} |" in DOCUMENT
    assert f"**{check.code}, {check.title[0].lower()}{check.title[1:]}.**" in DOCUMENT


def test_the_document_has_no_other_checks() -> None:
    codes = [c.code for c in CHECKS]
    assert re.findall(r"^\| (SEG\d+)", DOCUMENT, re.MULTILINE) == codes
    assert re.findall(r"^\*\*(SEG\d+)", DOCUMENT, re.MULTILINE) == codes


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.code)
def test_every_check_has_a_test_file_of_its_own(check: Check) -> None:
    name = type(check).__module__.rpartition(".")[2]
    assert (Path(__file__).parent / f"test_{name}.py").is_file()


def test_the_title_counts_every_kind_of_answer() -> None:
    told = [Answer("SEG001", "A", "a", "found"), Answer("SEG002", "B", "b", "unjudged", "no stability")]
    assert checks_title(told) == "2 checks were made: 1 found something, 1 could not judge, and why"
    assert all(a.answer == "nothing" and a.looks_for for a in answers([], []))
    assert len(checks_fold([], []).blocks[0].rows) == len(CHECKS)  # type: ignore[union-attr]
