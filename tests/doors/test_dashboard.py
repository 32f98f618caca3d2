"""The dashboard's pages, drawn without a browser: every page in every state."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Semaphore
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import made_studies
from clientage.dashboard import __main__ as server
from clientage.dashboard import jobs, shelf, shell
from clientage.dashboard.launch import Launch
from clientage.data.writing import write_csv
from clientage.publish import publish
from clientage.runs.run import Run
from clientage.study import STEPS, StudyRecord
from patience import PATIENCE, until

PAGES = [address for _, address, *_ in shell.PAGES]
Open = Callable[..., AppTest]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def visit(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Open a page as a new visitor: ``visit("segments", run="…")``; his work is stopped in the end."""
    visitors: list[AppTest] = []

    def opened(page: str = "data", opened: str = "", **address: object) -> AppTest:
        monkeypatch.setattr(sys, "argv", ["app.py", *Launch(folder, tmp_path / "scratch", opened).words()])
        app = AppTest.from_file(str(server.APP), default_timeout=PATIENCE)
        for name, value in address.items():
            app.query_params[name] = str(value)
        app.run()
        if page != "data":
            go(app, page)
        visitors.append(app)
        return app

    yield opened
    for app in visitors:
        if (job := job_of(app)) is not None:
            job.cancel()


def go(app: AppTest, page: str) -> AppTest:
    """Go to a page by its address."""
    pages = app.session_state["_pages"]
    app._page_hash = pages[page]._script_hash  # `switch_page` knows files only
    return app.run()


def job_of(app: AppTest) -> Any:
    """The visitor's work, None when there is none; this state knows no `get`."""
    if "_job" not in app.session_state:
        return None
    return app.session_state["_job"]


def saved(record: StudyRecord, folder: Path, *, known: bool = True) -> Run:
    run = publish(record, folder)
    if known:
        shelf.keep(run.path, shelf.Kept(record, ""))
    return run


def words(app: AppTest) -> str:
    """Everything a page says."""
    assert not app.exception, [e.value for e in app.exception]
    kinds = ("title", "subheader", "markdown", "caption", "html", "button", "text_input", "selectbox")
    found = [str(getattr(e, "value", "")) + str(getattr(e, "label", "")) for k in kinds for e in app.get(k)]
    found += [e.proto.body for e in app.get("html") if hasattr(e.proto, "body")]
    return "\n".join(found)


def wait(app: AppTest) -> AppTest:
    """Let the visitor's work come to its end, and look again."""
    while (job := job_of(app)) is not None:
        until(lambda job=job: job.done, lambda job=job: job.step)
        app.run()
    return app


def press(app: AppTest, label: str) -> AppTest:
    return next(b for b in app.button if b.label == label).click().run()


def shop_file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.csv"
    write_csv(path, made_studies.shop(120))
    return path


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_page_says_what_to_do_next(visit: Open, page: str) -> None:
    app = visit(page)
    said = words(app)
    assert "Nothing is open yet" in said if page == "data" else "callout info" in said
    assert app.title


@pytest.mark.parametrize(
    ("study", "known"),
    [("shop", True), ("hostile", True), ("one", True), ("noise", True), ("shop", False), ("hostile", False)],
)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_a_run(visit: Open, folder: Path, page: str, study: str, known: bool) -> None:
    record = getattr(made_studies, f"{study}_study")()
    run = saved(record, folder, known=known)
    app = visit(page, run=run.path.name)
    said = words(app)
    assert "could not be done" not in said
    assert made_studies.CANARY not in said
    assert made_studies.MARKUP not in said  # only ever escaped
    assert "C00001" not in said


def test_every_tab_of_the_segments_is_drawn(visit: Open, folder: Path) -> None:
    run = saved(made_studies.shop_study(), folder)
    app = visit("segments", run=run.path.name)
    for tab in ("Figures", "What sets them apart", "Spread", "Categories", "Responses", "Map"):
        app.session_state["tabs_all"] = tab
        app.run()
        assert "could not be done" not in words(app), tab


