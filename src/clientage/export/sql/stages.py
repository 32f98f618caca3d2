"""A query as a list of named stages, each a SELECT over the one before.

Receives expressions; returns text that a person can read: one column a line, one comment a stage.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

TABLE = "{table}"  # stands for the raw table
MOST_TOGETHER = 40  # terms, or arguments of a function, in one bracket: databases limit the depth of an expression


@dataclass(frozen=True, slots=True)
class Stage:
    """One SELECT.

    Parameters
    ----------
    name : str
        Plain; the query's own.
    columns : mapping of str to str
        Name to expression, in order; an empty expression is the column of that name.
    source : str
        What stands behind FROM; "": nothing does.
    comment : str
        One line: what happens here.
    rest : str
        WHERE, GROUP BY, HAVING.
    once : bool
        Later stages mention its columns often: to be computed once, where the database must be told.
    distinct : bool
        Equal rows become one.

    Examples
    --------
    >>> print(Stage("doubled", {"id": "", "x": "2 * x"}, "t", "Twice.").select())
    SELECT
      id,
      2 * x AS x
    FROM t
    """

    name: str
    columns: Mapping[str, str]
    source: str
    comment: str
    rest: str = ""
    once: bool = False
    distinct: bool = False

    def select(self) -> str:
        """Return the SELECT."""
        columns = [f"  {text} AS {name}" if text else f"  {name}" for name, text in self.columns.items()]
        head = "SELECT DISTINCT" if self.distinct else "SELECT"
        below = [f"FROM {self.source}"] if self.source else []
        return "\n".join([head, ",\n".join(columns), *below, *([self.rest] if self.rest else [])])


@dataclass(frozen=True, slots=True)
class Rows:
    """A stage of literals.

    Parameters
    ----------
    name : str
        Plain; the query's own.
    columns : str
        The names of its columns in brackets, where the dialect wants them behind the name.
    text : str
        The SELECT.
    comment : str
        One line: what they are.
    """

    name: str
    columns: str
    text: str
    comment: str
    once: bool = False

    def select(self) -> str:
        """Return the SELECT."""
        return self.text


def as_query(stages: Sequence[Stage | Rows], table: str, fence: str = "") -> str:
    """Return the stages as one query; the last one is what it returns.

    Parameters
    ----------
    stages : sequence of Stage or Rows
        In order.
    table : str
        The raw table, as `Dialect.table_of` returns it. Stages that bear its name get another one.
    fence : str
        As `Dialect.fence`.

    Examples
    --------
    >>> print(as_query([Stage("a", {"x": "1"}, TABLE, "One."), Stage("b", {"x": ""}, "a", "The same.")], "t"))
    WITH
    -- One.
    a AS (
      SELECT
        1 AS x
      FROM t
    )
    -- The same.
    SELECT
      x
    FROM a
    """
    clash = {s.name for s in stages} & set(re.findall(r"\w+", table.lower()))
    *steps, last = (_renamed(stage, clash, table) for stage in stages)
    parts = []
    for stage in steps:
        body = "\n".join(f"  {line}" for line in stage.select().split("\n"))
        parts.append(f"-- {stage.comment}\n{stage.name} AS{fence if stage.once else ''} (\n{body}\n)")
    return "\n".join(["WITH", ",\n".join(parts), f"-- {last.comment}", last.select()])


def _renamed(stage: Stage | Rows, clash: set[str], table: str) -> Stage | Rows:
    """Return the stage over the table; stages that bear the table's name are called otherwise, here and there."""
    new = {name: f"{name}_stage" for name in clash}
    if isinstance(stage, Rows):
        return replace(stage, name=f"{new.get(stage.name, stage.name)}{stage.columns}")
    source = " CROSS JOIN ".join(new.get(word, word) for word in stage.source.split(" CROSS JOIN "))
    return replace(stage, name=new.get(stage.name, stage.name), source=source.replace(TABLE, table))


def total(terms: Sequence[str]) -> str:
    """Return the sum of terms, bracketed in groups where there are many.

    Examples
    --------
    >>> total(["a", "b"]), total([])
    ('a + b', '0')
    """
    if not terms:
        return "0"
    if len(terms) <= MOST_TOGETHER:
        return " + ".join(terms)
    groups = [terms[i : i + MOST_TOGETHER] for i in range(0, len(terms), MOST_TOGETHER)]
    return total([f"({' + '.join(group)})" for group in groups])


def extreme(function: str, terms: Sequence[str]) -> str:
    """Return the smallest or largest of terms; a function of one argument would be an aggregate in SQLite.

    Examples
    --------
    >>> extreme("LEAST", ["a", "b"]), extreme("MIN", ["a"])
    ('LEAST(a, b)', 'a')
    """
    if len(terms) == 1:
        return terms[0]
    if len(terms) <= MOST_TOGETHER:
        return f"{function}({', '.join(terms)})"
    groups = [terms[i : i + MOST_TOGETHER] for i in range(0, len(terms), MOST_TOGETHER)]
    return extreme(function, [extreme(function, group) for group in groups])


def choose(by: str, answers: Mapping[Any, str], otherwise: str | None = None) -> str:
    """Return a CASE that takes the first answer whose key equals `by`.

    Examples
    --------
    >>> choose("x", {1: "a", 2: "b"}, "c")
    'CASE x WHEN 1 THEN a WHEN 2 THEN b ELSE c END'
    """
    cases = [f"WHEN {key} THEN {answer}" for key, answer in answers.items()]
    return " ".join(["CASE", by, *cases, *([] if otherwise is None else ["ELSE", otherwise]), "END"])
