"""Customers that were chosen: a look at some of them, and all of them as a file to take away.

Receives a study and rows, or a run and segments. Ids are in the file alone, never on the page.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from clientage.data.writing import write_csv
from clientage.errors import counted
from clientage.runs.chosen import chosen_columns, chosen_of_run
from clientage.runs.run import Run
from clientage.study import StudyRecord

IN_SIGHT = 200  # rows on the page; the file has all


def show_chosen(record: StudyRecord, rows: np.ndarray, name: str) -> None:
    """Show the first of these customers, and offer all of them as CSV.

    Parameters
    ----------
    record : StudyRecord
        With the names segments are to bear.
    rows : ndarray of int64
        Which customers.
    name : str
        Becomes part of the file's name.
    """
    columns = chosen_columns(record, rows[:IN_SIGHT], ids=False)
    _show(len(rows), {k: v for k, v in columns.items() if k != "segment_id"})
    _offer(partial(_csv_of_study, record, rows), f"customers_{name}.csv", len(rows))


def show_chosen_of_run(run: Run, segments: Sequence[int]) -> None:
    """Offer the customers of some segments as CSV, from the run's folder alone."""
    columns = chosen_of_run(run, segments)
    n = len(columns["id"])
    _show(n, {k: v[:IN_SIGHT] for k, v in columns.items() if k in ("segment_name", "confidence")})
    st.caption(
        "A run keeps who is in which segment, not the data. To see more, make the segments anew from their file."
    )
    _offer(partial(_csv, columns), f"customers_{'_'.join(map(str, segments))}.csv", n)


def _show(n: int, columns: Mapping[str, np.ndarray]) -> None:
    first = f", the first {IN_SIGHT} of them here" if n > IN_SIGHT else ""
    st.markdown(f"**{counted(n, 'customer')}**{first}. Who they are is in the file only.")
    st.dataframe(dict(columns), hide_index=True, width="stretch", height=300)


def _offer(make: Any, name: str, n: int) -> None:
    st.download_button(
        f"Download {'this customer' if n == 1 else f'these {n:,} customers'} with ids",
        make,
        name,
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"download_{name}",
    )


def _csv_of_study(record: StudyRecord, rows: np.ndarray) -> bytes:
    return _csv(chosen_columns(record, rows, ids=True))


def _csv(columns: Mapping[str, np.ndarray]) -> bytes:
    file = io.BytesIO()
    write_csv(file, columns)
    return file.getvalue()