def test_one_segment_has_a_page_by_its_address(visit: Open, folder: Path) -> None:
    record = made_studies.shop_study()
    run = saved(record, folder)
    app = visit("segments", run=run.path.name, segment=2)
    said = words(app)
    assert 'id="segment-2"' in said
    assert 'id="segment-1"' not in said
    assert record.profiles[2].recommendation.text.split("&")[0][:40] in said


def test_a_name_of_ones_own_holds_everywhere(visit: Open, folder: Path) -> None:
    record = made_studies.shop_study()
    run = saved(record, folder)
    app = visit("segments", run=run.path.name, segment=1)
    app.text_input[0].set_value("Quiet <b>friends</b>")
    next(b for b in app.button if b.label == "Rename").click().run()
    assert run.summary()["segments"][0]["name"] == "Quiet <b>friends</b>"
    said = words(app)
    assert "Quiet &lt;b&gt;friends&lt;/b&gt;" in said
    assert "<b>friends" not in said.replace(app.text_input[0].value, "")
    assert "Quiet" in words(visit("overview", run=run.path.name))
    app = visit("segments", run=run.path.name, segment=1)
    next(b for b in app.button if b.label == "Computed name").click().run()
    assert run.summary()["segments"][0]["name"] == record.profiles[1].name


def test_a_name_that_is_taken_is_refused_in_words(visit: Open, folder: Path) -> None:
    run = saved(made_studies.shop_study(), folder)
    app = visit("segments", run=run.path.name, segment=1)
    app.text_input[0].set_value("Friends")
    next(b for b in app.button if b.label == "Rename").click().run()
    app = visit("segments", run=run.path.name, segment=2)
    app.text_input[0].set_value("friends")
    next(b for b in app.button if b.label == "Rename").click().run()
    assert "a name of its own for each segment" in words(app)
    assert run.summary()["segments"][0]["name"] == "Friends"


def test_bars_and_a_frame_on_the_map_choose_customers(visit: Open, folder: Path) -> None:
    record = made_studies.shop_study()
    run = saved(record, folder)
    app = visit("segments", run=run.path.name)
    key = f"chart_sizes_pick_{run.path.name}"
    app.session_state[key] = {"selection": {"choice": [{"id": 2}]}}
    app.run()
    said = words(app)
    assert f"{record.profiles[2].size} customers" in said.replace(r"\,", ",")
    shown = app.dataframe[0].value
    assert "id" not in shown.columns
    assert "income" in shown.columns


@pytest.mark.parametrize("study", ["shop", "hostile"])
def test_sliders_classify_one_customer(visit: Open, folder: Path, study: str) -> None:
    record = getattr(made_studies, f"{study}_study")()
    run = saved(record, folder, known=False)
    app = visit("predict", run=run.path.name)
    assert "Why this segment" in words(app)
    seen = set()
    for end in ("min", "max"):
        for slider in app.slider:
            slider.set_value(getattr(slider, end))
        app.run()
        said = words(app)
        seen.update(s.id for s in record.profiles.segments if f">{s.id}</span>" in said)
    assert len(seen) > 1


def test_two_runs_are_shown_side_by_side(visit: Open, folder: Path) -> None:
    runs = [saved(made_studies.shop_study(), folder, known=False) for _ in range(2)]
    app = visit("runs")
    app.session_state["history"] = {"selection": {"rows": [0, 1], "columns": [], "cells": []}}
    app.run()
    said = words(app)
    assert "made with the same settings" in said
    assert [m.value for m in app.metric] == ["1.00", "400", "0"]
    assert len(runs) == 2


