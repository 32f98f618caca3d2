"""The Python door: frames of every kind in, the same segments out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import clientage


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    group = rng.integers(0, 3, 240)
    return pd.DataFrame(
        {
            "client": np.arange(1000, 1240),
            "spend": np.array([30.0, 200.0, 90.0])[group] + rng.normal(0, 8, 240),
            "orders": np.array([2.0, 5.0, 20.0])[group] + rng.normal(0, 0.7, 240),
            "town": pd.Categorical(rng.choice(["Ghent", "Bruges"], 240)),
        }
    )


@pytest.fixture(scope="module")
def study(frame: pd.DataFrame) -> clientage.Study:
    return clientage.segment(frame, id="client")


def test_public_names_are_the_ones_promised() -> None:
    names = ["ClientageError", "SavedRun", "Segmenter", "Study", "__version__", "open_run", "segment", "sweep"]
    assert clientage.__all__ == names
    assert dir(clientage) == sorted(names)
    for name in names:
        assert getattr(clientage, name) is not None
    with pytest.raises(AttributeError, match="segmant"):
        clientage.segmant  # noqa: B018


def test_labels_are_in_the_frames_row_order(frame: pd.DataFrame, study: clientage.Study) -> None:
    assert len(study.labels) == len(frame)
    means = frame.groupby(study.labels)["spend"].mean()
    assert list(means.index) == [1, 2, 3]
    for segment in study.profiles.segments:
        (trait,) = [t for t in segment.traits if t.column == "spend"]
        assert trait.mean == pytest.approx(means[segment.id])


@pytest.mark.parametrize("kind", ["polars", "arrow", "dict", "csv", "parquet"])
def test_every_kind_of_frame_gives_the_same_segments(
    frame: pd.DataFrame, study: clientage.Study, kind: str, tmp_path: Path
) -> None:
    if kind == "csv":
        frame.to_csv(tmp_path / "f.csv", index=False)
        source = tmp_path / "f.csv"
    elif kind == "parquet":
        frame.to_parquet(tmp_path / "f.parquet")
        source = tmp_path / "f.parquet"
    else:
        makers = {"polars": pl.from_pandas, "arrow": pa.Table.from_pandas, "dict": lambda f: dict(f.items())}
        source = makers[kind](frame)
    np.testing.assert_array_equal(clientage.segment(source, id="client").labels, study.labels)


def test_a_frame_is_not_changed(frame: pd.DataFrame) -> None:
    before = frame.copy(deep=True)
    clientage.segment(frame, id="client")
    pd.testing.assert_frame_equal(frame, before)


def test_saved_opened_and_scored_are_the_same(frame: pd.DataFrame, study: clientage.Study, tmp_path: Path) -> None:
    run = study.save(tmp_path)
    opened = clientage.open_run(tmp_path)
    assert opened.path == run.path
    for scored in (study.predict(frame), opened.predict(frame)):
        np.testing.assert_array_equal(scored.labels, study.labels)
        assert (scored == study.labels).all()
        assert frame["spend"].groupby(np.asarray(scored)).mean().notna().all()
    one = opened.predict(frame.iloc[[17]])
    assert (one.segment_ids[0], one.confidence[0]) == (study.labels[17], opened.predict(frame).confidence[17])


def test_the_summary_is_the_files(study: clientage.Study, tmp_path: Path) -> None:
    saved = clientage.open_run(study.save(tmp_path).path).summary()
    now = study.summary()
    moving = {"timings", "peak_memory_mb"}
    assert {k: v for k, v in saved.items() if k not in moving} == {k: v for k, v in now.items() if k not in moving}
    json.dumps(now, allow_nan=False)


def test_settings_are_named_or_refused(frame: pd.DataFrame) -> None:
    asked = clientage.segment(frame, id="client", k=5, algorithm="ward", features=["spend"])
    assert asked.summary()["n_segments"] == 5
    assert asked.summary()["features"] == ["spend"]
    with pytest.raises(clientage.ClientageError, match="Did you mean 'algorithm'"):
        clientage.segment(frame, algoritm="ward")


def test_the_model_holds_no_code(study: clientage.Study, tmp_path: Path) -> None:
    run = study.save(tmp_path)
    with np.load(run.path / "model" / "arrays.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fiub" for name in arrays.files)
    assert not [p for p in run.path.rglob("*") if p.suffix in {".pkl", ".joblib"}]


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    heavy = np.arange(150) < 50
    per = np.where(heavy, 12, 2)
    who = np.repeat(np.arange(150), per)
    spread = np.where(heavy[who], 360, 200)
    days = pd.Timestamp("2025-01-01") + pd.to_timedelta((rng.random(len(who)) * spread).astype(int), unit="D")
    amount = np.where(heavy[who], 80.0, 15.0) * rng.lognormal(0, 0.3, len(who))
    return pd.DataFrame({"customer": [f"K{i:03d}" for i in who], "date": days, "amount": amount.round(2)})


def test_lines_of_purchases_score_alike_alone_and_together(lines: pd.DataFrame, tmp_path: Path) -> None:
    study = clientage.segment(lines)
    assert study.summary()["kind"] == "transactions"
    opened = clientage.open_run(study.save(tmp_path).path)
    together = opened.predict(lines)
    np.testing.assert_array_equal(together.labels, study.labels)
    for customer in ("K000", "K149"):
        alone = opened.predict(lines[lines["customer"] == customer])
        place = list(together.ids).index(customer)
        assert (alone.segment_ids[0], alone.distance[0]) == (together.segment_ids[place], together.distance[place])
    assert (opened.predict(lines.rename(columns=str.upper)) == study.labels).all()  # headers in another case
    later = opened.predict(lines, as_of="2026-06-30")
    assert not np.array_equal(later.distance, together.distance)


def test_a_table_and_its_purchases_make_one_study(lines: pd.DataFrame, tmp_path: Path) -> None:
    ids = sorted(set(lines["customer"]))
    people = pd.DataFrame({"customer": [*ids, "K999"], "age": np.arange(len(ids) + 1) % 50 + 20.0})
    study = clientage.segment(people, transactions=lines, id="customer")
    assert study.summary()["kind"] == "both"
    assert study.quality["counts"]["customers_without_transactions"] == 1
    opened = clientage.open_run(study.save(tmp_path).path)
    np.testing.assert_array_equal(opened.predict(people, transactions=lines).labels, study.labels)
    with pytest.raises(clientage.ClientageError, match="--transactions"):
        opened.predict(people)
