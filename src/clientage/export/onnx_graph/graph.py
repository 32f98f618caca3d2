"""A graph under construction: operations are called like functions and return the names of their results.

Receives values and names of tensors; returns an ONNX model. Everything is float64: on the grid sums are exact, so that
the graph and Python find the same segments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from clientage.extras import require

PURPOSE = "the ONNX export"
OPSET = 20  # the first with regular expressions; ONNX Runtime 1.17 and later
IR_VERSION = 9


class Graph:
    """Nodes, constants, inputs and outputs, in order."""

    def __init__(self) -> None:
        self._onnx = require("onnx", PURPOSE)
        self._helper = require("onnx.helper", PURPOSE)
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []
        self._made = 0

    def number_input(self, name: str) -> str:
        """Declare a column of float64, shape (N, 1); NaN where missing."""
        return self._input(name, self._onnx.TensorProto.DOUBLE)

    def text_input(self, name: str) -> str:
        """Declare a column of texts, shape (N, 1); empty where missing."""
        return self._input(name, self._onnx.TensorProto.STRING)

    def _input(self, name: str, kind: int) -> str:
        self._inputs.append(self._helper.make_tensor_value_info(name, kind, ["N", 1]))
        return name

    def output(self, name: str, tensor: str, kind: str) -> None:
        """Declare an output of shape (N,): ``"INT64"``, ``"DOUBLE"`` or ``"STRING"``."""
        self._nodes.append(self._helper.make_node("Identity", [tensor], [name]))
        self._outputs.append(self._helper.make_tensor_value_info(name, getattr(self._onnx.TensorProto, kind), ["N"]))

    def numbers(self, values: float | Sequence[Any] | np.ndarray) -> str:
        """Return a constant of float64."""
        array = np.asarray(values, dtype=np.float64)
        return self._constant(self._onnx.TensorProto.DOUBLE, array.shape, array.ravel().tolist())

    def wholes(self, values: int | Sequence[int] | np.ndarray) -> str:
        """Return a constant of int64."""
        array = np.asarray(values, dtype=np.int64)
        return self._constant(self._onnx.TensorProto.INT64, array.shape, array.ravel().tolist())

    def texts(self, values: Sequence[str]) -> str:
        """Return a constant of texts, one axis."""
        return self._constant(self._onnx.TensorProto.STRING, (len(values),), [v.encode() for v in values])

    def _constant(self, kind: int, shape: Sequence[int], values: list[Any]) -> str:
        name = self._name("constant")
        self._constants.append(self._helper.make_tensor(name, kind, shape, values))
        return name

    def do(self, operation: str, *inputs: str, **attributes: Any) -> str:
        """Append an operation with one result; return the result's name."""
        name = self._name(operation.lower())
        self._nodes.append(self._helper.make_node(operation, list(inputs), [name], **attributes))
        return name

    def as_number(self, tensor: str) -> str:
        """Return a tensor as float64."""
        return self.do("Cast", tensor, to=self._onnx.TensorProto.DOUBLE)

    def _name(self, word: str) -> str:
        self._made += 1
        # a column of the data may be called anything: inner names have a form of their own
        return f"clientage::{word}_{self._made}"

    def model(self, facts: Mapping[str, str], words: str) -> bytes:
        """Return the model as bytes, checked.

        Parameters
        ----------
        facts : mapping of str to str
            Kept as the model's metadata.
        words : str
            What it does, for people.
        """
        graph = self._helper.make_graph(self._nodes, "clientage", self._inputs, self._outputs, self._constants)
        model = self._helper.make_model(
            graph,
            opset_imports=[self._helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="clientage",
            doc_string=words,
        )
        self._helper.set_model_props(model, dict(facts))
        require("onnx.checker", PURPOSE).check_model(model, full_check=True)
        return bytes(model.SerializeToString())
