"""Every door gives every customer the same segment: on whole real files, with gaps, new categories and hostile text.

Segments must be equal for 99.999 % of customers, and where they differ the customer stands between both within 1e-9.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import clientage
from clientage.data.samples import write_shop
from clientage.features.customers import Customers
from clientage.publish import publish
from clientage.runs.run import Run
from parity_doors import DOORS, SMALL_BODIES, Answers, Where, python

HOSTILE = 'a"; DROP TABLE t;--'
NEW = """O'Brien "x"; DROP TABLE t;--"""
QUOTED = """it's a "quoted" \\ back`slash`"""
QUICK = {"bootstraps": 2, "null_draws": 1, "coreset_size": 512}
TIE = 1e-9
ROUNDED = {"command line": 5e-7, "HTTP": 5e-7, "pyfunc": 5e-7}  # written with six decimals
SOME_CUSTOMERS = 150


@dataclass(frozen=True)
class Case:
    run: Run
    frame: pd.DataFrame
    id_column: str
    expected: Answers
    figures: Customers | None = None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("parity")


@pytest.fixture(scope="module")
def case(request: pytest.FixtureRequest, folder: Path) -> Case:
    """A run, raw customers to score with it, and what Python says of them."""
    made: Case = MADE[request.param](request, folder)
    return made


def _case(study: clientage.Study, frame: pd.DataFrame, id_column: str, folder: Path) -> Case:
    run = publish(study.record, folder / id_column)
    where = Where(folder, "", "t", id_column)
    return Case(run, frame, id_column, python(run, frame, where))


