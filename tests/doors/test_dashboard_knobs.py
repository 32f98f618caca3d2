"""Overview and Choosing k without a browser: what they say of a study, and of a trial before and after it is judged."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Semaphore
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import made_studies
from clientage.dashboard import __main__ as server
from clientage.dashboard import benches, jobs, shelf
from clientage.dashboard.launch import Launch
from clientage.data.writing import write_csv
from clientage.publish import publish
from clientage.runs.run import Run
from clientage.selection.trade_off import cost_of
from clientage.study import StudyRecord
from clientage.trial.knobs import knobs_of
from clientage.trial.trial import judge_knobs
from patience import PATIENCE, until

JUDGING = "being judged"


class Visitor:
    """One visitor who looks at one run."""

    def __init__(self, app: AppTest, run: Run) -> None:
        self.app = app
        self.run = run

    def go(self, page: str) -> Visitor:
        self.app._page_hash = self.app.session_state["_pages"][page]._script_hash  # `switch_page` knows files only
        self.app.run()
        return self

    def turn(self, **knobs: Any) -> Visitor:
        kinds = {"algorithm": "selectbox", "k": "button_group", "features": "button_group"}
        for name, value in knobs.items():
            key = f"knob_{self.run.run_id}_0_{name}"
            getattr(self.app, kinds.get(name, "toggle"))(key=key).set_value(value)
        self.app.run()
        return self

    def press(self, key: str) -> Visitor:
        self.app.button(key=key).click().run()
        return self

    @property
    def words(self) -> str:
        """Everything the page says."""
        assert not self.app.exception, [e.value for e in self.app.exception]
        kinds = ("title", "header", "subheader", "markdown", "caption", "button")
        found = [str(getattr(e, "value", "")) + str(getattr(e, "label", "")) for k in kinds for e in self.app.get(k)]
        return "\n".join(found + [e.proto.body for e in self.app.get("html")])

    @property
    def job(self) -> Any:
        return self._held("_job")

    @property
    def judging(self) -> Any:
        return self._held("_judging")

    def _held(self, name: str) -> Any:
        return self.app.session_state[name] if name in self.app.session_state else None  # noqa: SIM401 - it has no `get`


@pytest.fixture
def visit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Visitor]]:
    """Open a study as a new visitor; work that was begun is stopped in the end."""
    visitors: list[Visitor] = []

    def opened(record: StudyRecord, page: str = "overview", *, known: bool = True, **address: str) -> Visitor:
        run = publish(record, tmp_path / "runs")
        source = tmp_path / "shop.csv"
        if not source.exists():
            write_csv(source, made_studies.shop())
        if known:
            shelf.keep(run.path, shelf.Kept(record, str(source)))
        monkeypatch.setattr(sys, "argv", ["app.py", *Launch(tmp_path / "runs", tmp_path / "scratch", "").words()])
        app = AppTest.from_file(str(server.APP), default_timeout=PATIENCE)
        for name, value in {"run": run.path.name, **address}.items():
            app.query_params[name] = value
        app.run()
        visitors.append(Visitor(app, run))
        return visitors[-1].go(page)

    yield opened
    for visitor in visitors:
        for job in (visitor.job, visitor.judging and visitor.judging.job):
            if job is not None:
                job.cancel()


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is begun waits its turn, so that it is there to be looked at however fast it would be."""
    monkeypatch.setattr(jobs, "_turns", Semaphore(0))


@cache
def no_value_study() -> StudyRecord:
    features = ["income", "store_visits"]
    table = {k: v for k, v in made_studies.shop().items() if k != "total_spend"}
    return made_studies.study(table, roles={"features": features})


@pytest.mark.parametrize("make", ["shop_study", "noise_study", "twelve_study", "one_study"])
def test_overview_of_a_study(visit: Callable[..., Visitor], make: str) -> None:
    record = getattr(made_studies, make)()
    said = visit(record).words
    assert record.verdict.sentence in said
    assert f"{record.customers.n:,}" in said
    for segment in record.profiles.segments:
        assert segment.name in said
    assert JUDGING not in said
    assert "callout serious" in said or make in {"shop_study", "twelve_study"}
    null = record.selection.null
    expected = null.expected(record.selection.chosen.k) if null is not None else None
    assert expected is None or f"(chance {expected[0]:.2f})" in said


def test_without_a_column_of_money_the_headline_says_so(visit: Callable[..., Visitor]) -> None:
    assert "no column says what customers are worth" in visit(no_value_study()).words
    assert "no column says" not in visit(made_studies.shop_study()).words


def test_a_run_without_its_customers_has_no_knobs_and_says_why(visit: Callable[..., Visitor]) -> None:
    visitor = visit(made_studies.shop_study(), known=False)
    assert made_studies.shop_study().verdict.sentence in visitor.words
    assert "a run keeps none" in visitor.words
    assert not visitor.app.toggle
    said = visitor.go("choosing").words
    assert "Every solution that was tried" in said


def test_a_turned_knob_shows_the_trial_and_nothing_of_the_study(visit: Callable[..., Visitor]) -> None:
    record = made_studies.four_study()
    visitor = visit(record).turn(k=3)
    said = visitor.words
    assert "A trial with 3 segments, being judged" in said
    assert f"silhouette (chance: {JUDGING})" in said
    assert f"stability: {JUDGING}" in said
    assert "This is a trial on all 400 customers" in said
    assert record.verdict.sentence not in said
    assert all(f"{s.recommendation.title}</strong>" not in said for s in record.profiles.segments)
    assert visitor.app.query_params["k"] == "3"
    back = visitor.press("put_back")
    assert record.verdict.sentence in back.words
    assert "k" not in back.app.query_params


