"""The star for BI tools: segments (dimension), customers and profiles (facts), and a data dictionary.

Receives a run; writes each table as CSV and as Parquet with one declared schema. The CSV files begin with a
byte-order mark: Excel and Power BI otherwise may take UTF-8 for the machine's own code page, and the readers of
other tools skip it. Segment 0, "No segment", is a row of the dimension, so that every key joins.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from clientage.data.writing import write_csv, write_parquet
from clientage.data.written import read_written_csv, read_written_parquet
from clientage.errors import ModelError
from clientage.export.columns import CUSTOMERS, PROFILES, SEGMENTS, STUDY
from clientage.export.placing import place_files
from clientage.export.table import ExportColumn, ExportTable
from clientage.runs.assignments import NO_SEGMENT
from clientage.runs.cleaned import distinct_names
from clientage.runs.run import Run
from clientage.runs.store import Content

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# what the profiles table calls columns of profiles.csv: COLUMN and INDEX are words of SQL
RENAMED = {"column": "column_name", "index": "index_100"}


def write_bi(run: Run, folder: Path) -> tuple[Path, ...]:
    """Write the star of a run into a folder.

    Parameters
    ----------
    run : Run
        With `cleaned.parquet` or without; the columns of it become columns of the customers.
    folder : Path
        Made when absent; files of an earlier export are replaced.

    Returns
    -------
    tuple of Path
        ``segments``, ``customers``, ``profiles`` and ``study`` as .csv and .parquet, and ``data_dictionary.csv``.
    """
    tables = bi_tables(run)
    writers: dict[str, Content] = {}
    for table in tables:
        arrays = table.arrays()
        writers[f"{table.name}.csv"] = partial(_write_marked_csv, columns=arrays)
        writers[f"{table.name}.parquet"] = partial(write_parquet, columns=arrays)
    entries = [entry for table in tables for entry in table.dictionary()]
    dictionary = {key: [entry[key] or None for entry in entries] for key in entries[0]}
    writers["data_dictionary.csv"] = partial(_write_marked_csv, columns=dictionary)
    return place_files(folder, writers)


def bi_tables(run: Run) -> tuple[ExportTable, ...]:
    """Return the tables of the star: segments, customers, profiles, study."""
    summary = run.summary()
    return (_segments(summary), _customers(run), _profiles(run), _study(run, summary))


def _write_marked_csv(path: Path, columns: dict[str, Any]) -> None:
    with path.open("wb") as file:
        file.write(BYTE_ORDER_MARK)
        write_csv(file, columns)


def _segments(summary: dict[str, Any]) -> ExportTable:
    nobody = {"id": 0, "name": NO_SEGMENT, "size": summary["unassigned"]}
    nobody["share"] = summary["unassigned"] / max(1, summary["n_customers"])
    rows = [nobody, *summary["segments"]]
    values: dict[str, list[Any]] = {
        f"segment_{key}" if key in ("id", "name") else "customers" if key == "size" else key: [r.get(key) for r in rows]
        for key in ("id", "name", "size", "share", "value_share", "stability", "confidence")
    }
    advice = [row.get("recommendation", {}) for row in rows]
    values |= {"play": [a.get("title") for a in advice], "recommendation": [a.get("text") for a in advice]}
    return ExportTable("segments", SEGMENTS, values)


def _customers(run: Run) -> ExportTable:
    assigned = read_written_parquet(run.read("assignments.parquet"))
    values: dict[str, Any] = {
        "customer_id": assigned["id"],
        "segment_id": assigned["segment_id"],
        "confidence": assigned["confidence"],
        "runner_up_segment_id": assigned["runner_up_id"],
        "distance": assigned["distance"],
    }
    columns: tuple[ExportColumn, ...] = CUSTOMERS
    if "cleaned.parquet" in run.manifest["files"]:
        cleaned = read_written_parquet(run.read("cleaned.parquet"))
        if not np.array_equal(cleaned["id"], assigned["id"]):
            raise ModelError(
                "a run whose cleaned customers are its assigned ones", f"'{run.path}'", "Run the study again."
            )
        account = json.loads(run.read("cleaned.json"))["columns"]
        names = distinct_names([a["column"] for a in account], values)
        values |= {name: cleaned[a["column"]] for name, a in zip(names, account, strict=True)}
        columns += tuple(_cleaned_column(name, a) for name, a in zip(names, account, strict=True))
    return ExportTable("customers", columns, values)


def _cleaned_column(name: str, account: dict[str, Any]) -> ExportColumn:
    title = account["title"] if account["title"] != account["source"] else f"Column '{account['source']}' of the data"
    meaning = f"{title[:1].upper()}{title[1:]} ({account['role']})."
    return ExportColumn(name, account["type"], " ".join([meaning, *account["done"]]), account["unit"] or "")


def _profiles(run: Run) -> ExportTable:
    read = read_written_csv(run.read("profiles.csv"))
    values: dict[str, Any] = {RENAMED.get(name, name): column for name, column in read.items()}
    values["profile_id"] = list(range(1, len(values["segment_id"]) + 1))
    return ExportTable("profiles", PROFILES, values)


def _study(run: Run, summary: dict[str, Any]) -> ExportTable:
    facts = {"run_id": run.run_id, "created": run.manifest["created"], **summary}
    return ExportTable("study", STUDY, {column.name: [facts[column.name]] for column in STUDY})
