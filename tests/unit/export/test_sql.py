"""The scoring query: what it understands, what it refuses, and that no name or value ever becomes SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
import sqlglot
from sqlglot import expressions as exp

from clientage.clustering.catalogue import ALGORITHMS
from clientage.config import settings_from
from clientage.errors import ClientageError, ModelError, SettingsError
from clientage.export.catalogue import export_run
from clientage.export.sql.cells import spellings
from clientage.export.sql.dialects import DIALECTS
from clientage.publish import publish
from clientage.runs.run import Run
from clientage.scoring.scorer import Scorer
from clientage.study import make_study
from made_services import lines_of_shop
from made_studies import shop

DOUBLE, SINGLE, BACKTICK, BRACKET, BACKSLASH = (
    'a"; DROP TABLE t;--',
    "a'; DROP TABLE t;--",
    "a`; DROP TABLE t;--",
    "]; DROP TABLE t;--",
    "a\\'; DROP TABLE t;--",
)
COMMENT, LINE, PLACES, FORMULA = (
    "*/ DROP TABLE t; /*",
    "--\nDROP TABLE t;",
    "{0} {table} %s :x $1",
    "=cmd|' /C calc'!A0",
)
NAUGHTY = (
    DOUBLE,
    SINGLE,
    BACKTICK,
    BRACKET,
    BACKSLASH,
    COMMENT,
    LINE,
    PLACES,
    FORMULA,
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
)
COLUMNS = (DOUBLE, COMMENT, PLACES, BACKTICK, BACKSLASH)  # of the study; SINGLE holds its ids
FAST = {"bootstraps": 2, "null_draws": 1, "k_max": 4}


def saved(columns: dict[str, Any], folder: Path, **sections: dict[str, Any]) -> Run:
    tree = {**sections, "cluster": {**FAST, **sections.get("cluster", {})}}
    return publish(make_study(columns, settings_from(tree)), folder)


def query(run: Run, folder: Path, dialect: str = "duckdb", table: str = "t") -> tuple[str, str]:
    paths = export_run(run, "sql", folder / "q.sql", dialect=dialect, table=table)
    return paths[0].read_text(encoding="utf-8"), paths[1].read_text(encoding="utf-8")


def ask(dialect: str, columns: dict[str, Any], sql: str, table: str = "t") -> list[tuple[Any, ...]]:
    """Return what a database with one table of these columns answers, and see that the table survived it."""
    n = len(next(iter(columns.values())))
    if dialect == "duckdb":
        with duckdb.connect() as connection:
            connection.register("given", pa.table(columns))
            connection.execute(f"CREATE TABLE {table} AS SELECT * FROM given")
            found = connection.execute(sql).fetchall()
            assert connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (n,)
            return found
    connection = sqlite3.connect(":memory:")
    try:
        names = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
        connection.execute(f"CREATE TABLE {table} ({names})")
        rows = zip(*(list(values) for values in columns.values()), strict=True)
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", rows)
        found = connection.execute(sql).fetchall()
        assert connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (n,)
    finally:
        connection.close()
    return found


def plain(columns: dict[str, Any]) -> dict[str, list[Any]]:
    return {name: np.asarray(values, dtype=object).tolist() for name, values in columns.items()}


def segments(found: Sequence[tuple[Any, ...]]) -> dict[str, tuple[int, str]]:
    """By id; a query gives ids as the table has them, reading a file takes blanks off."""
    return {str(row[0]).strip(): (int(row[1]), str(row[2])) for row in found}


def by_python(run: Run, columns: dict[str, Any]) -> dict[str, tuple[int, str]]:
    scored = Scorer(run.model()).score(columns)
    return {
        str(i): (int(s), str(n)) for i, s, n in zip(scored.ids, scored.segment_ids, scored.segment_names, strict=True)
    }


@pytest.fixture(scope="module")
def naughty() -> dict[str, list[Any]]:
    """Payloads as names of columns, as categories and as ids."""
    made = plain(shop(240))
    payload = [NAUGHTY[i % len(NAUGHTY)] for i in range(240)]
    group = [int(v // 12) for v in made["total_spend"]]
    return {
        SINGLE: [f"{p}{i}" for i, p in enumerate(payload)],
        DOUBLE: made["income"],
        COMMENT: made["total_spend"],
        PLACES: made["store_visits"],
        BACKTICK: [NAUGHTY[g % len(NAUGHTY)] for g in group],
        BACKSLASH: payload,
    }


@pytest.fixture(scope="module")
def naughty_run(naughty: dict[str, list[Any]], tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = saved(
        naughty,
        tmp_path_factory.mktemp("naughty"),
        roles={"id": SINGLE, "features": list(COLUMNS)},
        cluster={"k": 3, "algorithm": "kmeans"},
    )
    names = "\n".join(f"{i} = {_toml(name)}" for i, name in enumerate((DOUBLE, BACKSLASH, COMMENT), 1))
    (run.path / "names.toml").write_text(f"{names}\n", encoding="utf-8")
    return run


def _toml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@pytest.mark.parametrize("dialect", ["duckdb", "sqlite"])
def test_no_name_or_value_becomes_sql(
    naughty: dict[str, list[Any]], naughty_run: Run, dialect: str, tmp_path: Path
) -> None:
    scoring, check = query(naughty_run, tmp_path, dialect)
    expected = by_python(naughty_run, naughty)
    assert {name for _, name in expected.values()} == {DOUBLE, BACKSLASH, COMMENT}
    assert segments(ask(dialect, naughty, scoring)) == expected
    counted = ask(dialect, naughty, check)
    assert {row[0]: row[4] for row in counted} == dict.fromkeys(COLUMNS, 0)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_query_is_one_select_over_the_table(naughty_run: Run, dialect: str, tmp_path: Path) -> None:
    for text in query(naughty_run, tmp_path, dialect, "shop.customers"):
        (statement,) = sqlglot.parse(text, dialect=dialect)
        assert isinstance(statement, exp.Select | exp.Union)
        stages = {cte.alias for cte in statement.find_all(exp.CTE)}
        tables = {table.sql() for table in statement.find_all(exp.Table)} - stages
        assert tables == {"shop.customers"}
        named = {identifier.this for identifier in statement.find_all(exp.Identifier)}
        assert set(COLUMNS) <= named | _literals(statement)


def _literals(statement: exp.Expression) -> set[str]:
    return {literal.this for literal in statement.find_all(exp.Literal) if literal.is_string}


# what each of these warehouses documents; the queries may call nothing else
KNOWN = {
    "ABS", "ANY_VALUE", "AVG", "CHR", "COALESCE", "COUNT", "EXP", "GREATEST", "LEAST", "LN", "LOWER", "MAX", "MIN",
    "MOD", "POWER", "REGEXP_REPLACE", "ROW_NUMBER", "SQRT", "SUBSTR", "SUBSTRING", "SUM", "TRANSLATE", "TRIM",
}  # fmt: skip
OWN = {
    "bigquery": {"SAFE_CAST", "UNIX_DATE", "DATE"},
    "snowflake": {"DATEDIFF", "TRY_TO_DOUBLE"},
    "spark": {"TRY_CAST", "DATEDIFF"},
}


@pytest.mark.parametrize("dialect", OWN)
def test_warehouses_are_asked_for_documented_functions_only(naughty_run: Run, dialect: str, tmp_path: Path) -> None:
    lines = saved(lines_of_shop(), tmp_path / "lines", cluster={"k": 2})
    called = set()
    for run in (naughty_run, lines):
        for text in query(run, tmp_path, dialect):
            tokens = sqlglot.tokenize(text, dialect=dialect)
            called |= {a.text.upper() for a, b in pairwise(tokens) if b.text == "(" and a.text.isidentifier()}
    syntax = {"AS", "IN", "AND", "OR", "NOT", "OVER", "CAST", "DISTINCT", "FROM", "THEN", "ELSE", "WHEN", "WHERE"}
    assert called - syntax <= KNOWN | OWN[dialect]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("dialect", ["duckdb", "sqlite"])
def test_every_algorithm_scores_as_python_does(algorithm: str, dialect: str, tmp_path: Path) -> None:
    columns = plain(shop(300))
    roles = {"id": "customer_id", "features": ["income", "total_spend", "store_visits"]}
    run = saved(columns, tmp_path / "runs", roles=roles, cluster={"algorithm": algorithm})
    kept = {name: columns[name] for name in ("customer_id", "income", "total_spend", "store_visits")}
    far = {name: [*values, f"far{name}" if name == "customer_id" else 1e7] for name, values in kept.items()}
    assert segments(ask(dialect, far, query(run, tmp_path, dialect)[0])) == by_python(run, far)


def test_one_segment_has_no_runner_up(tmp_path: Path) -> None:
    columns = plain(shop(100))
    for algorithm in ("kmeans", "mixture"):
        run = saved(
            columns,
            tmp_path / algorithm,
            roles={"features": ["income", "total_spend"], "id": "customer_id"},
            cluster={"k": 1, "algorithm": algorithm},
        )
        for dialect in ("duckdb", "sqlite"):
            found = ask(dialect, columns, query(run, tmp_path, dialect)[0])
            assert {(row[1], row[3], row[4]) for row in found} == {(1, 1.0, 0)}


DIRTY = {
    "who": ["a", "b", "c", "d", "e", "f", "g", "h", "i"],
    "income": ["50000", " 61000.5 ", "N/A", None, "-", "1e4", "unknown", "70000", ""],
    "city": ["ROME", " rome ", "Oslo", "N/A", "", "öSTERSUND", "ÖSTERSUND", "Os\u00a0lo", "Madrid"],
    "card": ["yes", "No", "TRUE", "0", "1", "f", None, "y", "N"],
}


@pytest.mark.parametrize("dialect", ["duckdb", "sqlite"])
def test_cells_as_people_write_them(dialect: str, tmp_path: Path) -> None:
    made = plain(shop(200))
    places = ["Rome", "Oslo", "Östersund"]
    columns = {
        "who": made["customer_id"],
        "income": made["income"],
        "city": [places[int(v // 12) % 3] for v in made["total_spend"]],
        "card": [v > 60 for v in made["total_spend"]],
    }
    run = saved(
        columns,
        tmp_path / "runs",
        roles={"id": "who", "features": ["income", "city", "card"]},
        cluster={"k": 3, "algorithm": "kmeans"},
    )
    scoring, check = query(run, tmp_path, dialect)
    assert segments(ask(dialect, DIRTY, scoring)) == by_python(run, DIRTY)
    counted = {row[0]: row[3:] for row in ask(dialect, DIRTY, check)}
    assert counted["income"] == (5, 0)
    assert counted["card"] == (1, 0)
    assert counted["city"] == (2, 2)  # Madrid is new, and Os lo is two words


@pytest.mark.parametrize("dialect", ["duckdb", "sqlite"])
def test_policies_of_the_study(dialect: str, tmp_path: Path) -> None:
    """Rows with a gap dropped, outliers kept, nothing scaled, codes and texts that mean "missing"."""
    columns = {name: list(map(str, shop(120)[name])) for name in ("customer_id", "income", "total_spend", "city")}
    columns["income"] = ["-999" if i % 9 == 0 else v for i, v in enumerate(columns["income"])]
    columns["city"] = ["n.b." if i % 11 == 0 else v for i, v in enumerate(columns["city"])]
    run = saved(
        columns,
        tmp_path / "runs",
        read={"null_values": ["-999", "n.b."]},
        roles={"id": "customer_id", "features": ["income", "total_spend", "city"]},
        features={"missing": "drop", "outliers": "keep", "scale": "none", "weights": {"city": 50.0}},
        cluster={"k": 3, "algorithm": "kmeans"},
    )
    expected = by_python(run, columns)
    assert 80 < len(expected) < 110
    assert segments(ask(dialect, columns, query(run, tmp_path, dialect)[0])) == expected


def test_what_cannot_be_read_is_counted_and_not_guessed(tmp_path: Path) -> None:
    columns = plain(shop(100))
    run = saved(columns, tmp_path / "runs", roles={"features": ["income"], "id": "customer_id"}, cluster={"k": 2})
    odd = {"customer_id": ["a", "b", "c"], "income": ["1.234,56", "€30", "50000"]}
    for dialect in ("duckdb", "sqlite"):
        scoring, check = query(run, tmp_path, dialect)
        assert [row[0] for row in ask(dialect, odd, scoring)] == ["c"]
        assert ask(dialect, odd, check) == [("income", "number", 3, 0, 2)]


@pytest.mark.parametrize("table", ["cells", "features", "encoded", '"t; x"'])
def test_a_table_may_be_called_like_a_stage(table: str, tmp_path: Path) -> None:
    columns = plain(shop(60))
    run = saved(columns, tmp_path / "runs", roles={"features": ["income"], "id": "customer_id"}, cluster={"k": 2})
    for dialect in ("duckdb", "sqlite"):
        found = ask(dialect, columns, query(run, tmp_path, dialect, table)[0], table)
        assert segments(found) == by_python(run, columns)


@pytest.mark.parametrize("table", ["t; DROP TABLE t", "my table", "(SELECT 1)", "f(x)", "t AS u", "t, u", "t'", ""])
def test_a_table_is_a_name(table: str, tmp_path: Path) -> None:
    run = saved(plain(shop(60)), tmp_path / "runs", roles={"features": ["income"]}, cluster={"k": 2})
    with pytest.raises(SettingsError, match="to be a table's name in duckdb"):
        query(run, tmp_path, table=table)


def test_customers_without_ids_are_numbered(tmp_path: Path) -> None:
    columns = {"income": plain(shop(60))["income"]}
    run = saved(columns, tmp_path / "runs", cluster={"k": 2})
    gap = {"income": [None, *columns["income"]]}
    found = ask("duckdb", gap, query(run, tmp_path)[0])
    assert segments(found) == by_python(run, gap)


LINES_FIGURES = ["recency", "frequency", "monetary", "tenure", "basket_value", "weekend_share"]


@pytest.mark.parametrize("dialect", ["duckdb", "sqlite"])
@pytest.mark.parametrize("policy", [{}, {"as_of": "20250801"}, {"returns": "drop", "only_returns": "keep"}])
def test_lines_become_the_study_s_figures(dialect: str, policy: dict[str, Any], tmp_path: Path) -> None:
    lines = lines_of_shop(80)
    lines["amount"] = [-v if i % 17 == 0 else v for i, v in enumerate(lines["amount"])]
    lines["invoice_no"] = [f"C{v}" if i % 23 == 0 else v for i, v in enumerate(lines["invoice_no"])]
    run = saved(lines, tmp_path / "runs", roles={"features": LINES_FIGURES}, transactions=policy, cluster={"k": 3})
    scoring, check = query(run, tmp_path, dialect)
    assert segments(ask(dialect, lines, scoring)) == by_python(run, lines)
    assert all(row[4] == 0 for row in ask(dialect, lines, check))


def test_goods_of_lines(tmp_path: Path) -> None:
    """Pieces, products and discounts; services are none, returns are no purchases, repeats count once."""
    lines = lines_of_shop(60)
    n = len(lines["amount"])
    rng = np.random.default_rng(3)
    lines["quantity"] = rng.integers(1, 9, n).tolist()
    lines["unit_price"] = np.round(rng.lognormal(2, 1, n), 2).tolist()
    lines["product_code"] = [["P1", "P2", "post", "P3 ", "p1"][i] for i in rng.integers(0, 5, n)]
    lines["discount"] = (rng.random(n) < 0.3).astype(float).tolist()
    del lines["amount"]
    lines = {name: [*values, *values[:50]] for name, values in lines.items()}
    lines["quantity"] = [-v if i % 19 == 0 else v for i, v in enumerate(lines["quantity"])]
    features = ["items_per_order", "breadth", "discount_share", "return_rate", "interpurchase"]
    run = saved(lines, tmp_path / "runs", roles={"features": features}, cluster={"k": 3})
    for dialect in ("duckdb", "sqlite"):
        assert segments(ask(dialect, lines, query(run, tmp_path, dialect)[0])) == by_python(run, lines)


def test_what_sql_cannot_say_is_refused_by_name(tmp_path: Path) -> None:
    lines = lines_of_shop()
    irregular = saved(lines, tmp_path / "a", roles={"features": ["recency", "interpurchase_cv"]}, cluster={"k": 2})
    with pytest.raises(ModelError, match="'interpurchase_cv'"):
        query(irregular, tmp_path)
    people = {"customer_id": [f"K{i:03d}" for i in range(120)], "age": [20 + i % 50 for i in range(120)]}
    tree = settings_from({"roles": {"id": "customer_id"}, "cluster": {**FAST, "k": 2}})
    both = publish(make_study(people, tree, transactions=lines), tmp_path / "b")
    with pytest.raises(ModelError, match="a customer table and transactions"):
        query(both, tmp_path)


def test_a_name_with_nul_is_refused() -> None:
    with pytest.raises(ClientageError, match="NUL"):
        DIALECTS["duckdb"].name_of("a\0b")


@pytest.mark.parametrize("value", [0.1, -1 / 3, 1e-9, 2.0**-60 / 3, 1234567.891, 6755399441055744.0, 5e-17, 12.25])
@pytest.mark.parametrize("dialect", ["duckdb", "sqlite"])
def test_literals_are_exact(dialect: str, value: float) -> None:
    ((found, kind),) = ask(
        dialect, {"x": [1]}, f"SELECT v, TYPEOF(v) FROM (SELECT {DIALECTS[dialect].float_of(value)} AS v FROM t)"
    )
    assert found == value
    assert kind.lower() in {"double", "real"}


def test_spellings_without_a_database_that_knows_unicode() -> None:
    assert {"östersund", "Östersund"} <= set(spellings("Östersund"))
    assert "strasse" in spellings("Straße")