def places(visitor: Visitor) -> list[tuple[int, ...]]:
    """Where on the page something stands, however it looks."""

    def below(node: Any, path: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        yield path
        for i, child in getattr(node, "children", {}).items():
            yield from below(child, (*path, i))

    return sorted(below(visitor.app.main, ()))


@pytest.mark.parametrize(
    "turned",
    [{"k": 3}, {"k": 5}, {"outliers": False}, {"features": ["income"]}, {"features": []}, {"algorithm": "dbscan"}],
    ids=str,
)
def test_a_turned_knob_takes_no_place_more_or_less(visit: Callable[..., Visitor], turned: dict[str, Any]) -> None:
    """What one drawing has fewer of than another can stay on a browser's page; a button of the trial did."""
    visitor = visit(made_studies.four_study())
    before = places(visitor)
    assert visitor.app.button(key="put_back").disabled
    assert visitor.app.button(key="adopt").disabled
    assert places(visitor.turn(**turned)) == before
    assert not visitor.app.button(key="put_back").disabled
    assert places(visitor.press("put_back")) == before


def bench(visitor: Visitor) -> Any:
    return benches._benches[visitor.run.path]


def position(visitor: Visitor, **turned: Any) -> Any:
    return replace(knobs_of(bench(visitor).sampled), **turned)


def test_a_trial_is_judged_by_another_process_and_then_says_so(visit: Callable[..., Visitor]) -> None:
    visitor = visit(made_studies.four_study()).turn(k=3)
    until(lambda: JUDGING not in visitor.words, pause=lambda: (time.sleep(0.2), visitor.app.run()))
    record = judge_knobs(bench(visitor).sampled, position(visitor, k=3)).record
    assert record is not None
    said = visitor.words
    assert record.verdict.sentence in said
    expected = record.selection.null.expected(3) if record.selection.null is not None else None
    assert expected is not None
    assert f"silhouette (chance {expected[0]:.2f})" in said
    for segment in record.profiles.segments:
        assert segment.name in said


@pytest.mark.parametrize(
    ("turned", "told"),
    [
        ({"algorithm": "ward"}, "Ward instead of k-means"),
        ({"algorithm": "dbscan"}, "DBSCAN instead of k-means"),
        ({"features": ["income", "store_visits", "total_spend", "city"]}, "with &#39;city&#39;"),
        ({"features": ["income", "store_visits"]}, "without &#39;total_spend&#39;"),
        ({"skew": False}, "skewed features as they are"),
        ({"outliers": False}, "outliers as they are"),
    ],
    ids=str,
)
def test_every_knob_is_told(visit: Callable[..., Visitor], turned: dict[str, Any], told: str) -> None:
    assert told in visit(made_studies.four_study()).turn(**turned).words


def test_no_feature_at_all_is_refused_in_words(visit: Callable[..., Visitor]) -> None:
    said = visit(made_studies.four_study()).turn(features=[]).words
    assert "Take one in" in said
    assert made_studies.four_study().verdict.sentence not in said


def test_address_brings_the_trial_back(visit: Callable[..., Visitor]) -> None:
    assert "A trial with 5 segments" in visit(made_studies.four_study(), k="5").words


def test_one_segment_can_be_divided(visit: Callable[..., Visitor]) -> None:
    assert "A trial with 2 segments" in visit(made_studies.one_study()).turn(k=2).words


@pytest.mark.usefixtures("waiting")
def test_one_click_makes_the_trial_the_study(visit: Callable[..., Visitor]) -> None:
    visitor = visit(made_studies.four_study()).turn(k=3, outliers=False).press("adopt")
    assert visitor.job.task.kind == "study"
    assert visitor.job.task.settings.cluster.k == 3
    assert visitor.job.task.settings.features.outliers == "keep"


@pytest.mark.usefixtures("waiting")
def test_choosing_says_what_others_cost_and_takes_them_in_one_click(visit: Callable[..., Visitor]) -> None:
    record = made_studies.four_study()
    visitor = visit(record, "choosing")
    said = visitor.words.replace("\\", "")
    others = [c for c in record.selection.runners_up if c.k > 1]
    assert others
    for other in others:
        assert cost_of(record.selection, other).sentence in said
    visitor.press("take_next_0")
    assert visitor.job.task.settings.cluster.k == others[0].k
    assert visitor.job.task.settings.cluster.algorithm == others[0].algorithm


def test_choosing_looks_at_any_candidate_and_its_cut(visit: Callable[..., Visitor]) -> None:
    record = made_studies.four_study()
    visitor = visit(record, "choosing")
    visitor.app.button_group(key=f"cut_{visitor.run.run_id}_kmeans").set_value(6).run()
    other = next(c for c in record.selection.candidates if (c.algorithm, c.k) == ("kmeans", 6))
    assert cost_of(record.selection, other).sentence in visitor.words.replace("\\", "")
    assert "Cut into six" in visitor.words
    visitor.press("try_other")
    assert "A trial with 6 segments" in visitor.go("overview").words


@pytest.mark.parametrize("make", ["noise_study", "twelve_study", "one_study"])
def test_choosing_of_every_kind_of_study(visit: Callable[..., Visitor], make: str) -> None:
    record = getattr(made_studies, make)()
    said = visit(record, "choosing").words
    assert "Every solution that was tried" in said
    assert "could not be done" not in said
