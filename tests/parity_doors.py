"""Every way to score with a run, as one table: each takes raw customers and gives the same answers.

A door is a function `(run, frame, where) -> answers`; `where` holds what a test lends it: a folder, a server. Answers
are one row for each customer, by id, and customers without any value are not among them.
"""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import numpy as np
import onnxruntime
import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.csv

from clientage.__main__ import main
from clientage.api.app import guarded_app
from clientage.api.gate import Limits
from clientage.api.service import Service
from clientage.export.catalogue import export_run
from clientage.features.customers import Customers
from clientage.runs.run import Run
from clientage.scoring.scorer import Scorer
from clientage.tracking.pyfunc import segment_model
from made_services import asker


@dataclass(frozen=True)
class Answer:
    segment_id: int
    runner_up_id: int
    confidence: float
    distance: float
    segment_name: str


Answers = dict[str, Answer]


@dataclass(frozen=True)
class Where:
    folder: Path
    postgres: str
    table: str
    id_column: str
    lines: bool = False
    figures: Customers | None = None  # of lines: what an ONNX graph is given
    call: Callable[..., None] | None = None  # runs the command line


def _answers(rows: Iterable[tuple[Any, ...]]) -> Answers:
    """From rows of id, segment id, segment name, confidence, runner-up id, distance."""
    return {_key(r[0]): Answer(int(r[1]), int(r[4]), float(r[3]), float(r[5]), str(r[2])) for r in rows}


def _key(value: Any) -> str:
    return str(int(value)) if isinstance(value, float | np.floating) else str(value)


def python(run: Run, frame: pd.DataFrame, where: Where) -> Answers:
    del where
    scored = Scorer(run.model()).score(frame)
    columns = (scored.segment_ids, scored.segment_names, scored.confidence, scored.runner_up_ids, scored.distance)
    return _answers(zip(scored.ids, *columns, strict=True))


def command_line(run: Run, frame: pd.DataFrame, where: Where) -> Answers:
    source, out = where.folder / "raw.csv", where.folder / "scored.csv"
    pa.csv.write_csv(pa.Table.from_pandas(frame, preserve_index=False), source)
    assert where.call is not None
    where.call(main, "predict", run.path, source, "-o", out)
    scored = pd.read_csv(out, dtype={"id": str}, keep_default_na=False)
    columns = ["id", "segment_id", "segment_name", "confidence", "runner_up_id", "distance"]
    return _answers(scored[columns].itertuples(index=False, name=None))


def http(run: Run, frame: pd.DataFrame, where: Where) -> Answers:
    ask = asker(guarded_app(Service(run), Limits(rows=100_000, megabytes=100, seconds=60.0)))
    if where.lines:
        body = {"transactions": frame.astype({"InvoiceDate": str}).replace({np.nan: None}).to_dict("records")}
        answer = ask("POST", "/predict/transactions", body)
        rows: Iterable[Mapping[str, Any]] = answer.json()["results"]
    else:
        answer = ask("POST", "/predict/batch", frame.astype(object).replace({np.nan: None}).to_dict("records"))
        rows = answer.json()["results"]
    assert answer.status_code == 200, answer.text[:500]
    names = ("id", "segment_id", "segment_name", "confidence", "runner_up_id", "distance")
    return _answers(tuple(row[n] for n in names) for row in rows if row["segment_id"] is not None)


def pyfunc(run: Run, frame: pd.DataFrame, where: Where) -> Answers:
    with warnings.catch_warnings():  # MLflow, when imported, warns of its own type hints
        warnings.simplefilter("ignore")
        model = segment_model("run")
    model.load_context(SimpleNamespace(artifacts={"run": str(run.path)}))
    scored = model.predict(None, frame)
    if not where.lines:
        scored.insert(0, "id", frame[where.id_column].to_numpy())
    names = ["id", "segment_id", "segment_name", "confidence", "runner_up_id", "distance"]
    return _answers(row for row in scored[names].itertuples(index=False, name=None) if row[1] >= 0)


