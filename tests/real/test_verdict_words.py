"""What the first line of a report says of real files, and that nothing after it says otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clientage.report.document import build_document
from clientage.report.html import render_html
from clientage.study import make_study
from clientage.summary import summary_of

FILES = {
    "segmentation_data.csv": ("No groups, arbitrary cuts", "There are no groups of customers"),
    "jewellery.csv": ("Real groups", "The 5 segments are separate groups of customers"),
    "CDNOW_master.txt": ("Useful cuts, no gaps between them", ("Customers form a continuum and no ", "The same ")),
}
MOST_BYTES = 1_400_000
CLAIMS = ("separate groups of customers (", "Real groups")


@pytest.mark.parametrize("name", FILES)
def test_the_first_line_is_right_and_the_rest_agrees_with_it(shared_data: Path, name: str) -> None:
    record = make_study(shared_data / name)
    headline, beginning = FILES[name]
    assert record.verdict.headline == headline
    assert record.verdict.sentence.startswith(beginning)
    document = build_document(record)
    assert document.sections[0].blocks[0].text == record.verdict.sentence  # type: ignore[union-attr]
    told = json.dumps(summary_of(record), ensure_ascii=False) + json.dumps(document.as_dict(), ensure_ascii=False)
    if headline != "Real groups":
        assert not [claim for claim in CLAIMS if claim in told]
    assert len(render_html(document).encode()) < MOST_BYTES
