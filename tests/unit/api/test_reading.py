"""JSON becomes columns: what is accepted, what is refused, and which row and field a refusal names."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from clientage.api.problems import Problem, RefusedError
from clientage.api.reading import CustomerReader, parse
from clientage.api.schemas import customer_model
from clientage.scoring.inputs import InputColumn

SPEND = InputColumn("total spend", "number", "", "", False, 0.0, 9.0, (), False, 4.0)
CARD = InputColumn("card", "number", "", "", True, 0.0, 1.0, (), False, 0.0)
PLAN = InputColumn("plan", "category", "", "", False, None, None, ("1", "2.5", "gold"), False, "gold")
READER = CustomerReader((SPEND, CARD, PLAN), "who", ("city",))
GOOD = {"total spend": 1.5, "card": True, "plan": "gold"}


def refusal(call: Any, *args: Any) -> Problem:
    with pytest.raises(RefusedError) as caught:
        call(*args)
    return caught.value.problem


def test_one_customer_becomes_one_row_of_every_column() -> None:
    read = READER.one({**GOOD, "who": 7, "city": "Rome"})
    assert [c.name for c in read.features] == ["total spend", "card", "plan"]
    assert [c.as_text().tolist() for c in read.features] == [["1.5"], ["1.0"], ["gold"]]
    assert read.ids == ["7"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e101, 10**400, "1.5", True, [1], {}])
def test_what_is_no_number_is_named_by_row_and_field(value: Any) -> None:
    rows = [GOOD, {**GOOD, "total spend": value}, GOOD]
    problem = refusal(READER.rows, rows, 10)
    assert problem.status == 422
    assert [(f.row, f.field) for f in problem.fields] == [(1, "total spend")]
    assert str(value)[:20] not in problem.model_dump_json() or value is True


def test_a_value_is_never_repeated() -> None:
    problem = refusal(READER.one, {**GOOD, "total spend": "canary.person@example.org"})
    assert "canary" not in problem.model_dump_json()
    assert problem.fields[0].found == "a text"


def test_missing_and_unknown_keys_are_named() -> None:
    problem = refusal(READER.one, {"total spent": 1.0, "card": 0, "plan": None})
    assert [(f.row, f.field) for f in problem.fields] == [(None, "total spend"), (None, "total spent")]
    assert "Did you mean 'total spend'" in problem.fields[1].found
    assert refusal(READER.rows, [GOOD, GOOD, {"card": 0}], 10).fields[0].row == 2


def test_columns_that_the_study_knew_are_passed_over() -> None:
    assert READER.one({**GOOD, "city": {"any": ["thing"]}}).n == 1


def test_codes_are_written_as_a_file_holds_them() -> None:
    plans = [1, 1.0, 2.5, True, "gold", "", None, 3]
    read = READER.rows([{**GOOD, "plan": p} for p in plans], 10)
    assert read.features[2].as_text().tolist() == ["1", "1", "2.5", "1", "gold", "", "", "3"]


def test_columns_of_one_length_are_needed() -> None:
    columns = {"total spend": [1, 2], "card": [0], "plan": ["gold", None]}
    problem = refusal(READER.columns, {"columns": columns}, 10)
    assert [f.field for f in problem.fields] == ["card"]
    assert READER.columns({"columns": {**columns, "card": [0, None]}}, 10).n == 2


def test_forms_agree() -> None:
    rows = [{**GOOD, "who": "a"}, {"total spend": None, "card": 0, "plan": None, "who": None}]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    by_row, by_column = READER.rows(rows, 10), READER.columns({"columns": columns}, 10)
    assert by_row.ids == by_column.ids == ["a", None]
    for a, b in zip(by_row.features, by_column.features, strict=True):
        np.testing.assert_array_equal(a.values, b.values)
        assert a.categories == b.categories


@pytest.mark.parametrize(
    ("read", "tree"),
    [
        (READER.one, []),
        (READER.one, float("nan")),
        (lambda t: READER.rows(t, 10), GOOD),
        (lambda t: READER.rows(t, 10), [GOOD, 5]),
        (lambda t: READER.columns(t, 10), GOOD),
        (lambda t: READER.columns(t, 10), {"columns": {**GOOD}}),
    ],
)
def test_another_shape_is_refused(read: Any, tree: Any) -> None:
    assert refusal(read, tree).status == 422


def test_too_many_customers_and_values_are_413() -> None:
    assert refusal(READER.rows, [GOOD] * 11, 10).status == 413
    assert (
        refusal(READER.columns, {"columns": {"total spend": [1] * 11, "card": [1] * 11, "plan": [1] * 11}}, 10).status
        == 413
    )
    assert refusal(parse, b"[" + b"[]," * 50_000 + b"[]]", 10_000).status == 413


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 300 + b"]" * 300, b'"\\ud800"', b"1" * 5_000, b"{'a': 1}"])
def test_what_is_no_json_is_400(body: bytes) -> None:
    assert refusal(parse, body, 10_000).status == 400


def test_a_thousand_wrong_rows_give_a_short_answer() -> None:
    problem = refusal(READER.rows, [{**GOOD, "total spend": "x"}] * 1_000, 10_000)
    assert len(problem.fields) == 20
    assert problem.fields[0].row == 0


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just([1])
customers = st.fixed_dictionaries(
    {"total spend": values, "card": values, "plan": values}, optional={"who": values, "city": values, "typo": values}
)


@given(customers)
def test_the_documented_model_and_the_reader_accept_the_same(tree: dict[str, Any]) -> None:
    """The OpenAPI document is made from the pydantic model; requests are read in columns. They must not differ."""
    model = customer_model((SPEND, CARD, PLAN), "who", ("city",))
    whole_id = isinstance(tree.get("who"), float) and tree["who"].is_integer()  # 2.0 is an integer in JSON Schema
    try:
        model.model_validate_json(json.dumps({**tree, **({"who": 2} if whole_id else {})}))
        documented = True
    except ValidationError:
        documented = False
    try:
        READER.one(parse(json.dumps(tree).encode(), 10_000))
        read = True
    except RefusedError:
        read = False
    assert read == documented