def perturbed(frame: pd.DataFrame, features: list[str], id_column: str) -> pd.DataFrame:
    """Return the rows, and again under other ids with gaps, far values, categories never seen, and nothing at all."""
    rng = np.random.default_rng(11)
    again = frame.iloc[: len(frame) // 3].copy()
    again[id_column] = [_other_id(v) for v in again[id_column]]
    for name in features:
        chance = rng.random(len(again))
        if frame[name].dtype.kind in "fi":
            again[name] = again[name].astype(float)
            again.loc[chance < 0.01, name] = -1e7
            again.loc[(chance > 0.01) & (chance < 0.02), name] = 1e9
        else:
            again.loc[chance < 0.02, name] = NEW
            again.loc[(chance > 0.02) & (chance < 0.04), name] = again[name].str.upper()
        again.loc[chance > 0.95, name] = None
    again.loc[again.index[:3], features] = None
    return pd.concat([frame, again], ignore_index=True)


def _other_id(value: Any) -> Any:
    return f"again {value}" if isinstance(value, str) else value + 1_000_000


def _marketing(request: pytest.FixtureRequest, folder: Path) -> Case:
    path = request.getfixturevalue("shared_data") / "marketing_campaign.csv"
    frame = pd.read_csv(path, sep="\t").rename(columns={"Income": HOSTILE})
    frame["Marital_Status"] = frame["Marital_Status"].replace({"Widow": QUOTED, "Divorced": "Île-de-Ré"})
    features = [HOSTILE, "Recency", "MntWines", "MntFishProducts", "NumWebPurchases", "Education", "Marital_Status"]
    study = clientage.segment(frame, id="ID", features=features, k=5, algorithm="kmeans", cluster=QUICK)
    return _case(study, perturbed(frame, features, "ID"), "ID", folder)


def _cards(request: pytest.FixtureRequest, folder: Path) -> Case:
    path = request.getfixturevalue("shared_data") / "CC GENERAL.csv"
    frame = pd.read_csv(path)
    features = [c for c in frame if c != "CUST_ID"]
    study = clientage.segment(frame, id="CUST_ID", features=features, k=4, algorithm="mixture", cluster=QUICK)
    return _case(study, perturbed(frame, features, "CUST_ID"), "CUST_ID", folder)


def _shop(request: pytest.FixtureRequest, folder: Path) -> Case:
    del request
    frame = pd.read_csv(write_shop(folder / "shop", 1_000).customers, dtype={"customer_id": str})
    frame = frame.drop_duplicates().drop(columns=["email"])
    features = ["age", "annual_income", "total_spend", "discount_share", "days_since_last_order", "gender", "city"]
    weights = {"gender": 0.3, "city": 0.1}
    study = clientage.segment(
        frame,
        id="customer_id",
        features=features,
        algorithm="hdbscan",
        cluster={**QUICK, "coreset_size": 2_048},
        features_policy={"weights": weights},
    )
    return _case(study, perturbed(frame, features, "customer_id"), "customer_id", folder)


def _retail(request: pytest.FixtureRequest, folder: Path) -> Case:
    """Invoice lines; those of 500 customers again, damaged, under other names."""
    path = request.getfixturevalue("shared_data") / "online_retail.csv.gz"
    frame = pd.read_csv(path, dtype={"InvoiceNo": str, "StockCode": str})
    frame["InvoiceDate"] = pd.to_datetime(frame["InvoiceDate"])
    again = frame[frame["CustomerID"] < 12_800].copy()
    again["CustomerID"] += 1_000_000
    chance = np.random.default_rng(12).random(len(again))
    for low, name in enumerate(["CustomerID", "Quantity", "UnitPrice", "StockCode", "InvoiceNo", "Description"]):
        again.loc[(chance > low / 50) & (chance < (low + 1) / 50), name] = None
    again.loc[chance > 0.98, "StockCode"] = NEW
    frame = pd.concat([frame, again], ignore_index=True)
    study = clientage.segment(frame, k=4, algorithm="kmeans", cluster=QUICK)
    return replace(_case(study, frame, "CustomerID", folder), figures=study.record.customers)


MADE: dict[str, Callable[[pytest.FixtureRequest, Path], Case]] = {
    "marketing campaign": _marketing,
    "card holders": _cards,
    "simulated shop": _shop,
    "online retail": _retail,
}


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def _call(main: Callable[[], None], *words: object) -> None:
        monkeypatch.setattr(sys, "argv", ["clientage", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        assert not left.value.code, capsys.readouterr().err

    return _call


@pytest.mark.parametrize("case", MADE, indirect=True)
@pytest.mark.parametrize("door", DOORS)
def test_every_door_gives_the_same_segments(
    case: Case, door: str, tmp_path: Path, request: pytest.FixtureRequest, call: Callable[..., None]
) -> None:
    server = request.getfixturevalue("postgres") if door == "SQL on PostgreSQL" else ""
    lines = case.figures is not None
    where = Where(tmp_path, server, "features", case.id_column, lines, case.figures, call)
    frame, expected = case.frame, case.expected
    if lines and door in SMALL_BODIES:
        frame, expected = _some_customers(case)
    found = DOORS[door](case.run, frame, where)
    assert_same(found, expected, ROUNDED.get(door, TIE))


def _some_customers(case: Case) -> tuple[pd.DataFrame, Answers]:
    ids = sorted(case.expected, key=int)[:: max(1, len(case.expected) // SOME_CUSTOMERS)]
    frame = case.frame[case.frame[case.id_column].isin([float(i) for i in ids])]
    return frame, {i: case.expected[i] for i in ids}


def assert_same(found: Answers, expected: Answers, tolerance: float) -> None:
    assert found.keys() == expected.keys()
    pairs = [(found[i], expected[i]) for i in expected]
    other = [e for f, e in pairs if (f.segment_id, f.segment_name) != (e.segment_id, e.segment_name)]
    assert len(other) <= 1e-5 * len(pairs)
    assert all(e.confidence <= TIE for e in other)
    runners = [e for f, e in pairs if f.runner_up_id != e.runner_up_id]
    assert len(runners) <= 1e-5 * len(pairs)
    for value in ("confidence", "distance"):
        difference = [abs(getattr(f, value) - getattr(e, value)) for f, e in pairs]
        assert max(difference) <= tolerance, value


@pytest.mark.parametrize("case", ["marketing campaign"], indirect=True)
def test_the_cases_hold_what_they_shall(case: Case) -> None:
    """Gaps, categories never seen and rows without any value are really among what is scored."""
    assert case.frame["Marital_Status"].isin([NEW]).sum() > 10
    assert case.frame["Marital_Status"].isin([QUOTED]).sum() > 50
    assert case.frame[HOSTILE].isna().sum() > 40
    assert len(case.expected) == len(case.frame) - 3
    assert len({a.segment_id for a in case.expected.values()}) == 5
