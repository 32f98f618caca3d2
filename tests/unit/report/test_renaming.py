"""A renamed document shows the new names wherever the old ones stood, and is otherwise the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import made_studies
from clientage.report.document import build_document
from clientage.report.html import render_html
from clientage.report.renaming import rename
from clientage.segments.own_names import apply_names
from clientage.study import StudyRecord

MADE = [made_studies.shop_study, made_studies.hostile_study, made_studies.twelve_study]


def renamed_study(record: StudyRecord, names: dict[int, str]) -> StudyRecord:
    from dataclasses import replace

    return replace(record, profiles=apply_names(record.profiles, names), findings=record.findings)


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_renaming_a_document_is_building_it_with_other_names(make: Callable) -> None:
    """So nothing was forgotten: every label, legend, table and title is what the study itself would have given."""
    record = make()
    names = {s.id: f"People of the {s.id}. kind, who like 東京 and </script>" for s in record.profiles.segments}
    built = build_document(renamed_study(record, names))
    renamed = rename(build_document(record), list(names.values()))
    assert without_findings(renamed.as_dict()) == without_findings(built.as_dict())
    assert render_html(renamed, charts=False).count("People of the 1. kind") >= 5


def without_findings(tree: dict[str, Any]) -> str:
    """Findings of a record keep the names they were made with; the door that renames a study retells them."""
    sections = [{**s, "blocks": [b for b in s["blocks"] if b["kind"] != "Callout"]} for s in tree["sections"]]
    return json.dumps({**tree, "sections": sections}, ensure_ascii=False)


def test_findings_are_told_with_the_new_names() -> None:
    record = made_studies.noise_study()
    names = [f"Cut {s.id} of many" for s in record.profiles.segments]
    text = json.dumps(rename(build_document(record), names).as_dict(), ensure_ascii=False)
    old = [f"{s.id} ({s.name})" for s in record.profiles.segments]
    before = json.dumps(build_document(record).as_dict(), ensure_ascii=False)
    assert any(o in before for o in old)
    assert not [o for o in old if o in text]
    assert "1 (Cut 1 of many)" in text


def test_the_same_names_change_nothing() -> None:
    document = build_document(made_studies.shop_study())
    assert rename(document, [name for _, name in document.segments]) is document
