"""The ONNX file of a run: raw columns in; segment, name, confidence, runner-up and distance out.

Receives a run; writes one file. A run made of purchase lines takes the figures of a customer (recency, frequency …):
a graph sees rows and cannot add up lines; the SQL export can.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clientage.export.onnx_graph.assigning import Result, assign_rows
from clientage.export.onnx_graph.cells import encode_columns
from clientage.export.onnx_graph.graph import Graph
from clientage.export.placing import place_files
from clientage.runs.assignments import NO_SEGMENT
from clientage.runs.model import SavedModel
from clientage.runs.run import Run

OUTPUTS = ("segment_id", "segment_name", "confidence", "runner_up_id", "distance")
NOT_SCORED = -1  # as `Assignments.labels` has it for rows without any value


def write_onnx(run: Run, target: Path) -> tuple[Path, ...]:
    """Write the graph of a run.

    Parameters
    ----------
    run : Run
        Opened and verified.
    target : Path
        The file.

    Raises
    ------
    ModelError
        When the model has no graph; it is named.
    """
    facts = {
        "clientage.run": run.run_id,
        "clientage.version": str(run.manifest["clientage"]),
        "clientage.fingerprint": str(run.manifest["seal"]),
    }
    return place_files(target.parent, {target.name: onnx_model(run.model(), facts)})


def onnx_model(model: SavedModel, facts: dict[str, str]) -> bytes:
    """Return a model as an ONNX file.

    Parameters
    ----------
    model : SavedModel
        Of a run.
    facts : dict of str to str
        Further metadata.
    """
    graph, recipe = Graph(), model.recipe
    encoded, counts = encode_columns(
        graph,
        recipe,
        model.settings.read.null_values,
        drop_missing=model.settings.features.missing == "drop",
    )
    result = assign_rows(graph, model.clusters, encoded, recipe.grid_step)
    outputs = output_names([step.name for step in recipe.features])
    _declare(graph, model, result, graph.do("Squeeze", counts, graph.wholes([1])), outputs)
    named: dict[str, Any] = {
        "clientage.algorithm": model.algorithm,
        "clientage.segments": json.dumps(dict(enumerate(model.names, 1)), ensure_ascii=False),
        "clientage.outputs": json.dumps(dict(zip(OUTPUTS, outputs, strict=True))),
    }
    words = "One input for each raw column, shape (N, 1): float64, NaN where missing, or text, empty where missing."
    return graph.model({**facts, **named}, words)


def output_names(columns: Sequence[str]) -> list[str]:
    """Return the names of the outputs, with underscores behind those that columns bear.

    Examples
    --------
    >>> output_names(["age", "distance"])[-1]
    'distance_'
    """
    names: list[str] = []
    for name in OUTPUTS:
        while name in columns or name in names:
            name += "_"
        names.append(name)
    return names


def _declare(graph: Graph, model: SavedModel, result: Result, counts: str, outputs: Sequence[str]) -> None:
    """Append clusters as segments, and say what comes out."""
    segment_of = [0] * (len(model.order) + 1)  # cluster −1 is the last place
    for number, cluster in enumerate(model.order.tolist(), 1):
        segment_of[cluster] = number
    table = graph.wholes(segment_of)
    last = graph.wholes(len(model.order))

    def segment(cluster: str) -> str:
        return graph.do("Gather", table, graph.do("Where", graph.do("Less", cluster, graph.wholes(0)), last, cluster))

    segment_id = graph.do("Where", counts, segment(result.own), graph.wholes(NOT_SCORED))
    names = graph.texts(["", NO_SEGMENT, *model.names])
    graph.output(outputs[0], segment_id, "INT64")
    graph.output(outputs[1], graph.do("Gather", names, graph.do("Add", segment_id, graph.wholes(1))), "STRING")
    graph.output(outputs[2], graph.do("Where", counts, result.confidence, graph.numbers(0.0)), "DOUBLE")
    graph.output(outputs[3], graph.do("Where", counts, segment(result.other), graph.wholes(0)), "INT64")
    graph.output(outputs[4], result.distance, "DOUBLE")
