"""What differs between databases: types, literals, and how a cell is read as a number, a text or a day.

Receives names and values; returns pieces of SQL. Names and texts are quoted by sqlglot, dialect by dialect; numbers
are written so that each database reads exactly the float64 of the model: Python's shortest form, typed as a double.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clientage.errors import ColumnError, SettingsError
from clientage.export.sql.stages import Rows
from clientage.extras import require

PURPOSE = "SQL in several dialects"
EASY = 2**20  # denominators up to here: 0.5, 12.25; their decimals are short and every reader gets them right
PLAIN = "^[[:space:]]*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?[[:space:]]*$"
ISO_DAY = "^[[:space:]]*[0-9]{4}-[0-9]{2}-[0-9]{2}"
BLANKS = (9, 10, 11, 12, 13, 160, 8239)  # become a space
INVISIBLE = (173, 8203, 65279)  # soft hyphen, zero-width space, byte-order mark: taken out


@dataclass(frozen=True, slots=True)
class Dialect:
    """One database's way of writing.

    Parameters
    ----------
    name : str
        As sqlglot and people call it.
    double, whole, text : str
        Types: float64, 64-bit integer, text.
    literal : callable
        float to the literal of type double.
    number, day : str
        Templates: a column of numbers or text to a double, of dates, timestamps or ISO text to days since 1970; NULL
        where it is none.
    literal_day : str
        Template: an ISO date to days since 1970.
    least, greatest : str
        Functions of several arguments.
    fence : str
        Goes behind AS where a stage must be computed once and not again for every mention.
    row_number : str
        Numbers rows in the order they are read.
    translated, squeezed : str
        Templates: a text with blanks of all kinds as spaces; a text with single spaces.
    character : str
        Template: a character by its number.
    any_value : str
        Template: some value of a group in which all are equal.
    """

    name: str
    double: str
    whole: str
    text: str
    literal: Callable[[float], str]
    number: str
    day: str
    literal_day: str
    least: str = "LEAST"
    greatest: str = "GREATEST"
    fence: str = ""
    row_number: str = "ROW_NUMBER() OVER ()"
    translated: str = "TRANSLATE({0}, {1}, {2})"
    squeezed: str = "REGEXP_REPLACE({0}, ' +', ' ')"
    character: str = "CHR({0})"
    any_value: str = "ANY_VALUE({0})"

    def name_of(self, column: str) -> str:
        """Return a quoted identifier.

        Raises
        ------
        ColumnError
            For a name with a NUL character, which no database can have.
        """
        if "\0" in column:
            shown = column.replace("\0", "\\0")
            raise ColumnError(
                "column names that a database can have", f"'{shown}' with a NUL character", "Rename the column."
            )
        exp = require("sqlglot.expressions", PURPOSE)
        return str(exp.to_identifier(column, quoted=True).sql(dialect=self.name))

    def text_of(self, value: str) -> str:
        """Return a text literal; NUL characters, which no text of a database has, are left out."""
        exp = require("sqlglot.expressions", PURPOSE)
        return str(exp.Literal.string(value.replace("\0", "")).sql(dialect=self.name))

    def float_of(self, value: float) -> str:
        """Return a literal of type double with exactly this value."""
        return f"({self.literal(value)})" if value < 0 else self.literal(abs(value))

    def table_of(self, name: str) -> str:
        """Return a table's name as the person wrote it, after making sure that it is one.

        Parameters
        ----------
        name : str
            ``customers``, ``shop.customers``, or with the dialect's own quotes around a part.

        Raises
        ------
        SettingsError
            When it is anything else.
        """
        exp = require("sqlglot.expressions", PURPOSE)
        problem = require("sqlglot.errors", PURPOSE)
        glot = require("sqlglot", PURPOSE)
        try:
            found = glot.parse_one(name, into=exp.Table, dialect=self.name)
        except (problem.ParseError, problem.TokenError):
            found = None
        parts = found.parts if isinstance(found, exp.Table) else []
        plain = bool(parts) and all(isinstance(p, exp.Identifier) for p in parts)
        if not plain or set(_filled(found)) - {"this", "db", "catalog"}:
            raise SettingsError(
                f"--table to be a table's name in {self.name}, such as customers or shop.customers",
                f"'{one_line(name)}'",
                f"Put quotes around a part with unusual characters: {self.name_of('my table')}.",
            )
        return str(found.sql(dialect=self.name, comments=False))

    def rows_of(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[int]], comment: str) -> Rows:
        """Return a stage of whole numbers."""
        lines = ",\n".join(f"  ({', '.join(map(str, row))})" for row in rows)
        if self.name == "bigquery":  # it knows no VALUES, and names columns in the type
            fields = ", ".join(f"{column} {self.whole}" for column in columns)
            return Rows(name, "", f"SELECT * FROM UNNEST(ARRAY<STRUCT<{fields}>>[\n{lines}\n])", comment)
        return Rows(name, f"({', '.join(columns)})", f"SELECT * FROM (VALUES\n{lines}\n) AS listed", comment)

    def as_number(self, column: str) -> str:
        """Return a quoted column as a double, NULL where it is no number."""
        return self.number.replace("{0}", column)

    def as_day(self, expression: str) -> str:
        """Return a quoted column or text literal as days since 1970, NULL where it is no date."""
        return self.day.replace("{0}", expression)

    def as_text(self, column: str) -> str:
        """Return a quoted column as text without outer blanks and invisible marks, every blank a space."""
        plain = f"CAST({column} AS {self.text})"
        if self.translated:
            odd = " || ".join(self.character.format(code, f"{code:04x}") for code in (*BLANKS, *INVISIBLE))
            plain = self.translated.format(plain, odd, self.text_of(" " * len(BLANKS)))
        else:
            for code in (*BLANKS, *INVISIBLE):
                plain = f"REPLACE({plain}, {self.character.format(code)}, '{' ' if code in BLANKS else ''}')"
        return f"TRIM({plain})"

    def as_category(self, column: str) -> str:
        """Return a quoted column as `as_text` does, with single blanks inside."""
        return self.squeezed.format(self.as_text(column))


def _filled(node: Any) -> list[str]:
    return [key for key, value in node.args.items() if value]


def one_line(text: str) -> str:
    """Return a text that stays on its line, as comments and messages need it."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split())


