"""The ONNX graph: what goes in, what comes out, and that it says the same as Python."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from clientage.clustering.catalogue import ALGORITHMS
from clientage.config import settings_from
from clientage.export.catalogue import export_run
from clientage.publish import publish
from clientage.runs.run import Run
from clientage.scoring.scorer import Scorer
from clientage.study import make_study
from made_services import NAUGHTY, UNICODE, named_run
from made_studies import shop

FAST = {"bootstraps": 2, "null_draws": 1, "k_max": 4}


def saved(columns: dict[str, Any], folder: Path, **sections: dict[str, Any]) -> Run:
    tree = {**sections, "cluster": {**FAST, **sections.get("cluster", {})}}
    return publish(make_study(columns, settings_from(tree)), folder)


def session_of(run: Run, folder: Path) -> onnxruntime.InferenceSession:
    (path,) = export_run(run, "onnx", folder / "model.onnx")
    return onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])


def scored(session: onnxruntime.InferenceSession, columns: dict[str, list[Any]]) -> dict[str, np.ndarray]:
    feeds = {}
    for wanted in session.get_inputs():
        text = wanted.type == "tensor(string)"
        kind = object if text else float
        cells = ["" if v is None else v for v in columns[wanted.name]] if text else columns[wanted.name]
        feeds[wanted.name] = np.array(cells, dtype=kind)[:, None]
    return dict(zip([o.name for o in session.get_outputs()], session.run(None, feeds), strict=True))


def assert_as_python(run: Run, session: onnxruntime.InferenceSession, columns: dict[str, list[Any]]) -> None:
    expected = Scorer(run.model()).score(columns)
    found = scored(session, columns)
    used = expected.row_customer >= 0
    rows = expected.row_customer[used]
    np.testing.assert_array_equal(found["segment_id"], expected.labels)
    np.testing.assert_array_equal(found["segment_name"][used], expected.segment_names[rows])
    np.testing.assert_array_equal(found["runner_up_id"][used], expected.runner_up_ids[rows])
    np.testing.assert_allclose(found["confidence"][used], expected.confidence[rows], rtol=0, atol=1e-9)
    np.testing.assert_allclose(found["distance"][used], expected.distance[rows], rtol=0, atol=1e-9)
    assert (found["segment_name"][~used] == "").all()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_scores_as_python_does(algorithm: str, tmp_path: Path) -> None:
    columns = {name: np.asarray(values, dtype=object).tolist() for name, values in shop(300).items()}
    features = ["income", "total_spend", "store_visits"]
    run = saved(columns, tmp_path / "runs", roles={"features": features}, cluster={"algorithm": algorithm})
    new = {f: [*columns[f], np.nan, 1e7, np.nan] for f in features}
    new["income"][-3] = 50_000.0
    assert_as_python(run, session_of(run, tmp_path), new)


def test_columns_of_every_kind(tmp_path: Path) -> None:
    """Names that are no identifiers, yes/no, coded and written categories, spellings, gaps and new categories."""
    run = named_run(tmp_path / "runs")
    session = session_of(run, tmp_path)
    kinds = {i.name: i.type for i in session.get_inputs()}
    assert kinds[NAUGHTY] == kinds["plan"] == kinds["has card"] == "tensor(double)"
    assert kinds["tier"] == "tensor(string)"
    columns = {
        NAUGHTY: [141.0, None, 100.0, 180.0, 140.0, None],
        UNICODE: [6.0, 60.0, None, 5.0, 6.5, None],
        "has card": [1.0, 0.0, None, 1.0, 0.0, None],
        "tier": [" PLUS", "basic", None, 'O\'Brien "x"; DROP TABLE t;--', "Basic\u00a0", None],
        "plan": [3.0, 1.0, None, 77.0, 2.0, None],
    }
    columns = {
        name: [np.nan if v is None and name != "tier" else v for v in values] for name, values in columns.items()
    }
    assert_as_python(run, session, columns)
    one = {name: values[:1] for name, values in columns.items()}
    np.testing.assert_array_equal(scored(session, one)["distance"], scored(session, columns)["distance"][:1])


@pytest.mark.parametrize(
    "text", ["Straße", "STRASSE", "strasse ", "N/A", "unknown", "-", "Zoë", "ZOE\u0308", "a.b", "aXb"]
)
def test_texts_are_matched_as_reading_has_them(text: str, tmp_path: Path) -> None:
    columns = {name: np.asarray(values, dtype=object).tolist() for name, values in shop(120).items()}
    columns["street"] = [["Straße", "Zoë", "a.b"][i % 3] if i % 10 else None for i in range(120)]
    run = saved(columns, tmp_path / "runs", roles={"features": ["income", "street"]}, cluster={"k": 3})
    filler = ["Straße", "a.b"] * 2  # alone, some of these words would be read as a column without values
    assert_as_python(run, session_of(run, tmp_path), {"income": [50_000.0] * 5, "street": [text, *filler]})


def test_columns_may_be_called_like_outputs(tmp_path: Path) -> None:
    made = shop(80)
    columns = {"distance": list(made["income"]), "confidence": list(made["total_spend"])}
    run = saved(columns, tmp_path / "runs", cluster={"k": 2})
    (path,) = export_run(run, "onnx", tmp_path / "model.onnx")
    facts = {p.key: p.value for p in onnx.load(path).metadata_props}
    outputs = json.loads(facts["clientage.outputs"])
    assert outputs["distance"] == "distance_"
    session = session_of(run, tmp_path)
    assert {o.name for o in session.get_outputs()} == set(outputs.values())
    found = scored(session, columns)
    np.testing.assert_array_equal(found["segment_id"], Scorer(run.model()).score(columns).labels)


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    run = named_run(tmp_path / "runs")
    (path,) = export_run(run, "onnx", tmp_path / "model.onnx")
    facts = {p.key: p.value for p in onnx.load(path).metadata_props}
    assert facts["clientage.run"] == run.run_id
    assert facts["clientage.fingerprint"] == run.manifest["seal"]
    assert list(json.loads(facts["clientage.segments"]).values()) == list(run.model().names)
    assert all(node.domain == "" for node in onnx.load(path).graph.node)
