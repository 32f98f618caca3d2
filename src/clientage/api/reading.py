"""From JSON to columns, checked by the column and not by the customer.

Receives bytes and what the model asks for; returns `Column`s. What cannot be used is refused with row and field. A
batch is checked in whole columns, which is why a hundred thousand customers take a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
import pydantic_core

from clientage.api.problems import MOST_FIELDS, FieldProblem, RefusedError, kind_of, refused_fields, shown
from clientage.data.table import Column
from clientage.errors import did_you_mean
from clientage.scoring.inputs import MAGNITUDE, InputColumn

NUMBER = "a number from -1e100 to 1e100, or null"
YES_NO = "a number from -1e100 to 1e100, true, false, or null"
CATEGORY = "a text, a number, true, false, or null"
ID = "a text, a whole number, or null"
KEY = "the columns of the model, each once, and no key that the model's data did not have"

KINDS_OF_NUMBER: frozenset[type] = frozenset({float, int, type(None)})
KINDS_OF_CATEGORY: frozenset[type] = frozenset({str, float, int, bool, type(None)})


@dataclass(frozen=True, slots=True)
class Received:
    """Customers as they came in one request.

    Parameters
    ----------
    n : int
        How many.
    features : tuple of Column
        The model's columns, in its order.
    ids : list of str or None
        As given, where they were.
    """

    n: int
    features: tuple[Column, ...]
    ids: list[str | None]


def parse(body: bytes, most_values: int) -> Any:
    """Return the JSON of a body; NaN and infinity come through and are refused with their field later.

    Parameters
    ----------
    body : bytes
        UTF-8.
    most_values : int
        More of them are refused before they are made: a few MB of ``[],[],[]`` would fill gigabytes.

    Raises
    ------
    RefusedError
        400 for what is no JSON or nested more than 200 deep, 413 for too many values.
    """
    values = body.count(b",") + body.count(b"[") + body.count(b"{")
    if values > most_values:
        raise RefusedError(413, f"at most {most_values:,} values", f"about {values:,}", "Send smaller batches.")
    try:
        return pydantic_core.from_json(body, allow_inf_nan=True)
    except ValueError as problem:
        found = f"a body that cannot be parsed ({problem})" if body else "an empty body"
        raise RefusedError(400, "JSON in UTF-8", found, "Send one JSON value.") from None


class CustomerReader:
    """Turns JSON customers into the model's columns.

    Parameters
    ----------
    inputs : sequence of InputColumn
        What the model needs; every one must be given, and may be null.
    id_name : str or None
        The key that says who a customer is; may be left out.
    others : iterable of str
        Further columns of the data the model was made from: accepted, and not looked at.
    """

    def __init__(self, inputs: Sequence[InputColumn], id_name: str | None, others: Iterable[str] = ()) -> None:
        self.inputs = tuple(inputs)
        self.id_name = id_name
        self.names = tuple(i.name for i in inputs)
        self.needed = frozenset(self.names)
        self.allowed = self.needed | frozenset(others) | ({id_name} if id_name else set())

    def one(self, tree: Any) -> Received:
        """Read one customer, an object.

        Raises
        ------
        RefusedError
            422, naming the fields.
        """
        if not isinstance(tree, dict):
            raise refused_fields([_whole("an object, one key for each column", tree)])
        return self._read([tree], single=True)

    def rows(self, tree: Any, most: int) -> Received:
        """Read a list of customers.

        Raises
        ------
        RefusedError
            413 for more than `most`; 422, naming rows and fields.
        """
        if not isinstance(tree, list):
            raise refused_fields([_whole("a list of objects, one for each customer", tree)])
        refuse_many(len(tree), most)
        wrong = [i for i, row in enumerate(tree) if type(row) is not dict]
        if wrong:
            fields = [_place(i, None, "an object, one key for each column", kind_of(tree[i])) for i in wrong]
            raise refused_fields(fields, len(wrong))
        return self._read(tree, single=False)

    def columns(self, tree: Any, most: int) -> Received:
        """Read ``{"columns": {name: [value, …], …}}``, the values of all customers together.

        Raises
        ------
        RefusedError
            413 for more than `most`; 422, naming rows and fields.
        """
        inner = tree.get("columns") if isinstance(tree, dict) and tree.keys() == {"columns"} else None
        if not isinstance(inner, dict):
            raise refused_fields([_whole('an object {"columns": {"name": [values], …}}', tree)])
        self._check_keys([tuple(inner)], [0], single=True)
        lists = {name: values for name, values in inner.items() if name in self.needed or name == self.id_name}
        wrong = [_place(None, n, "a list of values", kind_of(v)) for n, v in lists.items() if type(v) is not list]
        if wrong:
            raise refused_fields(wrong)
        lengths = {name: len(values) for name, values in lists.items()}
        n = lengths[self.names[0]]
        refuse_many(max(lengths.values()), most)
        uneven = [(name, length) for name, length in lengths.items() if length != n]
        if uneven:
            expected = f"{n:,} values, as in '{self.names[0]}'"
            raise refused_fields([_place(None, name, expected, f"{length:,} values") for name, length in uneven])
        return self._columns(n, lists, single=False)

    def _read(self, rows: list[dict[str, Any]], *, single: bool) -> Received:
        shapes: dict[tuple[str, ...], int] = {}
        for place, shape in enumerate(map(tuple, rows)):
            shapes.setdefault(shape, place)
        self._check_keys(list(shapes), list(shapes.values()), single=single)
        lists: dict[str, list[Any]] = {name: list(map(itemgetter(name), rows)) for name in self.names}
        if self.id_name is not None and any(self.id_name in shape for shape in shapes):
            lists[self.id_name] = [row.get(self.id_name) for row in rows]
        return self._columns(len(rows), lists, single=single)

    def _check_keys(self, shapes: list[tuple[str, ...]], places: list[int], *, single: bool) -> None:
        """Refuse keys that are missing or unknown; a typing error would else be filled silently."""
        fields: list[FieldProblem] = []
        for shape, place in zip(shapes, places, strict=True):
            row = None if single else place
            keys = set(shape)
            if self.needed <= keys <= self.allowed:
                continue
            fields += [
                _place(row, n, "the key, with a value or null", "no such key") for n in self.names if n not in keys
            ]
            for name in sorted(keys - self.allowed):
                fields.append(
                    _place(row, name, KEY, f"an unknown key.{did_you_mean(name[:200], self.allowed)}".rstrip("."))
                )
        if fields:
            raise refused_fields(fields)

    def _columns(self, n: int, lists: dict[str, list[Any]], *, single: bool) -> Received:
        fields: list[FieldProblem] = []
        features = []
        for wanted in self.inputs:
            read = _numbers if wanted.kind == "number" else _categories
            features.append(read(wanted, lists[wanted.name], fields))
        ids = _ids(self.id_name, lists.get(self.id_name or ""), n, fields)
        if fields:
            fields.sort(key=lambda f: f.row or 0)
            kept = [f.model_copy(update={"row": None}) for f in fields] if single else fields
            raise refused_fields(kept)
        return Received(n, tuple(features), ids)


def refuse_many(n: int, most: int, what: str = "customers") -> None:
    """Refuse a batch of more items than allowed.

    Raises
    ------
    RefusedError
        413.
    """
    if n > most:
        raise RefusedError(413, f"at most {most:,} {what} in one request", f"{n:,}", "Send smaller batches.")


def _numbers(wanted: InputColumn, values: list[Any], fields: list[FieldProblem]) -> Column:
    """Return a number column; None is missing. Texts are refused, also those that look like numbers."""
    kinds = set(map(type, values))
    if kinds <= KINDS_OF_NUMBER or (wanted.yes_no and kinds <= KINDS_OF_NUMBER | {bool}):
        try:
            array = np.array(values, dtype=np.float64)  # None becomes NaN
        except OverflowError:  # a whole number of more than 308 digits
            array = np.full(len(values), np.inf)
        usable = np.count_nonzero(np.abs(array) <= MAGNITUDE)
        if usable == len(values) or usable + values.count(None) == len(values):
            return Column(wanted.name, "number", array)
    expected = YES_NO if wanted.yes_no else NUMBER
    fields += _wrong(wanted.name, expected, values, lambda v: _is_number(v, yes_no=wanted.yes_no))
    return Column(wanted.name, "number", np.full(len(values), np.nan))


def _is_number(value: Any, *, yes_no: bool) -> bool:
    if value is None:
        return True
    if type(value) is bool:
        return yes_no
    return type(value) in (int, float) and abs(value) <= MAGNITUDE  # NaN is not


def _categories(wanted: InputColumn, values: list[Any], fields: list[FieldProblem]) -> Column:
    """Return a text column; None and the empty text are missing, as an empty cell of a file is."""
    kinds = set(map(type, values))
    if not kinds <= KINDS_OF_CATEGORY:
        fields += _wrong(wanted.name, CATEGORY, values, lambda v: type(v) in KINDS_OF_CATEGORY)
        return Column(wanted.name, "text", np.full(len(values), -1, dtype=np.int32))
    if kinds <= {str, type(None)}:
        texts = values
    else:
        if any(type(v) in (int, float) and not abs(v) <= MAGNITUDE for v in values):
            fields += _wrong(
                wanted.name, CATEGORY, values, lambda v: type(v) not in (int, float) or abs(v) <= MAGNITUDE
            )
        texts = [v if v is None or type(v) is str else _as_category(v, wanted.categories) for v in values]
    codes: dict[str | None, int] = {None: -1, "": -1}
    for text in dict.fromkeys(texts):
        if text:
            codes[text] = len(codes) - 2
    coded = np.fromiter(map(codes.__getitem__, texts), dtype=np.int32, count=len(texts))
    return Column(wanted.name, "text", coded, tuple(t for t in codes if t))


def _as_category(value: float, categories: tuple[str, ...]) -> str:
    """Return a code as a file would hold it: whole numbers without a fraction unless training had one."""
    number = float(value) if abs(value) <= MAGNITUDE else 0.0  # the caller refuses those
    whole = str(int(number)) if number.is_integer() else repr(number)
    return repr(number) if whole not in categories and repr(number) in categories else whole


def _ids(name: str | None, values: list[Any] | None, n: int, fields: list[FieldProblem]) -> list[str | None]:
    if name is None or values is None:
        return [None] * n
    if set(map(type, values)) <= {str, type(None)}:
        return values
    if not all(map(_is_id, values)):
        fields += _wrong(name, ID, values, _is_id)
        return [None] * n
    return [v if v is None or isinstance(v, str) else str(int(v)) for v in values]


def _is_id(value: Any) -> bool:
    """Whether it can be an id; 2.0 is a whole number in JSON."""
    if value is None or isinstance(value, str):
        return True
    return type(value) is int or (type(value) is float and abs(value) <= MAGNITUDE and value.is_integer())


def _wrong(name: str, expected: str, values: list[Any], fits: Any) -> list[FieldProblem]:
    wrong = [i for i, value in enumerate(values) if not fits(value)]
    return [_place(i, name, expected, kind_of(values[i])) for i in wrong[:MOST_FIELDS]]


def _place(row: int | None, field: str | None, expected: str, found: str) -> FieldProblem:
    return FieldProblem(row=row, field=None if field is None else shown(field), expected=expected, found=found)


def _whole(expected: str, tree: Any) -> FieldProblem:
    return _place(None, None, expected, kind_of(tree) if not isinstance(tree, dict) else "an object of other keys")
