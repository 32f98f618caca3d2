"""Between NumPy and Arrow, without pandas.

Receives Arrow arrays and returns NumPy arrays that share their memory where nothing is missing, and the
reverse. pyarrow's own `to_numpy` and `pa.array` import pandas wherever pandas is installed, which costs a
small job more time and memory than all of its reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa


def floats(array: pa.Array) -> np.ndarray:
    """Return float64 (n,), NaN where null.

    Examples
    --------
    >>> floats(pa.array([1.5, None])).tolist()
    [1.5, nan]
    """
    if not pa.types.is_float64(array.type):
        array = array.cast(pa.float64(), safe=False)
    return _filled(array, np.dtype(np.float64), np.nan)


def moments(array: pa.Array) -> np.ndarray:
    """Return datetime64[us] (n,), NaT where null.

    Examples
    --------
    >>> moments(pa.array([0, None], pa.timestamp("us"))).tolist()
    [datetime.datetime(1970, 1, 1, 0, 0), None]
    """
    if array.type != pa.timestamp("us"):
        array = array.cast(pa.timestamp("us"), safe=False)
    return _filled(array, np.dtype("datetime64[us]"), np.datetime64("NaT", "us"))


def codes(array: pa.Array) -> np.ndarray:
    """Return int32 (n,), -1 where null.

    Examples
    --------
    >>> codes(pa.array(["a", None, "a"]).dictionary_encode().indices).tolist()
    [0, -1, 0]
    """
    if not pa.types.is_int32(array.type):
        array = array.cast(pa.int32())
    return _filled(array, np.dtype(np.int32), np.int32(-1))


def flags(array: pa.Array) -> np.ndarray:
    """Return boolean (n,), False where null.

    Examples
    --------
    >>> flags(pa.array([True, None, False])).tolist()
    [True, False, False]
    """
    values = _bits(array.buffers()[1], array)
    return values & _bits(array.buffers()[0], array) if array.null_count else values


def present(array: pa.Array) -> np.ndarray:
    """Return boolean (n,), False where null.

    Examples
    --------
    >>> present(pa.array(["a", None])).tolist()
    [True, False]
    """
    return _bits(array.buffers()[0], array)


def texts(array: pa.Array) -> np.ndarray:
    """Return object (n,), "" where null.

    Examples
    --------
    >>> texts(pa.array(["a", None])).tolist()
    ['a', '']
    """
    out = np.empty(len(array), dtype=object)
    out[:] = ["" if t is None else t for t in array.to_pylist()]
    return out


def text_array(cells: Sequence[str | None]) -> pa.StringArray:
    """Return an Arrow string array; None is null.

    Examples
    --------
    >>> text_array(["a", None, "ö"]).to_pylist()
    ['a', None, 'ö']
    """
    parts = [b"" if c is None else c.encode("utf-8", "replace") for c in cells]
    offsets = np.zeros(len(parts) + 1, dtype=np.int32)
    np.cumsum([len(p) for p in parts], out=offsets[1:])
    there = np.fromiter((c is not None for c in cells), dtype=bool, count=len(parts))
    buffers = [_validity(there), pa.py_buffer(offsets), pa.py_buffer(b"".join(parts))]
    return pa.StringArray.from_buffers(len(parts), buffers[1], buffers[2], buffers[0])


def text_scalar(text: str | None) -> pa.StringScalar:
    """Return one Arrow string, or null.

    Examples
    --------
    >>> text_scalar("a").as_py()
    'a'
    """
    return text_array([text])[0]


def flag_array(values: np.ndarray) -> pa.BooleanArray:
    """Return an Arrow boolean array.

    Examples
    --------
    >>> flag_array(np.array([True, False])).to_pylist()
    [True, False]
    """
    bits = np.packbits(np.asarray(values, dtype=bool), bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(bits)])


def number_array(values: np.ndarray) -> pa.Array:
    """Return an Arrow array of NumPy numbers, booleans or times; NaN and NaT are null.

    Examples
    --------
    >>> number_array(np.array([1.5, np.nan])).to_pylist()
    [1.5, None]
    """
    if values.dtype.kind == "b":
        return flag_array(values)
    values = np.ascontiguousarray(values)
    there = None
    if values.dtype.kind == "M":
        values = values.astype("datetime64[us]", copy=False)
        there = ~np.isnat(values)
    elif values.dtype.kind == "f":
        there = ~np.isnan(values)
    kind = pa.timestamp("us") if values.dtype.kind == "M" else pa.from_numpy_dtype(values.dtype)
    bits = _validity(there) if there is not None else None
    return pa.Array.from_buffers(kind, len(values), [bits, pa.py_buffer(values.view(np.uint8))])


def _validity(there: np.ndarray) -> pa.Buffer | None:
    return None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little"))


def _filled(array: pa.Array, dtype: np.dtype, missing: Any) -> np.ndarray:
    buffer = array.buffers()[1]
    if buffer is None or len(array) == 0:
        return np.full(len(array), missing, dtype=dtype)
    values = np.frombuffer(buffer, dtype)[array.offset : array.offset + len(array)]
    if array.null_count == 0:
        return values
    return np.asarray(np.where(_bits(array.buffers()[0], array), values, missing), dtype=dtype)


def _bits(buffer: pa.Buffer | None, array: pa.Array) -> np.ndarray:
    if buffer is None:
        return np.ones(len(array), dtype=bool)
    bits = np.unpackbits(np.frombuffer(buffer, np.uint8), bitorder="little", count=array.offset + len(array))
    return bits[array.offset :].view(bool)
