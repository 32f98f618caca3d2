"""A document stored in a run comes back the same, and so does its page, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

import made_studies
from clientage.charts.figure import DataTable, TableColumn
from clientage.errors import ModelError
from clientage.report.blocks import Section
from clientage.report.document import build_document
from clientage.report.html import render_html
from clientage.report.stored import document_bytes, stored_document

MADE = [made_studies.shop_study, made_studies.hostile_study, made_studies.noise_study, made_studies.one_study]


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_the_page_of_a_stored_document_is_the_same_to_the_byte(make: Callable) -> None:
    document = build_document(make())
    stored = stored_document(document_bytes(document))
    assert render_html(stored) == render_html(document)
    assert document_bytes(stored) == document_bytes(document)


def test_a_figure_that_is_no_number_is_stored_as_none() -> None:
    table = DataTable((TableColumn("a"), TableColumn("b", "number")), (("x", float("nan")), ("y", float("inf"))))
    document = build_document(made_studies.one_study())
    document = replace(document, sections=(Section("t", "T", (table,), "T"),))
    raw = document_bytes(document)
    assert b"NaN" not in raw
    assert render_html(stored_document(raw)) == render_html(document)


def test_a_document_of_another_version_is_refused() -> None:
    tree = json.loads(document_bytes(build_document(made_studies.one_study())))
    for broken in ({**tree, "version": 99}, {"document": tree["document"]}, {**tree, "document": {"kind": "Hologram"}}):
        with pytest.raises(ModelError, match="another"):
            stored_document(json.dumps(broken).encode())
