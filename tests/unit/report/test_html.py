"""The page: self-contained, the same each time, readable by machines that read aloud, harmless."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise

import pytest

import made_studies
from clientage.charts.catalogue import FIGURES
from clientage.report import html
from clientage.report.document import build_document
from clientage.report.exploration import render_exploration
from clientage.report.html import render_html

STUB = "window.vegaEmbed = 0;"


class Page(HTMLParser):
    """Elements, attributes and texts of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.scripts: list[str] = []
        self._open = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag

    def handle_data(self, data: str) -> None:
        (self.scripts if self._open == "script" else self.text).append(data)

    def handle_endtag(self, tag: str) -> None:
        self._open = "" if tag == self._open else self._open

    def attributes(self, name: str) -> list[str]:
        return [a[name] or "" for _, a in self.elements if name in a]


@pytest.fixture(autouse=True)
def stub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "vega_bundle", lambda: STUB)


def rendered(name: str) -> str:
    return render_html(build_document(getattr(made_studies, f"{name}_study")()))


@pytest.fixture(params=["shop", "hostile", "noise", "twelve", "one", "exploration"])
def source(request: pytest.FixtureRequest) -> str:
    if request.param == "exploration":
        record = made_studies.hostile_study()
        return render_exploration(record.prepared, record.matrix)
    return rendered(request.param)


def test_the_same_document_gives_the_same_bytes() -> None:
    assert rendered("shop") == rendered("shop")


def test_nothing_is_loaded_from_elsewhere(source: str) -> None:
    page = Page(source)
    for name in ("src", "srcset", "data", "action", "poster"):
        assert page.attributes(name) == []
    assert all(link.startswith("#") for link in page.attributes("href"))
    assert not {"link", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in page.elements}
    assert "@import" not in source
    assert "url(" not in source


def test_names_from_the_data_are_text_only() -> None:
    page = Page(rendered("hostile"))
    tags = Counter(tag for tag, _ in page.elements)
    assert tags["img"] == 0
    assert tags["script"] == 3  # figures, bundle, page
    assert not [a for _, attributes in page.elements for a in attributes if a.startswith("on")]
    text = " ".join(page.text)
    assert made_studies.MARKUP in text
    assert made_studies.SCRIPT in text


def test_only_the_scripts_of_this_program_may_run(source: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', source)
    assert policy
    allowed = set(re.findall(r"&#39;sha256-([^&]+)&#39;", policy[1]))
    runnable = re.findall(r"<script>(.*?)</script>", source, re.DOTALL)
    hashes = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in runnable}
    assert allowed == hashes
    assert "default-src &#39;none&#39;" in policy[1]
    assert "unsafe-eval" not in policy[1]


def test_headings_are_in_order_and_links_lead_somewhere(source: str) -> None:
    page = Page(source)
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    targets = {link[1:] for link in page.attributes("href")} | set(page.attributes("aria-labelledby"))
    assert targets <= set(ids)


def test_tables_have_headers_and_figures_words(source: str) -> None:
    page = Page(source)
    for tag, attributes in page.elements:
        if tag == "th":
            assert attributes.get("scope") in {"col", "row"}
        if attributes.get("class") == "chart":
            assert len(attributes["aria-label"] or "") > 40
    tags = {tag for tag, _ in page.elements}
    assert {"header", "nav", "main", "footer"} <= tags


def test_every_figure_has_its_numbers_as_a_table() -> None:
    page = Page(rendered("shop"))
    figures = [a for tag, a in page.elements if tag == "figure"]
    charts = page.attributes("data-figure")
    assert len(figures) == len(charts) == len(FIGURES)
    assert sum(a.get("class") == "numbers" for _, a in page.elements) == len(FIGURES)


def test_without_the_chart_script_the_page_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "vega_bundle", lambda: None)
    page = Page(rendered("shop"))
    text = " ".join(page.text)
    assert "pip install 'clientage[charts]'" in text
    assert page.attributes("data-figure") == []
    assert len([1 for tag, _ in page.elements if tag == "figure"]) == len(FIGURES)
    assert not [1 for _, a in page.elements if a.get("class") == "numbers"]
    assert len(page.scripts) == 2


def test_a_page_is_small_beside_its_script(source: str) -> None:
    assert len(source.encode()) < 500_000
