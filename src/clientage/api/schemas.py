"""The shapes of requests and answers, in the model's own columns.

Receives what the model asks for; returns pydantic models, from which the OpenAPI document is made. Requests are read by
`reading.py`, in whole columns; a test holds the two to the same verdicts.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, create_model

from clientage.scoring.inputs import MAGNITUDE, InputColumn

LINE_EXAMPLES: dict[str, str | float] = {
    "customer": "C-1001",
    "date": "2026-01-31",
    "order": "90001",
    "quantity": 2,
    "price": 12.5,
    "amount": 25.0,
    "product": "P-17",
    "discount": 0,
}
CLOSED = ConfigDict(extra="forbid")
Number = Annotated[float, Field(strict=True, ge=-MAGNITUDE, le=MAGNITUDE, allow_inf_nan=False)]


class Closed(BaseModel):
    """An answer with these keys and no others."""

    model_config = CLOSED


class Note(Closed):
    """What was noticed on the way: a new category, a filled gap, a value outside the range of training."""

    code: str
    column: str | None
    text: str


class Answer(Closed):
    """The segment of one customer; null throughout for a customer without any value."""

    id: Annotated[str | None, Field(description="As given; null where none was.")]
    segment_id: Annotated[int | None, Field(ge=0, description="0: in no segment.")]
    segment_name: str | None
    confidence: Annotated[float | None, Field(ge=0, le=1, description="0: halfway between two segments.")]
    runner_up_id: Annotated[int | None, Field(ge=0, description="The second nearest segment; 0: none.")]
    distance: Annotated[float | None, Field(ge=0, description="To the segment's centre, in scaled units.")]


class OneAnswer(Answer):
    """The segment of the customer, and what was noticed."""

    notes: list[Note]


class BatchAnswer(Closed):
    """The segments of the customers, in the order of the request."""

    n: int
    results: list[Answer]
    notes: list[Note]


class AnswerColumns(Closed):
    """The same as one list for each key, all of length n."""

    id: list[str | None]
    segment_id: list[int | None]
    segment_name: list[str | None]
    confidence: list[float | None]
    runner_up_id: list[int | None]
    distance: list[float | None]


class ColumnsAnswer(Closed):
    """The segments of the customers as columns, in the order of the request."""

    n: int
    columns: AnswerColumns
    notes: list[Note]


class Health(Closed):
    """The service is there."""

    status: Literal["ok"]
    run_id: str
    version: str


class ColumnInfo(Closed):
    """One column that the model needs."""

    name: str
    kind: Literal["number", "category"]
    meaning: str
    unit: str
    yes_no: bool | None = None
    minimum: float | None = None
    maximum: float | None = None
    categories: list[str] | None = None
    others: Annotated[bool | None, Field(description="Training put rare categories together.")] = None


class Input(Closed):
    """A file or table that the model was made from."""

    name: str
    sha256: str


class ModelInfo(Closed):
    """What the model is, what it was made from and what it asks of a customer."""

    run_id: str
    created: str
    clientage: Annotated[str, Field(description="The version that made it.")]
    format_version: int
    fingerprint: Annotated[str, Field(description="SHA-256 of the saved model.")]
    inputs: list[Input]
    kind: Literal["customers", "transactions", "both"]
    algorithm: str
    n_segments: int
    n_customers: int
    verdict: str
    as_of: str | None
    id_column: str | None
    columns: list[ColumnInfo]
    line_columns: Annotated[list[str], Field(description="What /predict/transactions needs; empty: no such path.")]


class Recommendation(Closed):
    """What could be done, and the figures that call for it."""

    play: str
    title: str
    text: str
    evidence: list[str]


class Segment(Closed):
    """One segment."""

    id: int
    name: str
    size: int
    share: float
    value_share: float | None
    stability: float | None
    traits: list[str]
    recommendation: Recommendation


class Segments(Closed):
    """The segments of the run, the largest first."""

    verdict_sentence: str
    segments: list[Segment]


def customer_model(inputs: tuple[InputColumn, ...], id_name: str | None, others: tuple[str, ...]) -> type[BaseModel]:
    """Return the model of one customer in a request.

    Parameters
    ----------
    inputs : tuple of InputColumn
        Needed, each with a value or null.
    id_name : str or None
        May be left out.
    others : tuple of str
        Further columns of the data the run was made from: accepted, and not looked at.

    Returns
    -------
    type of BaseModel
        Its fields have the columns as aliases: any text can be a JSON key, and few can be a Python name.
    """
    fields: dict[str, Any] = {}
    for i, column in enumerate(inputs):
        fields[f"column_{i}"] = (_type_of(column), Field(alias=column.name, description=_described(column)))
    if id_name is not None:
        text = "Who the customer is; given back with the answer. May be left out."
        fields["id_"] = (StrictStr | StrictInt | None, Field(None, alias=id_name, description=text))
    for i, name in enumerate(others):
        fields[f"other_{i}"] = (Any, Field(None, alias=name, description="Accepted, and not looked at."))
    example: dict[str, Any] = {**({id_name: "C-1001"} if id_name else {}), **{c.name: c.example for c in inputs}}
    config = ConfigDict(extra="forbid", json_schema_extra={"examples": [example]}, title="Customer")
    return create_model("Customer", __config__=config, __doc__="A customer, one key for each column.", **fields)


def _type_of(column: InputColumn) -> Any:
    if column.kind == "category":
        return StrictStr | Number | StrictBool | None
    return Number | StrictBool | None if column.yes_no else Number | None


def _described(column: InputColumn) -> str:
    words = column.meaning + (f" ({column.unit})" if column.unit else "")
    if column.kind == "number":
        seen = f"Seen from {column.minimum:.10g} to {column.maximum:.10g}; null is filled as in training."
    else:
        shown = ", ".join(column.categories[:10]) + (" …" if len(column.categories) > 10 else "")
        seen = f"Seen: {shown}. Another one counts as the average customer, and is said."
    return f"{words[:1].upper()}{words[1:]}. {seen}" if words else seen


def request_schemas(
    inputs: tuple[InputColumn, ...], id_name: str | None, others: tuple[str, ...], most: int
) -> dict[str, dict[str, Any]]:
    """Return the JSON schemas of the bodies: one customer, a list, and columns.

    Parameters
    ----------
    inputs, id_name, others
        As for `customer_model`.
    most : int
        Customers in one request.
    """
    customer = customer_model(inputs, id_name, others).model_json_schema()
    reference = {"$ref": "#/components/schemas/Customer"}
    example = customer["examples"][0]
    keys = {name: {"type": "array", "items": s, "maxItems": most} for name, s in customer["properties"].items()}
    values = {
        "type": "object",
        "description": "One list for each column, all of one length.",
        "properties": keys,
        "required": list(customer["required"]),
        "additionalProperties": False,
    }
    return {
        "Customer": customer,
        "Customers": {
            "type": "array",
            "items": reference,
            "maxItems": most,
            "description": "A list of customers.",
            "examples": [[example, example]],
        },
        "CustomerColumns": {
            "type": "object",
            "properties": {"columns": values},
            "required": ["columns"],
            "additionalProperties": False,
            "examples": [{"columns": {name: [value, value] for name, value in example.items()}}],
        },
    }


def lines_schema(columns: dict[str, str], most: int) -> dict[str, Any]:
    """Return the JSON schema of invoice lines.

    Parameters
    ----------
    columns : dict of str to str
        What each line must have, and what it says: ``date``, ``quantity`` …
    most : int
        Lines in one request.
    """
    cell = {"anyOf": [{"type": "string"}, {"type": "number", "minimum": -MAGNITUDE, "maximum": MAGNITUDE}]}
    cell["anyOf"] += [{"type": "boolean"}, {"type": "null"}]
    date = {"type": "string", "description": "ISO date, with or without a time: 2026-01-31 or 2026-01-31T09:30:00."}
    line = {
        "type": "object",
        "properties": {name: date if role == "date" else cell for name, role in columns.items()},
        "required": list(columns),
    }
    as_of = {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}
    as_of["description"] = (
        "The day that recency is measured from. Left out: the later of the study's own and the last line's."  # type: ignore[assignment]
    )
    example = {name: LINE_EXAMPLES[role] for name, role in columns.items()}
    return {
        "type": "object",
        "properties": {"transactions": {"type": "array", "items": line, "maxItems": most}, "as_of": as_of},
        "required": ["transactions"],
        "additionalProperties": False,
        "examples": [{"transactions": [example], "as_of": None}],
    }
