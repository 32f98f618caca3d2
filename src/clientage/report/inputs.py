"""What happened to the data: an account of every row, repairs, doubts, roles and transformations.

Receives sources, roles, customers and the encoding; returns sections. Cells of the input are never quoted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from clientage.charts.figure import Cell, DataTable, TableColumn
from clientage.report.blocks import Block, Bullets, Heading, Section, Text
from clientage.segments.wording import counted, number

if TYPE_CHECKING:
    from clientage.data.quality import Note, RowAccount
    from clientage.data.roles import Roles
    from clientage.data.table import Source
    from clientage.features.customers import Customers
    from clientage.features.encoding import FeatureMatrix

ROLE_WORDS = {
    "id": "identifier",
    "feature": "forms segments",
    "profile": "describes segments",
    "outcome": "outcome",
    "ignored": "not used",
}
KIND_WORDS = {"repair": "repaired", "warning": "doubtful", "info": "remark"}
FORMATS = {
    "csv": "CSV",
    "parquet": "Parquet",
    "xlsx": "a workbook",
    "sql": "a table of a database",
    "mapping": "columns by name",
}
DIALECT_WORDS = ("encoding", "delimiter", "sheet", "compression")
DELIMITERS = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar", " ": "space"}


def quality_section(
    sources: Sequence[Source], roles: Sequence[Roles], customers: Customers, matrix: FeatureMatrix | None
) -> Section:
    """Everything that was repaired, rejected, doubted or transformed."""
    quality = customers.quality
    notes = [*quality.notes, *(matrix.notes if matrix is not None else ())]
    blocks: list[Block] = [Text(_summary(customers, notes), (), "lead")]
    blocks += [Bullets(tuple(_source_sentence(s) for s in sources))]
    blocks += [_account_table(name, account) for name, account in quality.accounts.items()]
    if notes:
        blocks += [Heading("What was repaired, and what is in doubt"), _note_table(notes)]
    blocks.append(Heading("What each column was used for"))
    blocks += [_role_table(r, sources[i].name if i < len(sources) else "") for i, r in enumerate(roles)]
    if matrix is not None:
        blocks += [Heading("How features became numbers"), *_transformations(matrix, customers)]
    return Section("quality", "What are the data like?", tuple(blocks), "Data quality")


def _summary(customers: Customers, notes: Sequence[Note]) -> str:
    rejected = sum(sum(a.rejected.values()) for a in customers.quality.accounts.values())
    repaired = sum(1 for n in notes if n.severity == "repair")
    doubtful = sum(1 for n in notes if n.severity == "warning")
    lost = f"{counted(rejected, 'row')} could not be used" if rejected else "No row was lost"
    repairs = f"{counted(repaired, 'kind')} of repair {'was' if repaired == 1 else 'were'} made"
    points = f"{counted(doubtful, 'point')} {'is' if doubtful == 1 else 'are'} in doubt"
    told = [repairs if repaired else "nothing had to be repaired", points if doubtful else "nothing is in doubt"]
    return f"There are {counted(customers.n, 'customer')}. {lost}; {', and '.join(told)}."


def _source_sentence(source: Source) -> str:
    said = []
    for key in DIALECT_WORDS:
        value = source.dialect.get(key)
        if value:
            said.append(f"{key} {DELIMITERS.get(str(value), str(value))}")
    if source.dialect.get("decimal") == ",":
        said.append("decimal commas")
    how = f" ({', '.join(said)})" if said else ""
    return f"{source.name}: read as {FORMATS.get(source.format, f'a frame of {source.format}')}{how}."


def _account_table(name: str, account: RowAccount) -> DataTable:
    rows: list[tuple[str, int]] = [("Rows read", account.rows_read)]
    rows += [(f"no data: {reason}", n) for reason, n in account.not_data.items()]
    rows += [(f"rejected: {_spoken(reason)}", n) for reason, n in account.rejected.items()]
    rows.append(("Rows kept", account.kept))
    rows += [(f"of these repaired: {_spoken(reason)}", n) for reason, n in account.repaired.items()]
    columns = (TableColumn("Row account"), TableColumn("Rows", "count"))
    kept = next(i for i, row in enumerate(rows) if row[0] == "Rows kept")
    return DataTable(columns, tuple(rows), f"Where every row of the {name} went", (0, kept))


def _note_table(notes: Iterable[Note]) -> DataTable:
    rank = {"warning": 0, "repair": 1, "info": 2}
    rows = tuple(
        (KIND_WORDS[n.severity], n.column or "", n.text, n.count, ", ".join(map(str, n.rows)))
        for n in sorted(notes, key=lambda n: rank[n.severity])
    )
    columns = (
        TableColumn("Kind"),
        TableColumn("Column"),
        TableColumn("What"),
        TableColumn("Count", "count"),
        TableColumn("First rows"),
    )
    return DataTable(columns, rows, "Notes on the data")


def _role_table(roles: Roles, source: str) -> DataTable:
    rows = tuple(
        (item.column, ROLE_WORDS.get(item.role, item.role), item.reason + (" (as asked for)" if item.given else ""))
        for item in roles.items
    )
    columns = (TableColumn("Column"), TableColumn("Use"), TableColumn("Reason"))
    return DataTable(columns, rows, f"Columns of {source}" if source else "Columns")


def _transformations(matrix: FeatureMatrix, customers: Customers) -> list[Block]:
    rows = tuple(_step_row(step, customers.titles) for step in matrix.recipe.describe())
    columns = (
        TableColumn("Feature"),
        TableColumn("Turned into"),
        TableColumn("Why"),
        TableColumn("Missing, filled", "count"),
        TableColumn("Filled with"),
        TableColumn("Extremes drawn in", "count"),
        TableColumn("Weight", "number"),
    )
    text = (
        "Before customers are compared, every feature is put on one scale, so that none counts more because its "
        "numbers are larger. Everywhere else in this report the original units are shown."
    )
    return [Text(text), DataTable(columns, rows, "What was done to each feature before customers were compared")]


def _step_row(step: Mapping[str, Any], titles: Mapping[str, str]) -> tuple[Cell, ...]:
    filled = step["filled_with"] if step["missing"] else None
    return (
        titles.get(step["column"], step["column"]),
        step["transformation"],
        step["reason"],
        step["missing"],
        number(filled) if isinstance(filled, (int, float)) else filled or "",
        step["winsorised"],
        step["weight"],
    )


def _spoken(reason: str) -> str:
    return reason.replace("_", " ").replace("-", " ")
