"""On real data the HTTP service, the command's stream and the stored assignments give the same segments."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clientage.api.app import guarded_app
from clientage.api.gate import Limits
from clientage.api.service import Service
from clientage.config import settings_from
from clientage.data.samples import write_shop
from clientage.data.table import Column
from clientage.runs.run import Run, save_run
from clientage.scoring.scorer import Scorer
from clientage.scoring.sink import write_scored
from clientage.study import StudyRecord, make_study
from made_services import asker

QUICK = {"bootstraps": 10}
CAMPAIGN = ["Income", "MntWines", "NumWebPurchases", "Education", "Marital_Status", "Recency"]
FILES: dict[str, dict[str, Any] | None] = {
    "marketing_campaign.csv": {"roles": {"features": CAMPAIGN}, "cluster": QUICK},
    "CC GENERAL.csv": None,
    "online_retail.csv.gz": None,
    "shop": {"cluster": QUICK},
}
# values as people have them: a gap, a category nobody has seen, quotes, a number far away
ODD: dict[str, list[Any]] = {"number": [None, 1e12, -5, 0.1], "category": [None, 'a "quoted" one', "", 3]}


@dataclass(frozen=True)
class Made:
    record: StudyRecord
    run: Run
    path: Path


@pytest.fixture(scope="module", params=FILES)
def made(request: pytest.FixtureRequest, studies: Any, shared_data: Path, tmp_path_factory: Any) -> Made:
    """Return the study of a file, its saved run and the path of the file."""
    name, folder = request.param, tmp_path_factory.mktemp("runs")
    if name == "shop":
        path = write_shop(folder, 3_000, transactions=False).customers
        record = make_study(path, settings_from(FILES[name] or {}))
    else:
        path, record = shared_data / name, studies(name, FILES[name])
    return Made(record, save_run(record, folder, {}), path)


def test_service_stream_and_run_agree(made: Made, tmp_path: Path) -> None:
    record, run, path = made.record, made.run, made.path
    service = Service(run)
    ask = asker(guarded_app(service, Limits()))
    customers = record.customers
    columns = {c.name: _plain(c) for c in customers.features if c.name in service.reader.needed}
    answer = ask("POST", "/predict/columns", {"columns": columns}).json()
    assert answer["columns"]["segment_id"] == record.segment_ids.tolist()
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    batch = ask("POST", "/predict/batch", rows[:500]).json()["results"]
    assert [r["confidence"] for r in batch] == answer["columns"]["confidence"][:500]
    one = ask("POST", "/predict", rows[7]).json()
    assert one["distance"] == batch[7]["distance"]
    write_scored(Scorer(run.model()).stream(str(path), rows=701), str(tmp_path / "streamed.csv"))
    assert (tmp_path / "streamed.csv").read_bytes() == run.read("assignments.csv")


def test_odd_values_agree_with_a_frame(made: Made) -> None:
    service = Service(made.run)
    rng = np.random.default_rng(0)
    columns: dict[str, list[Any]] = {}
    for j, wanted in enumerate(service.inputs):
        odd = wanted.kind == "category" or j % 2
        columns[wanted.name] = [ODD[wanted.kind][k] if odd else wanted.example for k in rng.integers(0, 4, 200)]
    answer = asker(guarded_app(service, Limits()))("POST", "/predict/columns", {"columns": columns}).json()
    assert None not in answer["columns"]["segment_id"]
    if made.record.prepared.roles[0].kind == "customers":  # a frame of figures is no table of lines
        kinds = {wanted.name: wanted.kind for wanted in service.inputs}
        frame = {name: _as_frame(values, kinds[name]) for name, values in columns.items()}
        assert answer["columns"]["segment_id"] == Scorer(made.run.model()).score(frame).labels.tolist()


def _as_frame(values: list[Any], kind: str) -> Any:
    if kind == "category":
        return [str(value) if value else None for value in values]
    return np.array([np.nan if value is None else value for value in values])


def _plain(column: Column) -> list[Any]:
    if column.kind == "text":
        return [text or None for text in column.as_text().tolist()]
    return [None if value != value else value for value in column.values.tolist()]
