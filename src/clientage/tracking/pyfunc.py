"""The model as MLflow serves it: a few lines of code that open a run directory and score with it.

What MLflow keeps is `CODE`, as text, and the run directory, sealed. Nothing is pickled: the environment that scores
needs clientage and what MLflow itself needs, and verifies every byte of the model before it is parsed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from clientage.extras import require
from clientage.runs.assignments import Assignments
from clientage.runs.model import SavedModel
from clientage.runs.run import open_run
from clientage.scoring.scorer import LINE_ROLES, Scorer

PURPOSE = "tracking with MLflow"
RUN = "run"  # name of the artifact
CODE = f'''"""Opens the run directory beside this file and scores with it."""

from mlflow.models import set_model

from clientage.tracking.pyfunc import segment_model

set_model(segment_model("{RUN}"))
'''


def input_columns(model: SavedModel) -> tuple[str, ...] | None:
    """Return the columns a frame must have to be scored; None where one frame is not enough.

    Parameters
    ----------
    model : SavedModel
        Of a run. One made from a customer table and transactions together needs two tables.
    """
    if len(model.roles) > 1:
        return None
    roles = model.roles[0]
    if roles.kind == "transactions":
        return tuple(name for role in LINE_ROLES for name in roles.names(role))
    return tuple(step.name for step in model.recipe.features)


def output_columns(scored: Assignments, lines: bool) -> Mapping[str, np.ndarray]:
    """Return what a served model answers.

    Parameters
    ----------
    scored : Assignments
        Scored customers.
    lines : bool
        True: the rows were invoice lines, so the answer has a row for each customer, with the id; False: a row for
        each row that came in, in the same order.
    """
    frame = scored.frame()
    if lines:
        return frame
    del frame["id"]
    rows = scored.row_customer
    if len(scored) == 0:
        return {name: values[:0] for name, values in frame.items()}
    answers = {name: values[rows] for name, values in frame.items()}
    answers["segment_id"] = scored.labels
    unused = rows < 0
    for name, nothing in (("segment_name", None), ("runner_up_id", 0), ("confidence", np.nan), ("distance", np.nan)):
        answers[name] = np.where(unused, nothing, answers[name]) if unused.any() else answers[name]
    return answers


def segment_model(artifact: str) -> Any:
    """Return the model object that MLflow loads, for the run directory in one of its artifacts."""
    pyfunc = require("mlflow.pyfunc", PURPOSE)

    def predict(self: Any, context: Any, model_input: Any, params: Any = None) -> Any:  # noqa: ARG001 - MLflow's own
        """Return the segment of every customer."""
        lines = self.scorer.model.roles[0].kind == "transactions"
        return type(model_input)(dict(output_columns(self.scorer.score(model_input), lines)))

    # MLflow makes schemas of type hints and warns of every one but this, and of none
    predict.__annotations__ = {"model_input": pyfunc.pandas.DataFrame}

    def load_context(self: Any, context: Any) -> None:
        """Open the run directory, verified."""
        self.scorer = Scorer(open_run(context.artifacts[artifact]).model())

    return type("SegmentModel", (pyfunc.PythonModel,), {"load_context": load_context, "predict": predict})()