def _with_exponent(value: float) -> str:
    """Without an exponent DuckDB would read a decimal."""
    shown = repr(value)
    return shown if "e" in shown else f"{shown}e0"


def _as_ratio(value: float) -> str:
    """SQLite misreads one decimal in some ten thousand by a bit: whole numbers over powers of two it reads exactly."""
    above, below = value.as_integer_ratio()
    if below <= EASY and above < 2**53:
        return repr(value)
    if above >= 2**62:  # without fraction; no model has such numbers
        return repr(value)
    steps = []
    while below > 1:
        steps.append(min(below, 2**62))
        below //= steps[-1]
    return f"({' / '.join([f'{above} * 1.0', *map(str, steps)])})"


_REGEX_NUMBER = f"CASE WHEN CAST({{0}} AS TEXT) ~ '{PLAIN}' THEN CAST(CAST({{0}} AS TEXT) AS DOUBLE PRECISION) END"
_REGEX_DAY = (
    f"CASE WHEN CAST({{0}} AS TEXT) ~ '{ISO_DAY}' THEN CAST(CAST({{0}} AS TEXT) AS DATE) - DATE '1970-01-01' END"
)
_JSON_NUMBER = (
    "CASE WHEN TYPEOF({0}) IN ('integer', 'real') THEN CAST({0} AS REAL) "
    "WHEN CASE WHEN JSON_VALID(TRIM({0})) THEN JSON_TYPE(TRIM({0})) END IN ('integer', 'real') "
    "THEN CAST(TRIM({0}) AS REAL) END"
)
_SQUEEZED_IN_SQLITE = (
    "REPLACE(REPLACE(REPLACE({0}, ' ', CHAR(1, 2)), CHAR(2, 1), ''), CHAR(1, 2), ' ')"  # ' ' is \1\2; \2\1 are doubles
)

DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect
    for dialect in (
        Dialect(
            "duckdb",
            "DOUBLE",
            "BIGINT",
            "VARCHAR",
            _with_exponent,
            number="TRY_CAST({0} AS DOUBLE)",
            day="CAST(TRY_CAST({0} AS TIMESTAMP) AS DATE) - DATE '1970-01-01'",
            literal_day="DATE '{0}' - DATE '1970-01-01'",
            squeezed="REGEXP_REPLACE({0}, ' +', ' ', 'g')",
        ),
        Dialect(
            "postgres",
            "DOUBLE PRECISION",
            "BIGINT",
            "TEXT",
            lambda value: f"FLOAT8 '{value!r}'",
            number=_REGEX_NUMBER,
            day=_REGEX_DAY,
            literal_day="DATE '{0}' - DATE '1970-01-01'",
            fence=" MATERIALIZED",
            squeezed="REGEXP_REPLACE({0}, ' +', ' ', 'g')",
            any_value="(ARRAY_AGG({0}))[1]",  # ANY_VALUE is younger than most servers
        ),
        Dialect(
            "sqlite",
            "REAL",
            "INTEGER",
            "TEXT",
            _as_ratio,
            number=_JSON_NUMBER,
            day="CAST(JULIANDAY(DATE({0})) - 2440587.5 AS INTEGER)",
            literal_day="CAST(JULIANDAY('{0}') - 2440587.5 AS INTEGER)",
            least="MIN",
            greatest="MAX",
            fence=" MATERIALIZED",
            translated="",
            squeezed=_SQUEEZED_IN_SQLITE,
            character="CHAR({0})",
            any_value="MIN({0})",
        ),
        Dialect(
            "bigquery",
            "FLOAT64",
            "INT64",
            "STRING",
            repr,
            number="SAFE_CAST(CAST({0} AS STRING) AS FLOAT64)",
            day="UNIX_DATE(DATE(SAFE_CAST(CAST({0} AS STRING) AS TIMESTAMP)))",
            literal_day="UNIX_DATE(DATE '{0}')",
        ),
        Dialect(
            "snowflake",
            "DOUBLE",
            "BIGINT",
            "VARCHAR",
            lambda value: f"CAST('{value!r}' AS DOUBLE)",
            # the text says whether it is a number; the cell itself is what is read, as no digit must be lost
            number="CASE WHEN TRY_TO_DOUBLE(CAST({0} AS VARCHAR)) IS NOT NULL THEN CAST({0} AS DOUBLE) END",
            day="DATEDIFF(DAY, DATE '1970-01-01', CAST({0} AS DATE))",
            literal_day="DATEDIFF(DAY, DATE '1970-01-01', DATE '{0}')",
            row_number="ROW_NUMBER() OVER (ORDER BY 1)",
        ),
        Dialect(
            "spark",
            "DOUBLE",
            "BIGINT",
            "STRING",
            lambda value: f"{value!r}D",
            number="TRY_CAST({0} AS DOUBLE)",
            day="DATEDIFF(TRY_CAST({0} AS DATE), DATE '1970-01-01')",
            literal_day="DATEDIFF(DATE '{0}', DATE '1970-01-01')",
            row_number="ROW_NUMBER() OVER (ORDER BY 1)",
            character="'\\u{1}'",
        ),
    )
}
