"""What a client is told when a request is refused: one form for every refusal, and no value ever repeated.

Receives what went wrong; returns the JSON of the answer. The same three parts as every refusal of the house.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from clientage.errors import ClientageError

MOST_FIELDS = 20  # named in one answer; the count says how many there are
LONGEST_NAME = 100  # of a field that a client made up

MEANINGS = {
    400: "The body is no JSON, or the request names another host.",
    401: "The token is missing or wrong.",
    404: "There is no such path.",
    405: "The path does not know this method.",
    408: "The body did not arrive in time.",
    413: "The body has too many bytes, values or customers.",
    415: "The body is not declared as application/json.",
    422: "The JSON was read and cannot be scored; `fields` says where and why.",
    500: "The server failed where it should not have.",
}


class FieldProblem(BaseModel):
    """One place in the body that cannot be used."""

    row: Annotated[int | None, Field(description="Which customer or line, counted from 0; null: the body as a whole.")]
    field: Annotated[str | None, Field(description="The key; null: the customer or line as a whole.")]
    expected: str
    found: Annotated[str, Field(description="What kind of thing was there; values are never repeated.")]


class Problem(BaseModel):
    """A refusal: what was expected, what was found, what to do."""

    model_config = ConfigDict(extra="forbid")

    status: int
    expected: str
    found: str
    fix: str
    fields: Annotated[list[FieldProblem], Field(description=f"The first {MOST_FIELDS} places.")] = []


class RefusedError(Exception):
    """A request that cannot be answered.

    Parameters
    ----------
    status : int
        A key of `MEANINGS`.
    expected, found, fix : str
        As for every refusal of clientage.
    fields : sequence of FieldProblem
        Places in the body.
    """

    def __init__(self, status: int, expected: str, found: str, fix: str, fields: Sequence[FieldProblem] = ()) -> None:
        super().__init__(found)
        self.problem = Problem(
            status=status, expected=expected, found=found, fix=fix, fields=list(fields)[:MOST_FIELDS]
        )

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.problem.status

    def json(self) -> bytes:
        """Return the body of the answer."""
        return self.problem.model_dump_json().encode()


def refused_fields(fields: Sequence[FieldProblem], count: int | None = None, *, what: str = "customer") -> RefusedError:
    """Return the refusal of a body in which these places cannot be used.

    Parameters
    ----------
    fields : sequence of FieldProblem
        At least one; the first is told in the sentence as well.
    count : int, optional
        How many places there are, where more than these.
    what : str, default "customer"
        What a row is.
    """
    first = fields[0]
    where = "" if first.field is None else f" in '{first.field}'"
    where += "" if first.row is None else f" of {what} {first.row}"
    count = len(fields) if count is None else count
    more = "" if count == 1 else f", and {count - 1} more like it"
    fix = "Correct the fields named below. Columns, kinds and ranges are at /model."
    return RefusedError(422, first.expected, f"{first.found}{where}{more}", fix, fields)


def refused_by(error: ClientageError) -> RefusedError:
    """Return the refusal of the house as an answer."""
    return RefusedError(422, error.expected, error.found, error.fix)


def shown(name: str) -> str:
    """Return a field's name, cut where a client made up a long one.

    Examples
    --------
    >>> shown("income"), len(shown("x" * 1000))
    ('income', 101)
    """
    return name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + "…"


def kind_of(value: Any) -> str:
    """Return what kind of JSON value something is, without the value.

    Examples
    --------
    >>> kind_of(float("nan")), kind_of([1]), kind_of(None)
    ('NaN', 'a list', 'null')
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, float) and value != value:
        return "NaN"
    if isinstance(value, int | float):
        return "a number beyond the range" if abs(value) > 1e100 else "a number"
    kinds: dict[type, str] = {str: "a text", list: "a list", dict: "an object"}
    return kinds.get(type(value), "something else")


def meanings(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the refusals that an operation documents, as FastAPI takes them."""
    return {status: {"model": Problem, "description": MEANINGS[status]} for status in statuses}
