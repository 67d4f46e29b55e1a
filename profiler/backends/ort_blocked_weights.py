"""How many channels of a convolution are the network's own where ONNX Runtime keeps them in blocks.

The last block is filled up with zeros, and the file does not say from where on. Weights lie in the order
output block, input block, kernel, input in its block, output in its block; those of depthwise convolutions,
and of first ones that read plain channels, have no blocks of inputs (MlasReorderFilterOIHWBiBo and
MlasReorderFilterOIHWBo of onnxruntime/core/mlas/inc/mlas.h).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import onnx

from profiler.backends.onnx_layouts import BLOCKED, UNFILLED

Array = np.ndarray[Any, Any]
_WIDEST, _NARROWEST = 16, 8  # floats of AVX-512, and of AVX and NEON


class _Filter(NamedTuple):
    node: Any
    dims: tuple[int, ...]
    values: Array


def mark(graph: onnx.GraphProto, octets: Callable[[str], bytes | None]) -> None:
    """Name in each blocked convolution its channels without the filling; `octets` of a weight, or None.

    Where a file tells no weights, its convolutions stay as they are.
    """
    dims = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    filters = []
    for node in graph.node:
        if node.domain == BLOCKED and node.op_type == "Conv":
            name = node.input[1] if len(node.input) > 1 else ""
            values = _floats(octets(name), dims.get(name, ()))
            if values is not None:
                filters.append(_Filter(node, dims[name], values))
    block = _block(filters)
    for each in filters:
        outputs = each.dims[0] - _unused(_by_output(each, block))
        inputs = each.dims[1] - (_unused(_by_input(each, block)) if _has_input_blocks(each, block) else 0)
        each.node.attribute.append(onnx.helper.make_attribute(UNFILLED, [outputs, inputs]))


def mark_own(graph: onnx.GraphProto) -> None:
    """`mark` with the weights that the graph itself holds: ONNX Runtime writes optimised ONNX files too."""
    mark(graph, lambda name: next((one.raw_data for one in graph.initializer if one.name == name), None))


def _floats(data: bytes | None, dims: tuple[int, ...]) -> Array | None:
    count = math.prod(dims)
    if data is None or len(dims) < 3 or not count or len(data) != 4 * count or dims[0] % _NARROWEST:
        return None
    return np.frombuffer(data, np.float32)


def _block(filters: list[_Filter]) -> int:
    """Of the two widths, the one that all weights fit and whose last block ends in zeros."""
    if any(each.dims[0] % _WIDEST for each in filters):
        return _NARROWEST
    for block in (_WIDEST, _NARROWEST):
        if any(_unused(_by_output(each, block)) for each in filters):
            return block
    return _WIDEST


def _by_output(each: _Filter, block: int) -> Array:
    """The last block of outputs, one column each."""
    last: Array = each.values.reshape(each.dims[0] // block, -1, block)[-1]
    return last


def _by_input(each: _Filter, block: int) -> Array:
    """The last block of inputs, one column each."""
    outputs, inputs = each.dims[:2]
    blocks = each.values.reshape(outputs // block, inputs // block, -1, block, block)
    return blocks[:, -1].transpose(0, 1, 3, 2).reshape(-1, block)


def _has_input_blocks(each: _Filter, block: int) -> bool:
    return each.dims[1] >= block and each.dims[1] % block == 0


def _unused(columns: Array) -> int:
    """Columns at the end that hold nothing but zeros; none where all do."""
    used = np.flatnonzero(columns.any(axis=0))
    return int(columns.shape[1] - 1 - used[-1]) if used.size else 0