def onnx(run: Run, frame: pd.DataFrame, where: Where) -> Answers:
    (path,) = export_run(run, "onnx", where.folder / "model.onnx")
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    if where.figures is None:
        ids, columns = frame[where.id_column].tolist(), {str(name): frame[name] for name in frame}
    else:
        assert where.figures.ids is not None
        ids = where.figures.ids.as_text().tolist()
        columns = {c.name: pd.Series(c.values) for c in where.figures.features}
    feeds = {}
    for wanted in session.get_inputs():
        values = columns[wanted.name]
        texts = wanted.type == "tensor(string)"
        cells = values.fillna("").astype(object).to_numpy() if texts else values.to_numpy(float)
        feeds[wanted.name] = cells[:, None]
    segments, names, confidence, runners_up, distance = session.run(None, feeds)
    rows = zip(ids, segments, names, confidence, runners_up, distance, strict=True)
    return _answers(row for row in rows if row[1] >= 0)


def sql_text(run: Run, dialect: str, where: Where) -> str:
    path, check = export_run(run, "sql", where.folder / f"{dialect}.sql", dialect=dialect, table=where.table)
    assert check.name == f"{dialect}.check.sql"
    return path.read_text(encoding="utf-8")


def in_duckdb(run: Run, frame: pd.DataFrame, where: Where) -> Answers:
    with duckdb.connect() as connection:
        arrow = pa.Table.from_pandas(frame, preserve_index=False)
        connection.register("given", arrow)
        connection.execute(f"CREATE TABLE {where.table} AS SELECT * FROM given")
        found = _answers(connection.execute(sql_text(run, "duckdb", where)).fetchall())
        assert connection.execute(f"SELECT COUNT(*) FROM {where.table}").fetchone() == (len(frame),)
    return found


def in_sqlite(run: Run, frame: pd.DataFrame, where: Where) -> Answers:
    connection = sqlite3.connect(":memory:")
    try:
        columns = ", ".join('"' + str(name).replace('"', '""') + '"' for name in frame)
        connection.execute(f"CREATE TABLE {where.table} ({columns})")
        plain = frame.astype({c: str for c in frame if frame[c].dtype.kind == "M"}).astype(object)
        cells = plain.where(frame.notna(), None).itertuples(index=False, name=None)
        connection.executemany(f"INSERT INTO {where.table} VALUES ({', '.join('?' * frame.shape[1])})", cells)
        found = _answers(connection.execute(sql_text(run, "sqlite", where)))
        assert connection.execute(f"SELECT COUNT(*) FROM {where.table}").fetchone() == (len(frame),)
    finally:
        connection.close()
    return found


TYPES = {"f": "double precision", "i": "bigint", "O": "text", "M": "timestamp", "b": "boolean"}


def in_postgres(run: Run, frame: pd.DataFrame, where: Where) -> Answers:
    with psycopg.connect(where.postgres, autocommit=True) as connection:
        names = ['"' + str(name).replace('"', '""') + '"' for name in frame]
        kinds = [TYPES.get(frame[name].dtype.kind, "text") for name in frame]
        connection.execute(f"DROP TABLE IF EXISTS {where.table}")
        declared = ", ".join(f"{n} {k}" for n, k in zip(names, kinds, strict=True))
        connection.execute(f"CREATE TABLE {where.table} ({declared})".encode())
        sink = pa.BufferOutputStream()
        options = pa.csv.WriteOptions(include_header=False)
        pa.csv.write_csv(pa.Table.from_pandas(frame, preserve_index=False), sink, options)
        with connection.cursor().copy(f"COPY {where.table} FROM STDIN (FORMAT csv)".encode()) as copy:
            copy.write(sink.getvalue().to_pybytes())
        found = _answers(connection.execute(sql_text(run, "postgres", where).encode()))
        counted = connection.execute(f"SELECT COUNT(*) FROM {where.table}".encode()).fetchone()
        assert counted == (len(frame),)
    return found


DOORS: dict[str, Callable[[Run, pd.DataFrame, Where], Answers]] = {
    "command line": command_line,
    "HTTP": http,
    "pyfunc": pyfunc,
    "ONNX": onnx,
    "SQL on DuckDB": in_duckdb,
    "SQL on SQLite": in_sqlite,
    "SQL on PostgreSQL": in_postgres,
}
SMALL_BODIES = {"HTTP", "pyfunc"}  # doors for requests; of half a million lines they get those of some customers
