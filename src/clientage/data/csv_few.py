"""Rows of a small text file without a quote: cut at the delimiters, as Arrow's parser would cut them.

Receives the bytes of the whole file and its layout; returns one record batch of texts. Arrow's parser is code that a
small file need not load: 2 MB, as much as all of the file's own data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa

from clientage.data import arrow_numpy
from clientage.data.csv_plan import Plan

FEW_BYTES = 256 << 10
_LINE_END = re.compile("\r\n|\n|\r")


def is_small(plan: Plan) -> bool:
    """Whether a file is small enough, packed or not."""
    return plan.path.stat().st_size <= FEW_BYTES


def can_cut(data: bytes, plan: Plan) -> bool:
    """Whether the cells of these bytes are simply what stands between delimiters."""
    return len(data) <= FEW_BYTES and (plan.dialect.quote is None or plan.dialect.quote.encode() not in data)


def cut_rows(data: bytes, plan: Plan, names: Sequence[str]) -> pa.RecordBatch | None:
    """Return the cells of some columns, null where one is empty; None when a row has too few or too many cells.

    Parameters
    ----------
    data : bytes
        UTF-8 without a quote; empty lines are passed over.
    plan : Plan
        How the file is read.
    names : sequence of str
        Columns of the layout.
    """
    every = list(plan.layout.names)
    mark = plan.dialect.parsed_delimiter
    rows = [line.split(mark) for line in _LINE_END.split(data.decode("utf-8")) if line]
    if any(len(row) != len(every) for row in rows):
        return None
    places = [every.index(name) for name in names]
    arrays = [arrow_numpy.text_array([row[place] or None for row in rows]) for place in places]
    return pa.RecordBatch.from_arrays(arrays, names=list(names))
