"""One query that scores a raw table in place, and a second one that says whether the table is as the first assumes.

Receives a run; writes two files. The query is the study's own walk: cells, features, grid, clusters, segments.
"""

from __future__ import annotations

from pathlib import Path

from clientage.errors import ModelError
from clientage.export.placing import place_files
from clientage.export.sql.assigning import assign_stages
from clientage.export.sql.assumptions import check_query, header_lines
from clientage.export.sql.customers import customer_stages
from clientage.export.sql.dialects import DIALECTS, Dialect, one_line
from clientage.export.sql.encoding import encode_stages
from clientage.export.sql.lines import line_stages
from clientage.export.sql.stages import Rows, Stage, as_query, choose
from clientage.grid import Grid
from clientage.runs.assignments import NO_SEGMENT
from clientage.runs.model import SavedModel
from clientage.runs.run import Run


def write_sql(run: Run, target: Path, *, dialect: str, table: str) -> tuple[Path, ...]:
    """Write the query of a run.

    Parameters
    ----------
    run : Run
        Opened and verified.
    target : Path
        The file.
    dialect : str
        Key of `DIALECTS`.
    table : str
        The raw table, with its schema where it needs one.

    Returns
    -------
    tuple of Path
        The query, and beside it ``<name>.check.sql``.

    Raises
    ------
    ModelError
        When the model, or a feature of it, has no SQL form; it is named.
    SettingsError
        When `table` is no table's name.
    """
    model, written_in = run.model(), DIALECTS[dialect]
    name = written_in.table_of(table)
    header = [
        f"Segments of the run {run.run_id} ({model.algorithm}), written by clientage {run.manifest['clientage']}.",
        f"Fingerprint of the run: {run.manifest['seal']}.",
        *header_lines(written_in, model, table),
    ]
    checking = [
        f"Is {one_line(table)} as the scoring query of the run {run.run_id} takes it to be? One row a column.",
        "not_understood counts cells that say something and are taken as missing; of categories, as new ones.",
    ]
    files = {
        target.name: (header, scoring_query(model, written_in, name)),
        f"{target.stem}.check.sql": (checking, check_query(written_in, model, name)),
    }
    return place_files(target.parent, {file: _sql(*parts) for file, parts in files.items()})


def _sql(header: list[str], query: str) -> bytes:
    return "\n".join([*(f"-- {line}" for line in header), query, ""]).encode()


def scoring_query(model: SavedModel, dialect: Dialect, table: str) -> str:
    """Return the query as text, without its header.

    Parameters
    ----------
    model : SavedModel
        Of the run.
    dialect : Dialect
        Of the database.
    table : str
        As `Dialect.table_of` returns it.

    Raises
    ------
    ModelError
        When the run has a form that one query over one table cannot have.
    """
    if len(model.roles) > 1:
        raise ModelError(
            "a run made from one table, to score it with one query",
            "a run made from a customer table and transactions",
            "Score with `clientage predict --transactions`, or make a run from one of the two.",
        )
    recipe = model.recipe
    first = line_stages if model.roles[0].kind == "transactions" else customer_stages
    stages: list[Stage | Rows] = [*first(dialect, model)]
    stages += encode_stages(dialect, recipe, stages[-1].name)
    stages += assign_stages(dialect, model.clusters, Grid(recipe.grid_step, recipe.grid_limit))
    return as_query([*stages, *_segments(dialect, model)], table, dialect.fence)


def _segments(dialect: Dialect, model: SavedModel) -> list[Stage]:
    """Return the stages that turn clusters into segments."""
    segment_of = {int(cluster) + 1: str(segment) for segment, cluster in enumerate(model.order, 1)}
    numbered = {"segment_id": choose("own", segment_of, "0"), "runner_up_id": choose("other", segment_of, "0")}
    names = {i: dialect.text_of(name) for i, name in enumerate(model.names, 1)}
    return [
        Stage("segmented", {"id": "", **numbered, "confidence": "", "distance": ""}, "ranked", "Clusters as segments."),
        Stage(
            "",
            {
                "id": "",
                "segment_id": "",
                "segment_name": choose("segment_id", names, dialect.text_of(NO_SEGMENT)),
                "confidence": "",
                "runner_up_id": "",
                "distance": "",
            },
            "segmented",
            "What `clientage predict` gives.",
        ),
    ]
