"""A run, loaded once, and the answers it gives.

Receives customers as `reading.py` made them; returns JSON-ready trees. All figures and words are the run's own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import clientage
from clientage.api.problems import FieldProblem, refused_fields
from clientage.api.reading import CustomerReader, Received
from clientage.errors import listed
from clientage.runs.assignments import Assignments
from clientage.runs.run import Run
from clientage.scoring.inputs import id_column, inputs_of, known_columns
from clientage.scoring.scorer import LINE_ROLES, Scorer

MOST_TRAITS = 6  # the largest differences; the report has them all
ANSWERED = ("segment_id", "segment_name", "confidence", "runner_up_id", "distance")


class Service:
    """What a run answers.

    Parameters
    ----------
    run : Run
        Opened and verified; model and summary are read here, once.

    Raises
    ------
    ModelError
        When a file of the run is damaged.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        model = run.model()
        self.scorer = Scorer(model)
        self.inputs = inputs_of(model)
        self.id_name = id_column(model)
        self.reader = CustomerReader(
            self.inputs, self.id_name, set(known_columns(model)) - {i.name for i in self.inputs}
        )
        self._summary = run.summary()

    @property
    def line_columns(self) -> dict[str, str]:
        """Columns that invoice lines must have, with what each says; none unless the run was made from them alone."""
        roles = self.scorer.model.roles
        if len(roles) > 1 or roles[0].kind != "transactions":
            return {}
        return {name: role for role in LINE_ROLES for name in roles[0].names(role)}

    def health(self) -> dict[str, Any]:
        """Return that the service is there and what it serves."""
        return {"status": "ok", "run_id": self.run.run_id, "version": clientage.__version__}

    def model(self) -> dict[str, Any]:
        """Return what the model is, what it was made from and what it asks of a customer."""
        manifest = self.run.manifest
        return {
            "run_id": self.run.run_id,
            "created": manifest["created"],
            "clientage": manifest["clientage"],
            "format_version": manifest["format_version"],
            "fingerprint": manifest["files"]["model/model.json"]["sha256"],
            "inputs": [{"name": i["name"], "sha256": i["sha256"]} for i in manifest["inputs"]],
            "kind": self._summary["kind"],
            "algorithm": self._summary["algorithm"],
            "n_segments": self._summary["n_segments"],
            "n_customers": self._summary["n_customers"],
            "verdict": self._summary["verdict"],
            "as_of": self.scorer.model.as_of,
            "id_column": self.id_name,
            "columns": [column.as_dict() for column in self.inputs],
            "line_columns": list(self.line_columns),
        }

    def segments(self) -> dict[str, Any]:
        """Return the segments as `summary.json` has them: sizes, the largest traits, recommendations."""
        kept = ("id", "name", "size", "share", "value_share", "stability")
        return {
            "verdict_sentence": self._summary["verdict_sentence"],
            "segments": [
                {
                    **{key: segment[key] for key in kept},
                    "traits": [trait["words"] for trait in segment["profile"][:MOST_TRAITS]],
                    "recommendation": segment["recommendation"],
                }
                for segment in self._summary["segments"]
            ],
        }

    def one(self, received: Received) -> dict[str, Any]:
        """Return the answer for one customer."""
        columns, notes = self._answers(received)
        return {**{name: values[0] for name, values in columns.items()}, "notes": notes}

    def rows(self, received: Received) -> dict[str, Any]:
        """Return the answers as a list of objects, in the order of the request."""
        columns, notes = self._answers(received)
        names = tuple(columns)
        results = [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        return {"n": received.n, "results": results, "notes": notes}

    def columns(self, received: Received) -> dict[str, Any]:
        """Return the answers as one list for each column."""
        columns, notes = self._answers(received)
        return {"n": received.n, "columns": columns, "notes": notes}

    def lines(self, columns: dict[str, list[Any]], as_of: str | None) -> dict[str, Any]:
        """Return the segments of the customers that invoice lines speak of, by id.

        Parameters
        ----------
        columns : dict of list
            Values of the lines.
        as_of : str or None
            ISO date that recency is measured from.

        Raises
        ------
        ClientageError
            When the lines cannot be read, or none counts as a purchase.
        """
        scored = self.scorer.score(columns, as_of=as_of)
        names = ("id", *ANSWERED)
        frame = scored.frame()
        rows = zip(*([str(v) for v in frame["id"]], *(frame[n].tolist() for n in ANSWERED)), strict=True)
        return {"n": len(scored), "results": [dict(zip(names, r, strict=True)) for r in rows], "notes": _notes(scored)}

    def _answers(self, received: Received) -> tuple[dict[str, list[Any]], list[dict[str, Any]]]:
        """One list for each answered column; null for a customer that cannot be scored."""
        scored = self.scorer.score_features(received.features)
        frame = scored.frame()
        there = scored.row_customer >= 0
        columns: dict[str, list[Any]] = {"id": list(received.ids)}
        for name in ANSWERED:
            values = frame[name]
            if not there.all():
                full = np.full(received.n, None, dtype=object)
                full[there] = values.tolist()
                values = full
            columns[name] = values.tolist()
        return columns, _notes(scored)


def _notes(scored: Assignments) -> list[dict[str, Any]]:
    kept = [n for n in scored.notes if n.severity != "info"]
    return [{"code": n.code, "column": n.column, "text": n.text} for n in kept]


def lists_of_lines(lines: list[Any], needed: tuple[str, ...]) -> dict[str, list[Any]]:
    """Return the needed columns of invoice lines given as objects.

    Raises
    ------
    RefusedError
        422, naming line and field.
    """
    wrong: list[FieldProblem] = []
    for i, line in enumerate(lines):
        if not isinstance(line, dict):
            wrong.append(FieldProblem(row=i, field=None, expected="an object for each line", found="something else"))
            continue
        missing = [name for name in needed if name not in line]
        if missing:
            expected = f"the keys {listed(needed)}"
            wrong += [FieldProblem(row=i, field=name, expected=expected, found="no such key") for name in missing]
            continue
        for name in needed:
            if not _is_cell(line[name]):
                expected = "a text, a finite number, true, false, or null"
                wrong.append(FieldProblem(row=i, field=name, expected=expected, found="something else"))
    if wrong:
        raise refused_fields(wrong, what="line")
    return {name: [line[name] for line in lines] for name in needed}


def _is_cell(value: Any) -> bool:
    if isinstance(value, float):
        return abs(value) <= 1e100
    return value is None or (isinstance(value, str | int) and not (isinstance(value, int) and abs(value) > 10**100))
