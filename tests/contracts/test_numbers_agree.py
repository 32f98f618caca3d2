"""Report, slides and summary say the same numbers, and the same study says them twice in the same bytes."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pptx
import pytest

import made_studies
from clientage.publish import publish
from clientage.report.saved import saved_report
from clientage.report.slides import render_slides
from clientage.runs.run import Run
from clientage.segments.uplift import points
from clientage.segments.wording import number, percent


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return publish(made_studies.shop_study(), tmp_path_factory.mktemp("agree"))


@pytest.fixture(scope="module")
def page(run: Run) -> str:
    return run.read("report.html").decode()


@pytest.fixture(scope="module")
def deck(run: Run) -> Any:
    return pptx.Presentation(io.BytesIO(render_slides(saved_report(run))))


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_sizes_and_shares_agree(run: Run, page: str, deck: Any) -> None:
    glance = re.search(r'<table class="glance".*?</table>', page, re.DOTALL)[0]
    rows = [plain(row) for row in re.findall(r'<tr role="row" data-segment.*?</tr>', glance, re.DOTALL)]
    cards = [plain(card) for card in re.findall(r'<article class="card".*?</article>', page, re.DOTALL)]
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    slides = [" ".join(s.text_frame.text for s in slide.shapes if s.has_text_frame) for slide in deck.slides]
    for segment, row, card in zip(run.summary()["segments"], rows, cards, strict=True):
        size, share, worth = f"{segment['size']:,}", percent(segment["share"]), percent(segment["value_share"])
        assert re.match(rf"{segment['id']} {re.escape(segment['name'])} {size} {share} {worth} ", row)
        said = f"{size} customers, {share} of all, {worth} of the value"
        assert said in card
        assert any(segment["name"] in slide and said in slide for slide in slides)
        cells = [cell.text for cell in tables[0].rows[segment["id"]].cells]
        assert cells[2:5] == [size, share, worth]


def test_means_agree(run: Run, page: str) -> None:
    cards = re.findall(r'<article class="card".*?</article>', page, re.DOTALL)
    checked = 0
    for segment, card in zip(run.summary()["segments"], cards, strict=True):
        rows = [plain(row) for row in re.findall(r"<tr[^>]*>.*?</tr>", card, re.DOTALL)]
        for trait in segment["profile"]:
            if trait["category"] is not None or trait["mean"] is None:
                continue
            spoken = {number(trait["mean"]), number(trait["median"])}
            title = trait["column"].replace("_", " ")
            found = [row for row in rows if row.startswith(title)]
            assert len(found) == 1, title
            assert any(value in found[0] for value in spoken), (title, spoken, found)
            side = "above" if trait["effect"] >= 0 else "below"
            assert f"{abs(trait['effect']):.1f} standard deviations {side}" in found[0]
            checked += 1
    assert checked == 3 * run.summary()["n_segments"]


def test_traits_in_words_are_the_same_in_page_slides_and_summary(run: Run, page: str, deck: Any) -> None:
    text = plain(page)
    slides = " ".join(
        p.text for slide in deck.slides for s in slide.shapes if s.has_text_frame for p in s.text_frame.paragraphs
    )
    for segment in run.summary()["segments"]:
        words = [t["words"] for t in segment["profile"]]
        assert any(w in text for w in words)
        assert any(w in slides for w in words)


def test_responses_agree(run: Run, page: str) -> None:
    figure = re.search(r'<figure aria-labelledby="figure-responses">.*?</figure>', page, re.DOTALL)[0]
    (row,) = [plain(r) for r in re.findall(r"<tr[^>]*>.*?</tr>", figure, re.DOTALL)][1:]
    told = [f"{percent(o['value'])} ({percent(o['low'])} to {percent(o['high'])})" for o in outcomes(run)]
    assert row == " ".join(["response", percent(outcomes(run)[0]["overall"]), *told])
    cards = [plain(c) for c in re.findall(r'<article class="card".*?</article>', page, re.DOTALL)]
    for outcome, card in zip(outcomes(run), cards, strict=True):
        beyond = outcome["low"] > outcome["overall"] or outcome["high"] < outcome["overall"]
        assert (outcome["words"] in card) == beyond
    (drawn,) = spec(page, "responses")["concat"]
    for value, outcome in zip(drawn["data"]["values"], outcomes(run), strict=True):
        assert value["y"] == pytest.approx(outcome["value"], rel=1e-3)


def outcomes(run: Run) -> list[dict[str, Any]]:
    return [s["outcomes"][0] for s in run.summary()["segments"]]


def spec(page: str, name: str) -> Any:
    return json.loads(re.search(r'<script type="application/json" id="figures">(.*?)</script>', page, re.DOTALL)[1])[
        name
    ]


def test_uplift_and_dates_agree(tmp_path: Path) -> None:
    columns = made_studies.shop()
    columns["arm"] = ["mailed", "held out"] * 200
    columns["joined"] = [f"202{i % 4}-0{1 + i % 9}-15" for i in range(400)]
    roles = {"features": ["income", "store_visits", "total_spend"], "outcome": ["response"], "control": "arm=held out"}
    run = publish(made_studies.study(columns, roles=roles, cluster={"k": 4}), tmp_path)
    page = run.read("report.html").decode()
    figure = re.search(r'<figure aria-labelledby="figure-responses">.*?</figure>', page, re.DOTALL)[0]
    rows = [plain(r) for r in re.findall(r"<tr[^>]*>.*?</tr>", figure, re.DOTALL)]
    (uplift,) = [r for r in rows if r.startswith("response, uplift")]
    cards = [plain(c) for c in re.findall(r'<article class="card".*?</article>', page, re.DOTALL)]
    (drawn,) = spec(page, "responses")["concat"]
    for segment, card, value in zip(run.summary()["segments"], cards, drawn["data"]["values"], strict=True):
        found = segment["outcomes"][0]["uplift"]
        span = f"({points(found['low'])} to {points(found['high'])})"
        assert f"{points(found['difference'])} points {span}" in uplift
        assert value["y"] == pytest.approx(found["difference"], rel=1e-3, abs=1e-6)
        (joined,) = [t for t in segment["profile"] if t["column"] == "joined"]
        assert f"joined (median) {joined['date']} {joined['overall_date']}" in card
    deck = pptx.Presentation(io.BytesIO(render_slides(saved_report(run))))
    shown = [s.text_frame.text for slide in deck.slides for s in slide.shapes if s.has_text_frame]
    assert any("treated against" in text for text in shown)


def test_silhouettes_and_sizes_in_figures_are_the_summarys(run: Run, page: str) -> None:
    summary = run.summary()
    knife = re.search(r'<figure aria-labelledby="figure-knife">.*?</figure>', page, re.DOTALL)[0]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", r) for r in re.findall(r"<tr[^>]*>.*?</tr>", knife, re.DOTALL)]
    mean = sum(float(r[1]) * s["size"] for r, s in zip(rows[1:], summary["segments"], strict=False))
    assert mean / summary["n_customers"] == pytest.approx(summary["silhouette"], abs=0.006)
    sizes = spec(page, "sizes")["data"]["values"]
    assert [row["size"] for row in sizes] == [s["size"] for s in summary["segments"]]
    tree = re.search(r'<figure aria-labelledby="figure-dendrogram">.*?</figure>', page, re.DOTALL)[0]
    branches = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", r) for r in re.findall(r"<tr[^>]*>.*?</tr>", tree, re.DOTALL)]
    assert sum(int(b[1].replace(",", "")) for b in branches[1:] if b[1][:1].isdigit()) == summary["n_customers"]


def test_two_runs_on_the_same_data_give_the_same_page(tmp_path: Path, run: Run) -> None:
    """A second study of its own: nothing of the first is used."""
    again = publish(made_studies.shop_study.__wrapped__(), tmp_path, moment=1.0)
    assert again.run_id != run.run_id
    assert again.read("report.html") == run.read("report.html")
    assert again.read("document.json") == run.read("document.json")
    steady = ("timings", "peak_memory_mb")
    first, second = ({k: v for k, v in r.summary().items() if k not in steady} for r in (run, again))
    assert first == second


def test_the_page_holds_no_time(tmp_path: Path) -> None:
    record = made_studies.one_study()
    slow = replace(record, timings={"read": 99.0}, peak_memory_mb=9_999.0)
    pages = [publish(r, tmp_path, moment=m).read("report.html") for r, m in ((record, 1.0), (slow, 2.0))]
    assert pages[0] == pages[1]