def test_a_run_is_opened_and_its_report_made(visit: Open, folder: Path) -> None:
    run = saved(made_studies.shop_study(), folder, known=False)
    app = visit("runs")
    app.session_state["history"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    next(b for b in app.button if b.label == "Make the report").click().run()
    wait(app)
    (made,) = app.session_state["_reports"].values()
    assert made.read_bytes().startswith(b"<!doctype html>")
    app.session_state["history"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    next(b for b in app.button if b.label == "Open").click().run()
    assert app.query_params["run"] in (run.path.name, [run.path.name])


@pytest.mark.parametrize("name", ["../secret", "..", "/etc", "a" * 200, "no-such-run", "A B", "%2e%2e"])
def test_an_address_leads_to_no_other_folder(visit: Open, folder: Path, name: str) -> None:
    folder.mkdir()
    (folder.parent / "secret").mkdir()
    app = visit("segments", run=name)
    assert "could not be done" in words(app)


def test_a_damaged_run_is_told_and_the_page_lives(visit: Open, folder: Path) -> None:
    run = saved(made_studies.shop_study(), folder, known=False)
    document = run.path / "document.json"
    document.write_bytes(document.read_bytes()[:-10])
    assert "could not be done" in words(visit("segments", run=run.path.name))
    app = visit("runs")
    assert list(app.dataframe[0].value["Verdict"]) == ["damaged"]


def test_a_file_becomes_roles_and_then_segments(visit: Open, tmp_path: Path, folder: Path) -> None:
    path = shop_file(tmp_path)
    app = wait(visit(opened=str(path)))
    said = words(app)
    assert "What each column is" in said
    assert "Where every row" in said
    app.text_area[0].set_value("cluster.bootstraps = 0\ncluster.null_draws = 0\ncluster.k = 4").run()
    next(b for b in app.button if b.label == "Make segments").click().run()
    wait(app)
    (run,) = folder.iterdir()
    assert app.query_params["run"] in (run.name, [run.name])
    assert json.loads((run / "summary.json").read_text())["n_segments"] == 4
    assert shelf.kept(run) is not None


def test_a_setting_that_cannot_be_is_refused_and_nothing_begins(visit: Open, tmp_path: Path) -> None:
    app = wait(visit(opened=str(shop_file(tmp_path))))
    app.text_area[0].set_value("cluster.kk = 4").run()
    said = words(app)
    assert "cluster.kk" in said
    assert next(b for b in app.button if b.label == "Make segments").disabled


def test_work_is_stopped_by_its_button(visit: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_turns", Semaphore(0))  # it waits its turn: on a fast day it might be done already
    app = visit(opened=str(shop_file(tmp_path)))
    job = app.session_state["_job"]
    press(app, "Stop")
    until(lambda: job.done)
    assert job.cancelled
    assert not job.parts
    app.run()
    assert job_of(app) is None  # nothing begins again by itself
    assert "Look at it again" in words(app)


def test_a_study_is_stopped_by_its_button(visit: Open, tmp_path: Path, folder: Path) -> None:
    app = wait(visit(opened=str(shop_file(tmp_path))))
    app.text_area[0].set_value("cluster.bootstraps = 20000").run()  # minutes of work
    press(app, "Make segments")
    job = app.session_state["_job"]
    until(lambda: job.step == STEPS["select"], lambda: job.step)
    press(app.run(), "Stop")
    until(lambda: job.done)
    assert job.cancelled
    assert not job.parts
    assert not folder.exists()
    assert "Make segments" in words(app.run())


def test_a_file_that_is_refused_says_so_in_three_parts(visit: Open, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("id,age\n")
    app = wait(visit(opened=str(path)))
    said = words(app)
    assert "could not be done" in said
    assert "Expected: " in said
    assert "What to do: " in said
    next(b for b in app.button if b.label == "I have read this").click().run()
    assert job_of(app) is None
    assert "could not be done" not in words(app)


def test_visitors_do_not_see_each_other(visit: Open, folder: Path) -> None:
    runs = [saved(made_studies.shop_study(), folder), saved(made_studies.one_study(), folder)]
    apps = [visit("segments", run=runs[i % 2].path.name, segment=1) for i in range(10)]
    for i, app in enumerate(apps):
        app.run()
        expected = runs[i % 2].summary()["segments"]
        pills: Any = app.get("button_group")[0]
        assert len(pills.options) == 1 + len(expected)
