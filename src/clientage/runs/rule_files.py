"""Rules in a run directory: `rules.txt` for people, `rules.sql` for databases.

Receives a study's rules and segment names; returns the files. Without rules there are none.
"""

from __future__ import annotations

from collections.abc import Sequence

from clientage.segments.rules import RuleSet
from clientage.segments.wording import percent


def rule_files(rules: RuleSet | None, names: Sequence[str]) -> dict[str, bytes]:
    """Return the files of the rules, path to content.

    Parameters
    ----------
    rules : RuleSet or None
        None: no files.
    names : sequence of str
        Segment names, segment 1 first.

    Examples
    --------
    >>> rule_files(None, [])
    {}
    """
    if rules is None:
        return {}
    return {"rules.txt": _text(rules, names).encode(), "rules.sql": _sql(rules, names).encode()}


def _text(rules: RuleSet, names: Sequence[str]) -> str:
    lines = ["Rules approximate the model; the model decides.", ""]
    for rule in rules.rules:
        lines += [
            f"{rule.segment_id}. {_line(names[rule.segment_id - 1])}",
            f"   {rule.words}",
            f"   {rule.quality}",
            "",
        ]
    told = {rule.segment_id for rule in rules.rules}
    lines += [f"{i}. {_line(name)}\n   no rule\n" for i, name in enumerate(names, 1) if i not in told]
    return "\n".join([*lines, _fidelity(rules), ""])


def _sql(rules: RuleSet, names: Sequence[str]) -> str:
    """A whole query; columns are named as in the data, names of segments stand in comments only."""
    lines = ["-- Rules approximate the model; the model decides.", f"-- {_fidelity(rules)}"]
    lines += [f"-- {i}: {_line(name)}" for i, name in enumerate(names, 1)]
    lines += ['-- Write the name of your table for "customers".', "SELECT *,", f"{rules.sql()} AS segment_id"]
    return "\n".join([*lines, 'FROM "customers"', ""])


def _fidelity(rules: RuleSet) -> str:
    judged = f"{rules.judged_on:,} customers, each judged by rules learned without it"
    return f"Together they agree with the model for {percent(rules.fidelity)} of {judged}."


def _line(name: str) -> str:
    return " ".join(name.split())
