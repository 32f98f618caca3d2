"""SEG008: numbers that look like codes of categories."""

from __future__ import annotations

import re

from clientage.checks.base import Evidence, Finding, NotApplicable, Outcome
from clientage.errors import listed

FEWEST, MOST = 3, 20  # distinct values: two are yes/no, more than twenty are measured
CODE_WORDS = {"code", "type", "class", "category", "cat", "group", "cluster", "segment", "seg", "status", "plan", "id"}
CODE_WORDS |= {"region", "channel", "zone", "area", "branch", "store"}


class CodedCategory:
    """Whole-number features of few values, named like codes, used as if 3 were more than 2."""

    code = "SEG008"
    title = "A number may be a category"
    looks_for = "whole numbers of few values with a name like a code's, used as amounts"

    def examine(self, evidence: Evidence) -> Outcome:
        """Look at names and distinct values of the numeric features."""
        numbers = [c for c in evidence.customers.features if c.kind == "number" and not c.is_boolean]
        if not numbers:
            return NotApplicable("no feature is a number")
        suspected = [
            c.name
            for c in numbers
            if c.is_integer
            and _named_like_code(c.name)
            and FEWEST <= c.n_distinct <= MOST
            and c.name in evidence.feature_names
        ]
        numeric = {name.strip().casefold() for name in evidence.settings.roles.numeric}  # as columns are found
        answered = [name for name in suspected if name.strip().casefold() in numeric]
        suspected = [name for name in suspected if name not in answered]
        if answered and not suspected:
            return NotApplicable(f"roles.numeric says that {listed(answered)} {_amounts(len(answered))}")
        if not suspected:
            return None
        text = (
            f"{listed(suspected)}: whole numbers with few values and a name like a code's. As numbers, category 3 "
            "counts as farther from 1 than 2 is."
        )
        advice = "If they are codes, name them with roles.categorical; if they are amounts, with roles.numeric."
        return Finding(self.code, self.title, "warning", text, advice, {"columns": float(len(suspected))})


def _amounts(n: int) -> str:
    return "is an amount" if n == 1 else "are amounts"


def _named_like_code(name: str) -> bool:
    """Whether the last word of a name is one that codes are named by; capitals inside a name begin a word."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    words = re.findall(r"[a-z]+", spaced.casefold())
    return bool(words) and words[-1] in CODE_WORDS
