"""A document as JSON and back: what a run keeps so that every page can be made again without the data.

Receives a `Document`, returns bytes; receives those bytes, returns the same document.
"""

from __future__ import annotations

import json
import math
from typing import Any

from clientage.charts import figure
from clientage.errors import ModelError
from clientage.report import blocks

STORED = "document.json"
VERSION = 1
KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        *(figure.Figure, figure.DataTable, figure.TableColumn),
        *(blocks.Document, blocks.Section, blocks.Text, blocks.Bullets, blocks.Fact, blocks.Facts, blocks.Callout),
        *(blocks.Heading, blocks.Fold, blocks.GlanceRow, blocks.Glance, blocks.TraitRow, blocks.SegmentCard),
        *(blocks.Definition, blocks.Definitions),
    )
}


def document_bytes(document: blocks.Document) -> bytes:
    """Return a document as JSON, the same bytes for the same document.

    Examples
    --------
    >>> page = blocks.Document("A", "", (blocks.Section("a", "A", (blocks.Text("Yes."),), "A"),), ((1, "One"),), "")
    >>> stored_document(document_bytes(page)) == page
    True
    """
    tree = {"version": VERSION, "document": document.as_dict()}
    try:
        text = json.dumps(tree, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:  # a figure that is no number is shown as none
        text = json.dumps(_finite(tree), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode()


def stored_document(raw: bytes) -> blocks.Document:
    """Return the document that `document_bytes` stored.

    Raises
    ------
    ModelError
        When it was stored by another version of clientage.
    """
    tree = json.loads(raw)
    try:
        document = _block(tree["document"]) if tree["version"] == VERSION else None
    except (KeyError, TypeError):
        document = None
    if not isinstance(document, blocks.Document):
        raise ModelError(
            "a document stored by this version of clientage",
            f"a {STORED} of another one",
            "Run the study again, or use the version of clientage named in manifest.json.",
        )
    return document


def _block(value: Any) -> Any:
    """Lists are tuples again and objects blocks; a specification, which is JSON by nature, stays as it is."""
    if isinstance(value, list):
        return tuple(_block(v) for v in value)
    if not isinstance(value, dict):
        return value
    kind = KINDS[value["kind"]]
    fields = {k: v if k == "spec" else _block(v) for k, v in value.items() if k != "kind"}
    return kind(**fields)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
