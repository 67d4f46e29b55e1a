"""Whether the names in an ONNX model are text: protobuf hands over what is not UTF-8 as bytes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import onnx

from profiler.backends import onnx_tensors


def is_text(model: onnx.ModelProto) -> bool:
    """Whether every name that a reader of the graph meets is text."""
    return all(isinstance(name, str) for name in _names(model))


def _names(model: onnx.ModelProto) -> Iterator[object]:
    yield from (model.producer_name, model.producer_version)
    for opset in model.opset_import:
        yield opset.domain
    for node in onnx_tensors.nodes(model):
        yield from _of_node(node)
    for graph in onnx_tensors.graphs(model):
        for value in chain(graph.input, graph.output, graph.value_info):
            yield from _of_value(value)
    for tensor in chain(onnx_tensors.initialisers(model), onnx_tensors.constants(model)):
        yield tensor.name
        for entry in tensor.external_data:
            yield from (entry.key, entry.value)
    for function in model.functions:
        yield from chain((function.domain, function.name), function.input, function.output)


def _of_node(node: Any) -> Iterator[object]:
    yield from (node.op_type, node.domain, node.name)
    yield from chain(node.input, node.output)
    for attribute in node.attribute:
        yield attribute.name


def _of_value(value: Any) -> Iterator[object]:
    yield value.name
    for item in value.type.tensor_type.shape.dim:
        yield item.dim_param
