"""The verdict comes first and in plain words in every door, and what follows does not contradict it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import made_studies
from clientage.checks.catalogue import CHECKS
from clientage.data.writing import write_csv
from clientage.publish import publish
from clientage.rendering import write_report
from clientage.runs.run import Run

HEADLINES = {"noise": "No groups, arbitrary cuts", "four": "Real groups"}


@pytest.fixture(scope="module", params=HEADLINES)
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Run]:
    record = getattr(made_studies, f"{request.param}_study")()
    return HEADLINES[request.param], publish(record, tmp_path_factory.mktemp("runs"))


def words(text: str) -> str:
    return " ".join(text.split())


def test_show_begins_with_the_headline_and_the_sentence(saved: tuple[str, Run], clientage: Callable[..., Any]) -> None:
    headline, run = saved
    summary = run.summary()
    assert summary["verdict_headline"] == headline
    assert words(clientage("show", run.path).out).startswith(f"{headline}. {summary['verdict_sentence']}")


def test_show_all_tells_every_check_criterion_and_solution(
    saved: tuple[str, Run], clientage: Callable[..., Any]
) -> None:
    summary = saved[1].summary()
    usual, everything = (words(clientage("show", saved[1].path, *more).out) for more in ((), ("--all",)))
    assert everything.startswith(usual)
    more = everything[len(usual) :]
    assert all(check.code in more for check in CHECKS)
    assert more.count("could not judge") == len(summary["unjudged"])
    assert more.count("kmeans") == sum(c["algorithm"] == "kmeans" for c in summary["candidates"])
    assert "Gap statistic" in more
    assert all(f["text"] in everything for f in summary["findings"])


def test_a_run_of_before_is_shown_as_well(saved: tuple[str, Run]) -> None:
    from clientage.cli.present import show_judgement, show_summary

    summary = saved[1].summary()
    for key in ("verdict_headline", "checks", "favourites"):
        del summary[key]
    show_summary(summary, saved[1].path)
    show_judgement(summary)


def test_report_and_slides_begin_with_it(saved: tuple[str, Run], tmp_path: Path) -> None:
    pptx = pytest.importorskip("pptx", reason="the library for slides is not installed")
    headline, run = saved
    sentence = run.summary()["verdict_sentence"]
    page = run.read("report.html").decode()
    main = page[page.index("<main") :]
    assert main.index(headline) < main.index(sentence) < main.index('id="segments"')
    (path,) = write_report(run, "pptx", tmp_path / "deck.pptx")
    first = next(iter(pptx.Presentation(io.BytesIO(path.read_bytes())).slides))
    told = [shape.text_frame.text for shape in first.shapes if shape.has_text_frame]
    assert headline in told
    assert any(sentence in text for text in told)


def test_of_noise_nothing_speaks_of_groups_or_advises(tmp_path: Path) -> None:
    run = publish(made_studies.noise_study(), tmp_path)
    summary = run.summary()
    assert summary["verdict_sentence"].startswith("There are no groups of customers")
    assert {s["recommendation"]["play"] for s in summary["segments"]} == {"none"}
    told = json.dumps(summary, ensure_ascii=False) + run.read("document.json").decode()
    for claim in ("separate groups of customers", "Real groups", "lie nearest to their own segment"):
        assert claim not in told


def test_what_was_asked_for_is_answered_in_the_verdict(clientage: Callable[..., Any], tmp_path: Path) -> None:
    """Four groups, and a person who wants eight: the door says that these are not the groups."""
    columns = made_studies.shop()
    features = ["income", "store_visits", "total_spend"]
    write_csv(tmp_path / "shop.csv", {name: columns[name] for name in ("customer_id", *features)})
    said = words(clientage("run", tmp_path / "shop.csv", "--k", 8, "--out", tmp_path / "runs").out)
    assert said.startswith("Groups exist, but not these. These customers fall into separate groups, and the 8 segments")
    assert "You asked for 8 segments; the rule would take" in said
    assert "you give up" in said
